/*
 * What an option may be: a distribution that values are drawn from, that a grid is laid over, and that importance is
 * measured under.
 */
import type { Json } from '../../files/strict-json.js'
import { type Uniform, uniform } from '../../initializers/configured.js'
import type { RandomStream } from '../../random/stream.js'
import { array, finiteNumber, invalid, oneOf, plainObject } from '../../validate.js'

/** Numbers whose logarithm is uniform: every factor of ten alike. */
export interface LogUniform {
  readonly name: 'logUniform'
  readonly low: number
  readonly high: number
}

/** Whole numbers, all alike. */
export interface IntegerRange {
  readonly name: 'integer'
  readonly low: number
  readonly high: number
}

/** Values of a list, all alike. */
export interface Choice<Value extends Json = Json> {
  readonly name: 'choice'
  readonly values: readonly Value[]
}

/** What an option of a search is drawn from. */
export type Distribution = Uniform | LogUniform | IntegerRange | Choice

/** The values that a distribution gives. */
export type ValueOf<Given extends Distribution> = Given extends Choice<infer Value> ? Value : number

/**
 * Numbers whose logarithm is uniform, for what is judged by factors: learning rates, strengths of regularizers.
 *
 * @param low above 0
 * @param high above `low`
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for bounds that are not in this order
 */
export function logUniform(low: number, high: number): LogUniform {
  finiteNumber('low', low, { exclusiveMin: 0 }, 'From 0 on there is no logarithm: uniform(0, …) has no lower bound.')
  return { name: 'logUniform', low, high: finiteNumber('high', high, { exclusiveMin: low }) }
}

/**
 * Whole numbers from `low` to `high`, both included.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for bounds that are not whole, or not in this order
 */
export function integer(low: number, high: number): IntegerRange {
  for (const [name, value] of Object.entries({ low, high })) {
    if (!Number.isSafeInteger(value)) throw invalid(name, 'whole number', value)
  }
  return { name: 'integer', low, high: finiteNumber('high', high, { min: low }) }
}

/**
 * The values of a list, all alike: numbers, texts, lists, whatever JSON can hold.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an empty list, a value given twice, or one that JSON cannot hold
 * @example
 * choice([[32], [64, 64]]) // units of the hidden layers
 */
export function choice<const Value extends Json>(values: readonly Value[]): Choice<Value> {
  if (array('values', values, 'values').length === 0) throw invalid('values', 'at least one value', values)
  const texts = new Set<string>()
  for (const [at, value] of values.entries()) {
    if (!isJson(value)) throw invalid(`values[${at}]`, 'value that JSON can hold', value)
    const text = valueText(value)
    if (texts.has(text)) throw invalid(`values[${at}]`, 'value that is not in the list yet', value)
    texts.add(text)
  }
  return { name: 'choice', values: [...values] }
}

function isJson(value: unknown): value is Json {
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isJson)
  const prototype: unknown = Object.getPrototypeOf(value)
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null
  return plain && Object.values(value).every(isJson)
}

const names = ['uniform', 'logUniform', 'integer', 'choice'] as const

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that is no distribution, in the option's name */
export function checkedDistribution(argument: string, value: unknown): Distribution {
  const hint = Array.isArray(value)
    ? 'Write choice([…]) for the values of a list, uniform(low, high) for a range.'
    : 'Write uniform(0, 0.5), logUniform(1e-4, 1e-1), integer(1, 4) or choice([…]); choice([value]) for a fixed one.'
  if (typeof value !== 'object' || value === null || !('name' in value)) {
    throw invalid(argument, 'distribution', value, hint)
  }
  const { name, low, high, values } = plainObject(argument, value, hint)
  const bounds = [low as number, high as number] as const
  switch (oneOf(`${argument}.name`, name, names)) {
    case 'uniform':
      if (low === high) throw invalid(argument, 'bounds that differ', low, `Write choice([${low}]) for one value.`)
      return uniform(...bounds)
    case 'logUniform':
      return logUniform(...bounds)
    case 'integer':
      return integer(...bounds)
    case 'choice':
      return choice(values as readonly Json[])
  }
}

/** Drawn numbers have so many digits of their range: enough to search by, and short enough to be written again. */
const DIGITS = 4

/** One value. */
export function drawn(from: Distribution, random: RandomStream): Json {
  if (from.name === 'choice') return from.values[random.integer(from.values.length)]!
  if (from.name === 'integer') return from.low + Math.floor(random.uniform() * (from.high - from.low + 1))
  return valueAt(from, random.uniform())
}

/** The value at a place from 0 to 1 of a range, in few digits. */
function valueAt(range: Uniform | LogUniform, place: number): number {
  const { low, high } = range
  const value =
    range.name === 'uniform'
      ? Number((low + place * (high - low)).toFixed(decimalsOf(high - low)))
      : Number((low * (high / low) ** place).toPrecision(DIGITS))
  return Math.min(high, Math.max(low, value))
}

function decimalsOf(width: number): number {
  return Math.min(100, Math.max(0, DIGITS - Math.ceil(Math.log10(width))))
}

/** The values that a grid tries: all of a list, at most `levels` of a range, its ends included, evenly spaced. */
export function gridOf(of: Distribution, levels: number): readonly Json[] {
  if (of.name === 'choice') return of.values
  const places = Array.from({ length: levels }, (_, at) => (levels === 1 ? 0.5 : at / (levels - 1)))
  if (of.name !== 'integer') return [...new Set(places.map((place) => valueAt(of, place)))]
  return [...new Set(places.map((place) => Math.round(of.low + place * (of.high - of.low))))]
}

/** How many different values there are; infinity of a range of numbers. */
export function countOf(of: Distribution): number {
  if (of.name === 'choice') return of.values.length
  return of.name === 'integer' ? of.high - of.low + 1 : Number.POSITIVE_INFINITY
}

/**
 * Where a value lies from 0 to 1, such that values of the distribution are uniform. Of n single values each has a cell of
 * width 1/n, and lies in its middle.
 */
export function placeOf(of: Distribution, value: Json): number {
  if (of.name === 'choice') {
    const text = valueText(value)
    return (of.values.findIndex((one) => valueText(one) === text) + 0.5) / of.values.length
  }
  const number = value as number
  if (of.name === 'integer') return (number - of.low + 0.5) / (of.high - of.low + 1)
  if (of.name === 'uniform') return (number - of.low) / (of.high - of.low)
  return Math.log(number / of.low) / Math.log(of.high / of.low)
}

/** A value in keys and tables: JSON, but for texts that are a word, which stand without quotes. */
export function valueText(value: Json): string {
  const isWord = typeof value === 'string' && /^[A-Za-z_][\w.-]*$/.test(value)
  return isWord && !['true', 'false', 'null'].includes(value) ? value : JSON.stringify(value)
}
