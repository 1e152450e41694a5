import { DeepblasError } from '../../errors.js'
import { isNumberArray } from '../../kinds.js'
import { array, boolean, finiteNumber, invalid, knownOptions, string } from '../../validate.js'
import { renderTable, type TableCell } from './table.js'
import { formatPercent, textWidth } from './text.js'

export interface ConfusionMatrixOptions {
  /** Names of the classes. Default their indices. */
  readonly labels?: readonly string[]
  /** Whether to show right counts in green and wrong ones in red. Default false. */
  readonly colour?: boolean
  /** Whether to use ASCII characters only. Default false. */
  readonly ascii?: boolean
  /**
   * Width in columns. A wider matrix becomes a list of every class with its rows, its recall and the classes it was
   * most often predicted as. Default unlimited.
   */
  readonly width?: number
}

/**
 * A confusion matrix as text: a row per true class, a column per predicted class, and each class's recall (the share
 * of its rows that were recognized), `-` for a class without rows. Where that is too wide, a list of the classes.
 *
 * @param counts square, `counts[true][predicted]`
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE if the counts are not square or the labels are not one per class,
 *   ERR_DEEPBLAS_ARGUMENT for an invalid count, label or option
 */
export function renderConfusionMatrix(
  counts: readonly ArrayLike<number>[],
  options: ConfusionMatrixOptions = {},
): string {
  array('counts', counts, 'rows of counts', 'One row per true class, one column per predicted class.')
  const given = knownOptions<ConfusionMatrixOptions>('renderConfusionMatrix', options, [
    'labels',
    'colour',
    'ascii',
    'width',
  ])
  const classes = counts.length
  const {
    labels = Array.from({ length: classes }, (_, i) => String(i)),
    colour = false,
    ascii = false,
    width = Number.POSITIVE_INFINITY,
  } = given
  boolean('colour', colour)
  boolean('ascii', ascii)
  if (typeof width !== 'number' || Number.isNaN(width)) throw invalid('width', 'number of columns', width)
  for (const [index, label] of array('labels', labels, 'names').entries()) string(`labels[${index}]`, label)
  for (const [index, row] of counts.entries()) {
    const list: ArrayLike<unknown> = isNumberArray(row) ? row : array(`counts[${index}]`, row, 'counts')
    for (let column = 0; column < list.length; column++)
      finiteNumber(`counts[${index}][${column}]`, list[column], { min: 0 })
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
  const recall = { heading: 'recall', align: 'right' } as const
  const matrix = renderTable([corner, ...labels, recall], rows, { colour, ascii })
  const fits = matrix.split('\n').every((line) => textWidth(line) <= width)
  const table = fits
    ? matrix
    : renderTable(['true', 'rows', recall, 'most often taken for'], confusions(counts, labels), {
        colour,
        ascii,
        width,
      })
  return total === 0 ? table : `${table}\naccuracy ${formatPercent(right / total)}: ${right} of ${total} right`
}

/** Other classes that a class is shown to be taken for. */
const MOST_OTHERS = 3

function confusions(counts: readonly ArrayLike<number>[], labels: readonly string[]): TableCell[][] {
  return counts.map((row, actual) => {
    const own = Array.from(row)
    const total = own.reduce((sum, count) => sum + count, 0)
    const others = own
      .map((count, predicted) => ({ count, predicted }))
      .filter(({ count, predicted }) => count > 0 && predicted !== actual)
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_OTHERS)
      .map(({ count, predicted }) => `${labels[predicted]} ${count}`)
    return [labels[actual]!, total, total === 0 ? '-' : formatPercent(own[actual]! / total), others.join(', ')]
  })
}
