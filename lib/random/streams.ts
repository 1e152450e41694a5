// Made from native/boundary/streams.json by scripts/generate-boundary.mjs: change the table, not this file.

/*
 * The random streams, by name: one number a purpose, so that no two purposes ever draw the same random numbers,
 * whatever their seeds. A new purpose takes a number of its own here; a number that has been used is never given to
 * another one.
 *
 * The number is the third word of Philox's counter, the seed its key: the same stream of another seed, and another
 * stream of the same seed, have nothing in common. The fourth word, the substream, counts what a purpose repeats over.
 */
export const streams = {
  /** Order of the rows of `datasets.*`. */
  generatedOrder: 0,
  /** Initial weights, a substream a parameter. Drawn from by the native core. */
  initialWeights: 1,
  /** Order of the rows of an epoch of `fit`, a substream an epoch. Drawn from by the native core. */
  shuffle: 2,
  /** Rows held out: `split` of a data set or table, and the validation share of `fit`. */
  split: 3,
  /** What augmentations draw, a substream a row. */
  augmentation: 4,
  /** `Dataset.shuffle`. */
  shuffledRows: 5,
  /** Folds of a cross-validation, and samples of their rows; a substream each. */
  folds: 6,
  /** Values that an encoder keeps of a long column, to tell its quantiles. */
  columnSample: 7,
  /** Order of the rows of an epoch of `augmented`, a substream an epoch. */
  augmentedOrder: 8,
  /** Noise of `datasets.*`. */
  generatedNoise: 9,
  /** What the rows of `datasets.*` are to show: digits, parities. */
  generatedShape: 10,
  /** Inputs and parameters of `checkGradient`. */
  gradientCheck: 11,
  /** An experiment: groups of its dev rows, seeds of trainings, rows of a learning curve; a substream each. */
  experiments: 12,
  /** Seeds drawn again for the band of a learning curve, a substream a sample. */
  resampledSeeds: 13,
  /** Rows, folds and seeds of the trainings of a diagnosis. */
  diagnosis: 14,
  /** A search: configurations, the order of a grid, the samples of regression trees. */
  search: 15,
  /** The first of those that a network's layers draw from in training, one a layer, all numbers from here on. */
  firstLayer: 16,
} as const
