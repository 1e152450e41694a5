import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { appendWholeSync, createWholeSync } from '../files/append-file.js'
import { type Histogram, type Summary, summaryRecord, versionRecord } from '../files/event-file.js'
import { asFileError } from '../files/file-error.js'
import { codeOf } from '../kinds.js'
import { invalid, knownOptions, nonNegativeInteger, positiveInteger, string } from '../validate.js'
import type { Callback, EpochResult, TrainingHandle } from './callback.js'
import { numbersByPath } from './scores.js'

export interface TensorBoardOptions {
  /** Number of epochs from one histogram of all weights to the next; 0 for no histograms. Default 1. */
  readonly histograms?: number
  /** Number of buckets of a histogram. Default 30. */
  readonly buckets?: number
}

/** The part of a single network that this callback uses. A population has no single list of weights. */
interface HasWeights {
  getWeights(): readonly { readonly name: string; readonly data: Float32Array }[]
}

let filesOfProcess = 0

/**
 * Writes event files that TensorBoard draws (`tensorboard --logdir runs`): after every epoch its numbers as scalars,
 * under `loss`, `accuracy`, `validation/loss`, `learningRate` and so on, and histograms of the weights under their
 * names. Every fit writes a file of its own into the folder, which is created if it is missing; a resumed fit continues
 * at its epoch. For a population it writes the means over the members, without histograms.
 *
 * @example
 * await model.fit(train, { loss: 'crossEntropy', callbacks: [new TensorBoard('runs/first')] })
 */
export class TensorBoard implements Callback {
  readonly exclusive = true
  readonly folder: string
  readonly histograms: number
  readonly buckets: number
  /** Weights are those of the epoch's end only where chunks end there. */
  readonly needs?: 'epoch'
  #path = ''

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(folder: string, options?: TensorBoardOptions) {
    const given = knownOptions<TensorBoardOptions>('TensorBoard', options, ['histograms', 'buckets'])
    this.folder = string('folder', folder)
    if (folder === '') throw invalid('folder', "path such as 'runs/first'", folder)
    this.histograms = nonNegativeInteger('histograms', given.histograms ?? 1)
    this.buckets = positiveInteger('buckets', given.buckets ?? 30)
    if (this.histograms > 0) this.needs = 'epoch'
  }

  onFitStart(): void {
    const seconds = now()
    this.#path = this.folder
    this.#written(() => mkdirSync(this.folder, { recursive: true }))
    // An existing file is never overwritten: containers give their processes the same few numbers.
    for (let taken = true; taken; ) {
      // The name TensorBoard looks for; the last parts keep two fits of one second apart.
      const name = `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}.${filesOfProcess++}`
      this.#path = join(this.folder, name)
      taken = this.#written(() => {
        try {
          createWholeSync(this.#path, versionRecord(seconds))
          return false
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return true
          throw error
        }
      })
    }
  }

  onEpochEnd(result: EpochResult, training: TrainingHandle): void {
    const summaries: Summary[] = numbersByPath(result).map(([path, value]) => ({
      tag: path.replaceAll('.', '/'),
      value,
    }))
    const model = training.model as Partial<HasWeights>
    if (this.histograms > 0 && result.epoch % this.histograms === 0 && typeof model.getWeights === 'function') {
      for (const { name, data } of model.getWeights()) summaries.push({ tag: name, value: this.#histogram(data) })
    }
    this.#written(() => appendWholeSync(this.#path, summaryRecord(now(), result.epoch, summaries)))
  }

  #histogram(values: Float32Array): Histogram {
    const [min, max] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
    // One bucket where all are equal.
    const buckets = min === max ? 1 : this.buckets
    const counts = new Array<number>(buckets).fill(0)
    let sum = 0
    let sumOfSquares = 0
    for (const value of values) {
      const at = min === max ? 0 : Math.floor(((value - min) / (max - min)) * buckets)
      counts[Math.min(at, buckets - 1)]!++
      sum += value
      sumOfSquares += value * value
    }
    const limits = counts.map((_, i) => (i === buckets - 1 ? max : min + ((i + 1) / buckets) * (max - min)))
    return { min, max, count: values.length, sum, sumOfSquares, limits, counts }
  }

  #written<Result>(write: () => Result): Result {
    try {
      return write()
    } catch (error) {
      throw asFileError('write', this.#path, error)
    }
  }
}

function now(): number {
  return Date.now() / 1000
}
