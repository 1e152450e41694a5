/*
 * The network and the training where nothing is asked for, by the size of the data. Tuned on the tables of
 * bench/tables/compare.mjs.
 */

export interface TableDefaults {
  /** Units of the hidden layers. */
  readonly hidden: readonly number[]
  readonly dropout: number
  readonly batchSize: number
  /** At most: the training stops early. */
  readonly epochs: number
  /** Epochs without improvement that end the training. */
  readonly patience: number
  /** The largest of a one-cycle schedule. */
  readonly learningRate: number
}

/** Updates that a training takes at most, about: few rows need many epochs and many rows few. */
const UPDATES = 6000
const FEWEST_EPOCHS = 12
const MOST_EPOCHS = 150

/** @param rows of the training part */
export function defaultsFor(rows: number): TableDefaults {
  const batchSize = powerOfTwo(rows / 60, 16, 512)
  const epochs = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(UPDATES / Math.ceil(rows / batchSize))))
  return {
    hidden: rows < 1000 ? [64, 32] : rows < 20_000 ? [128, 64] : [256, 128],
    dropout: 0.2,
    batchSize,
    epochs,
    patience: Math.max(10, Math.ceil(epochs / 4)),
    learningRate: 3e-3,
  }
}

/** The power of two nearest to a size, on a scale of ratios, within bounds. */
function powerOfTwo(size: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.round(Math.log2(Math.max(1, size)))))
}
