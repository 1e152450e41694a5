/*
 * Which rows a fold holds out: dealt by a seeded shuffle, one after the other, so that folds differ by one row at most.
 */
import { RandomStream, shuffling } from '../random/stream.js'
import { streams } from '../random/streams.js'
import { ELEMENTS_OF_STEP, type Steps } from '../turns.js'

/**
 * The fold of every row.
 *
 * @param classOfRow where every fold is to have its share of every class: class by class, and dealt without a break, so
 *   that neither a class nor a fold is off by more than one
 */
export function* foldOfRows(
  rows: number,
  folds: number,
  seed: number,
  classOfRow?: ArrayLike<number>,
): Steps<Int32Array> {
  const order = yield* shuffling(
    foldsStream(seed),
    Int32Array.from({ length: rows }, (_, row) => row),
  )
  const dealt = classOfRow === undefined ? order : yield* byClass(order, classOfRow)
  const foldOf = new Int32Array(rows)
  for (let at = 0; at < rows; at++) {
    foldOf[dealt[at]!] = at % folds
    if (at % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return foldOf
}

/** The same rows class by class, from the lowest class up; those of a class keep their order. */
function* byClass(order: Int32Array, classOfRow: ArrayLike<number>): Steps<Int32Array> {
  const counts = new Map<number, number>()
  for (let at = 0; at < order.length; at++) {
    const own = classOfRow[order[at]!]!
    counts.set(own, (counts.get(own) ?? 0) + 1)
    if (at % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  const places = new Map<number, number>()
  let before = 0
  for (const own of [...counts.keys()].sort((a, b) => a - b)) {
    places.set(own, before)
    before += counts.get(own)!
  }
  const sorted = new Int32Array(order.length)
  for (let at = 0; at < order.length; at++) {
    const own = classOfRow[order[at]!]!
    const place = places.get(own)!
    sorted[place] = order[at]!
    places.set(own, place + 1)
    if (at % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return sorted
}

/** Random numbers of folds; samples of their rows are drawn from other parts of the stream. */
export function foldsStream(seed: number, part: 'folds' | 'samples' = 'folds'): RandomStream {
  return new RandomStream(seed, streams.folds, 0, part === 'folds' ? 0 : 1)
}
