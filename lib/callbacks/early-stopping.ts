import type {
  Callback,
  CallbackState,
  EpochResult,
  FitInfo,
  HistoryView,
  Snapshot,
  TrainingHandle,
} from '../model/callback.js'
import { boolean, finiteNumber, invalid, knownOptions, positiveInteger, string } from '../validate.js'
import { type Direction, monitorDirection, monitoredValue } from './monitor.js'

export interface EarlyStoppingOptions {
  /** Dotted path of the number to watch in an epoch's result. Default `'validation.loss'`. */
  readonly monitor?: string
  /** Epochs in a row without improvement that end the training. Default 3. */
  readonly patience?: number
  /** An epoch is an improvement only if it is better than the best by more than this. Default 0. */
  readonly minimumDelta?: number
  /** Whether less or more is better. Default `'auto'`: known for the loss and the metrics of deepblas. */
  readonly mode?: 'auto' | 'min' | 'max'
  /** Whether the model ends with the parameters of its best epoch rather than its last. Default true. */
  readonly restoreBest?: boolean
}

/**
 * Ends the training once a number has stopped getting better, and leaves the model at its best epoch.
 *
 * The best parameters are put back however the training ends: stopped early or run to the last epoch. An epoch whose
 * number is NaN is no improvement. `history.best` tells the best epoch and its value; so does `best` here.
 *
 * Prechelt: "Early stopping - but when?", Neural Networks: Tricks of the Trade, 1998; course 2, week 1, "Other
 * regularization methods".
 *
 * @example
 * new EarlyStopping({ monitor: 'validation.accuracy', patience: 5 })
 */
export class EarlyStopping implements Callback {
  readonly needs = 'epoch'
  readonly monitor: string
  readonly patience: number
  readonly minimumDelta: number
  readonly restoreBest: boolean
  readonly #direction: Direction
  readonly #options: EarlyStoppingOptions | undefined
  #best: { readonly epoch: number; readonly value: number } | undefined
  #snapshot: Snapshot | undefined
  #epochsWithout = 0

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: EarlyStoppingOptions) {
    const {
      monitor = 'validation.loss',
      patience = 3,
      minimumDelta = 0,
      mode = 'auto',
      restoreBest = true,
    } = knownOptions<EarlyStoppingOptions>('EarlyStopping', options, [
      'monitor',
      'patience',
      'minimumDelta',
      'mode',
      'restoreBest',
    ])
    this.monitor = string('monitor', monitor)
    if (monitor === '') throw invalid('monitor', "path such as 'validation.loss'", monitor)
    this.patience = positiveInteger('patience', patience)
    this.minimumDelta = finiteNumber('minimumDelta', minimumDelta, { min: 0 })
    this.restoreBest = boolean('restoreBest', restoreBest)
    this.#direction = monitorDirection(monitor, mode)
    this.#options = options
  }

  /** Every member of a population stops at its own time. */
  forMember(): EarlyStopping {
    return new EarlyStopping(this.#options)
  }

  /** The best epoch so far and its monitored value; undefined before the first one that has a value. */
  get best(): { readonly epoch: number; readonly value: number } | undefined {
    return this.#best
  }

  onFitStart(_info: FitInfo, _training: TrainingHandle): void {
    // A fit that was aborted has left its best epoch behind.
    this.#forget()
    this.#best = undefined
    this.#epochsWithout = 0
  }

  onEpochEnd(result: EpochResult, training: TrainingHandle): void {
    const value = monitoredValue(this.monitor, result)
    if (this.#improves(value)) {
      this.#best = { epoch: result.epoch, value }
      this.#epochsWithout = 0
      if (this.restoreBest) {
        this.#forget()
        this.#snapshot = training.snapshot()
      }
      return
    }
    this.#epochsWithout++
    if (this.#epochsWithout < this.patience) return
    const since = this.#best === undefined ? 'has had no value' : `has not improved on ${this.#best.value}`
    training.stop(`${this.monitor} ${since} for ${this.#epochsWithout} epochs`)
  }

  onFitEnd(history: HistoryView, training: TrainingHandle): void {
    if (this.#snapshot !== undefined) training.restore(this.#snapshot)
    this.#forget()
    if (this.#best !== undefined) history.best = this.#best
  }

  saveState(): CallbackState {
    const [monitor, snapshot, epochsWithout] = [this.monitor, this.#snapshot, this.#epochsWithout]
    return { monitor, best: this.#best, epochsWithout, ...(snapshot === undefined ? {} : { snapshot }) }
  }

  restoreState(state: CallbackState): void {
    const { monitor, best, epochsWithout, snapshot } = state as {
      monitor: string
      best?: { epoch: number; value: number }
      epochsWithout: number
      snapshot?: Snapshot
    }
    if (monitor !== this.monitor) {
      throw invalid('monitor', `'${monitor}', which EarlyStopping has monitored before the resume,`, this.monitor)
    }
    this.#best = best
    this.#epochsWithout = epochsWithout
    this.#snapshot = this.restoreBest ? snapshot : undefined
  }

  #improves(value: number): boolean {
    if (Number.isNaN(value)) return false
    if (this.#best === undefined) return true
    const gain = this.#direction === 'min' ? this.#best.value - value : value - this.#best.value
    return gain > this.minimumDelta
  }

  #forget(): void {
    this.#snapshot?.release?.()
    this.#snapshot = undefined
  }
}
