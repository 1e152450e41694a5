/*
 * One `fit` of one network or a population: advances a native training run in chunks, tells callbacks, and collects the
 * histories. Written once as a generator, so that the asynchronous and the synchronous form are the same code.
 */
import type { Dataset } from '../data/dataset.js'
import { DeepblasError } from '../errors.js'
import { type Arena, type Chunk, chunkEnds, type Failure, type Matrix, native, type Training } from '../native/addon.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import { ofMember } from '../per-member.js'
import type { Callback, EpochResult, HistoryView, Progress, Scores } from './callback.js'
import { type Compiled, compileScoring, type DataMode, memberTable, type Scoring } from './compile.js'
import { Handle, Watch } from './handle.js'
import { type Network, newArena } from './network.js'

const CHUNK_MILLISECONDS = 30
const MOST_STEPS_OF_CHUNK = 1 << 15
const FIRST_STEPS_OF_CHUNK = 64
/** Numbers of the table that is filled ahead of a chunk. */
const MOST_NUMBERS_OF_CHUNK = 1 << 17
/** Rows of a batch for evaluation: enough for full tiles, small enough to stay in cache. */
export const EVALUATION_BATCH = 512

export interface FitSettings {
  readonly network: Network
  readonly parameters: Arena
  /** One data set for all members, or one each. */
  readonly train: readonly Dataset[]
  readonly validation: readonly Dataset[] | undefined
  readonly scoring: Scoring
  readonly optimizer: Optimizer
  readonly epochs: number
  readonly batchSize: number | 'full'
  readonly shuffle: boolean
  /** Of the shuffles, one a member. */
  readonly seeds: readonly number[]
  readonly callbacks: readonly Callback[]
  readonly signal: AbortSignal | undefined
  readonly model: unknown
}

/** What the driver of the generator must do next: advance the run, or await a callback. */
export type FitRequest =
  | { readonly advance: (form: 'async' | 'sync') => Chunk | Promise<Chunk> }
  | { readonly wait: Promise<void> }

/** Every epoch's loss and metrics, in order. */
export interface History extends HistoryView {
  readonly epochs: EpochResult[]
  /** 'failed' only for a member of a population whose loss was not finite while others went on. */
  stopped: 'completed' | 'early' | 'failed'
}

export function dataMode(
  data: readonly Dataset[],
  { loss }: Scoring,
  outputs: number,
  shuffled: boolean,
  asFloats: boolean,
) {
  // Members with data of different types all read floats.
  const floats = asFloats || data.some(({ type }) => type !== data[0]!.type)
  const targets = data.map((one) => one.targetMatrix(loss.targetKind, outputs))
  const weights = data.map((one) => one.weightMatrix)
  const weighted = weights.some((matrix) => matrix !== undefined)
  const mode: DataMode = {
    xType: floats ? 'float32' : data[0]!.type,
    shuffled,
    targetType: targets[0]!.type,
    targetColumns: targets[0]!.columns,
    weighted,
  }
  const slots: Matrix[][] = [data.map((one) => one.matrix(floats)), targets.map(({ matrix }) => matrix)]
  if (weighted) slots.push(weights.map((matrix, member) => matrix ?? data[member]!.equalWeights()))
  return { mode, slots }
}

/** Rows of every member. */
export function rowsOf(data: readonly Dataset[], members: number): Float64Array {
  return Float64Array.from({ length: members }, (_, member) => (data[member] ?? data[0]!).rows)
}

interface Run {
  readonly training: Training
  readonly compiled: Compiled
  readonly batch: number
  /** Steps of an epoch, of every member. */
  readonly ownSteps: readonly number[]
}

/** DEEPBLAS_CHECK=1 runs every call by itself, on one thread, in the order of recording. */
function checking(): boolean {
  return process.env.DEEPBLAS_CHECK === '1'
}

function prepare(settings: FitSettings): Run {
  const { network, parameters, train, validation, scoring, optimizer, seeds } = settings
  const rows = rowsOf(train, seeds.length)
  const most = rows.reduce((a, b) => Math.max(a, b))
  const full = settings.batchSize === 'full' || settings.batchSize >= most
  const batch = full ? most : (settings.batchSize as number)
  // A full batch is the same rows at every step: neither shuffled nor gathered, and converted once.
  const { mode, slots } = dataMode(train, scoring, network.outputs, settings.shuffle && !full, full)
  const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer })
  const training = new (native().Training)({
    program: compiled.program,
    batch,
    keepAll: checking(),
    rows,
    seeds: Float64Array.from(seeds),
    shuffle: mode.shuffled,
    epoch: 0,
    stepOfEpoch: 0,
    parameters,
    gradients: newArena(network, seeds.length),
    states: optimizer.stateNames.map(() => newArena(network, seeds.length)),
    slots,
    ...(validation === undefined ? {} : { validation: heldOut(settings, validation) }),
  })
  return { training, compiled, batch, ownSteps: Array.from(rows, (count) => Math.ceil(count / batch)) }
}

