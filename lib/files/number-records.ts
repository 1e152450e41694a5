/*
 * Many records of mostly equal form, such as the results of epochs, as one array of numbers: a form is written down once,
 * with places for its numbers, and so is every run of records that have it. JSON would repeat every name in every record,
 * and cannot hold NaN.
 */
import type { Json } from './strict-json.js'

/** A tree of names and lists with places for numbers; what is no number is written out. */
type Form =
  /** A number's place. */
  | 0
  | readonly ['list', ...Form[]]
  /** Names and forms, one after the other. */
  | readonly ['object', ...(string | Form)[]]
  | readonly ['is', Json]

/** Where the numbers of the records stand. */
export interface RecordForms {
  readonly forms: readonly Json[]
  /** Form and how many records in a row have it, one pair after the other. */
  readonly runs: readonly number[]
}

/** Takes records one after the other. */
export class NumberRecords {
  /** Records taken. */
  length = 0
  readonly #forms: Form[] = []
  readonly #places = new Map<string, number>()
  readonly #runs: number[] = []
  #numbers: Float64Array = new Float64Array(64)
  #used = 0

  /**
   * Continues the records of a file, of which `readNumberRecords` has made `length`: more may follow, and none is taken
   * again.
   */
  static goingOn({ forms, runs }: RecordForms, numbers: Float64Array, length: number): NumberRecords {
    const records = new NumberRecords()
    for (const form of forms) records.#places.set(JSON.stringify(form), records.#forms.push(form as Form) - 1)
    for (const one of runs) records.#runs.push(one)
    records.#numbers = numbers
    records.#used = numbers.length
    records.length = length
    return records
  }

  push(record: unknown): void {
    const form = JSON.stringify(this.#take(record))
    let place = this.#places.get(form)
    if (place === undefined) {
      place = this.#forms.push(JSON.parse(form) as Form) - 1
      this.#places.set(form, place)
    }
    if (this.#runs.at(-2) === place) this.#runs[this.#runs.length - 1]!++
    else this.#runs.push(place, 1)
    this.length++
  }

  get forms(): RecordForms {
    return { forms: [...this.#forms] as readonly Json[], runs: [...this.#runs] }
  }

  /** The numbers so far. Records that follow do not change them. */
  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.#used)
  }

  #take(value: unknown): Form {
    if (typeof value === 'number') {
      if (this.#used === this.#numbers.length) {
        const more = new Float64Array(Math.max(64, 2 * this.#used))
        more.set(this.#numbers)
        this.#numbers = more
      }
      this.#numbers[this.#used++] = value
      return 0
    }
    if (typeof value === 'string' || typeof value === 'boolean') return ['is', value]
    if (value === undefined || value === null) return ['is', null]
    if (typeof value !== 'object') return ['is', String(value)]
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      return ['list', ...Array.from(value as ArrayLike<unknown>, (one) => this.#take(one))]
    }
    const entries = Object.entries(value).filter(([, one]) => one !== undefined)
    return ['object', ...entries.flatMap(([name, one]) => [name, this.#take(one)])]
  }
}

/**
 * The records that `NumberRecords` has taken.
 *
 * @returns undefined where forms and numbers do not fit each other. Nothing is made that the numbers do not bear out.
 */
export function readNumberRecords({ forms, runs }: RecordForms, numbers: Float64Array): unknown[] | undefined {
  const widths = forms.map((form) => widthOf(form))
  if (widths.includes(undefined)) return undefined
  let needed = 0
  for (let at = 0; at < runs.length; at += 2) {
    const [width, count] = [widths[runs[at]!], runs[at + 1]!]
    // A record of no number could be had a thousand million times for nothing.
    if (width === undefined || width === 0 || !Number.isSafeInteger(count) || count < 1) return undefined
    needed += width * count
    if (needed > numbers.length) return undefined
  }
  if (needed !== numbers.length || runs.length % 2 !== 0) return undefined
  const records: unknown[] = []
  let used = 0
  const next = () => numbers[used++]
  const makerOf = (form: Form): (() => unknown) => {
    if (form === 0) return next
    const [kind, ...parts] = form as readonly [string, ...unknown[]]
    if (kind === 'is') return () => parts[0]
    if (kind === 'list') {
      const makers = parts.map((part) => makerOf(part as Form))
      return () => makers.map((make) => make())
    }
    const makers = parts.filter((_, at) => at % 2 === 1).map((part) => makerOf(part as Form))
    return () => {
      const made: Record<string, unknown> = {}
      for (let at = 0; at < makers.length; at++) made[parts[2 * at] as string] = makers[at]!()
      return made
    }
  }
  // Once for each form, not for each record.
  const makers = forms.map((form) => makerOf(form as unknown as Form))
  for (let at = 0; at < runs.length; at += 2) {
    const make = makers[runs[at]!]!
    for (let left = runs[at + 1]!; left > 0; left--) records.push(make())
  }
  return records
}

/**
 * How many numbers a form has a place for; undefined for what is no form, or has so much beside its numbers that a short
 * file could ask for any amount of memory.
 */
function widthOf(form: Json): number | undefined {
  const found = { numbers: 0, others: 0 }
  const fits = count(form, found)
  return fits && found.others <= MOST_OTHERS + MOST_OTHERS_PER_NUMBER * found.numbers ? found.numbers : undefined
}

const MOST_OTHERS = 16
const MOST_OTHERS_PER_NUMBER = 4

/** Whether it is a form. */
function count(form: Json | undefined, found: { numbers: number; others: number }): boolean {
  if (form === 0) {
    found.numbers++
    return true
  }
  found.others++
  if (!Array.isArray(form)) return false
  const [kind, ...parts] = form
  if (kind === 'is') return parts.length === 1 && (typeof parts[0] !== 'object' || parts[0] === null)
  if (kind === 'list') return parts.every((part) => count(part, found))
  const names = parts.filter((_, at) => at % 2 === 0)
  if (kind !== 'object' || parts.length % 2 !== 0 || new Set(names).size < names.length) return false
  return parts.every((part, at) =>
    at % 2 === 0 ? typeof part === 'string' && part !== '__proto__' : count(part, found),
  )
}
