import { DeepblasError } from '../../errors.js'
import { renderTable, type TableCell } from './table.js'
import { formatPercent } from './text.js'

export interface ConfusionMatrixOptions {
  /** Names of the classes. Default their indices. */
  readonly labels?: readonly string[]
  /** What is right in green, what is wrong in red. Default false. */
  readonly colour?: boolean
  /** No characters beyond ASCII. Default false. */
  readonly ascii?: boolean
}

/**
 * A confusion matrix as text: a row per true class, a column per predicted class, and each class's recall (the share
 * of its rows that were recognised), `-` for a class without rows.
 *
 * @param counts square, `counts[true][predicted]`
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE if the counts are not square or the labels are not one per class
 */
export function renderConfusionMatrix(
  counts: readonly ArrayLike<number>[],
  options: ConfusionMatrixOptions = {},
): string {
  const classes = counts.length
  const { labels = Array.from({ length: classes }, (_, i) => String(i)), colour = false, ascii = false } = options
  for (const [index, row] of counts.entries()) {
    if (row.length === classes) continue
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${classes} columns in row ${index} of the confusion matrix, as many as it has rows, but received ${row.length}`,
    )
  }
  if (labels.length !== classes) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${classes} labels, one per class of the confusion matrix, but received ${labels.length}`,
    )
  }

  let right = 0
  let total = 0
  const rows = counts.map((row, actual): TableCell[] => {
    const rowCounts = Array.from(row)
    const rowTotal = rowCounts.reduce((sum, count) => sum + count, 0)
    const rowRight = rowCounts[actual] ?? 0
    right += rowRight
    total += rowTotal
    return [
      labels[actual] ?? '',
      ...rowCounts.map((count, predicted): TableCell => {
        if (count === 0) return { value: count, style: 'dim' }
        return { value: count, style: predicted === actual ? 'green' : 'red' }
      }),
      rowTotal === 0 ? '-' : formatPercent(rowRight / rowTotal),
    ]
  })

  const corner = ascii ? 'true \\ predicted' : 'true ╲ predicted'
  const table = renderTable([corner, ...labels, { heading: 'recall', align: 'right' }], rows, { colour, ascii })
  return total === 0 ? table : `${table}\naccuracy ${formatPercent(right / total)}: ${right} of ${total} right`
}