function heldOut({ network, parameters, scoring, seeds }: FitSettings, validation: readonly Dataset[]) {
  const { mode, slots } = dataMode(validation, scoring, network.outputs, false, false)
  const rows = rowsOf(validation, seeds.length)
  const compiled = compileScoring(network, mode, scoring, { costRows: rows })
  const batch = Math.min(EVALUATION_BATCH, Math.max(...rows))
  return { program: compiled.program, batch, rows, parameters, slots, numbers: memberTable(compiled, seeds.length) }
}

/** The history of every member. */
export function* fitting(settings: FitSettings): Generator<FitRequest, History[], Chunk | undefined> {
  const { epochs, optimizer, signal, seeds } = settings
  const members = seeds.length
  const histories = seeds.map((): History => ({ epochs: [], stopped: 'completed' }))
  signal?.throwIfAborted()
  const { training, compiled, batch, ownSteps } = prepare(settings)
  const stepsPerEpoch = Math.max(...ownSteps)
  const active = new Set(seeds.keys())
  const watches = watchesOf(settings, active, histories)
  const cancel = () => training.cancel()
  signal?.addEventListener('abort', cancel)
  try {
    const info = {
      epochs,
      stepsPerEpoch,
      batchSize: batch,
      rows: settings.train[0]!.rows,
      parameters: settings.network.parameters.reduce((sum, { size }) => sum + size, 0),
    }
    for (const { callback, handle } of watches) yield* told(callback.onFitStart?.(info, handle))

    const needsEpoch = watches.some(({ callback }) => callback.needs !== undefined)
    const needsStep = watches.some(({ callback }) => callback.needs === 'step')
    const total = epochs * stepsPerEpoch
    const start = performance.now()
    let done = 0
    let wanted = needsStep ? 1 : FIRST_STEPS_OF_CHUNK
    while (done < total && active.size > 0) {
      const rates = seeds.map((_, member) => ofMember(optimizer.learningRate, member) * factorOf(watches, member))
      const shared =
        members === 1 ||
        (optimizer.sameForAll &&
          compiled.memberNumbers.length === 0 &&
          compiled.randomColumns === undefined &&
          same(rates) &&
          same(ownSteps))
      const width = compiled.stepNumbers * (shared ? 1 : members)
      const steps = Math.min(wanted, total - done, Math.max(1, Math.floor(MOST_NUMBERS_OF_CHUNK / Math.max(1, width))))
      const numbers = new Float64Array(steps * width)
      for (let step = 0; step < steps; step++) {
        for (let member = 0; member < (shared ? 1 : members); member++) {
          const at = step * width + member * compiled.stepNumbers
          const own = ownStep(done + step, stepsPerEpoch, ownSteps[member]!)
          if (compiled.randomColumns !== undefined) {
            numbers[at + compiled.randomColumns.seed] = seeds[member]!
            numbers[at + compiled.randomColumns.step] = own
          }
          // Where every layer is frozen there is nothing to update.
          if (compiled.stepNumbers > compiled.optimizerNumbers) {
            numbers.set(optimizer.numbers(own, rates[member]!, member), at + compiled.optimizerNumbers)
          }
          for (const { column, values } of compiled.memberNumbers) numbers[at + column] = values[member]!
        }
      }
      const before = [...active]
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
      if (members === 1 && end === 'notFinite') throw notFinite(chunk.failures[0]!)
      if (!needsStep) wanted = Math.min(MOST_STEPS_OF_CHUNK, Math.max(FIRST_STEPS_OF_CHUNK, 2 * chunk.steps))
      const seconds = (performance.now() - start) / 1000
      const finished = readEpochs(chunk, compiled.scores, settings, before, histories, rates)
      for (const failure of chunk.failures) {
        active.delete(failure.member)
        histories[failure.member]!.stopped = 'failed'
      }
      const progress: Progress = {
        epoch: Math.min(chunk.epoch + 1, epochs),
        epochs,
        step: chunk.epoch === epochs ? stepsPerEpoch : chunk.stepOfEpoch,
        stepsPerEpoch,
        totalStep: done,
        loss: runningLoss(chunk, members) ?? mean(histories.map(({ epochs: all }) => all.at(-1)?.loss)),
        seconds,
      }
      for (const { callback } of watches) callback.onProgress?.(progress)
      if (needsStep) {
        for (const { callback, handle } of watches) yield* told(callback.onStepEnd?.(progress, handle))
      }
      for (const results of finished) {
        for (const watch of watches) {
          const result = watch.member === undefined ? together(results) : results.get(watch.member)
          if (result !== undefined) yield* told(watch.callback.onEpochEnd?.(result, watch.handle))
        }
      }
      for (const { handle } of watches) {
        if (!handle.stopped) continue
        for (const member of handle.members) {
          if (active.delete(member) && done < total) histories[member]!.stopped = 'early'
        }
      }
      if (active.size !== before.length) training.setActive(Float64Array.from(active))
      // Aborted while a callback ran, or between chunks.
      signal?.throwIfAborted()
    }
    for (const { callback, handle, history } of watches) yield* told(callback.onFitEnd?.(history, handle))
    return histories
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** A callback that is one member's affair watches each of them; others watch all together. */
function watchesOf(settings: FitSettings, active: ReadonlySet<number>, histories: readonly History[]): Watch[] {
  const members = settings.seeds.length
  return settings.callbacks.flatMap((callback) => {
    if (members === 1) return [new Watch(callback, 0, new Handle(settings, [0]), histories[0]!)]
    if (callback.forMember === undefined) {
      const view: History = { epochs: [], stopped: 'completed' }
      return [new Watch(callback, undefined, new Handle(settings, [...active]), view)]
    }
    return settings.seeds.map(
      (_, member) => new Watch(callback.forMember!(member), member, new Handle(settings, [member]), histories[member]!),
    )
  })
}

function factorOf(watches: readonly Watch[], member: number): number {
  return watches.reduce(
    (product, { handle }) => (handle.members.includes(member) ? product * handle.learningRateFactor : product),
    1,
  )
}

/** The member's own count, from 1: one with fewer rows waits for the others at the end of every epoch. */
function ownStep(step: number, stepsPerEpoch: number, ownSteps: number): number {
  return Math.floor(step / stepsPerEpoch) * ownSteps + Math.min(step % stepsPerEpoch, ownSteps - 1) + 1
}

function same(rates: readonly number[]): boolean {
  return rates.every((rate) => rate === rates[0])
}

function* told(result: void | Promise<void>): Generator<FitRequest, void, Chunk | undefined> {
  if (typeof (result as Promise<void> | undefined)?.then === 'function') yield { wait: result as Promise<void> }
}

/** For every epoch that ended in the chunk, the results of the members that took part. */
function readEpochs(
  chunk: Chunk,
  scores: readonly string[],
  { validation, seeds }: FitSettings,
  active: readonly number[],
  histories: readonly History[],
  rates: readonly number[],
): Map<number, EpochResult>[] {
  const finished: Map<number, EpochResult>[] = []
  const perMember = (chunk.resultWidth - 1) / seeds.length
  const first = chunk.epoch - chunk.results.length / chunk.resultWidth
  for (let at = 0; at < chunk.results.length; at += chunk.resultWidth) {
    const epoch = first + at / chunk.resultWidth
    const results = new Map<number, EpochResult>()
    for (const member of active) {
      if (chunk.failures.some((failure) => failure.member === member && failure.epoch <= epoch)) continue
      const read = (set: number): Record<string, number> =>
        Object.fromEntries(
          scores.map((name, i) => {
            const place = at + 1 + member * perMember + 2 * (set * scores.length + i)
            return [name, chunk.results[place]! / chunk.results[place + 1]!]
          }),
        )
      const result = {
        epoch: epoch + 1,
        ...(read(0) as { loss: number }),
        ...(validation === undefined ? {} : { validation: read(1) as { loss: number } }),
        learningRate: rates[member]!,
        seconds: chunk.results[at]!,
      }
      results.set(member, result)
      histories[member]!.epochs.push(result)
    }
    finished.push(results)
  }
  return finished
}

/** What the members came to on average, for callbacks that watch all of them. */
function together(results: ReadonlyMap<number, EpochResult>): EpochResult | undefined {
  const all = [...results.values()]
  const first = all[0]
  if (first === undefined) return undefined
  const average = (of: (result: EpochResult) => Scores | EpochResult) =>
    Object.fromEntries(
      Object.keys(of(first)).flatMap((name) => {
        const values = all.map((result) => of(result)[name])
        return values.every((value) => typeof value === 'number') ? [[name, mean(values)]] : []
      }),
    )
  return {
    ...(average((result) => result) as unknown as EpochResult),
    ...(first.validation === undefined ? {} : { validation: average((result) => result.validation!) as Scores }),
  }
}

function runningLoss({ running }: Chunk, members: number): number | undefined {
  const width = running.length / members
  return mean(
    Array.from({ length: members }, (_, member) =>
      running[member * width + 1]! > 0 ? running[member * width]! / running[member * width + 1]! : undefined,
    ),
  )
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
}

function notFinite({ epoch, stepOfEpoch, label }: Failure): DeepblasError {
  const where = label === '' ? '' : ` The first result that is not finite came from ${label}.`
  return new DeepblasError(
    'ERR_DEEPBLAS_NOT_FINITE',
    `The loss became NaN or infinite at step ${stepOfEpoch + 1} of epoch ${epoch + 1}.${where} ` +
      'The parameters are those of the last good step. Try a smaller learningRate, or scale the inputs.',
  )
}
