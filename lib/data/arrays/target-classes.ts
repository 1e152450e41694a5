/*
 * The class of every row, where the targets are classes or rows of probabilities.
 */
import { DeepblasError } from '../../errors.js'
import { indexOfLargest } from '../../extremes.js'
import type { NumberTable } from './rows.js'

/** More classes than this are values that happen to be whole numbers. */
const MOST_CLASSES = 1 << 20

export interface Classes {
  /** The class of every row, from 0; of a row of probabilities its largest column. */
  readonly ofRow: Int32Array
  /** How many classes there are. */
  readonly count: number
}

/** @param purpose what needs them, for the message: `classCounts` */
export function classesOf(
  purpose: string,
  targets: NumberTable | undefined,
  labels: readonly string[] | undefined,
): Classes {
  if (targets === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected targets (y) in the data set for ${purpose} but received none.`,
    )
  }
  const { data, rows, columns } = targets
  const ofRow = new Int32Array(rows)
  if (columns > 1) {
    for (let row = 0; row < rows; row++) ofRow[row] = indexOfLargest(data, row * columns, (row + 1) * columns)
    return { ofRow, count: columns }
  }
  let count = labels?.length ?? 0
  for (let row = 0; row < rows; row++) {
    const value = data[row]!
    if (!(Number.isInteger(value) && value >= 0 && value < MOST_CLASSES)) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected classes (whole numbers from 0) as targets for ${purpose} but received ${value} in row ${row}.`,
      )
    }
    ofRow[row] = value
    if (value >= count) count = value + 1
  }
  return { ofRow, count }
}

export function countClasses({ ofRow, count }: Classes): number[] {
  const counts = new Array<number>(count).fill(0)
  for (const one of ofRow) counts[one]!++
  return counts
}
