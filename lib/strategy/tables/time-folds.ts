/*
 * Folds in the order of time: networks learn from the past of the rows that they are measured on.
 */
import type { Column } from '../../data/table/column.js'
import { DeepblasError } from '../../errors.js'
import { ELEMENTS_OF_STEP, findPlace, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'

/** Rows in the order of a column of times. */
export interface TimeOrder {
  /** Row numbers, the earliest first; rows of one time in their own order. */
  readonly rows: Int32Array
  /** Time of each of them, rising. */
  readonly times: Float64Array
}

/**
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a column that is neither dates nor numbers; ERR_DEEPBLAS_DATA for rows
 *   without a time
 */
export function* timeOrder(column: Column): Steps<TimeOrder> {
  const { name, type } = column
  if (column.type === 'category' || column.type === 'boolean') {
    const hint = `Read it as dates: types: { '${name}': 'date' }.`
    throw invalid('time', 'name of a column of dates or numbers', `${name}, which is ${type}`, hint)
  }
  const { values } = column
  const missing = yield* findPlace(values.length, (row) => Number.isNaN(values[row]))
  if (missing >= 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a time in every row of the column '${name}' but row ${missing} of those with a target has none (counted from 0). Leave such rows out.`,
    )
  }
  const rows = Int32Array.from({ length: values.length }, (_, row) => row)
  rows.sort((a, b) => values[a]! - values[b]! || a - b)
  return { rows, times: Float64Array.from(rows, (row) => values[row]!) }
}

/**
 * Where the order is cut so that the part before has about the share, and no time is on both sides.
 *
 * @param after the first place that may be cut
 * @returns the first place of the part behind; the number of rows where there is none
 */
function cutAt({ times }: TimeOrder, share: number, after: number): number {
  const wanted = Math.max(after, Math.round(share * times.length))
  let up = wanted
  while (up < times.length && times[up] === times[up - 1]) up++
  let down = wanted
  while (down > after && times[down] === times[down - 1]) down--
  const isCut = down >= after && times[down] !== times[down - 1]
  return isCut && wanted - down < up - wanted ? down : up
}

/** The latest rows, about a share of all: earlier rows, and those that are later than all of them. */
export function latest(order: TimeOrder, share: number, name: string): readonly [before: Int32Array, held: Int32Array] {
  let cut = cutAt(order, 1 - share, 1)
  // Where the last time has most of the rows.
  if (cut === order.rows.length) cut = order.times.indexOf(order.times.at(-1)!)
  if (cut === 0) throw tooFewTimes(name, 2, 1)
  return [order.rows.slice(0, cut), order.rows.slice(cut)]
}

/**
 * Expanding windows: the rows are cut into `folds + 1` parts in the order of time, about equal in size, and fold i learns
 * from the parts 0 to i and is measured on part i + 1. No part begins in the midst of a time. The first part is never
 * measured on.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for too few different times
 */
export function* expandingWindows(
  order: TimeOrder,
  folds: number,
  name: string,
): Steps<{ readonly training: Int32Array; readonly held: Int32Array }[]> {
  const { rows, times } = order
  let different = 1
  for (let at = 1; at < times.length; at++) {
    if (times[at] !== times[at - 1]) different++
    if (at % ELEMENTS_OF_STEP === 0) yield
  }
  if (different < folds + 1) throw tooFewTimes(name, folds + 1, different)
  const cuts: number[] = []
  for (let part = 1; part <= folds; part++) {
    const cut = cutAt(order, part / (folds + 1), (cuts.at(-1) ?? 0) + 1)
    if (cut === rows.length) throw unevenTimes(name, folds)
    cuts.push(cut)
  }
  return cuts.map((cut, fold) => ({ training: rows.slice(0, cut), held: rows.slice(cut, cuts[fold + 1]) }))
}

function tooFewTimes(name: string, needed: number, there: number): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected at least ${needed} different times in the column '${name}' but there ${there === 1 ? 'is 1' : `are ${there}`}.`,
  )
}

function unevenTimes(name: string, folds: number): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected times in the column '${name}' that can be cut into ${folds + 1} parts but most rows have the same ones. Give ` +
      'fewer folds.',
  )
}
