import { boolean, invalid, knownOptions, plainObject, positiveInteger, string } from '../validate.js'
import type { Callback, CallbackState, EpochResult, FitInfo, Progress, TrainingHandle } from './callback.js'
import { Monitor } from './monitor.js'
import { SavedState } from './saved-state.js'

export interface CheckpointOptions {
  /** How often to save: a number of epochs, `{ epochs }` or `{ steps }`. Default 1, after every epoch. */
  readonly every?: number | { readonly epochs: number } | { readonly steps: number }
  /**
   * Whether to save only epochs that are better than those saved before. Loaded as a model, the file then gives the
   * parameters that had the best number, which `EarlyStopping` would restore; a resume continues from those after the
   * epoch. Default false.
   */
  readonly bestOnly?: boolean
  /** For `bestOnly`: dotted path of the number that decides which epoch is better. Default `'validation.loss'`. */
  readonly monitor?: string
  /** For `bestOnly`: whether less or more is better. Default `'auto'`: less of the loss; a metric says it itself. */
  readonly mode?: 'auto' | 'min' | 'max'
}

/**
 * Saves checkpoints, from which `fit({ resume: path })` continues the training, also in another process, to the same
 * bits. `Sequential.load(path)` reads the same file as a model.
 *
 * Every checkpoint replaces the one before, whole or not at all: a process that dies while it writes leaves the old
 * one. This callback is told after all others, so the file has their states after the epoch. A checkpoint of a step may
 * lie within an epoch; a resume then finishes that epoch.
 *
 * @example
 * await model.fit(train, { ...options, epochs: 100, callbacks: [new Checkpoint('run.safetensors', { every: 5 })] })
 * // and after a crash, the model made anew:
 * await model.fit(train, { ...options, epochs: 100, resume: 'run.safetensors' })
 */
export class Checkpoint implements Callback {
  readonly last = true
  readonly needs: 'epoch' | { readonly steps: number }
  readonly path: string
  readonly bestOnly: boolean
  readonly monitor: string
  readonly #epochs: number | undefined
  /** For `bestOnly`. */
  readonly #monitor: Monitor | undefined
  #best: number | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(path: string, options?: CheckpointOptions) {
    const given = knownOptions<CheckpointOptions>('Checkpoint', options, ['every', 'bestOnly', 'monitor', 'mode'])
    this.path = string('path', path)
    if (path === '') throw invalid('path', "path such as 'checkpoint.safetensors'", path)
    const every = howOften(given.every ?? 1)
    this.needs = 'steps' in every ? every : 'epoch'
    this.#epochs = 'epochs' in every ? every.epochs : undefined
    this.bestOnly = boolean('bestOnly', given.bestOnly ?? false)
    this.monitor = string('monitor', given.monitor ?? 'validation.loss')
    if (!this.bestOnly) return
    if (this.#epochs === undefined) {
      throw invalid('every', 'epochs with bestOnly', given.every, 'Only a whole epoch has a number to compare.')
    }
    this.#monitor = new Monitor(this.monitor, given.mode ?? 'auto')
  }

  get monitors(): string | undefined {
    return this.bestOnly ? this.monitor : undefined
  }

  onFitStart(info?: FitInfo): void {
    this.#monitor?.begin(info)
    this.#best = undefined
  }

  onStepEnd(_progress: Progress, training: TrainingHandle): void | Promise<void> {
    return training.saveCheckpoint(this.path)
  }

  onEpochEnd(result: EpochResult, training: TrainingHandle): void | Promise<void> {
    if (this.#epochs === undefined || result.epoch % this.#epochs !== 0) return
    if (this.#monitor !== undefined) {
      const value = this.#monitor.valueIn(result)
      if (!this.#improves(value, this.#monitor)) return
      this.#best = value
      return training.saveCheckpoint(this.path, { monitored: true })
    }
    return training.saveCheckpoint(this.path)
  }

  saveState(): CallbackState {
    return { best: this.#best }
  }

  restoreState(state: CallbackState): void {
    this.#best = new SavedState(state).optionalNumber('best')
  }

  #improves(value: number, { direction }: Monitor): boolean {
    if (Number.isNaN(value)) return false
    if (this.#best === undefined) return true
    return direction === 'max' ? value > this.#best : value < this.#best
  }
}

function howOften(every: unknown): { readonly epochs: number } | { readonly steps: number } {
  if (typeof every === 'number') return { epochs: positiveInteger('every', every) }
  const given = plainObject('every', every, 'Give a number of epochs, { epochs } or { steps }.')
  const { epochs, steps } = knownOptions<{ epochs?: number; steps?: number }>('every', given, ['epochs', 'steps'])
  if ((epochs === undefined) === (steps === undefined)) throw invalid('every', 'either { epochs } or { steps }', every)
  return epochs === undefined
    ? { steps: positiveInteger('every.steps', steps) }
    : { epochs: positiveInteger('every.epochs', epochs) }
}
