import { boolean, finiteNumber, invalid, knownOptions, oneOf, positiveInteger, string } from '../validate.js'
import type {
  Callback,
  CallbackState,
  EpochResult,
  FitInfo,
  HistoryView,
  Snapshot,
  TrainingHandle,
} from './callback.js'
import { Monitor } from './monitor.js'
import { SavedState } from './saved-state.js'

export interface EarlyStoppingOptions {
  /** Dotted path of the number to watch in an epoch's result. Default `'validation.loss'`. */
  readonly monitor?: string
  /** Number of epochs in a row without improvement that ends the training. Default 3. */
  readonly patience?: number
  /** An epoch is an improvement only if it is better than the best by more than this. Default 0. */
  readonly minimumDelta?: number
  /** Whether less or more is better. Default `'auto'`: less of the loss; a metric says it by `higherIsBetter`. */
  readonly mode?: 'auto' | 'min' | 'max'
  /** Whether the model ends with the parameters of the best epoch rather than the last. Default true. */
  readonly restoreBest?: boolean
  /**
   * A value that the number must beat by more than `minimumDelta`. Until it does, no epoch counts as an improvement for
   * `patience`, although the best one is still kept. Default none.
   */
  readonly baseline?: number
  /**
   * The first epoch that is watched, counted from 1 as in the history. Epochs before it, such as a warm-up, cannot be
   * the best and do not count for `patience`. Default 1.
   */
  readonly startFromEpoch?: number
  /**
   * Which of several epochs with the best value is kept. An accuracy often stays the same for many epochs: the last of
   * them has learned the longest (Holzmüller et al., 2024). A tie is no improvement for `patience`. Default 'first'.
   */
  readonly ties?: 'first' | 'last'
}

