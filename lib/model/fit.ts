/*
 * One `fit`: advances a native training run in chunks, tells callbacks, and collects the history. Written once as a
 * generator, so that the asynchronous and the synchronous form are the same code.
 */
import type { Dataset } from '../data/dataset.js'
import { DeepblasError } from '../errors.js'
import { type Arena, type Chunk, chunkEnds, type Failure, type Matrix, native, type Training } from '../native/addon.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import type { Callback, EpochResult, HistoryView, Progress, Snapshot, TrainingHandle } from './callback.js'
import { type Compiled, compileScoring, type DataMode, type Scoring } from './compile.js'
import { type Network, newArena } from './network.js'

const CHUNK_MILLISECONDS = 30
const MOST_STEPS_OF_CHUNK = 1 << 15
/** Rows of a batch for evaluation: enough for full tiles, small enough to stay in cache. */
export const EVALUATION_BATCH = 512

export interface FitSettings {
  readonly network: Network
  readonly parameters: Arena
  readonly train: Dataset
  readonly validation: Dataset | undefined
  readonly scoring: Scoring
  readonly optimizer: Optimizer
  readonly epochs: number
  readonly batchSize: number | 'full'
  readonly shuffle: boolean
  readonly seed: number
  readonly callbacks: readonly Callback[]
  readonly signal: AbortSignal | undefined
  readonly model: unknown
}

/** What the driver of the generator must do next: advance the run, or await a callback. */
export type FitRequest =
  | { readonly advance: (form: 'async' | 'sync') => Chunk | Promise<Chunk> }
  | { readonly wait: Promise<void> }

export interface History extends HistoryView {
  readonly epochs: EpochResult[]
  stopped: 'completed' | 'early'
}

export function dataMode(data: Dataset, { loss }: Scoring, outputs: number, shuffled: boolean, asFloats: boolean) {
  const target = data.targetMatrix(loss.targetKind, outputs)
  const mode: DataMode = {
    xType: asFloats ? 'float32' : data.type,
    shuffled,
    targetType: target.type,
    targetColumns: target.columns,
    weighted: data.weightMatrix !== undefined,
  }
  const weights = data.weightMatrix
  const slots: Matrix[][] = [[data.matrix(asFloats)], [target.matrix], ...(weights === undefined ? [] : [[weights]])]
  return { mode, slots }
}

interface Run {
  readonly training: Training
  readonly compiled: Compiled
  readonly batch: number
  readonly stepsPerEpoch: number
}

/** DEEPBLAS_CHECK=1 runs every call by itself, on one thread, in the order of recording. */
function checking(): boolean {
  return process.env.DEEPBLAS_CHECK === '1'
}

function prepare(settings: FitSettings): Run {
  const { network, parameters, train, validation, scoring, optimizer } = settings
  const full = settings.batchSize === 'full' || settings.batchSize >= train.rows
  const batch = full ? train.rows : (settings.batchSize as number)
  // A full batch is the same rows at every step: neither shuffled nor gathered, and converted once.
  const { mode, slots } = dataMode(train, scoring, network.outputs, settings.shuffle && !full, full)
  const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer })
  const rows = (data: Dataset) => Float64Array.of(data.rows)
  const training = new (native().Training)({
    program: compiled.program,
    batch,
    keepAll: checking(),
    rows: rows(train),
    seeds: Float64Array.of(settings.seed),
    shuffle: mode.shuffled,
    epoch: 0,
    stepOfEpoch: 0,
    parameters,
    gradients: newArena(network),
    states: optimizer.stateNames.map(() => newArena(network)),
    slots,
    ...(validation === undefined ? {} : { validation: heldOut(settings, validation) }),
  })
  return { training, compiled, batch, stepsPerEpoch: Math.ceil(train.rows / batch) }
}

function heldOut({ network, parameters, scoring }: FitSettings, validation: Dataset) {
  const { mode, slots } = dataMode(validation, scoring, network.outputs, false, false)
  return {
    program: compileScoring(network, mode, scoring, { costRows: validation.rows }).program,
    batch: Math.min(EVALUATION_BATCH, validation.rows),
    rows: Float64Array.of(validation.rows),
    parameters,
    slots,
  }
}

