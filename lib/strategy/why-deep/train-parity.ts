import type { ActivationName } from '../../activations/names.js'
import type { Callback } from '../../callbacks/callback.js'
import { Dataset } from '../../data/dataset/dataset.js'
import { parity } from '../../data/generated/parity.js'
import { Dense } from '../../layers/dense.js'
import type { Layer } from '../../layers/layer.js'
import { Population } from '../../model/population.js'
import { Adam } from '../../optimizers/adam.js'

/** What gradient descent from many seeds finds with one kind of network. */
export interface ParityTraining {
  readonly bits: number
  /** Units of the hidden layers. */
  readonly hidden: readonly number[]
  /** Networks that were trained at each rate. */
  readonly seeds: number
  /** The rate at which most networks told the parity of all 2^bits rows. */
  readonly rate: number
  /** How many did at this rate, and their share. */
  readonly solved: number
  readonly share: number
  /** Steps after which half of them did; undefined where none did. */
  readonly steps: number | undefined
  /** The same count at every rate. */
  readonly byRate: readonly { readonly rate: number; readonly solved: number }[]
}

export interface ParityTrainingSettings {
  readonly bits: number
  readonly hidden: readonly number[]
  readonly activation: ActivationName
  readonly seeds: number
  readonly seed: number
  /** Steps of each network, at most: it ends when it tells all rows. */
  readonly steps: number
  readonly signal: AbortSignal | undefined
}

/** A rate that suits one depth is too large for another: each is judged at the best of these. */
export const parityRates = [0.003, 0.01, 0.03] as const

const BATCH = 32
/** Rows of an epoch, after which the networks are asked for all rows: the rows of few bits come several times. */
const ROWS_OF_EPOCH = 512

/**
 * Trains networks of one shape on all 2^bits rows of -1 and 1, side by side: `seeds` of them at each of three rates, by Adam
 * in batches of 32 rows.
 */
export async function trainParity(settings: ParityTrainingSettings): Promise<ParityTraining> {
  const { bits, hidden, activation, seeds, seed, steps, signal } = settings
  const { x, y } = parity({ bits })
  const all = Dataset.from({ x: { data: x.data.map((bit) => 2 * bit - 1), shape: x.shape }, y })
  const copies = Math.ceil(ROWS_OF_EPOCH / all.rows)
  const train = all.subset(Int32Array.from({ length: copies * all.rows }, (_, row) => row % all.rows))
  const stepsOfEpoch = Math.ceil(train.rows / BATCH)
  const members = seeds * parityRates.length
  const layers: Layer[] = [
    ...hidden.map((units) => new Dense(units, { activation })),
    new Dense(1, { activation: 'sigmoid' }),
  ]
  const many = new Population(layers, { inputs: bits, members, seed })
  const solved = new StopsWhenSolved(members)
  await many.fit(train, {
    loss: 'binaryCrossEntropy',
    optimizer: new Adam({
      learningRate: Array.from({ length: members }, (_, i) => parityRates[Math.floor(i / seeds)]!),
    }),
    epochs: Math.ceil(steps / stepsOfEpoch),
    batchSize: BATCH,
    validation: all,
    metrics: ['accuracy'],
    callbacks: [solved],
    ...(signal === undefined ? {} : { signal }),
  })
  const epochs = parityRates.map((_, r) =>
    solved.epochs.slice(r * seeds, (r + 1) * seeds).filter((epoch) => epoch !== undefined),
  )
  // The first of equals: the smaller rate.
  const best = epochs.reduce((chosen, { length }, r) => (length > epochs[chosen]!.length ? r : chosen), 0)
  const ofBest = epochs[best]!.sort((a, b) => a - b)
  return {
    bits,
    hidden,
    seeds,
    rate: parityRates[best]!,
    solved: ofBest.length,
    share: ofBest.length / seeds,
    steps: ofBest.length === 0 ? undefined : stepsOfEpoch * ofBest[Math.floor((ofBest.length - 1) / 2)]!,
    byRate: parityRates.map((rate, r) => ({ rate, solved: epochs[r]!.length })),
  }
}

/** Ends a network's training when it tells all rows, and keeps the epoch. */
class StopsWhenSolved implements Callback {
  readonly epochs: (number | undefined)[]

  constructor(members: number) {
    this.epochs = Array.from({ length: members })
  }

  forMember(member: number): Callback {
    return {
      needs: 'epoch',
      onEpochEnd: ({ epoch, validation }, training) => {
        if (validation?.accuracy !== 1) return
        this.epochs[member] = epoch
        training.stop('it tells all rows')
      },
    }
  }
}
