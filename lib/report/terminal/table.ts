import { array, boolean, invalid, knownOptions, oneOf, string } from '../../validate.js'
import { paint, requireStyle, type Style } from './style.js'
import { formatNumber, pad, printable, textWidth, wrapped } from './text.js'

/** A cell: text, a number, or either in a style. */
export type TableCell = string | number | { readonly value: string | number; readonly style: Style }

/**
 * A column: its heading, or more. Without alignment, a column of numbers goes right and others left; `wrap` false keeps a
 * column of texts from being broken into lines where the table is too wide.
 */
export type TableColumn =
  | string
  | { readonly heading: string; readonly align?: 'left' | 'right'; readonly wrap?: boolean }

export interface TableOptions {
  /** Whether to use bold headings, a faint rule and the cells' styles. Default false. */
  readonly colour?: boolean
  /** Whether to draw the rule with `-` rather than `─`. Default false. */
  readonly ascii?: boolean
  /**
   * Width in columns. Text cells that are too long continue on the lines below, broken between words where possible;
   * columns of numbers are never broken. Default: as wide as the cells.
   */
  readonly width?: number
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
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an invalid column, cell or option, or for a row of another number of
 *   cells than there are columns
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: TableOptions = {},
): string {
  const given = knownOptions<TableOptions>('renderTable', options, ['colour', 'ascii', 'width'])
  const { colour = false, ascii = false, width: most = Number.POSITIVE_INFINITY } = given
  boolean('colour', colour)
  boolean('ascii', ascii)
  if (typeof most !== 'number' || Number.isNaN(most)) throw invalid('width', 'number of columns', most)
  for (const [index, column] of array('columns', columns, 'headings').entries()) {
    checkColumn(`columns[${index}]`, column)
  }
  for (const [index, row] of array('rows', rows, 'rows').entries()) {
    for (const [c, cell] of array(`rows[${index}]`, row, 'cells').entries()) checkCell(`rows[${index}][${c}]`, cell)
  }
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length) {
      throw invalid(`row ${index} of the table`, `${columns.length} cells, one per column,`, row)
    }
  }

  const headings = columns.map((column) => printable(typeof column === 'string' ? column : column.heading))
  const texts = rows.map((row) => row.map(cellText))
  const natural = columns.map((column, c) => {
    const numeric = rows.length > 0 && rows.every((row) => typeof cellValue(row[c]) === 'number')
    const align = (typeof column === 'string' ? undefined : column.align) ?? (numeric ? 'right' : 'left')
    const width = Math.max(textWidth(headings[c] ?? ''), ...texts.map((row) => textWidth(row[c] ?? '')))
    return { align, width, breakable: align === 'left' && (typeof column === 'string' || column.wrap !== false) }
  })
  const widths = fitted(natural, most - GAP.length * Math.max(0, columns.length - 1))
  const layout = natural.map((column, c) => ({ ...column, width: widths[c]! }))

  /** A row's cells may take several lines. */
  const lines = (cells: readonly string[], styleOf: (c: number) => Style | undefined) => {
    const parts = cells.map((text, c) => (layout[c]!.breakable ? wrapped(text, layout[c]!.width) : [text]))
    const height = Math.max(1, ...parts.map((part) => part.length))
    return Array.from({ length: height }, (_, i) =>
      line(
        parts.map((part) => part[i] ?? ''),
        styleOf,
      ),
    )
  }

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
    ...lines(headings, () => 'bold'),
    paint((ascii ? '-' : '─').repeat(total), 'dim', colour),
    ...texts.flatMap((cells, r) => lines(cells, (c) => cellStyle(rows[r]?.[c]))),
  ].join('\n')
}

/** A column of texts is not made narrower than this. */
const NARROWEST = 8

/** Widths of which the widest that can be broken are cut to one measure until all have room; as they are if none helps. */
function fitted(columns: readonly { readonly width: number; readonly breakable: boolean }[], room: number): number[] {
  const widths = columns.map(({ width }) => width)
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const open = columns.flatMap(({ breakable }, c) => (breakable && widths[c]! > NARROWEST ? [c] : []))
    const widest = Math.max(0, ...open.map((c) => widths[c]!))
    const cut = open.filter((c) => widths[c] === widest)
    if (cut.length === 0) return widths
    const next = Math.max(NARROWEST, ...open.map((c) => widths[c]!).filter((width) => width < widest))
    const step = Math.min(widest - next || 1, Math.max(1, Math.floor(excess / cut.length)))
    for (const c of cut) {
      if (excess <= 0) break
      widths[c]! -= step
      excess -= step
    }
  }
  return widths
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

function checkColumn(argument: string, column: unknown): void {
  if (typeof column === 'string') return
  if (typeof column !== 'object' || column === null) {
    throw invalid(argument, 'heading, or { heading, align, wrap }', column)
  }
  const { heading, align, wrap } = column as Exclude<TableColumn, string>
  string(`${argument}.heading`, heading)
  if (align !== undefined) oneOf(`${argument}.align`, align, ['left', 'right'])
  if (wrap !== undefined) boolean(`${argument}.wrap`, wrap)
}

function checkCell(argument: string, cell: unknown): void {
  const value: unknown = typeof cell === 'object' && cell !== null ? Reflect.get(cell, 'value') : cell
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalid(argument, 'text, number, or either as { value, style }', cell)
  }
  if (typeof cell === 'object' && cell !== null) requireStyle(`${argument}.style`, Reflect.get(cell, 'style'))
}
