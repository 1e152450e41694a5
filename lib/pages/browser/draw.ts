/*
 * Draws a chart by Observable Plot, as wide as its place is. Colors are the page's own, which know light and dark.
 */
import * as Plot from '@observablehq/plot'
import type {
  Axis,
  BarsChart,
  Chart,
  IntervalsChart,
  LinesChart,
  PointsChart,
  Series,
  SpreadChart,
  Tone,
} from '../chart.js'
import { formatted, type NumberFormat, onAxis, unitOf } from '../numbers.js'

const COLORS = 6
/** Below this width names stand above their rows, since beside them no room would be left. */
const NARROW = 560
const ROW = 30
const ROW_WITH_NAME = 46
/** Of the height of a row, above and below the marks. */
const PADDING = 0.5
const TOP_OF_ROWS = 4
const BOTTOM = 44
const ROOM_OF_TICK = 48
const LONGEST_NAME = 34
/** The least half width of an axis of percentage points, as a share. */
const LEAST_POINTS = 0.001

/** The drawn chart. */
export function draw(chart: Chart, width: number): Element {
  if (chart.kind === 'intervals') return drawIntervals(chart, width)
  if (chart.kind === 'spread') return drawSpread(chart, width)
  if (chart.kind === 'bars') return drawBars(chart, width)
  if (chart.kind === 'points') return drawPoints(chart, width)
  return drawLines(chart, width)
}

/** Names of series with their colors, in the order of the lines; empty for a chart whose rows have names. */
export function legendOf(
  chart: Chart,
): readonly { readonly name: string; readonly color: string; forecast: boolean }[] {
  if (chart.kind !== 'lines') return []
  return chart.series.map((one, at) => ({ name: one.name, color: colorOf(one, at), forecast: one.forecast === true }))
}

function drawIntervals({ x, rows }: IntervalsChart, width: number): Element {
  const ends = rows.flatMap(({ value, low, high, single }) => [value, low, high, ...(single ?? [])])
  const [least, most] = widened(extent([0, ...ends]), x.format)
  const placed = rows.map((row, at) => ({ ...row, at, from: row.low ?? least, to: row.high ?? most }))
  return plot(width, rowsFrame(rows, width), {
    x: { ...scaleOf(x), domain: [least, most] },
    marks: [
      Plot.gridX({ strokeOpacity: 0.12 }),
      Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.55 }),
      ...namesOf(placed, width, least),
      Plot.dot(
        placed.flatMap(({ at, tone, single }) => (single ?? []).map((value) => ({ at, tone, value }))),
        { x: 'value', y: 'at', r: 2, fill: toneOf, fillOpacity: 0.35, className: 'single' },
      ),
      Plot.ruleY(placed, {
        x1: 'from',
        x2: 'to',
        y: 'at',
        stroke: toneOf,
        strokeWidth: 3,
        strokeOpacity: 0.55,
        className: 'interval',
      }),
      Plot.dot(placed, {
        x: 'value',
        y: 'at',
        r: 5,
        fill: toneOf,
        className: 'estimate',
        title: (row: (typeof placed)[number]) =>
          `${row.label}: ${formatted(row.value, x.format)} (${formatted(row.low, x.format)} to ${formatted(row.high, x.format)})`,
        tip: true,
      }),
    ],
  })
}

function drawSpread({ x, rows }: SpreadChart, width: number): Element {
  const values = rows.flatMap((row, at) => row.values.map((value) => ({ at, value, label: row.label })))
  const means = rows.flatMap(({ values: own }, at) =>
    own.length === 0 ? [] : [{ at, value: own.reduce((sum, value) => sum + value, 0) / own.length }],
  )
  const [least, most] = widened(extent(values.map(({ value }) => value)), x.format)
  return plot(width, rowsFrame(rows, width), {
    x: { ...scaleOf(x), domain: [least, most] },
    marks: [
      Plot.gridX({ strokeOpacity: 0.12 }),
      ...namesOf(
        rows.map(({ label }, at) => ({ label, at })),
        width,
        least,
      ),
      Plot.dot(values, {
        x: 'value',
        y: 'at',
        r: 4,
        fill: 'var(--series-0)',
        fillOpacity: 0.45,
        className: 'value',
        title: ({ label, value }: { label: string; value: number }) => `${label}: ${formatted(value, x.format)}`,
        tip: true,
      }),
      Plot.tickX(means, { x: 'value', y: 'at', stroke: 'currentColor', strokeWidth: 2, className: 'mean' }),
    ],
  })
}

