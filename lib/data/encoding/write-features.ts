/*
 * The values of a column, written as numbers into the rows of a matrix.
 */
import { DeepblasError } from '../../errors.js'
import type { CategoryEncoding, ColumnEncoding, DateEncoding, NumberScale } from './column-encoding.js'
import { LARGEST_FLOAT32 } from './float32-range.js'
import { normalScore } from './normal-scores.js'
import type { NameOfRow } from './read-columns.js'
import { robustScore } from './robust-scores.js'

const MILLISECONDS_OF_DAY = 86_400_000

/** A matrix being filled, row-major. */
export interface Filling {
  readonly data: Float32Array
  readonly columns: number
  /** The table's row that is the first one here, for messages. */
  readonly firstRow: number
  readonly rowName: NameOfRow
}

/**
 * Writes a column's numbers from column `to` on.
 *
 * @param values numbers, NaN where missing; or codes of levels, 0 where unknown or missing
 */
export function writeColumn(
  encoding: ColumnEncoding,
  values: Float64Array | Int32Array,
  filling: Filling,
  to: number,
): void {
  if (encoding.kind === 'oneHot') writeOneHot(encoding, values, filling, to)
  else if (encoding.kind === 'date') writeDates(encoding, values, filling, to)
  else if ('indicator' in encoding) writeNumbers(encoding, values, filling, to)
  else writeCodes(values, filling, to)
}

function writeCodes(codes: Float64Array | Int32Array, { data, columns }: Filling, to: number): void {
  for (let row = 0; row < codes.length; row++) data[row * columns + to] = codes[row]!
}

function writeNumbers(
  encoding: Exclude<ColumnEncoding, CategoryEncoding | DateEncoding>,
  values: Float64Array | Int32Array,
  { data, columns, firstRow, rowName }: Filling,
  to: number,
): void {
  const scaled = scorer(encoding)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    const known = Number.isFinite(value)
    const at = row * columns + to
    const number = scaled(known ? value : Number.NaN)
    if (Math.abs(number) > LARGEST_FLOAT32) throw tooLarge(encoding, rowName(firstRow + row), value)
    data[at] = number
    if (encoding.indicator) data[at + 1] = Number(!known)
  }
}

function tooLarge({ name }: ColumnEncoding, row: string, value: number): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected a number in column '${name}', ${row} that float32 can hold once it is scaled but received ${value}.`,
  )
}

/** A value as the network sees it. */
function scorer(encoding: Exclude<ColumnEncoding, CategoryEncoding | DateEncoding>): (value: number) => number {
  if (encoding.kind === 'boolean') {
    const { fill, signed } = encoding
    const share = (value: number) => (Number.isNaN(value) ? fill : value)
    return signed ? (value) => 2 * share(value) - 1 : share
  }
  if (encoding.kind === 'robust') return (value) => (Number.isNaN(value) ? 0 : robustScore(encoding, value))
  const { mean, deviation } = encoding
  const score =
    encoding.kind === 'quantile' ? (value: number) => normalScore(encoding.quantiles, value) : (value: number) => value
  return (value) => (Number.isNaN(value) ? 0 : (score(value) - mean) / deviation)
}

function writeOneHot(
  { unknown }: CategoryEncoding,
  codes: Float64Array | Int32Array,
  { data, columns }: Filling,
  to: number,
): void {
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!
    if (unknown) data[row * columns + to + code] = 1
    else if (code > 0) data[row * columns + to + code - 1] = 1
  }
}

function writeDates(
  encoding: DateEncoding,
  times: Float64Array | Int32Array,
  { data, columns }: Filling,
  to: number,
): void {
  const { days, year, dayOfMonth, hour, indicator } = encoding
  const last = 7 + 2 * Number(hour)
  for (let row = 0; row < times.length; row++) {
    const at = row * columns + to
    const parts = datePartsOf(times[row]!)
    if (indicator) data[at + last] = Number(parts === undefined)
    if (parts === undefined) continue
    data[at] = scaled(days, parts.days)
    data[at + 1] = scaled(year, parts.year)
    data[at + 2] = scaled(dayOfMonth, parts.dayOfMonth)
    circle(data, at + 3, parts.month / 12)
    circle(data, at + 5, parts.weekday / 7)
    if (hour) circle(data, at + 7, parts.hour / 24)
  }
}

/** The parts of a time in milliseconds since 1970, in UTC. */
export function datePartsOf(time: number) {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return undefined
  const hour = (time - Math.floor(time / MILLISECONDS_OF_DAY) * MILLISECONDS_OF_DAY) / 3_600_000
  return {
    days: time / MILLISECONDS_OF_DAY,
    year: date.getUTCFullYear(),
    dayOfMonth: date.getUTCDate(),
    month: date.getUTCMonth(),
    weekday: date.getUTCDay(),
    hour,
  }
}

function scaled({ mean, deviation }: NumberScale, value: number): number {
  return (value - mean) / deviation
}

/** A share of the way round: sine and cosine, so that the end is beside the beginning. */
function circle(data: Float32Array, at: number, share: number): void {
  data[at] = Math.sin(2 * Math.PI * share)
  data[at + 1] = Math.cos(2 * Math.PI * share)
}