export function* fitting(settings: FitSettings): Generator<FitRequest, History, Chunk | undefined> {
  const { epochs, callbacks, optimizer, signal } = settings
  const history: History = { epochs: [], stopped: 'completed' }
  signal?.throwIfAborted()
  const { training, compiled, batch, stepsPerEpoch } = prepare(settings)
  const handle = new Handle(settings)
  const cancel = () => training.cancel()
  signal?.addEventListener('abort', cancel)
  try {
    const info = {
      epochs,
      stepsPerEpoch,
      batchSize: batch,
      rows: settings.train.rows,
      parameters: settings.network.parameters.reduce((sum, { size }) => sum + size, 0),
    }
    for (const callback of callbacks) yield* told(callback.onFitStart?.(info, handle))

    const needsEpoch = callbacks.some(({ needs }) => needs !== undefined)
    const needsStep = callbacks.some(({ needs }) => needs === 'step')
    const total = epochs * stepsPerEpoch
    const start = performance.now()
    let done = 0
    let wanted = needsStep ? 1 : 64
    while (done < total && !handle.stopped) {
      const steps = Math.min(wanted, total - done)
      const numbers = new Float64Array(steps * compiled.stepNumbers)
      const learningRate = optimizer.learningRate * handle.learningRateFactor
      for (let step = 0; step < steps; step++) {
        numbers.set(optimizer.numbers(done + step + 1, learningRate), step * compiled.stepNumbers)
      }
      const chunk = (yield {
        advance: (form) =>
          training[form === 'async' ? 'advance' : 'advanceSync'](
            numbers,
            steps,
            CHUNK_MILLISECONDS,
            needsEpoch,
            checking(),
          ),
      })!
      done += chunk.steps
      const end = chunkEnds[chunk.end]
      if (end === 'cancelled') signal?.throwIfAborted()
      if (end === 'notFinite') throw notFinite(chunk.failures[0]!)
      if (!needsStep) wanted = Math.min(MOST_STEPS_OF_CHUNK, Math.max(64, 2 * chunk.steps))
      const seconds = (performance.now() - start) / 1000
      const finished = readEpochs(chunk, compiled.scores, settings.validation !== undefined, history, learningRate)
      const progress: Progress = {
        epoch: Math.min(chunk.epoch + 1, epochs),
        epochs,
        step: chunk.epoch === epochs ? stepsPerEpoch : chunk.stepOfEpoch,
        stepsPerEpoch,
        totalStep: done,
        loss: chunk.running[1]! > 0 ? chunk.running[0]! / chunk.running[1]! : history.epochs.at(-1)?.loss,
        seconds,
      }
      for (const callback of callbacks) callback.onProgress?.(progress)
      if (needsStep) for (const callback of callbacks) yield* told(callback.onStepEnd?.(progress, handle))
      for (const result of finished) {
        for (const callback of callbacks) yield* told(callback.onEpochEnd?.(result, handle))
      }
      // Aborted while a callback ran, or between chunks.
      signal?.throwIfAborted()
    }
    if (handle.stopped && done < total) history.stopped = 'early'
    for (const callback of callbacks) yield* told(callback.onFitEnd?.(history, handle))
    return history
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

function* told(result: void | Promise<void>): Generator<FitRequest, void, Chunk | undefined> {
  if (result instanceof Promise) yield { wait: result }
}

function readEpochs(
  chunk: Chunk,
  scores: readonly string[],
  validated: boolean,
  history: History,
  learningRate: number,
): EpochResult[] {
  const finished: EpochResult[] = []
  for (let at = 0; at < chunk.results.length; at += chunk.resultWidth) {
    const mean = (set: number): Record<string, number> =>
      Object.fromEntries(
        scores.map((name, i) => {
          const place = at + 1 + 2 * (set * scores.length + i)
          return [name, chunk.results[place]! / chunk.results[place + 1]!]
        }),
      )
    finished.push({
      epoch: history.epochs.length + finished.length + 1,
      ...(mean(0) as { loss: number }),
      ...(validated ? { validation: mean(1) as { loss: number } } : {}),
      learningRate,
      seconds: chunk.results[at]!,
    })
  }
  for (const result of finished) history.epochs.push(result)
  return finished
}

function notFinite({ epoch, stepOfEpoch, label }: Failure): DeepblasError {
  const where = label === '' ? '' : ` The first result that is not finite came from ${label}.`
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    `The loss became NaN or infinite at step ${stepOfEpoch + 1} of epoch ${epoch + 1}.${where} ` +
      'The parameters are those of the last good step. Try a smaller learningRate, or scale the inputs.',
  )
}

class Handle implements TrainingHandle {
  learningRateFactor = 1
  stopped = false
  readonly #settings: FitSettings

  constructor(settings: FitSettings) {
    this.#settings = settings
  }

  get model(): unknown {
    return this.#settings.model
  }

  stop(_reason?: string): void {
    this.stopped = true
  }

  snapshot(): Snapshot {
    const copy = newArena(this.#settings.network)
    copy.copyFrom(this.#settings.parameters)
    return new ArenaSnapshot(copy)
  }

  restore(snapshot: Snapshot): void {
    const arena = snapshot instanceof ArenaSnapshot ? snapshot.arena : undefined
    if (arena === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', 'Expected a snapshot of this training that was not released.')
    }
    this.#settings.parameters.copyFrom(arena)
  }
}

class ArenaSnapshot implements Snapshot {
  arena: Arena | undefined

  constructor(arena: Arena) {
    this.arena = arena
  }

  release(): void {
    this.arena = undefined
  }
}
