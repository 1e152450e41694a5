import { invalid } from '../../validate.js'
import { paint, type Style } from './style.js'
import { formatNumber, pad, printable, textWidth } from './text.js'

/** A cell: text, a number, or either in a style. */
export type TableCell = string | number | { readonly value: string | number; readonly style: Style }

/** A column: its heading, or heading and alignment. Without one, a column of numbers goes right and others left. */
export type TableColumn = string | { readonly heading: string; readonly align?: 'left' | 'right' }

export interface TableOptions {
  /** Bold headings, a faint rule and the cells' styles. Default false. */
  readonly colour?: boolean
  /** The rule of `-` rather than `─`. Default false. */
  readonly ascii?: boolean
}

const GAP = '  '

/**
 * A table as plain text: headings, a rule, one line per row, and no line break at the end.
 *
 * @example
 * renderTable(['layer', 'parameters'], [['Dense', 100_480], ['Dropout', 0]])
 * // layer    parameters
 * // ───────────────────
 * // Dense        100480
 * // Dropout           0
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a row of another number of cells than there are columns
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: TableOptions = {},
): string {
  const { colour = false, ascii = false } = options
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length) {
      throw invalid(`row ${index} of the table`, `${columns.length} cells, one per column,`, row)
    }
  }

  const headings = columns.map((column) => printable(typeof column === 'string' ? column : column.heading))
  const texts = rows.map((row) => row.map(cellText))
  const layout = columns.map((column, c) => {
    const numeric = rows.length > 0 && rows.every((row) => typeof cellValue(row[c]) === 'number')
    const align = (typeof column === 'string' ? undefined : column.align) ?? (numeric ? 'right' : 'left')
    const width = Math.max(textWidth(headings[c] ?? ''), ...texts.map((row) => textWidth(row[c] ?? '')))
    return { align, width }
  })

  const line = (cells: readonly string[], styleOf: (c: number) => Style | undefined) =>
    cells
      .map((text, c) => {
        const { align = 'left', width = 0 } = layout[c] ?? {}
        const filled = pad(text, width, align)
        // Spaces at the end of a line would only wrap in a narrow window.
        return paint(c === cells.length - 1 ? filled.trimEnd() : filled, styleOf(c), colour)
      })
      .join(GAP)
      .trimEnd()

  const total = layout.reduce((sum, { width }) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1)
  return [
    line(headings, () => 'bold'),
    paint((ascii ? '-' : '─').repeat(total), 'dim', colour),
    ...texts.map((cells, r) => line(cells, (c) => cellStyle(rows[r]?.[c]))),
  ].join('\n')
}

function cellValue(cell: TableCell | undefined): string | number | undefined {
  return typeof cell === 'object' ? cell.value : cell
}

function cellStyle(cell: TableCell | undefined): Style | undefined {
  return typeof cell === 'object' ? cell.style : undefined
}

function cellText(cell: TableCell): string {
  const value = cellValue(cell)
  return typeof value === 'number' ? formatNumber(value) : printable(value ?? '')
}
