/*
 * A checkpoint on disk: a model file that also holds what it takes to train on. The tensors 'checkpoint.…' are the
 * optimizer's state, the sums of an epoch under way, and parameters that callbacks have kept; the text
 * 'deepblas.checkpoint' is the rest. Plain descriptions go in and come out.
 */

import { DeepblasError } from '../errors.js'
import { array, knownOptions, nonNegativeInteger, plainObject, string } from '../validate.js'
import { asFileError, FileProblem, fileError } from './file-error.js'
import {
  type ModelDescription,
  modelFromSafetensors,
  modelToSafetensors,
  type WeightDescription,
} from './model-file.js'
import {
  readSafetensors,
  readSafetensorsSync,
  type SafetensorsContent,
  writeSafetensors,
  writeSafetensorsSync,
} from './safetensors.js'
import { type Json, parseStrictJson, stringifyStrictJson } from './strict-json.js'

/** Where a training stands. */
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

/** A callback's own state. */
export interface CallbackDescription {
  /** The name of its class. */
  type: string
  /** Of a population: the member that it watches; left out for one that watches all. */
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
  /** Every member's history, NaN and infinity as `{ number: 'NaN' }`. */
  histories: Json[]
  callbacks: CallbackDescription[]
  /** The optimizer's, 'firstMoment.layers.0.weight' (of a population 'firstMoment.members.0.layers.0.weight'). */
  states: WeightDescription[]
  /** Sums and weights of the epoch under way, [members, accumulators]; left out between epochs. */
  accumulators?: Float64Array
  /** Parameters that callbacks have kept, one list each. */
  snapshots: WeightDescription[][]
}

const KEY = 'deepblas.checkpoint'
const FORMAT_VERSION = 1
const STATE = 'checkpoint.state.'
const SNAPSHOT = /^checkpoint\.snapshot\.(\d{1,6})\./
const ACCUMULATORS = 'checkpoint.accumulators'

/** Writes a checkpoint, whole or not at all. The arrays must not change until the promise is settled. */
export async function writeCheckpointFile(path: string, description: CheckpointDescription): Promise<void> {
  await writeSafetensors(path, toSafetensors(description))
}

/** As `writeCheckpointFile`, and blocks the thread until the file is on the disk. */
export function writeCheckpointFileSync(path: string, description: CheckpointDescription): void {
  writeSafetensorsSync(path, toSafetensors(description))
}

/**
 * Reads a checkpoint and checks its form; whether it fits a training is for the caller to say.
 *
 * @throws DeepblasError `ERR_DEEPBLAS_FILE` with the path and the reason
 */
export async function readCheckpointFile(path: string): Promise<CheckpointDescription> {
  return fromSafetensors(path, await readSafetensors(path))
}

/** As `readCheckpointFile`, and blocks the thread. */
export function readCheckpointFileSync(path: string): CheckpointDescription {
  return fromSafetensors(path, readSafetensorsSync(path))
}

function toSafetensors({ model, states, accumulators, snapshots, ...rest }: CheckpointDescription) {
  const content = modelToSafetensors(model)
  const floats = (prefix: string, list: readonly WeightDescription[]) =>
    list.map(({ name, shape, data }) => ({ name: prefix + name, dtype: 'F32' as const, shape, data }))
  return {
    tensors: [
      ...content.tensors,
      ...floats(STATE, states),
      ...snapshots.flatMap((snapshot, i) => floats(`checkpoint.snapshot.${i}.`, snapshot)),
      ...(accumulators === undefined
        ? []
        : [{ name: ACCUMULATORS, dtype: 'F64' as const, shape: [accumulators.length], data: accumulators }]),
    ],
    metadata: {
      ...content.metadata,
      [KEY]: stringifyStrictJson('checkpoint', { formatVersion: FORMAT_VERSION, ...rest }),
    },
  }
}

function fromSafetensors(path: string, content: SafetensorsContent): CheckpointDescription {
  const model = modelFromSafetensors(path, content)
  try {
    const text = content.metadata[KEY]
    if (text === undefined) throw new FileProblem('it is a model but no checkpoint. Load it with load, and start anew')
    const given = knownOptions('checkpoint', plainObject('checkpoint', parsed(text)) as Record<string, Json>, [
      'formatVersion',
      'settings',
      'place',
      'histories',
      'callbacks',
    ])
    if (given.formatVersion !== FORMAT_VERSION) {
      throw new FileProblem(
        `its checkpoint format is ${given.formatVersion}, where this deepblas reads ${FORMAT_VERSION}`,
      )
    }
    const snapshots = new Map<number, WeightDescription[]>()
    const states: WeightDescription[] = []
    let accumulators: Float64Array | undefined
    for (const { name, dtype, shape, data } of content.tensors) {
      const snapshot = SNAPSHOT.exec(name)
      if (name === ACCUMULATORS && dtype === 'F64') accumulators = data
      else if (!name.startsWith('checkpoint.')) continue
      else if (dtype !== 'F32') throw new FileProblem(`tensor '${name}' is ${dtype}, where F32 was expected`)
      else if (name.startsWith(STATE)) states.push({ name: name.slice(STATE.length), shape, data })
      else if (snapshot !== null) {
        const at = Number(snapshot[1])
        const list = snapshots.get(at) ?? []
        snapshots.set(at, list)
        list.push({ name: name.slice(snapshot[0].length), shape, data })
      } else throw new FileProblem(`tensor '${name}' is unknown`)
    }
    return {
      model,
      settings: plainObject('settings', given.settings) as Record<string, Json>,
      place: checkPlace(given.place),
      histories: array('histories', given.histories, 'histories') as Json[],
      callbacks: array('callbacks', given.callbacks, 'callbacks').map(checkCallback),
      states,
      ...(accumulators === undefined ? {} : { accumulators }),
      snapshots: numbered(snapshots),
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
  return {
    epoch: nonNegativeInteger('place.epoch', place.epoch),
    stepOfEpoch: nonNegativeInteger('place.stepOfEpoch', place.stepOfEpoch),
    stepsBefore: whole('place.stepsBefore', place.stepsBefore),
    active: whole('place.active', place.active),
  }
}

function checkCallback(value: unknown, i: number): CallbackDescription {
  const callback = plainObject(`callbacks[${i}]`, value)
  string(`callbacks[${i}].type`, callback.type)
  if (callback.member !== undefined) nonNegativeInteger(`callbacks[${i}].member`, callback.member)
  if (typeof callback.learningRateFactor !== 'number')
    throw new FileProblem(`callbacks[${i}] has no learningRateFactor`)
  return callback as unknown as CallbackDescription
}
