/*
 * Charts as plain descriptions: pages carry them as JSON, and the script in the page draws them. What a chart shows stands
 * beside it as a table as well.
 */
import type { NumberFormat } from './numbers.js'

export interface Axis {
  /** What the numbers are; their unit is added. */
  readonly label: string
  readonly format: NumberFormat
  /** Whether equal distances are equal factors. Default false. */
  readonly logarithmic?: boolean
  /** Whether ticks stand where values are, as of whole numbers, if there is room. Default false; so of logarithmic ones. */
  readonly atValues?: boolean
  /** Whether 0 is shown, however far away the values are. Default false. */
  readonly zero?: boolean
}

/** The meaning of a color: 'plain' has none. */
export type Tone = 'good' | 'bad' | 'plain'

/** A point for each row and the interval around it, on one axis, with a line at 0. */
export interface IntervalsChart {
  readonly kind: 'intervals'
  readonly x: Axis
  readonly rows: readonly {
    readonly label: string
    readonly value: number
    /** Ends of the interval; null where it has none on that side. */
    readonly low: number | null
    readonly high: number | null
    readonly tone: Tone
    /** Values that the point is the mean of. Default none. */
    readonly single?: readonly number[]
  }[]
}

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Between which values the line may lie. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[]
  /** Whether the line is a forecast: drawn with dashes. Default false. */
  readonly forecast?: boolean
  /** Index of the color; series of one color belong together. Default its place in the list. */
  readonly color?: number
}

/** A distance between two values at one place, with its name: how large a bias or a variance is. */
export interface Span {
  readonly label: string
  readonly x: number
  readonly from: number
  readonly to: number
}

/** Lines over a number. */
export interface LinesChart {
  readonly kind: 'lines'
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  readonly spans?: readonly Span[]
  /** Levels drawn across, such as a target. */
  readonly levels?: readonly { readonly label: string; readonly value: number }[]
}

/** Every single value of each row as a point, and a mark at their mean. */
export interface SpreadChart {
  readonly kind: 'spread'
  readonly x: Axis
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[]
}

/** A bar for each row, from 0. */
export interface BarsChart {
  readonly kind: 'bars'
  readonly x: Axis
  readonly rows: readonly { readonly label: string; readonly value: number; readonly tone?: Tone }[]
  /** A level drawn across, such as the mean. */
  readonly level?: { readonly label: string; readonly value: number }
}

/** Points of two numbers. */
export interface PointsChart {
  readonly kind: 'points'
  readonly x: Axis
  readonly y: Axis
  readonly points: readonly { readonly label: string; readonly x: number; readonly y: number }[]
}

export type Chart = IntervalsChart | LinesChart | SpreadChart | BarsChart | PointsChart

/** A chart with its place in the page. */
export interface PlacedChart {
  /** Id of the element that it is drawn in. */
  readonly id: string
  readonly chart: Chart
}
