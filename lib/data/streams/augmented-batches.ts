import { setImmediate } from 'node:timers/promises'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { boolean, invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import type { Augmentation, AugmentationFunction } from '../augmentation/augmentation.js'
import { Augmenter, MOST_PASSES } from '../augmentation/augmenter.js'
import { DataForRuns } from '../contents/for-runs.js'
import { asDataset, Dataset, forRuns } from '../dataset/dataset.js'

export interface AugmentedOptions {
  /** Seed of the order and of the augmentations. Default 0. */
  readonly seed?: number
  /** Rows of a batch; the last of an epoch may be smaller. Default 32. */
  readonly batchSize?: number
  /** A new order of the rows every epoch. Default true. */
  readonly shuffle?: boolean
}

/** Batches of augmented rows without end of epochs: every iteration is one epoch, and the next one a new one. */
export interface AugmentedBatches extends AsyncIterable<Dataset> {
  /** Batches of an epoch. */
  readonly batches: number
  /** The batches of epoch `epoch` (from 0), whatever was iterated before. */
  epoch(epoch: number): AsyncGenerator<Dataset, void, undefined>
}

/**
 * Batches whose rows are augmented anew every epoch, made as they are needed: memory holds one batch beside the data set.
 * Seed, epoch and row alone decide what a row becomes, whatever the batch size.
 *
 * @param dataset the rows, in whole
 * @param functions such as `shift({ pixels: 2 })`, or one's own
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT, _SHAPE, _DATA at the call, before the first batch
 * @example
 * const batches = augmented(data, [shift({ pixels: 2 })], { batchSize: 64, seed: 1 })
 * for await (const batch of batches) console.log(batch.rows)
 */
export function augmented(
  dataset: Dataset,
  functions: readonly (Augmentation | AugmentationFunction)[],
  options?: AugmentedOptions,
): AugmentedBatches {
  if (!(dataset instanceof Dataset)) throw invalid('dataset', 'Dataset', dataset)
  const given = knownOptions<AugmentedOptions>('augmented', options, ['seed', 'batchSize', 'shuffle'])
  const seed = nonNegativeInteger('seed', given.seed ?? 0)
  const batchSize = positiveInteger('batchSize', given.batchSize ?? 32)
  const shuffled = boolean('shuffle', given.shuffle ?? true)
  const augmenter = new Augmenter(forRuns(dataset).parts, functions, seed)
  const make = (rows: Int32Array, pass: number) => {
    const parts = augmenter.rows(
      rows.length,
      (i) => rows[i]!,
      () => pass,
    )
    return asDataset(new DataForRuns(parts))
  }
  let next = 0

  async function* epoch(number: number): AsyncGenerator<Dataset, void, undefined> {
    const order = Int32Array.from({ length: dataset.rows }, (_, row) => row)
    if (shuffled) new RandomStream(seed, streams.augmentedOrder, 0, number).shuffle(order)
    for (let from = 0; from < order.length; from += batchSize) {
      // Others get their turn between batches, also where nobody waits for anything else.
      await setImmediate()
      yield make(order.subarray(from, from + batchSize), number + 1)
    }
  }
  const checked = (number: number) => {
    if (nonNegativeInteger('epoch', number) >= MOST_PASSES) {
      throw invalid('epoch', `integer less than ${MOST_PASSES}`, number)
    }
    return epoch(number)
  }
  return {
    batches: Math.ceil(dataset.rows / batchSize),
    epoch: checked,
    [Symbol.asyncIterator]: () => checked(next++),
  }
}
