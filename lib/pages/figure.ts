/*
 * A chart in a page: its place, what it says in words, and its figures as a table.
 */
import type { Chart, IntervalsChart, LinesChart, SpreadChart } from './chart.js'
import { type Content, type Html, html } from './html.js'
import { formatted } from './numbers.js'

export interface Figure {
  /** Id of the element of the plot, unique in the page. */
  readonly id: string
  readonly chart: Chart
  /** What the plot shows, for those who do not see it. */
  readonly description: string
  /** Stands above the plot. Default nothing. */
  readonly caption?: Content
  /** Whether a table of the figures stands elsewhere in the section. Default false: one is put behind a line that opens it. */
  readonly tabled?: boolean
}

/** A figure with its table behind a line that opens it. */
export function figureHtml({ id, chart, description, caption, tabled = false }: Figure): Html {
  return html`<figure>
${caption === undefined ? undefined : html`<figcaption>${caption}</figcaption>`}
<div class="plot" id="${id}" role="img" aria-label="${description}"></div>
${tabled ? undefined : html`<details><summary>Figures as a table</summary>${chartTable(chart)}</details>`}
</figure>
`
}

/** One cell: a number, which stands at the right, or a text. */
export type Cell = Content | { readonly number: string }

/**
 * A table whose first column names its rows. It scrolls by itself where the page is too narrow.
 *
 * @param headings of the columns
 */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const isNumber = (column: number) => rows.some((row) => isNumberCell(row[column]))
  const head = headings.map((text, at) =>
    isNumber(at) ? html`<th scope="col" class="number">${text}</th>` : html`<th scope="col">${text}</th>`,
  )
  const body = rows.map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${isNumberCell(name) ? name.number : name}</th>${cells.map(cellHtml)}</tr>`,
  )
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function cellHtml(cell: Cell): Html {
  return isNumberCell(cell) ? html`<td class="number">${cell.number}</td>` : html`<td>${cell}</td>`
}

function isNumberCell(cell: Cell): cell is { readonly number: string } {
  return typeof cell === 'object' && 'number' in cell
}

/** A name of the user's, which may be written from right to left, kept apart from what stands beside it. */
export function named(name: string): Html {
  return html`<bdi>${name}</bdi>`
}

function chartTable(chart: Chart): Html {
  if (chart.kind === 'intervals') return intervalsTable(chart)
  if (chart.kind === 'spread') return spreadTable(chart)
  if (chart.kind === 'lines') return linesTable(chart)
  if (chart.kind === 'bars') {
    const rows = chart.rows.map(({ label, value }) => [named(label), { number: formatted(value, chart.x.format) }])
    return table(['', chart.x.label], rows)
  }
  const { x, y, points } = chart
  return table(
    ['', x.label, y.label],
    points.map((point) => [
      named(point.label),
      { number: formatted(point.x, x.format) },
      { number: formatted(point.y, y.format) },
    ]),
  )
}

function intervalsTable({ x, rows }: IntervalsChart): Html {
  return table(
    ['', x.label, 'from', 'to'],
    rows.map(({ label, value, low, high }) => [
      named(label),
      { number: formatted(value, x.format) },
      { number: formatted(low ?? Number.NEGATIVE_INFINITY, x.format) },
      { number: formatted(high ?? Number.POSITIVE_INFINITY, x.format) },
    ]),
  )
}

function spreadTable({ x, rows }: SpreadChart): Html {
  return table(
    ['', 'values', x.label],
    rows.map(({ label, values }) => [
      named(label),
      { number: String(values.length) },
      values.map((value) => formatted(value, x.format)).join(', '),
    ]),
  )
}

/** Long lines are told by some of their points, the first and the last among them. */
const MOST_ROWS = 24

function linesTable({ x, y, series }: LinesChart): Html {
  const places = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b)
  const step = Math.max(1, (places.length - 1) / (MOST_ROWS - 1))
  const shown = Array.from({ length: Math.min(places.length, MOST_ROWS) }, (_, at) => places[Math.round(at * step)]!)
  const values = series.map(({ points }) => new Map(points))
  return table(
    [x.label, ...series.map(({ name }) => `${name}: ${y.label}`)],
    shown.map((at) => [
      { number: formatted(at, x.format) },
      ...values.map((of) => ({ number: formatted(of.get(at), y.format) })),
    ]),
  )
}