function drawBars({ x, rows, level }: BarsChart, width: number): Element {
  const placed = rows.map((row, at) => ({ ...row, at, from: 0 }))
  const [least, most] = extent([0, ...rows.map(({ value }) => value), ...(level === undefined ? [] : [level.value])])
  return plot(width, rowsFrame(rows, width), {
    x: { ...scaleOf(x), domain: [least, most === least ? least + 1 : most], nice: true },
    marks: [
      Plot.gridX({ strokeOpacity: 0.12 }),
      ...namesOf(placed, width, least),
      Plot.ruleY(placed, {
        x1: 'from',
        x2: 'value',
        y: 'at',
        stroke: ({ tone }: { tone?: Tone }) => (tone === undefined ? 'var(--series-0)' : toneOf({ tone })),
        strokeWidth: 12,
        className: 'bar',
        title: (row: { label: string; value: number }) => `${row.label}: ${formatted(row.value, x.format)}`,
        tip: true,
      }),
      Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.55 }),
      ...(level === undefined
        ? []
        : [Plot.ruleX([level.value], { stroke: 'currentColor', strokeDasharray: '4 4', className: 'level' })]),
    ],
  })
}

function drawPoints({ x, y, points }: PointsChart, width: number): Element {
  return plot(width, linesFrame(width), {
    x: { ...scaleOf(x), nice: x.logarithmic !== true },
    y: { ...scaleOf(y), nice: true },
    marks: [
      Plot.gridX({ strokeOpacity: 0.12 }),
      Plot.gridY({ strokeOpacity: 0.12 }),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        r: 4,
        fill: 'var(--series-0)',
        fillOpacity: 0.5,
        className: 'value',
        title: (point: PointsChart['points'][number]) => `${point.label}: ${formatted(point.y, y.format)}`,
        tip: true,
      }),
    ],
  })
}

function drawLines(chart: LinesChart, width: number): Element {
  const { x, y, series, spans = [], levels = [] } = chart
  const points = series.flatMap(({ name, points: own }, at) =>
    own.map(([px, py]) => ({ name, x: px, y: py, color: colorOf(series[at]!, at) })),
  )
  return plot(width, linesFrame(width), {
    x: { ...scaleOf(x), ...domainOf(points.map((point) => point.x)) },
    y: { ...scaleOf(y), nice: true, ...(y.logarithmic === true && { base: 2 }) },
    marks: [
      ...axisOf(x, points, width),
      Plot.gridY({ strokeOpacity: 0.12 }),
      ...series.flatMap((one, at) => linesOf(one, colorOf(one, at))),
      ...levels.flatMap(({ label, value }) => [
        Plot.ruleY([value], { stroke: 'currentColor', strokeDasharray: '2 4', className: 'level' }),
        Plot.text([label], {
          frameAnchor: 'left',
          y: value,
          dy: -8,
          dx: 4,
          textAnchor: 'start',
          fontSize: 12,
          text: [label],
        }),
      ]),
      ...spans.flatMap((span) => [
        Plot.link([span], {
          x1: 'x',
          x2: 'x',
          y1: 'from',
          y2: 'to',
          stroke: 'currentColor',
          strokeWidth: 2,
          markerStart: 'circle',
          markerEnd: 'circle',
          className: 'span',
        }),
        Plot.text([span], {
          x: 'x',
          y: ({ from, to }: { from: number; to: number }) => (from + to) / 2,
          text: 'label',
          textAnchor: 'end',
          dx: -8,
          fontSize: 12,
          fontWeight: 600,
          fill: 'currentColor',
          stroke: 'var(--background)',
          strokeWidth: 4,
        }),
      ]),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: (point: (typeof points)[number]) =>
            `${point.name}\n${x.label}: ${formatted(point.x, x.format)}\n${y.label}: ${formatted(point.y, y.format)}`,
        }),
      ),
    ],
  })
}

function linesOf({ points, band = [], forecast = false }: Series, color: string): Plot.Markish[] {
  return [
    Plot.areaY(band, {
      x: (one: Band) => one[0],
      y1: (one: Band) => one[1],
      y2: (one: Band) => one[2],
      fill: color,
      fillOpacity: 0.16,
      className: 'band',
    }),
    Plot.lineY(points, {
      x: (point: Point) => point[0],
      y: (point: Point) => point[1],
      stroke: color,
      strokeWidth: 2,
      ...(forecast ? { strokeDasharray: '6 5' } : {}),
      className: 'line',
    }),
    ...(points.length > 16
      ? []
      : [
          Plot.dot(points, {
            x: (point: Point) => point[0],
            y: (point: Point) => point[1],
            r: forecast ? 0 : 3,
            fill: color,
          }),
        ]),
  ]
}

