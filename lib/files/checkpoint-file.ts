/*
 * A checkpoint on disk: a model file that also holds what it takes to train on. The tensors 'checkpoint.…' are the
 * optimizer's state, the sums of an epoch under way and the parameters that it began with, and parameters that callbacks
 * have kept; the text 'deepblas.checkpoint' is the rest. Plain descriptions go in and come out.
 */

import { DeepblasError } from '../errors.js'
import { atOnce, inTurns, type Steps } from '../turns.js'
import {
  array,
  describe,
  finiteNumber,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  positiveInteger,
  string,
} from '../validate.js'
import { asFileError, FileProblem, fileError } from './file-error.js'
import { jsonNumber, numberOf } from './json-number.js'
import {
  type ModelDescription,
  modelFromSafetensors,
  modelToSafetensors,
  type WeightDescription,
} from './model-file.js'
import { NumberRecords, type RecordForms } from './number-records.js'
import {
  readSafetensors,
  readSafetensorsSync,
  type SafetensorsContent,
  type SafetensorsInput,
  writeSafetensors,
  writeSafetensorsSync,
} from './safetensors.js'
import { type Json, parseStrictJson, stringifyStrictJson } from './strict-json.js'

/** The position of a training. */
export interface CheckpointPlace {
  /** Completed epochs. */
  epoch: number
  /** Steps of the next epoch that are done. */
  stepOfEpoch: number
  /** Updates of every member before that epoch. */
  stepsBefore: number[]
  /** Members that train on. */
  active: number[]
}

/** One network's history. The results of its epochs are `NumberRecords`: their numbers are a tensor of the file. */
export interface HistoryDescription {
  stopped: 'completed' | 'early' | 'failed'
  reason: string
  best?: { readonly epoch: number; readonly value: number }
  epochs: RecordForms
  numbers: Float64Array
}

/** A callback's own state. */
export interface CallbackDescription {
  /** The name of its class. */
  type: string
  /** In a population, the member that the callback watches; left out for a callback that watches all. */
  member?: number
  learningRateFactor: number
  /** `{ snapshot: i }` stands for the i-th of the snapshots. */
  state?: Json
}

/** All that a checkpoint holds. */
export interface CheckpointDescription {
  model: ModelDescription
  /** How the training was set up: what a resume must find again. */
  settings: { [name: string]: Json }
  place: CheckpointPlace
  /** Every member's. */
  histories: HistoryDescription[]
  callbacks: CallbackDescription[]
  /** The optimizer's, 'firstMoment.layers.0.weight' (of a population 'firstMoment.members.0.layers.0.weight'). */
  states: WeightDescription[]
  /** Sums and weights of the epoch under way, [members, accumulators]; left out between epochs. */
  accumulators?: Float64Array
  /**
   * Parameters that the epoch under way began with, where callbacks may ask for them; left out between epochs, and of
   * files of an older deepblas.
   */
  beginning?: WeightDescription[]
  /** Parameters that callbacks have kept, one list each. */
  snapshots: WeightDescription[][]
  /** Present for a file of format 1, in which deep settings and parts of histories may be missing, as `null`. */
  formerFormat?: { readonly lostResults: boolean }
}

const KEY = 'deepblas.checkpoint'
/** Format 1 had histories as JSON, and left out of settings and histories what was nested too deep. */
const FORMAT_VERSION = 2
const STATE = 'checkpoint.state.'
const SNAPSHOT = /^checkpoint\.snapshot\.(\d{1,6})\./
const ACCUMULATORS = 'checkpoint.accumulators'
const BEGINNING = 'checkpoint.beginning.'
const HISTORY = /^checkpoint\.history\.(\d{1,6})$/

/** Writes a checkpoint, whole or not at all. The arrays must not change until the promise is settled. */
export async function writeCheckpointFile(path: string, description: CheckpointDescription): Promise<void> {
  await writeSafetensors(path, await inTurns(toSafetensors(description)))
}

/** As `writeCheckpointFile`, and blocks the thread until the file is on the disk. */
export function writeCheckpointFileSync(path: string, description: CheckpointDescription): void {
  writeSafetensorsSync(path, atOnce(toSafetensors(description)))
}

/**
 * Reads a checkpoint and checks its form; whether it fits a training is for the caller to say.
 *
 * @throws DeepblasError `ERR_DEEPBLAS_FILE` with the path and the reason
 */
export async function readCheckpointFile(path: string): Promise<CheckpointDescription> {
  return await inTurns(fromSafetensors(path, await readSafetensors(path)))
}

/** As `readCheckpointFile`, and blocks the thread. */
export function readCheckpointFileSync(path: string): CheckpointDescription {
  return atOnce(fromSafetensors(path, readSafetensorsSync(path)))
}

