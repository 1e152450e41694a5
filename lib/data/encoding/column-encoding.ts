/*
 * How the columns of a table become numbers: plain descriptions, as a model file keeps them.
 */
import type { TextReading } from './text-reading.js'

/** How a number is scaled: minus `mean`, divided by `deviation`. */
export interface NumberScale {
  readonly mean: number
  readonly deviation: number
}

/**
 * The smallest and largest value of the training rows; dates in milliseconds since 1970. Undefined for encoders from
 * files of earlier versions.
 */
export interface TrainingRange {
  readonly min?: number
  readonly max?: number
}

/** How a number is scaled. */
export interface NumberEncoding extends NumberScale, TrainingRange, TextReading {
  readonly name: string
  readonly kind: 'number'
  /** Whether a column tells where the value was missing. */
  readonly indicator: boolean
}

/**
 * How a number becomes its normal score: its rank among the training rows, as a quantile of the normal distribution.
 */
export interface QuantileEncoding extends NumberScale, TrainingRange, TextReading {
  readonly name: string
  readonly kind: 'quantile'
  /** Values of the training rows at equal steps of rank, rising; `mean` and `deviation` are those of the scores. */
  readonly quantiles: readonly number[]
  readonly indicator: boolean
}

/**
 * How a number is scaled whatever lies far out: minus the median, divided by the distance of the quartiles, then within ±3
 * by a smooth curve.
 */
export interface RobustEncoding extends TrainingRange, TextReading {
  readonly name: string
  readonly kind: 'robust'
  readonly median: number
  /**
   * From the first quartile of the training rows to the third; where these are equal, half the distance of the smallest
   * value from the largest; 0 where all values are equal, and every value is 0 then.
   */
  readonly distance: number
  /** Whether a column tells where the value was missing. */
  readonly indicator: boolean
}

/** How a boolean becomes 0 or 1, or -1 or 1. */
export interface BooleanEncoding extends TextReading {
  readonly name: string
  readonly kind: 'boolean'
  /** Whether false is -1, as it is under the scaling 'robust'. Left out: it is 0. */
  readonly signed?: boolean
  /** The value used for a missing one: the share of training rows that are true. */
  readonly fill: number
  readonly indicator: boolean
}

/**
 * How a date becomes numbers: year, day of the month and days since 1970, scaled; month, weekday and hour as sine and
 * cosine.
 */
export interface DateEncoding extends TrainingRange, TextReading {
  readonly name: string
  readonly kind: 'date'
  readonly days: NumberScale
  readonly year: NumberScale
  readonly dayOfMonth: NumberScale
  /** Whether the training rows had times of day. */
  readonly hour: boolean
  readonly indicator: boolean
  /** How texts are written, such as dd.MM.yyyy; left out for ISO 8601. */
  readonly format?: string
}

/** How a text becomes one column per level, or a code. */
export interface CategoryEncoding extends TextReading {
  readonly name: string
  /** One column a level, or one column of codes: the place of the level from 1, and 0 for unknown and missing. */
  readonly kind: 'oneHot' | 'embedding'
  readonly levels: readonly string[]
  /** Whether unknown texts have a column of their own, because training rows had missing values or rare levels. */
  readonly unknown: boolean
  /** The name of the model's input, where the codes are those of an Embedding. */
  readonly input?: string
  /** Whether spellings of a text are one level; levels are then in lower case. */
  readonly ignoreCase?: boolean
}

/** How one column of a table becomes numbers, by `kind`. */
export type ColumnEncoding =
  | NumberEncoding
  | QuantileEncoding
  | RobustEncoding
  | BooleanEncoding
  | DateEncoding
  | CategoryEncoding

/** A column that is not used, and why. */
export interface DroppedColumn {
  readonly name: string
  /**
   * 'constant': one value in all training rows; 'missing': no value; 'identifier': another value in every row; 'rare':
   * only texts that are too rare (`rareBelow`); 'ignored': the option `ignore` names it; 'group': the option `group` of
   * `trainTable` names it.
   */
  readonly reason: 'constant' | 'missing' | 'identifier' | 'rare' | 'ignored' | 'group'
}

/** Why a column is not used, in words to be read behind its name. */
export const droppedReasons: Readonly<Record<DroppedColumn['reason'], string>> = {
  constant: 'has the same value in all training rows, or values that hardly differ',
  missing: 'has no values in the training rows',
  identifier: 'has another value in every training row',
  rare: 'has no text in enough training rows to learn from it',
  ignored: 'was to be ignored',
  group: 'says which rows belong together, and so is no feature',
}

/** The names of the numbers that a column becomes, in their order. */
export function featureNames(encoding: ColumnEncoding): string[] {
  const { name } = encoding
  switch (encoding.kind) {
    case 'oneHot':
      return [...(encoding.unknown ? [`${name} unknown`] : []), ...encoding.levels.map((level) => `${name} ${level}`)]
    case 'embedding':
      return [name]
    case 'date': {
      const parts = ['days', 'year', 'day', 'month sine', 'month cosine', 'weekday sine', 'weekday cosine']
      const hours = encoding.hour ? ['hour sine', 'hour cosine'] : []
      return [...parts, ...hours, ...(encoding.indicator ? ['missing'] : [])].map((part) => `${name} ${part}`)
    }
    default:
      return [name, ...(encoding.indicator ? [`${name} missing`] : [])]
  }
}

/** How many numbers a column becomes. */
export function widthOf(encoding: ColumnEncoding): number {
  switch (encoding.kind) {
    case 'oneHot':
      return encoding.levels.length + Number(encoding.unknown)
    case 'embedding':
      return 1
    case 'date':
      return 7 + 2 * Number(encoding.hour) + Number(encoding.indicator)
    default:
      return 1 + Number(encoding.indicator)
  }
}
