/*
 * What trials cost, before they run: time from multiply-adds and what was measured, and memory.
 */
import { layerFrom } from '../../layers/registry.js'
import { memoryNow } from '../../memory.js'
import { readInputs } from '../../model/network/inputs.js'
import { buildNetwork, leavesOf } from '../../model/network/network.js'
import { sumOf } from '../../statistics.js'
import { shapeOf } from './shape.js'
import type { Trial } from './trial.js'
import { errorOf } from './trial-error.js'

/** Before anything is measured: what one core does of small networks. Too slow a guess would leave room unused. */
const MULTIPLY_ADDS_PER_SECOND = 10e9
const SECONDS_OF_STEP = 1e-6
const SECONDS_OF_TRIAL = 1e-3

/** Side by side no more than these: more fill no processor better, and a deadline would lose more of them. */
const MOST_MEMBERS = 128
/** Of the memory that is free, this share is for one population. */
const SHARE_OF_MEMORY = 0.25
/** Rows that an evaluation holds at once, as a training holds those of a batch. */
const ROWS_OF_EVALUATION = 512

interface Size {
  /** Parameters of one member. */
  readonly parameters: number
  /** Numbers that the layers give for one row. */
  readonly outputs: number
  /** Of a row, forwards. */
  readonly multiplyAdds: number
}

/** @throws DeepblasError with the trial's key for layers that do not fit */
function sizeOf(trial: Trial): Size {
  try {
    return sizeOfNetwork(trial)
  } catch (cause) {
    throw errorOf([trial], cause)
  }
}

function sizeOfNetwork({ layers, inputs }: Trial): Size {
  const made = layers.map(({ type, options }) => layerFrom(type, options))
  const network = buildNetwork(made, readInputs(inputs))
  const leaves = leavesOf(network.layers)
  const outputs = sumOf(leaves.map((layer) => layer.outputs!))
  // A layer that takes codes looks its row up.
  const products = leaves.map((layer) =>
    layer.takesCodes ? layer.outputs! : Math.max(layer.parameterCount, layer.outputs!),
  )
  return { parameters: network.length, outputs, multiplyAdds: sumOf(products) }
}

/** Time and memory of the trials of one experiment, which it learns from those that ran. */
export class Costs {
  readonly #devRows: number
  readonly #sizes = new Map<string, Size>()
  /** Seconds that trials took, and seconds that they were guessed to take: by shape, and of all. */
  readonly #measured = new Map<string, { took: number; guessed: number }>()
  readonly #all = { took: 0, guessed: 0 }

  constructor(devRows: number) {
    this.#devRows = devRows
  }

  /** Whether a trial of this shape has run. */
  knows(trial: Trial): boolean {
    return this.#measured.has(shapeOf(trial))
  }

  /** Seconds that the trial will take. */
  secondsOf(trial: Trial): number {
    const { took, guessed } = this.#measured.get(shapeOf(trial)) ?? this.#all
    return this.#guess(trial) * (guessed === 0 ? 1 : took / guessed)
  }

  /** Learns what a population took. */
  learn(trials: readonly Trial[], seconds: number): void {
    const guessed = sumOf(trials.map((trial) => this.#guess(trial)))
    const shape = shapeOf(trials[0]!)
    const known = this.#measured.get(shape) ?? { took: 0, guessed: 0 }
    this.#measured.set(shape, { took: known.took + seconds, guessed: known.guessed + guessed })
    this.#all.took += seconds
    this.#all.guessed += guessed
  }

  /** Number of trials like this one that are worth running side by side. */
  mostTogether(trial: Trial): number {
    const { parameters, outputs } = this.#size(trial)
    const rows = Math.max(batchOf(trial), ROWS_OF_EVALUATION)
    // Parameters, gradients and states; of every layer its outputs, what the backward block keeps, and gradients.
    const numbers = parameters * (2 + trial.optimizer.stateNames.length) + 3 * rows * outputs
    const free = (memoryNow().free * SHARE_OF_MEMORY) / (numbers * Float32Array.BYTES_PER_ELEMENT)
    return Math.max(1, Math.min(MOST_MEMBERS, Math.floor(free)))
  }

  #guess(trial: Trial): number {
    const { multiplyAdds } = this.#size(trial)
    const rows = trial.train.rows
    const steps = trial.epochs * Math.ceil(rows / batchOf(trial))
    const work = multiplyAdds * (3 * trial.epochs * rows + (trial.epochs + 2) * this.#devRows)
    return SECONDS_OF_TRIAL + steps * SECONDS_OF_STEP + work / MULTIPLY_ADDS_PER_SECOND
  }

  #size(trial: Trial): Size {
    const shape = shapeOf(trial)
    const known = this.#sizes.get(shape) ?? sizeOf(trial)
    this.#sizes.set(shape, known)
    return known
  }
}

function batchOf({ batchSize, train }: Trial): number {
  return batchSize === 'full' ? train.rows : Math.min(batchSize, train.rows)
}
