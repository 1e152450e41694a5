/*
 * The native runs that take a stream's batches.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Arena } from '../../native/addon.js'
import { newArena } from '../network/network.js'
import { type Compiled, compileScoring } from '../programs/compile.js'
import { dataMode, rowsOf } from '../programs/data-binding.js'
import { OpenTraining } from '../programs/passes.js'
import type { FitSteps } from '../programs/requests.js'
import { type MeasuredEpoch, MetricPass, measureEpoch } from './metric-passes.js'
import { checking } from './native-run.js'
import type { TrainingStart } from './state.js'
import type { StreamSettings } from './stream-options.js'

interface Bound {
  readonly training: OpenTraining
  readonly compiled: Compiled
}

/** One native run for every kind of batch, over the same parameters, gradients and optimizer state. */
export class StreamRun {
  readonly averages: Arena | undefined
  readonly #settings: StreamSettings
  readonly #states: readonly Arena[]
  readonly #gradients: Arena
  readonly #kept = new Map<string, Bound & { readonly capacity: number }>()
  #training: OpenTraining | undefined

  constructor(settings: StreamSettings, start: TrainingStart) {
    const { network, optimizer, parameters, seeds } = settings
    this.#settings = settings
    this.#states = start.states
    this.#gradients = newArena(network, seeds.length)
    this.averages = optimizer.averageSlot === undefined ? undefined : start.states[optimizer.averageSlot]
    if (start.stepsBefore.every((steps) => steps + start.stepOfEpoch === 0)) this.averages?.copyFrom(parameters)
  }

  cancel(): void {
    this.#training?.cancel()
  }

  /** Releases all memory that is not needed after the fit. */
  release(): void {
    for (const { training } of this.#kept.values()) training.release()
    this.#gradients.release()
  }

  /** Binds a run to this batch. */
  bind(batch: Dataset): Bound {
    const { network, scoring, seeds, optimizer, parameters, precision } = this.#settings
    const { mode, slots, own } = dataMode([batch], scoring, network.outputs, { asFloats: true })
    const rows = rowsOf([batch], seeds.length)
    const key = JSON.stringify(mode)
    let bound = this.#kept.get(key)
    if (bound === undefined || bound.capacity < batch.rows) {
      const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer, precision })
      const training = new OpenTraining({
        program: compiled.program,
        batch: batch.rows,
        keepAll: checking(),
        rows,
        seeds: Float64Array.from(seeds),
        shuffle: false,
        epoch: 0,
        stepOfEpoch: 0,
        parameters,
        gradients: this.#gradients,
        states: [...this.#states],
        slots,
        own,
      })
      this.#kept.get(key)?.training.release()
      bound = { training, compiled, capacity: batch.rows }
      this.#kept.set(key, bound)
    } else {
      bound.training.rebind(slots, rows, own)
    }
    this.#training = bound.training
    return bound
  }

  /**
   * Computes loss and metrics on the validation data.
   *
   * @param members whose metrics are wanted
   */
  *validate(members: readonly number[]): FitSteps<MeasuredEpoch> {
    const pass = MetricPass.ofValidation({ ...this.#settings, averages: this.averages })!
    try {
      return yield* measureEpoch({ training: undefined, validation: pass }, members)
    } finally {
      pass.release()
    }
  }
}
