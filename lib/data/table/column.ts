/*
 * The columns of a table: one typed array each, so that a table of ten million rows is a few objects.
 */
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'
import { type ColumnReading, joinReadings } from './column-reading.js'

export const columnTypes = ['number', 'category', 'boolean', 'date'] as const

/** The type of a column of a table. */
export type ColumnType = (typeof columnTypes)[number]

interface OfAnyType {
  readonly name: string
  /** How its texts were read and what was assumed, where there is anything to tell. */
  readonly reading?: ColumnReading
}

/**
 * A column of a table. A missing value is NaN in `values` of numbers, booleans and dates, and -1 in `codes` of
 * categories.
 */
export type Column =
  | (OfAnyType & { readonly type: 'number'; readonly values: Float64Array })
  /** Milliseconds since 1970, UTC; `format`: how its texts were written, such as dd.MM.yyyy, where not as ISO 8601. */
  | (OfAnyType & { readonly type: 'date'; readonly values: Float64Array; readonly format?: string })
  /** 0, 1 or NaN. */
  | (OfAnyType & { readonly type: 'boolean'; readonly values: Float64Array })
  /**
   * Texts, each kept once in `levels`; `codes` say which one a row has. `ignoreCase`: spellings of a text were united, and
   * levels are in lower case.
   */
  | (OfAnyType & {
      readonly type: 'category'
      readonly levels: readonly string[]
      readonly codes: Int32Array
      readonly ignoreCase?: boolean
    })

/** One value of a table: number, text, boolean or Date; undefined if it is missing. */
export type Cell = number | string | boolean | Date | undefined

const sound = new WeakSet<Column>()

/** A column whose codes are those of its levels by the way it was made: nobody need look at them again. */
export function soundColumn<Kind extends Column>(column: Kind): Kind {
  sound.add(column)
  return column
}

export function isSound(column: Column): boolean {
  return sound.has(column)
}

export function columnLength(column: Column): number {
  return column.type === 'category' ? column.codes.length : column.values.length
}

/** A copy of the rows asked for, in their order. A category keeps all of its levels. */
export function* selectColumn(column: Column, rows: Int32Array): Steps<Column> {
  if (column.type === 'category') {
    const own = { ...column, codes: yield* takeRows(column.codes, rows, new Int32Array(rows.length)) }
    return isSound(column) ? soundColumn(own) : own
  }
  return { ...column, values: yield* takeRows(column.values, rows, new Float64Array(rows.length)) }
}

/** @returns `taken`, with the values of the rows, in their order */
export function* takeRows<Values extends Float64Array | Int32Array>(
  values: Values,
  rows: Int32Array,
  taken: Values,
): Steps<Values> {
  for (let at = 0; at < rows.length; at++) {
    taken[at] = values[rows[at]!]!
    if (at % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return taken
}

export function cellOf(column: Column, row: number): Cell {
  if (column.type === 'category') return column.levels[column.codes[row]!]
  const value = column.values[row]!
  if (Number.isNaN(value)) return undefined
  if (column.type === 'number') return value
  return column.type === 'boolean' ? value !== 0 : new Date(value)
}

/** Columns of one name and type, one below the other; the levels of categories are united in order of appearance. */
export function* joinColumns(parts: readonly Column[]): Steps<Column> {
  const first = parts[0]!
  const length = parts.reduce((sum, part) => sum + columnLength(part), 0)
  const reading = joinReadings(parts.map((part) => part.reading))
  const named = { name: first.name, ...(reading === undefined ? {} : { reading }) }
  let from = 0
  if (first.type === 'category') {
    const numbers = new Map<string, number>()
    const codes = new Int32Array(length)
    for (const part of parts) {
      if (part.type !== 'category') throw mixedTypes(first, part)
      const united = part.levels.map((level) => {
        const known = numbers.get(level)
        if (known !== undefined) return known
        numbers.set(level, numbers.size)
        return numbers.size - 1
      })
      for (let i = 0; i < part.codes.length; i++) {
        codes[from + i] = united[part.codes[i]!] ?? -1
        if (i % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
      }
      from += part.codes.length
    }
    return {
      ...named,
      type: 'category',
      levels: [...numbers.keys()],
      codes,
      ...(first.ignoreCase ? { ignoreCase: true } : {}),
    }
  }
  const values = new Float64Array(length)
  for (const part of parts) {
    if (part.type !== first.type) throw mixedTypes(first, part)
    values.set(part.values, from)
    from += part.values.length
    yield
  }
  if (first.type !== 'date') return { ...named, type: first.type, values }
  const format = parts.flatMap((part) => (part.type === 'date' && part.format !== undefined ? [part.format] : []))[0]
  return { ...named, type: 'date', values, ...(format === undefined ? {} : { format }) }
}

function mixedTypes(first: Column, other: Column) {
  return invalid(
    `the column '${first.name}'`,
    `column of type ${first.type}, as in the first table,`,
    other.type,
    `Read the tables with types: { '${first.name}': '${first.type}' }.`,
  )
}
