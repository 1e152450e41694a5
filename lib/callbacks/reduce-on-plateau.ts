import { finiteNumber, invalid, knownOptions, nonNegativeInteger, oneOf, string } from '../validate.js'
import type { Callback, CallbackState, EpochResult, FitInfo, TrainingHandle } from './callback.js'
import { Monitor } from './monitor.js'
import { SavedState } from './saved-state.js'

export interface ReduceOnPlateauOptions {
  /** Dotted path of the number to watch in an epoch's result. Default `'validation.loss'`. */
  readonly monitor?: string
  /** Factor by which the learning rate is multiplied. Default 0.1. */
  readonly factor?: number
  /** Number of epochs in a row without improvement that are tolerated; the next one reduces the rate. Default 10. */
  readonly patience?: number
  /** How much better than the best an improvement must be. Default 1e-4. */
  readonly threshold?: number
  /** Whether the threshold is a share of the best value or an absolute difference. Default `'relative'`. */
  readonly thresholdMode?: 'relative' | 'absolute'
  /** The rate is never reduced below this. Default 0. */
  readonly minimumLearningRate?: number
  /** Number of epochs after a reduction that do not count for `patience`. Default 0. */
  readonly cooldown?: number
  /** Whether less or more is better. Default `'auto'`: less of the loss; a metric says it by `higherIsBetter`. */
  readonly mode?: 'auto' | 'min' | 'max'
}

/** A smaller change of the rate is not made. */
const LEAST_CHANGE = 1e-8

/**
 * Multiplies the learning rate by `factor` when a number has stopped improving, by the rules of PyTorch's
 * `ReduceLROnPlateau`. The factor applies to the rate of the optimizer's schedule.
 *
 * @example
 * new ReduceOnPlateau({ monitor: 'validation.loss', factor: 0.5, patience: 3, minimumLearningRate: 1e-5 })
 */
export class ReduceOnPlateau implements Callback {
  readonly needs = 'epoch'
  readonly monitor: string
  readonly factor: number
  readonly patience: number
  readonly threshold: number
  readonly thresholdMode: 'relative' | 'absolute'
  readonly minimumLearningRate: number
  readonly cooldown: number
  readonly #monitor: Monitor
  readonly #options: ReduceOnPlateauOptions | undefined
  #best: number | undefined
  #epochsWithout = 0
  #coolingFor = 0

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: ReduceOnPlateauOptions) {
    const given = knownOptions<ReduceOnPlateauOptions>('ReduceOnPlateau', options, [
      'monitor',
      'factor',
      'patience',
      'threshold',
      'thresholdMode',
      'minimumLearningRate',
      'cooldown',
      'mode',
    ])
    this.monitor = string('monitor', given.monitor ?? 'validation.loss')
    if (this.monitor === '') throw invalid('monitor', "path such as 'validation.loss'", given.monitor)
    this.factor = finiteNumber('factor', given.factor ?? 0.1, { exclusiveMin: 0, exclusiveMax: 1 })
    this.patience = nonNegativeInteger('patience', given.patience ?? 10)
    this.threshold = finiteNumber('threshold', given.threshold ?? 1e-4, { min: 0 })
    this.thresholdMode = oneOf('thresholdMode', given.thresholdMode ?? 'relative', ['relative', 'absolute'])
    this.minimumLearningRate = finiteNumber('minimumLearningRate', given.minimumLearningRate ?? 0, { min: 0 })
    this.cooldown = nonNegativeInteger('cooldown', given.cooldown ?? 0)
    this.#monitor = new Monitor(this.monitor, given.mode ?? 'auto')
    this.#options = options
  }

  get monitors(): string {
    return this.monitor
  }

  /** Each member of a population has its own copy, and its own learning rate. */
  forMember(): ReduceOnPlateau {
    return new ReduceOnPlateau(this.#options)
  }

  onFitStart(info?: FitInfo): void {
    this.#monitor.begin(info)
    this.#best = undefined
    this.#epochsWithout = 0
    this.#coolingFor = 0
  }

  onEpochEnd(result: EpochResult, training: TrainingHandle): void {
    const value = this.#monitor.valueIn(result)
    if (this.#improves(value)) {
      this.#best = value
      this.#epochsWithout = 0
    } else {
      this.#epochsWithout++
    }
    if (this.#coolingFor > 0) {
      this.#coolingFor--
      this.#epochsWithout = 0
    }
    if (this.#epochsWithout <= this.patience) return
    this.#coolingFor = this.cooldown
    this.#epochsWithout = 0
    const reduced = Math.max(result.learningRate * this.factor, this.minimumLearningRate)
    if (result.learningRate - reduced <= LEAST_CHANGE) return
    // Where the minimum does not bind, the factor itself: it is exact.
    training.learningRateFactor *= reduced === this.minimumLearningRate ? reduced / result.learningRate : this.factor
  }

  saveState(): CallbackState {
    const [monitor, epochsWithout, coolingFor] = [this.monitor, this.#epochsWithout, this.#coolingFor]
    return { monitor, epochsWithout, coolingFor, ...(this.#best === undefined ? {} : { best: this.#best }) }
  }

  restoreState(state: CallbackState): void {
    const saved = new SavedState(state)
    const monitor = saved.text('monitor')
    if (monitor !== this.monitor) {
      throw invalid('monitor', `'${monitor}', which ReduceOnPlateau has monitored before the resume,`, this.monitor)
    }
    this.#best = saved.optionalNumber('best')
    this.#epochsWithout = saved.count('epochsWithout')
    this.#coolingFor = saved.count('coolingFor')
  }

  #improves(value: number): boolean {
    if (Number.isNaN(value)) return false
    if (this.#best === undefined) return true
    const falls = this.#monitor.direction === 'min'
    const sign = falls ? -1 : 1
    const bound =
      this.thresholdMode === 'relative' ? this.#best * (1 + sign * this.threshold) : this.#best + sign * this.threshold
    return falls ? value < bound : value > bound
  }
}