type Point = readonly [x: number, y: number]
type Band = readonly [x: number, low: number, high: number]

function colorOf({ color }: Series, at: number): string {
  return `var(--series-${(color ?? at) % COLORS})`
}

function toneOf({ tone }: { readonly tone: Tone }): string {
  return `var(--${tone})`
}

/** Beside the rows where there is room, else above them; the whole name is in the table and the tip. */
function namesOf(rows: readonly { label: string; at: number }[], width: number, least: number): Plot.Markish[] {
  const options = {
    y: 'at',
    text: (row: { label: string }) => shortened(row.label, width),
    fontSize: 13,
    fill: 'currentColor',
  }
  return width < NARROW
    ? [Plot.text(rows, { ...options, x: least, textAnchor: 'start', dy: -17, className: 'name' })]
    : [Plot.text(rows, { ...options, x: least, textAnchor: 'end', dx: -10, className: 'name' })]
}

function shortened(name: string, width: number): string {
  const signs = [...name.replaceAll(/\s+/g, ' ')]
  const longest = width < NARROW ? Math.floor(width / 8) : LONGEST_NAME
  return signs.length <= longest ? signs.join('') : `${signs.slice(0, longest - 1).join('')}…`
}

interface Frame {
  readonly height: number
  readonly marginLeft: number
  readonly marginTop: number
  readonly y: Plot.ScaleOptions
}

/** One line of the page for each row. */
function rowsFrame(rows: readonly { label: string }[], width: number): Frame {
  const narrow = width < NARROW
  const longest = Math.max(...rows.map(({ label }) => shortened(label, width).length), 4)
  return {
    height: (Math.max(1, rows.length) + PADDING) * (narrow ? ROW_WITH_NAME : ROW) + TOP_OF_ROWS + BOTTOM,
    marginTop: TOP_OF_ROWS,
    marginLeft: narrow ? 12 : 24 + 7.2 * longest,
    y: { type: 'band', domain: rows.map((_, at) => at), axis: null, padding: PADDING },
  }
}

function linesFrame(width: number): Pick<Frame, 'height' | 'marginLeft'> {
  return { height: width < NARROW ? 280 : 340, marginLeft: 52 }
}

function plot(width: number, frame: Partial<Frame>, options: Plot.PlotOptions): Element {
  const { y = {}, ...margins } = frame
  return Plot.plot({
    width,
    marginRight: 20,
    marginBottom: BOTTOM,
    marginTop: 24,
    ...margins,
    ...options,
    y: { ...y, ...options.y },
    style: { background: 'transparent', fontSize: '12px', fontFamily: 'inherit', overflow: 'visible' },
  })
}

function scaleOf({ label, format, logarithmic = false, zero = false }: Axis): Plot.ScaleOptions {
  return {
    label: `${label}${unitOf(format)}`,
    labelArrow: 'none',
    type: logarithmic ? 'log' : 'linear',
    zero,
    tickFormat: (value: number) => onAxis(value, format),
  }
}

/**
 * A logarithmic axis has its ticks where values are, if there is room: those of the scale are crowded to the right, and not
 * all of them have labels.
 */
function axisOf(axis: Axis, points: readonly { readonly x: number }[], width: number): Plot.Markish[] {
  const places = [...new Set(points.map(({ x }) => x))]
  const atValues = axis.logarithmic === true || axis.atValues === true
  if (!atValues || places.length > width / ROOM_OF_TICK) return [Plot.gridX({ strokeOpacity: 0.12 })]
  return [
    Plot.gridX(places, { strokeOpacity: 0.12 }),
    Plot.axisX(places, { text: (value: number) => onAxis(value, axis.format), labelArrow: 'none' }),
  ]
}

function domainOf(values: readonly number[]): Plot.ScaleOptions {
  const [least, most] = extent(values)
  return least === most ? { domain: widened([least, most]) } : {}
}

function extent(values: readonly (number | null)[]): [least: number, most: number] {
  const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  return finite.length === 0 ? [0, 1] : [Math.min(...finite), Math.max(...finite)]
}

/**
 * By a little on each side, so that no point lies on the edge. Percentage points cover a fifth of one at least: less is no
 * difference to be seen.
 */
function widened([least, most]: [least: number, most: number], format?: NumberFormat): [least: number, most: number] {
  if (format === 'points' && most - least < LEAST_POINTS) {
    const middle = (least + most) / 2
    return [middle - LEAST_POINTS, middle + LEAST_POINTS]
  }
  const margin = most === least ? Math.abs(most) * 0.1 || 1 : (most - least) * 0.06
  return [least - margin, most + margin]
}
