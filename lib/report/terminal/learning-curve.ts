import { isNumberArray, plainNumberArray } from '../../kinds.js'
import { array, boolean, finiteNumber, invalid, knownOptions, string } from '../../validate.js'
import { coveringTicks, type Ticks, wholeTicks } from './axis.js'
import { Canvas, type Dashes } from './canvas.js'
import { paint, type Style } from './style.js'
import { formatNumber, pad, printable, textWidth, truncate } from './text.js'

/** One line of the plot. */
export interface CurveSeries {
  readonly name: string
  /** One value per epoch. A value that is missing, infinite or NaN leaves a gap. */
  readonly values: readonly (number | undefined)[]
}

export interface LearningCurveOptions {
  /** Columns of the whole drawing, axis included. Default 72, at least 24. */
  readonly width?: number
  /** Rows of the plot itself. Default 12, at least 3. */
  readonly height?: number
  /** Label of the horizontal axis. Default 'epoch'. */
  readonly xLabel?: string
  /** The number of the first value on the horizontal axis. Default 1. */
  readonly firstX?: number
  /** Whether each line has a color; without colors lines differ by their dashes. Default false. */
  readonly colour?: boolean
  /** Whether to use ASCII characters only, with a mark per line instead of braille dots. Default false. */
  readonly ascii?: boolean
}

const optionNames = ['width', 'height', 'xLabel', 'firstX', 'colour', 'ascii'] as const

const NARROWEST = 24
const WIDEST = 10_000
const LOWEST = 3
const HIGHEST = 1000
/** Whole numbers as large as this still differ from their neighbors. */
const LARGEST_X = 2 ** 40
const COLOURS: readonly Style[] = ['cyan', 'yellow', 'magenta', 'green', 'red', 'blue']
const MARKS = '*ox+#@'
const SOLID: Dashes = [true]
/** Solid, dashed, dotted, dash and dot. */
const DASHES: readonly Dashes[] = [
  SOLID,
  [true, true, true, true, false, false, false],
  [true, false, false],
  [true, true, true, true, true, false, false, true, false, false],
]
const SAMPLE_COLUMNS = 6
/** Beyond it the height of the plot would overflow. */
const LARGEST = 1e300
const LEGEND_GAP = '   '

/**
 * Loss or metrics over epochs, drawn with characters: a legend, the plot between a labeled vertical axis and a
 * labeled horizontal one. No line break at the end.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an invalid series or option, or if there is no room
 */
export function renderLearningCurve(series: readonly CurveSeries[], options: LearningCurveOptions = {}): string {
  const given = knownOptions<LearningCurveOptions>('renderLearningCurve', options, optionNames)
  const { width = 72, height = 12, xLabel = 'epoch', firstX = 1, colour = false, ascii = false } = given
  array('series', series, 'series', "For example [{ name: 'loss', values: history.loss }].")
  if (series.length === 0) throw invalid('series', 'at least one series', series)
  const curves = series.map((one, index) => checkedSeries(`series[${index}]`, one))
  wholeNumberFrom('width', width, NARROWEST, WIDEST)
  wholeNumberFrom('height', height, LOWEST, HIGHEST)
  string('xLabel', xLabel)
  finiteNumber('firstX', firstX, { min: -LARGEST_X, max: LARGEST_X })
  boolean('colour', colour)
  boolean('ascii', ascii)

  const { low, high } = finiteRange(curves)
  const ticks = coveringTicks(low, high, Math.floor(height / 2) + 1)
  const labels = ticks.values.map((value) => tickLabel(value, ticks))
  const margin = Math.max(...labels.map(textWidth))
  const columns = width - margin - 2
  if (columns < SAMPLE_COLUMNS) throw invalid('width', `integer of at least ${margin + 2 + SAMPLE_COLUMNS}`, width)

  const count = Math.max(1, ...curves.map(({ values }) => values.length))
  const bottom = ticks.values[0] ?? 0
  const top = ticks.values.at(-1) ?? 1
  const canvas = new Canvas(columns, height, ascii, MARKS)
  const xOf = (index: number) => (count === 1 ? 0 : Math.round((index / (count - 1)) * (canvas.width - 1)))
  const yOf = (value: number) => Math.round(((top - value) / (top - bottom)) * (canvas.height - 1))
  for (const [line, { values }] of curves.entries()) {
    for (const run of runs(values)) {
      const points = run.map(([index, value]) => [xOf(index), yOf(value)] as const)
      canvas.path(points, line, dashesOf(line, ascii))
    }
  }

  const upright = ascii ? '|' : '│'
  const notch = ascii ? '+' : '┤'
  const dotsPerRow = canvas.height / height
  const labelOfRow = new Map(ticks.values.map((value, i) => [Math.floor(yOf(value) / dotsPerRow), labels[i] ?? '']))
  const plot = Array.from({ length: height }, (_, row) => {
    const label = labelOfRow.get(row)
    const axis = `${pad(label ?? '', margin, 'right')} ${label === undefined ? upright : notch}`
    const cells = canvas.row(row).map(({ character, line }) => paint(character, lineColour(line), colour))
    return (paint(axis, 'dim', colour) + cells.join('')).trimEnd()
  })

  const xTicks = wholeTicks(firstX, firstX + count - 1, Math.max(2, Math.floor(columns / 8)))
  const dotsPerColumn = canvas.width / columns
  const placed = placeLabels(
    xTicks.map((value) => ({ text: String(value), column: Math.floor(xOf(value - firstX) / dotsPerColumn) })),
    columns,
  )
  const indent = ' '.repeat(margin + 1)
  return [
    legend(curves, width, colour, ascii),
    ...plot,
    indent + paint(horizontalAxis(placed, columns, ascii), 'dim', colour),
    `${indent} ${paint(placedText(placed), 'dim', colour)}`,
    indent + ' '.repeat(Math.max(0, Math.floor((columns + 1 - textWidth(xLabel)) / 2))) + printable(xLabel),
  ].join('\n')
}

