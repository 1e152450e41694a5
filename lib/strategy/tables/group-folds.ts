/*
 * Folds that keep the rows of a group together.
 */
import type { Column } from '../../data/table/column.js'
import { DeepblasError } from '../../errors.js'
import { shuffling } from '../../random/stream.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { isMissing, valuesOf } from '../column-values.js'
import { foldsStream } from '../fold-rows.js'

/** The group of every row, from 0 in order of appearance; rows without a value are a group together. */
export interface Groups {
  readonly ofRow: Int32Array
  readonly count: number
}

export function* groupsOf(column: Column): Steps<Groups> {
  const values = valuesOf(column)
  const ofRow = new Int32Array(values.length)
  const numbers = new Map<number | undefined, number>()
  for (let row = 0; row < values.length; row++) {
    const value = isMissing(column, values[row]!) ? undefined : values[row]!
    let own = numbers.get(value)
    if (own === undefined) {
      own = numbers.size
      numbers.set(value, own)
    }
    ofRow[row] = own
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return { ofRow, count: numbers.size }
}

/** @throws DeepblasError ERR_DEEPBLAS_DATA for fewer groups than folds */
export function requireGroups({ count }: Groups, folds: number, name: string): void {
  if (count >= folds) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected at least ${folds} groups in the column '${name}', one for each fold, but there ${count === 1 ? 'is 1' : `are ${count}`}.`,
  )
}

/**
 * The fold of every row. Groups go, the largest first and those of one size in the order of a seeded shuffle, each into
 * the fold where it makes the folds' shares of rows, and of every class, least uneven (the sum of their squares).
 *
 * @param classOfRow of a classification, from 0
 */
export function* foldOfGroups(
  { ofRow, count }: Groups,
  folds: number,
  seed: number,
  classOfRow: ArrayLike<number> | undefined,
): Steps<Int32Array> {
  const classes = yield* classNumbers(ofRow.length, classOfRow)
  const width = classes.count + 1
  // Of every group its rows, then its rows of each class.
  const sizes = new Float64Array(count * width)
  for (let row = 0; row < ofRow.length; row++) {
    sizes[ofRow[row]! * width]!++
    sizes[ofRow[row]! * width + 1 + classes.ofRow[row]!]!++
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  const totals = new Float64Array(width)
  for (let at = 0; at < sizes.length; at++) totals[at % width]! += sizes[at]!
  const order = yield* shuffling(
    foldsStream(seed),
    Int32Array.from({ length: count }, (_, group) => group),
  )
  order.sort((a, b) => sizes[b * width]! - sizes[a * width]!)
  const held = new Float64Array(folds * width)
  const foldOfGroup = new Int32Array(count)
  for (const [at, group] of order.entries()) {
    if (at % 1024 === 1023) yield
    const own = sizes.subarray(group * width, (group + 1) * width)
    const fold = leastUneven(held, own, totals, folds)
    for (let part = 0; part < width; part++) held[fold * width + part]! += own[part]!
    foldOfGroup[group] = fold
  }
  return ofRow.map((group) => foldOfGroup[group]!)
}

/** The fold where these rows add least to the sum of squared shares; an empty one where there is any. */
function leastUneven(held: Float64Array, own: Float64Array, totals: Float64Array, folds: number): number {
  const width = own.length
  let least = Number.POSITIVE_INFINITY
  let found = 0
  for (let fold = 0; fold < folds; fold++) {
    if (held[fold * width] === 0) return fold
    let added = 0
    for (let part = 0; part < width; part++) {
      const size = own[part]!
      // Classes count together as much as the rows do.
      const weight = part === 0 ? width - 1 : 1
      added += (weight * size * (2 * held[fold * width + part]! + size)) / Math.max(1, totals[part]!) ** 2
    }
    if (added < least) {
      least = added
      found = fold
    }
  }
  return found
}

function* classNumbers(rows: number, classOfRow: ArrayLike<number> | undefined): Steps<Groups> {
  if (classOfRow === undefined) return { ofRow: new Int32Array(rows), count: 1 }
  const numbers = new Map<number, number>()
  const ofRow = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const own = numbers.get(classOfRow[row]!) ?? numbers.size
    numbers.set(classOfRow[row]!, own)
    ofRow[row] = own
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return { ofRow, count: numbers.size }
}
