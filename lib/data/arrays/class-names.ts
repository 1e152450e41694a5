/*
 * Names of classes: in which order they are numbered, what number a name writes, which of them rows have, and targets
 * numbered by other names. Classes are compared by name wherever two lists of names meet.
 */
import { DeepblasError } from '../../errors.js'
import { array, describe, invalid, string } from '../../validate.js'
import type { NumberArray, NumberTable } from './rows.js'

/** What a class is named where targets are booleans, and the numbers that they are. */
export const booleanNames: readonly string[] = ['false', 'true']
/** What texts of bits are named, also where a data set has only one of them. */
const bitNames: readonly string[] = ['0', '1']

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const MOST_SHOWN = 10

/** The number that a text writes in decimal digits; undefined for any other text. */
export function numberOfText(text: string): number | undefined {
  const trimmed = text.trim()
  return decimal.test(trimmed) ? Number(trimmed) : undefined
}

export function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some === others || (some.length === others.length && some.every((name, i) => name === others[i]))
}

/** For messages: 'a', 'b', 'c' and how many more. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map((name) => describe(name))
  return `${shown.join(', ')}${names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : ''}`
}

/**
 * Different texts in the order in which their classes are numbered: numbers by size, other texts by their letters. Of
 * 'true' and 'false', and of '0' and '1', both are named where there is only one: the other one is known.
 */
export function orderedNames(texts: ReadonlySet<string>): readonly string[] {
  for (const pair of [booleanNames, bitNames]) if ([...texts].every((text) => pair.includes(text))) return pair
  const names = [...texts].sort()
  const numbers = new Map(names.map((name) => [name, numberOfText(name)]))
  if ([...numbers.values()].includes(undefined)) return names
  return names.sort((a, b) => numbers.get(a)! - numbers.get(b)!)
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no list of different names */
export function checkedNames(argument: string, given: unknown): readonly string[] {
  const names = array(argument, given, 'strings').map((label, i) => string(`${argument}[${i}]`, label))
  if (names.length === 0) throw invalid(argument, 'at least one name', given)
  const seen = new Set<string>()
  const twice = names.find((name) => seen.size === seen.add(name).size)
  if (twice !== undefined) throw invalid(argument, 'names that differ', twice, 'It is there twice.')
  return names
}

/** Whether the names are those of the targets: one a column, or one a class; of two names also a share, or a sign. */
export function namesFit({ data, columns }: NumberTable, names: readonly string[]): boolean {
  return columns > 1 ? names.length === columns : misfit(data, names.length) < 0
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for names that are fewer than the classes, or targets that are no classes */
export function requireNames(targets: NumberTable, names: readonly string[]): void {
  if (namesFit(targets, names)) return
  const { data, columns } = targets
  const count = names.length
  if (columns > 1) throw invalid('labels', `${columns} names, one for each column of y`, names)
  const bad = misfit(data, count)
  const value = data[bad]!
  const whole = Number.isInteger(value) && value >= 0
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected for labels ${whole ? `at least ${value + 1} names, one for each class from 0,` : 'names of classes'} but ` +
      `received ${count} (${listed(names)}), and y[${bad}] is ${value}. ` +
      (whole ? 'Name every class, or number the classes from 0.' : 'Leave labels out where targets are no classes.'),
  )
}

/** The first target that is no class of so many; -1 where all are. */
function misfit(data: NumberArray, count: number): number {
  if (count === 2) {
    const signs = data.includes(-1)
    return data.findIndex((value) => (signs ? value !== 1 && value !== -1 : !(value >= 0 && value <= 1)))
  }
  return data.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < count))
}

/** The names that rows have, in the order of `names`. A share of two classes is of both. */
export function namesInUse({ data, columns }: NumberTable, names: readonly string[]): readonly string[] {
  const used = new Set<number>()
  if (columns > 1) {
    for (let i = 0; i < data.length; i++) if (data[i] !== 0) used.add(i % columns)
  } else {
    for (const value of data) {
      if (value === -1) used.add(0)
      else if (Number.isInteger(value)) used.add(value)
      else used.add(0).add(1)
      if (used.size >= names.length) break
    }
  }
  return names.filter((_, i) => used.has(i))
}

/**
 * Targets of classes numbered by `from`, numbered by `to`, which has all names that rows have.
 *
 * @param newColumns of the result, where it has one a class
 */
export function renumberedTargets(
  { data, rows, columns }: NumberTable,
  from: readonly string[],
  to: readonly string[],
  newColumns: number,
): NumberTable {
  const place = new Map(to.map((name, i) => [name, i]))
  const numbers = from.map((name) => place.get(name))
  if (columns > 1) {
    const moved = new Float64Array(rows * newColumns)
    for (let row = 0; row < rows; row++) {
      for (let c = 0; c < columns; c++) {
        const number = numbers[c]
        const value = data[row * columns + c]!
        if (number !== undefined) moved[row * newColumns + number] = value
        else if (value !== 0) throw unnamed(`y[${row}][${c}]`, value, from)
      }
    }
    return { data: moved, rows, columns: newColumns }
  }
  const [first, second] = numbers
  // Signs, and shares of the second of two classes, stay such between two.
  if (from.length === 2 && to.length === 2 && data.some((value) => value !== 0 && value !== 1)) {
    if (first === 0 || second === 1) return { data, rows, columns }
    const signs = data.includes(-1)
    return { data: Float64Array.from(data, (value) => (signs ? -value : 1 - value)), rows, columns }
  }
  const renumbered = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const number = numbers[data[row] === -1 ? 0 : data[row]!]
    if (number === undefined) throw unnamed(`y[${row}]`, data[row]!, from)
    renumbered[row] = number
  }
  return { data: renumbered, rows, columns: 1 }
}

function unnamed(place: string, value: number, names: readonly string[]): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected a class that has a name (${listed(names)}) for ${place} but received ${value}: classes that are numbered anew ` +
      'need names, all of them.',
  )
}

/**
 * The numbers that names of classes write, for a loss of numbers: 90 for '90', 0 and 1 for 'false' and 'true'.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA that names a text that writes none
 */
export function valuesOfNames({ data, rows }: NumberTable, names: readonly string[]): NumberTable {
  const truth = names.every((name) => booleanNames.includes(name))
  const numbers = names.map((name) => (truth ? Number(name === 'true') : numberOfText(name)))
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const value = numbers[data[row]!]
    if (value === undefined || !Number.isFinite(Math.fround(value))) {
      const finite = value === undefined ? '' : ' (of float32 range)'
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected numbers${finite} for y, which the loss compares outputs with, but received the text ` +
          `${describe(names[data[row]!])} in row ${row}. For classes use a loss of classes, such as crossEntropy; for ` +
          'values give numbers, or texts that write them in decimal digits.',
      )
    }
    values[row] = value
  }
  return { data: values, rows, columns: 1 }
}