function* toSafetensors(description: CheckpointDescription): Steps<SafetensorsInput> {
  const { model, settings, place, histories, callbacks, states, accumulators, beginning, snapshots } = description
  const texts = histories.map(({ stopped, reason, best, epochs }) => ({
    stopped,
    reason,
    ...(best === undefined ? {} : { best: { epoch: best.epoch, value: jsonNumber(best.value) } }),
    ...epochs,
  }))
  const content = yield* modelToSafetensors(model)
  const floats = (prefix: string, list: readonly WeightDescription[]) =>
    list.map(({ name, shape, data }) => ({ name: prefix + name, dtype: 'F32' as const, shape, data }))
  return {
    tensors: [
      ...content.tensors,
      ...floats(STATE, states),
      ...floats(BEGINNING, beginning ?? []),
      ...snapshots.flatMap((snapshot, i) => floats(`checkpoint.snapshot.${i}.`, snapshot)),
      ...(accumulators === undefined
        ? []
        : [{ name: ACCUMULATORS, dtype: 'F64' as const, shape: [accumulators.length], data: accumulators }]),
      ...histories.map(({ numbers }, member) => ({
        name: `checkpoint.history.${member}`,
        dtype: 'F64' as const,
        shape: [numbers.length],
        data: numbers,
      })),
    ],
    metadata: {
      ...content.metadata,
      [KEY]: stringifyStrictJson('checkpoint', {
        formatVersion: FORMAT_VERSION,
        settings,
        place,
        histories: texts,
        callbacks,
      }),
    },
  }
}

function* fromSafetensors(path: string, content: SafetensorsContent): Steps<CheckpointDescription> {
  const model = yield* modelFromSafetensors(path, content)
  try {
    const text = content.metadata[KEY]
    if (text === undefined)
      throw new FileProblem(
        'it is a model file, not a checkpoint. Load it with Sequential.load, and call fit without resume',
      )
    const given = knownOptions('checkpoint', plainObject('checkpoint', parsed(text)) as Record<string, Json>, [
      'formatVersion',
      'settings',
      'place',
      'histories',
      'callbacks',
    ])
    const former = given.formatVersion === 1
    if (!former && given.formatVersion !== FORMAT_VERSION) {
      throw new FileProblem(
        `its checkpoint format is ${describe(given.formatVersion)}, where this deepblas reads 1 to ${FORMAT_VERSION}`,
      )
    }
    const snapshots = new Map<number, WeightDescription[]>()
    const numbers = new Map<number, Float64Array>()
    const states: WeightDescription[] = []
    const beginning: WeightDescription[] = []
    let accumulators: Float64Array | undefined
    for (const { name, dtype, shape, data } of content.tensors) {
      if (!name.startsWith('checkpoint.')) continue
      const [snapshot, history] = [SNAPSHOT.exec(name), HISTORY.exec(name)]
      const wanted = name === ACCUMULATORS || history !== null ? 'F64' : 'F32'
      if (dtype !== wanted) throw new FileProblem(`tensor '${name}' is ${dtype}, where ${wanted} was expected`)
      if (name === ACCUMULATORS) accumulators = data as Float64Array
      else if (history !== null) numbers.set(Number(history[1]), data as Float64Array)
      else if (name.startsWith(STATE))
        states.push({ name: name.slice(STATE.length), shape, data: data as Float32Array })
      else if (name.startsWith(BEGINNING))
        beginning.push({ name: name.slice(BEGINNING.length), shape, data: data as Float32Array })
      else if (snapshot !== null) {
        const list = snapshots.get(Number(snapshot[1])) ?? []
        snapshots.set(Number(snapshot[1]), list)
        list.push({ name: name.slice(snapshot[0].length), shape, data: data as Float32Array })
      } else throw new FileProblem(`tensor '${name}' is unknown`)
    }
    const settings = plainObject('settings', given.settings) as Record<string, Json>
    const place = checkPlace(given.place)
    const texts = array('histories', given.histories, 'histories')
    const lost = { results: false }
    const histories = former
      ? texts.map((one, i) => formerHistory(`histories[${i}]`, one, lost))
      : texts.map((one, i) => checkHistory(`histories[${i}]`, one, numbers.get(i)))
    return {
      model,
      settings,
      place,
      histories,
      callbacks: array('callbacks', given.callbacks, 'callbacks').map((one, i) =>
        checkCallback(`callbacks[${i}]`, one, place.stepsBefore.length),
      ),
      states,
      ...(accumulators === undefined ? {} : { accumulators }),
      ...(beginning.length > 0 && { beginning }),
      snapshots: numbered(snapshots),
      ...(former && { formerFormat: { lostResults: lost.results } }),
    }
  } catch (error) {
    // What the checks call a wrong argument is here a wrong file.
    if (error instanceof DeepblasError) throw fileError('read', path, error.message, error)
    throw asFileError('read', path, error)
  }
}

/** Lists by their numbers, which run from 0 without a hole: a high one would stand for as many empty lists. */
function numbered(snapshots: ReadonlyMap<number, WeightDescription[]>): WeightDescription[][] {
  return Array.from({ length: snapshots.size }, (_, at) => {
    const list = snapshots.get(at)
    if (list === undefined) throw new FileProblem(`its snapshot ${at} is missing, of ${snapshots.size}`)
    return list
  })
}