function dashesOf(line: number, ascii: boolean): Dashes {
  // In ASCII each line has a mark of its own and needs no dashes.
  return ascii ? SOLID : (DASHES[line % DASHES.length] ?? SOLID)
}

function lineColour(line: number | undefined): Style | undefined {
  return line === undefined ? undefined : COLOURS[line % COLOURS.length]
}

function finiteRange(series: readonly CurveSeries[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { values } of series) {
    for (const value of values) {
      if (!canBeDrawn(value)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 1 }
}

function canBeDrawn(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) <= LARGEST
}

/** The stretches of neighboring finite values, each value with its index. */
function runs(values: readonly (number | undefined)[]): [index: number, value: number][][] {
  const found: [number, number][][] = []
  let run: [number, number][] | undefined
  for (const [index, value] of values.entries()) {
    if (!canBeDrawn(value)) {
      run = undefined
      continue
    }
    if (run === undefined) {
      run = []
      found.push(run)
    }
    run.push([index, value])
  }
  return found
}

function tickLabel(value: number, ticks: Ticks): string {
  const largest = Math.max(...ticks.values.map(Math.abs))
  return largest >= 1e7 || ticks.decimals > 5 ? formatNumber(value) : value.toFixed(ticks.decimals)
}

/** A sample of each line and its name, on as many lines as the width asks for. */
function legend(series: readonly CurveSeries[], width: number, colour: boolean, ascii: boolean): string {
  const lines: string[] = []
  let room = 0
  for (const [line, { name }] of series.entries()) {
    const canvas = new Canvas(SAMPLE_COLUMNS, 1, ascii, MARKS)
    const y = Math.floor(canvas.height / 2)
    const ends = [
      [0, y],
      [canvas.width - 1, y],
    ] as const
    canvas.path(ends, line, dashesOf(line, ascii))
    const sample = canvas.row(0).map(({ character }) => character)
    const text = truncate(printable(name), width - SAMPLE_COLUMNS - 1)
    const entry = `${paint(sample.join(''), lineColour(line), colour)} ${text}`
    const needed = SAMPLE_COLUMNS + 1 + textWidth(text)
    if (needed + LEGEND_GAP.length <= room) {
      lines.push(`${lines.pop()}${LEGEND_GAP}${entry}`)
      room -= LEGEND_GAP.length + needed
    } else {
      lines.push(entry)
      room = width - needed
    }
  }
  return lines.join('\n')
}

interface PlacedLabel {
  readonly text: string
  /** The column of the mark. */
  readonly column: number
  /** The column of the label's first character. */
  readonly start: number
}

/** Centers labels under their columns and leaves out those that would touch another; the two ends come first. */
function placeLabels(labels: readonly { text: string; column: number }[], columns: number): PlacedLabel[] {
  const wanted = labels.map(({ text, column }) => {
    const centered = column - Math.floor((text.length - 1) / 2)
    return { text, column, start: Math.max(0, Math.min(columns - text.length, centered)) }
  })
  const [first, ...others] = wanted
  const last = others.pop()
  const placed: PlacedLabel[] = []
  for (const label of [first, last, ...others]) {
    if (label === undefined) continue
    const touches = placed.some(
      (other) => label.start <= other.start + other.text.length && other.start <= label.start + label.text.length,
    )
    if (!touches) placed.push(label)
  }
  return placed.sort((a, b) => a.start - b.start)
}

function horizontalAxis(labels: readonly PlacedLabel[], columns: number, ascii: boolean): string {
  const cells = new Array<string>(columns).fill(ascii ? '-' : '─')
  for (const { column } of labels) cells[column] = ascii ? '+' : '┬'
  return (ascii ? '+' : '└') + cells.join('')
}

function placedText(labels: readonly PlacedLabel[]): string {
  return labels.reduce((line, { text, start }) => line.padEnd(start) + text, '')
}

function checkedSeries(argument: string, series: unknown): CurveSeries {
  if (typeof series !== 'object' || series === null) {
    throw invalid(argument, 'series { name, values }', series)
  }
  const { name, values } = series as Partial<CurveSeries>
  string(`${argument}.name`, name)
  if (!isNumberArray(values)) array(`${argument}.values`, values, 'numbers')
  for (let index = 0; index < values!.length; index++) {
    const value: unknown = values![index]
    // Null is what JSON makes of a number that is not finite.
    if (value === undefined || value === null || typeof value === 'number') continue
    throw invalid(`${argument}.values[${index}]`, 'number, or undefined for a gap', value)
  }
  return { name: name!, values: isNumberArray(values) ? plainNumberArray(values) : values! } as CurveSeries
}

function wholeNumberFrom(argument: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'number') throw invalid(argument, `integer of at least ${least}`, value)
  if (Number.isInteger(value) && value >= least && value <= most) return
  const bound = value > most ? `at most ${most}` : `at least ${least}`
  throw invalid(argument, `integer of ${bound}`, value)
}
