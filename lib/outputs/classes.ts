/*
 * The class that a row of outputs stands for, and the class of a row of targets.
 */
import { indexOfLargest } from '../extremes.js'
import type { Loss } from '../losses/loss.js'
import { ELEMENTS_OF_STEP, findPlace, type Steps } from '../turns.js'
import { type MetricTask, thresholdOf } from './meaning.js'

/** Numbers of several rows, row-major. */
interface NumberTable {
  readonly data: ArrayLike<number>
  readonly rows: number
  readonly columns: number
}

/**
 * The class of the row of outputs that begins at `from`: of one output 1 where it is above `threshold`, else 0; of
 * several the place of the largest, of equal ones the first.
 *
 * @param candidates how many of the outputs, from the first on, may be the answer. Default all.
 */
export function classOfOutputs(
  data: ArrayLike<number>,
  from: number,
  outputs: number,
  threshold: number,
  candidates: number = outputs,
): number {
  return outputs === 1 ? Number(data[from]! > threshold) : indexOfLargest(data, from, from + candidates)
}

/** The column that is 1 where all others of the row are 0; -1 of other rows. */
export function classOfOneHot(data: ArrayLike<number>, from: number, columns: number): number {
  let found = -1
  for (let column = 0; column < columns; column++) {
    const value = data[from + column]
    if (value === 0) continue
    if (value !== 1 || found >= 0) return -1
    found = column
  }
  return found
}

/** Whether values are classes all the same: 0 and 1, and, of several outputs, one 1 in every row. */
export function* areOneHot({ data, rows, columns }: NumberTable, task: MetricTask): Steps<boolean> {
  if (task === 'binary') {
    return (yield* findPlace(data.length, (at) => data[at] !== 0 && data[at] !== 1)) < 0
  }
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / columns)
  for (let row = 0; row < rows; row++) {
    if (row % rowsOfStep === 0) yield
    if (classOfOneHot(data, row * columns, columns) < 0) return false
  }
  return true
}

/** Targets as metrics of all rows read them: the class of every row, 0 or 1 for every output, or the values. */
export function targetsFor({ data, rows, columns }: NumberTable, loss: Loss, task: MetricTask): Float64Array {
  if (task === 'classes' && columns > 1) {
    return Float64Array.from({ length: rows }, (_, row) => indexOfLargest(data, row * columns, (row + 1) * columns))
  }
  const read = new Float64Array(data)
  if (task !== 'binary') return read
  const threshold = thresholdOf(loss, 'values')
  for (let at = 0; at < read.length; at++) read[at] = Number(read[at]! > threshold)
  return read
}