function parsed(text: string): Json {
  try {
    return parseStrictJson(text)
  } catch (cause) {
    throw new FileProblem(`its ${KEY} is not valid JSON: ${(cause as Error).message}`, { cause })
  }
}

function checkPlace(value: unknown): CheckpointPlace {
  const place = plainObject('place', value)
  knownOptions('place', place, ['epoch', 'stepOfEpoch', 'stepsBefore', 'active'])
  const whole = (name: string, list: unknown) =>
    array(name, list, 'whole numbers').map((one, i) => nonNegativeInteger(`${name}[${i}]`, one))
  const stepsBefore = whole('place.stepsBefore', place.stepsBefore)
  const active = whole('place.active', place.active)
  if (new Set(active).size < active.length || active.some((member) => member >= stepsBefore.length)) {
    throw new FileProblem(`place.active names a member twice, or one that is not among ${stepsBefore.length}`)
  }
  return {
    epoch: nonNegativeInteger('place.epoch', place.epoch),
    stepOfEpoch: nonNegativeInteger('place.stepOfEpoch', place.stepOfEpoch),
    stepsBefore,
    active,
  }
}

const STOPPED = ['completed', 'early', 'failed'] as const

function checkHistory(what: string, value: unknown, numbers: Float64Array | undefined): HistoryDescription {
  const history = plainObject(what, value)
  knownOptions(what, history, ['stopped', 'reason', 'best', 'forms', 'runs'])
  if (numbers === undefined) throw new FileProblem(`${what} has no numbers`)
  return {
    stopped: oneOf(`${what}.stopped`, history.stopped, STOPPED),
    reason: string(`${what}.reason`, history.reason),
    ...(history.best === undefined ? {} : { best: checkBest(`${what}.best`, history.best) }),
    epochs: {
      forms: array(`${what}.forms`, history.forms, 'forms') as readonly Json[],
      runs: array(`${what}.runs`, history.runs, 'whole numbers').map((one, i) =>
        nonNegativeInteger(`${what}.runs[${i}]`, one),
      ),
    },
    numbers,
  }
}

function checkBest(what: string, value: unknown): { epoch: number; value: number } {
  const best = plainObject(what, value)
  knownOptions(what, best, ['epoch', 'value'])
  const number = numberOf(best.value as Json)
  if (number === undefined) throw new FileProblem(`${what} has no value`)
  return { epoch: positiveInteger(`${what}.epoch`, best.epoch), value: number }
}

/**
 * A history of format 1. Of a population's later members parts have not been written, or all of it: the training can go
 * on without them, since callbacks have what they need in their own states.
 */
function formerHistory(what: string, value: unknown, lost: { results: boolean }): HistoryDescription {
  const records = new NumberRecords()
  const epochs = () => ({ epochs: records.forms, numbers: records.numbers })
  if (value === null) {
    lost.results = true
    return { stopped: 'completed', reason: '', ...epochs() }
  }
  const { best, ...history } = plainObject(what, value)
  knownOptions(what, history, ['epochs', 'stopped', 'reason'])
  if (history.epochs === null) lost.results = true
  else {
    for (const one of array(`${what}.epochs`, history.epochs, 'epochs')) {
      const whole = one === null ? undefined : wholeResult(plainObject(`an epoch of ${what}`, one))
      if (whole === undefined || Object.keys(whole).length < Object.keys(one as object).length) lost.results = true
      if (whole !== undefined) records.push(whole)
    }
  }
  return {
    stopped: oneOf(`${what}.stopped`, history.stopped, STOPPED),
    // Older ones have none.
    reason: typeof history.reason === 'string' ? history.reason : '',
    ...(best === undefined || best === null ? {} : { best: checkBest(`${what}.best`, best) }),
    ...epochs(),
  }
}

/** Without what is `null`; numbers that JSON cannot carry are numbers again. */
function wholeResult(result: Record<string, unknown>): Record<string, unknown> {
  const whole = (value: unknown): unknown => {
    const number = numberOf(value as Json)
    if (number !== undefined) return number
    if (Array.isArray(value)) {
      const all = value.map(whole)
      return all.includes(undefined) ? undefined : all
    }
    return typeof value === 'object' && value !== null ? wholeResult(value as Record<string, unknown>) : undefined
  }
  const entries = Object.entries(result).map(([name, value]) => [name, whole(value)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function checkCallback(what: string, value: unknown, members: number): CallbackDescription {
  const callback = plainObject(what, value)
  knownOptions(what, callback, ['type', 'member', 'learningRateFactor', 'state'])
  const { member, state } = callback
  if (member !== undefined && nonNegativeInteger(`${what}.member`, member) >= members) {
    throw new FileProblem(`${what} watches member ${member} of ${members}`)
  }
  return {
    type: string(`${what}.type`, callback.type),
    ...(member === undefined ? {} : { member: member as number }),
    learningRateFactor: finiteNumber(`${what}.learningRateFactor`, callback.learningRateFactor),
    ...(state === undefined ? {} : { state: plainObject(`${what}.state`, state) as Record<string, Json> }),
  }
}