/**
 * Ends the training when a number has stopped improving, and restores the parameters that had its best value.
 *
 * The parameters are restored however the training ends, early or after the last epoch. `history.best`, like `best`
 * here, gives the best epoch and its value; `history.reason` says why the training ended.
 *
 * Which parameters are restored: validation scores, and metrics of all scores at once (`rocAuc`), are measured after
 * the epoch, so they belong to the parameters after it. The training loss, like a training metric that is a mean over
 * rows (`accuracy`), is a mean over the steps of the epoch, each with the parameters that the step started from. With
 * one update per epoch (`batchSize: 'full'`) the parameters before the update are restored: `evaluate` on the training
 * data gives `best.value`, unless layers act differently in training (Dropout, batch normalization). With several
 * updates no single parameters have the mean, and those after the epoch are restored.
 *
 * An epoch whose number is NaN is no improvement; the first one emits a process warning (`DEEPBLAS_MONITOR_NAN`). A
 * number that is constant or NaN whatever the model predicts, such as `validation.rocAuc` of rows of one class, is an
 * error after the first epoch.
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
  readonly baseline: number | undefined
  readonly startFromEpoch: number
  readonly ties: 'first' | 'last'
  readonly #monitor: Monitor
  readonly #options: EarlyStoppingOptions | undefined
  #best: { readonly epoch: number; readonly value: number } | undefined
  #snapshot: Snapshot | undefined
  #epochsWithout = 0
  #beatenBaseline = false

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: EarlyStoppingOptions) {
    const {
      monitor = 'validation.loss',
      patience = 3,
      minimumDelta = 0,
      mode = 'auto',
      restoreBest = true,
      baseline,
      startFromEpoch = 1,
      ties = 'first',
    } = knownOptions<EarlyStoppingOptions>('EarlyStopping', options, [
      'monitor',
      'patience',
      'minimumDelta',
      'mode',
      'restoreBest',
      'baseline',
      'startFromEpoch',
      'ties',
    ])
    this.monitor = string('monitor', monitor)
    if (monitor === '') throw invalid('monitor', "path such as 'validation.loss'", monitor)
    this.patience = positiveInteger('patience', patience)
    this.minimumDelta = finiteNumber('minimumDelta', minimumDelta, { min: 0 })
    this.restoreBest = boolean('restoreBest', restoreBest)
    this.baseline = baseline === undefined ? undefined : finiteNumber('baseline', baseline)
    this.startFromEpoch = positiveInteger('startFromEpoch', startFromEpoch, 'The first epoch is 1.')
    this.ties = oneOf('ties', ties, ['first', 'last'])
    this.#monitor = new Monitor(monitor, mode)
    this.#options = options
  }

  /** Each member of a population has its own copy, and stops at its own time. */
  forMember(): EarlyStopping {
    return new EarlyStopping(this.#options)
  }

  get monitors(): string {
    return this.monitor
  }

  /** The best epoch so far with its monitored value; undefined before the first epoch that has one. */
  get best(): { readonly epoch: number; readonly value: number } | undefined {
    return this.#best
  }

  onFitStart(info: FitInfo, _training: TrainingHandle): void {
    const { epochs } = info
    this.#monitor.begin(info)
    if (this.startFromEpoch > epochs && epochs > 0) {
      const hint = `The fit ends after ${epochs}, and no epoch would be watched.`
      throw invalid('startFromEpoch', `epoch from 1 to ${epochs}`, this.startFromEpoch, hint)
    }
    // A fit that was aborted has left its best epoch behind.
    this.#forget()
    this.#best = undefined
    this.#epochsWithout = 0
    this.#beatenBaseline = false
  }

  onEpochEnd(result: EpochResult, training: TrainingHandle): void {
    const value = this.#monitor.valueIn(result)
    if (result.epoch < this.startFromEpoch) return
    this.#epochsWithout++
    const better = this.#isBetter(value, this.#best?.value)
    if (better || (this.ties === 'last' && value === this.#best?.value)) {
      this.#best = { epoch: result.epoch, value }
      if (this.restoreBest) {
        this.#forget()
        this.#snapshot = training.snapshot({ monitored: true })
      }
      this.#beatenBaseline ||= this.#isBetter(value, this.baseline)
      if (better && this.#beatenBaseline) this.#epochsWithout = 0
    }
    if (this.#epochsWithout < this.patience) return
    const epochs = `${this.#epochsWithout} epoch${this.#epochsWithout === 1 ? '' : 's'}`
    training.stop(`${this.monitor} ${this.#complaint()} for ${epochs}`)
  }

  #complaint(): string {
    if (this.#best === undefined) return 'has had no value'
    if (this.#beatenBaseline) return `has not improved on ${this.#best.value}`
    return `has not been better than the baseline ${this.baseline}, at best ${this.#best.value},`
  }

  onFitEnd(history: HistoryView, training: TrainingHandle): void {
    if (this.#snapshot !== undefined) training.restore(this.#snapshot)
    this.#forget()
    if (this.#best !== undefined) history.best = this.#best
  }

  saveState(): CallbackState {
    const [monitor, snapshot, epochsWithout] = [this.monitor, this.#snapshot, this.#epochsWithout]
    const beatenBaseline = this.#beatenBaseline
    return { monitor, best: this.#best, epochsWithout, beatenBaseline, ...(snapshot === undefined ? {} : { snapshot }) }
  }

  restoreState(state: CallbackState): void {
    const saved = new SavedState(state)
    const monitor = saved.text('monitor')
    if (monitor !== this.monitor) {
      throw invalid('monitor', `'${monitor}', which EarlyStopping has monitored before the resume,`, this.monitor)
    }
    const best = saved.optionalBest('best')
    this.#best = best
    this.#epochsWithout = saved.count('epochsWithout')
    // Files of before know no baseline.
    this.#beatenBaseline =
      saved.optionalBoolean('beatenBaseline') ?? (best !== undefined && this.#isBetter(best.value, this.baseline))
    const snapshot = saved.optionalSnapshot('snapshot')
    this.#snapshot = this.restoreBest ? snapshot : undefined
  }

  /** Whether by more than `minimumDelta`; every number is better than none. */
  #isBetter(value: number, than: number | undefined): boolean {
    if (Number.isNaN(value)) return false
    if (than === undefined) return true
    const gain = this.#monitor.direction === 'min' ? than - value : value - than
    return gain > this.minimumDelta
  }

  #forget(): void {
    this.#snapshot?.release?.()
    this.#snapshot = undefined
  }
}
