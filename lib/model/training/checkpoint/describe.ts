/*
 * A training to a checkpoint's description, and back.
 */

import type { CallbackState, EpochResult } from '../../../callbacks/callback.js'
import { DeepblasError } from '../../../errors.js'
import type {
  CallbackDescription,
  CheckpointDescription,
  CheckpointPlace,
  HistoryDescription,
} from '../../../files/checkpoint-file.js'
import { crc32c } from '../../../files/crc32c.js'
import { jsonNumber, numberOf } from '../../../files/json-number.js'
import type { WeightDescription } from '../../../files/model-file.js'
import { NumberRecords, readNumberRecords } from '../../../files/number-records.js'
import type { Json } from '../../../files/strict-json.js'
import { messageOf } from '../../../kinds.js'
import { savedLoss } from '../../../losses/names.js'
import { savedMetric } from '../../../metrics/names.js'
import type { Arena } from '../../../native/addon.js'
import { invalid, plainObject } from '../../../validate.js'
import { leavesOf, type Network, newArena } from '../../network/network.js'
import { ArenaSnapshot, type Handle } from '../callback-handle.js'
import type { CallbackList } from '../callback-list.js'
import type { History } from '../epoch-results.js'
import { type FitSettings, type ResumeChange, resumeChanges } from '../settings.js'
import type { TrainingStart } from '../state.js'
import { configurationOf, type Difference, differences } from './compare-settings.js'

/** Names of the parameters where the model's are averages. */
const PARAMETERS = 'parameters.'
/** Before the weights of a population's first member. */
const FIRST_MEMBER = 'members.0.'

/** The rows, and how they are cut. */
export interface Batches {
  /** Rows of every member. */
  readonly rows: Float64Array
  readonly batch: number
  /** Of a stream: batches of an epoch, where that is known. */
  readonly stepsPerEpoch?: number | undefined
  /** By what they are told from others. */
  readonly checksums: () => Record<string, Json>
}

/** Where a fit stands between two chunks. */
export interface Standing {
  readonly settings: FitSettings
  readonly batches: Batches
  readonly place: CheckpointPlace
  readonly accumulators: Float64Array
  readonly states: readonly Arena[]
  readonly histories: readonly History[]
  readonly callbacks: CallbackList
  /** Those of the file as a model, where they are not those that steps go on from. */
  readonly parameters: Arena | undefined
}

export function describeCheckpoint(standing: Standing): CheckpointDescription {
  const { settings, batches, place, states, histories, callbacks } = standing
  const { network, optimizer, seeds } = settings
  const averages = optimizer.averageSlot === undefined ? undefined : states[optimizer.averageSlot]
  // As a model the file holds what the fit would end with, or the best epoch's; then the parameters that steps go on from
  // stand beside it.
  const shown = standing.parameters ?? averages
  const weights = shown ? modelWeights(settings, shown) : settings.weights()
  const snapshots: WeightDescription[][] = []
  return {
    model: { ...settings.describe(), weights },
    settings: comparedSettings(settings, batches),
    place,
    histories: histories.map((history) => describeHistory(history)),
    callbacks: callbacks.all.map(({ callback, member, handle }): CallbackDescription => {
      const state = callback.saveState?.()
      return {
        type: callback.constructor.name,
        ...(member === undefined || seeds.length === 1 ? {} : { member }),
        learningRateFactor: handle.learningRateFactor,
        ...(state === undefined ? {} : { state: savedState(state, network, handle, snapshots) }),
      }
    }),
    states: [
      ...states.flatMap((arena, i) => readArena(network, arena, seeds.length, `${optimizer.stateNames[i]}.`)),
      ...(shown ? readArena(network, settings.parameters, seeds.length, PARAMETERS) : []),
    ],
    ...(place.stepOfEpoch === 0 ? {} : { accumulators: standing.accumulators }),
    snapshots,
  }
}

/** As the model's own file names them: a population of one is a population there. */
function modelWeights({ network, seeds, describe }: FitSettings, arena: Arena): WeightDescription[] {
  const ofOne = seeds.length === 1 && describe().architecture.members !== undefined
  return readArena(network, arena, seeds.length, ofOne ? FIRST_MEMBER : '')
}

/** What must be the same for a training to go on bit for bit. */
function comparedSettings(settings: FitSettings, batches: Batches): Record<string, Json> {
  const { network, optimizer, scoring, shuffle, seeds, describe } = settings
  const { rows, batch, stepsPerEpoch } = batches
  const { architecture, encoder } = describe()
  const { inputs, layers } = architecture
  return {
    // Of all that an encoder holds its checksum is enough to tell another one.
    ...(encoder === undefined ? {} : { encoder: crc32c(Buffer.from(JSON.stringify(encoder))) }),
    inputs: configurationOf(inputs),
    members: seeds.length,
    layers: configurationOf(layers),
    trainable: leavesOf(network.layers).map(({ trainable }) => trainable),
    optimizer: { ...(configurationOf(optimizer) as Record<string, Json>), name: optimizer.name },
    loss: savedLoss(scoring.loss),
    metrics: scoring.metrics.map(savedMetric),
    rows: [...rows],
    ...batches.checksums(),
    batchSize: batch,
    ...(stepsPerEpoch === undefined ? {} : { stepsPerEpoch }),
    shuffle,
    seeds: [...seeds],
  }
}

/**
 * Checks that the checkpoint belongs to this fit, puts its parameters into the model, and tells where to go on.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names all that differs; the model is as it was then
 */
export function resumedStart(
  path: string,
  saved: CheckpointDescription,
  settings: FitSettings,
  batches: Batches,
): TrainingStart {
  const { network, optimizer, parameters, seeds } = settings
  const all = [
    ...differentNames(saved, settings),
    ...differentSettings(path, saved, comparedSettings(settings, batches)),
  ]
  const differing = all.filter(({ name }) => !settings.resumeChanges.some((change) => isPartOf(name, change)))
  if (differing.length > 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for resume a checkpoint of this very training but in ${path} ` +
        `${differing.map(({ text }) => text).join('; ')}. ${adviceFor(differing, settings.resumeChanges)}`,
    )
  }
  if (saved.place.stepOfEpoch > 0 && all.some(({ name }) => isPartOf(name, 'batchSize'))) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for resume with another batchSize a checkpoint between two epochs but ${path} was written after step ` +
        `${saved.place.stepOfEpoch} of epoch ${saved.place.epoch + 1}. Resume with the same batchSize, or from a ` +
        'checkpoint that was written after an epoch.',
    )
  }
  const { place, accumulators, histories } = saved
  if (place.epoch > settings.epochs || (place.epoch === settings.epochs && place.stepOfEpoch > 0)) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for epochs more than the ${place.epoch} that the checkpoint ${path} has behind it but received ` +
        `${settings.epochs}. The epochs before a resume count.`,
    )
  }
  const members = seeds.length
  const states = optimizer.stateNames.map(() => newArena(network, members))
  for (const [i, arena] of states.entries()) {
    writeArena(path, network, arena, members, saved.states, `${optimizer.stateNames[i]}.`)
  }
  // A sum and a weight of the loss and of every metric that is a mean over rows.
  const sums = 2 * members * (1 + settings.scoring.metrics.filter(({ record }) => record !== undefined).length)
  const whole =
    place.stepsBefore.length === members &&
    histories.length === members &&
    place.stepOfEpoch < longestEpoch(batches) &&
    accumulators?.length === (place.stepOfEpoch > 0 ? sums : undefined)
  if (!whole) throw incomplete(path, 'its place')
  const beside = saved.states.some(({ name }) => name.startsWith(PARAMETERS))
  if (beside || optimizer.averageSlot !== undefined) {
    writeArena(path, network, parameters, members, saved.states, PARAMETERS)
  } else {
    writeArena(path, network, parameters, members, saved.model.weights, '')
  }
  return {
    epoch: place.epoch,
    stepOfEpoch: place.stepOfEpoch,
    stepsBefore: place.stepsBefore,
    states,
    ...(accumulators === undefined ? {} : { accumulators }),
  }
}

/** Steps of an epoch; infinite where nobody knows. */
function longestEpoch({ rows, batch, stepsPerEpoch }: Batches): number {
  if (rows.length === 0) return stepsPerEpoch ?? Number.POSITIVE_INFINITY
  return Math.ceil(rows.reduce((a, b) => Math.max(a, b)) / batch)
}

/** A file of the former format has `null` in place of what was nested deep: that cannot be compared, which is told. */
function differentSettings(
  path: string,
  { settings, formerFormat }: CheckpointDescription,
  here: Record<string, Json>,
): Difference[] {
  const all = differences(settings, here)
  if (formerFormat === undefined) return all
  const unknown = all.filter(({ there, here: now }) => there === null && now !== undefined)
  if (unknown.length > 0) {
    warnOf(
      `The checkpoint ${path} was written by an earlier deepblas, which kept no settings of deeply nested layers: ` +
        `${unknown.map(({ name }) => name).join(', ')} could not be compared with those of the training that wrote it.`,
    )
  }
  return all.filter((one) => !unknown.includes(one))
}

function warnOf(message: string): void {
  process.emitWarning(message, { type: 'DeepblasWarning', code: 'DEEPBLAS_CHECKPOINT_INCOMPLETE' })
}

/** Whether a setting belongs to what the user has named. */
function isPartOf(name: string, change: ResumeChange): boolean {
  const path = change === 'batchSize' ? change : `optimizer.${change}`
  return name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}[`)
}

function adviceFor(differing: readonly Difference[], named: readonly ResumeChange[]): string {
  const changes = differing.map(({ name }) => resumeChanges.find((change) => isPartOf(name, change)))
  if (changes.includes(undefined)) return 'Give fit the model, data and options of the training that wrote it.'
  const list = [...new Set([...named, ...changes])].map((change) => `'${change}'`).join(', ')
  return (
    'Give fit the model, data and options of the training that wrote it; or, if this is to change, say so: ' +
    `fit(data, { resume, resumeChanges: [${list}] }).`
  )
}

/** Whether the user has named the learning rate, and it is another one: what callbacks have made of the old one is over. */
function hasNewRate(saved: CheckpointDescription, { resumeChanges: named, optimizer }: FitSettings): boolean {
  if (!named.includes('learningRate')) return false
  const before = saved.settings.optimizer as { [name: string]: Json } | undefined
  return differences(before?.learningRate, configurationOf(optimizer.learningRate)).length > 0
}

/** Other names of the same numbers are another training. A population's file may be older than its names. */
function differentNames({ model }: CheckpointDescription, { describe }: FitSettings): Difference[] {
  const { labels } = describe()
  return model.labels === undefined && model.architecture.members !== undefined
    ? []
    : differences(model.labels, labels, 'labels')
}

/** The results so far of histories that are written again and again: an epoch is taken over once. */
const recordsOf = new WeakMap<History, { readonly taken: NumberRecords; readonly last: EpochResult | undefined }>()

function describeHistory(history: History): HistoryDescription {
  const { epochs, stopped, reason, best } = history
  const known = recordsOf.get(history)
  const goesOn = known !== undefined && known.taken.length > 0 && epochs[known.taken.length - 1] === known.last
  const taken = goesOn ? known.taken : new NumberRecords()
  for (let at = taken.length; at < epochs.length; at++) taken.push(epochs[at])
  recordsOf.set(history, { taken, last: epochs.at(-1) })
  return { stopped, reason, ...(best === undefined ? {} : { best }), epochs: taken.forms, numbers: taken.numbers }
}

/** @throws DeepblasError ERR_DEEPBLAS_FILE for results that no training has had */
export function savedHistories(path: string, saved: CheckpointDescription): History[] {
  const { histories, place, formerFormat } = saved
  if (formerFormat?.lostResults === true) {
    warnOf(
      `The checkpoint ${path} was written by an earlier deepblas, which did not keep all results of a population's later ` +
        'members: they are missing in the histories. The training itself goes on as it was.',
    )
  }
  return histories.map(({ stopped, reason, best, epochs, numbers }) => {
    const results = readNumberRecords(epochs, numbers)
    const known = place.epoch
    let before = 0
    const follows = (result: unknown): result is EpochResult => {
      const { epoch } = result as EpochResult
      const next = isResult(result) && Number.isInteger(epoch) && epoch > before && epoch <= known
      before = epoch
      return next
    }
    if (results === undefined || !results.every(follows)) throw incomplete(path, 'its history')
    if (best !== undefined && best.epoch > known) throw incomplete(path, 'the best epoch of its history')
    const history = { epochs: results as EpochResult[], stopped, reason, ...(best === undefined ? {} : { best }) }
    // Else the first checkpoint after a resume would take all of them over again.
    recordsOf.set(history, {
      taken: NumberRecords.goingOn(epochs, numbers, results.length),
      last: history.epochs.at(-1),
    })
    return history
  })
}

/** What a metric has come to is its own affair. */
function isResult(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { epoch, loss, learningRate, seconds, validation = {} } = value as Record<string, unknown>
  if (typeof validation !== 'object' || validation === null || Array.isArray(validation)) return false
  return [epoch, loss, learningRate, seconds].every((one) => typeof one === 'number')
}

/** Gives every callback the state that one of its class, watching the same, has had: in order, where there are several. */
export function restoreCallbacks(
  path: string,
  saved: CheckpointDescription,
  settings: FitSettings,
  callbacks: CallbackList,
): void {
  const newRate = hasNewRate(saved, settings)
  const left = [...saved.callbacks]
  for (const { callback, member, handle } of callbacks.all) {
    const alone = handle.members.length === 1 && saved.place.stepsBefore.length === 1
    const at = left.findIndex(
      (one) => one.type === callback.constructor.name && one.member === (alone ? undefined : member),
    )
    if (at < 0) continue
    const [{ type, state, learningRateFactor }] = left.splice(at, 1) as [CallbackDescription]
    handle.learningRateFactor = newRate ? 1 : learningRateFactor
    if (state === undefined) continue
    const snapshotOf = (index: number) => {
      const arena = newArena(settings.network, handle.members.length)
      writeArena(path, settings.network, arena, handle.members.length, saved.snapshots[index] ?? [], '')
      return new ArenaSnapshot(arena, settings.network, handle.members.length)
    }
    try {
      callbacks.tell(() => callback.restoreState?.(restoredState(state, snapshotOf) as CallbackState))
    } catch (error) {
      // A callback says what it cannot use; of a file's nonsense it need not know.
      if (error instanceof DeepblasError) throw error
      throw new DeepblasError(
        'ERR_DEEPBLAS_FILE',
        `The checkpoint ${path} cannot be used: ${type} does not take the state that it holds (${messageOf(error)}).`,
        { cause: error },
      )
    }
  }
}

/** Objects of one such property stand for something else; a callback's own are put into one more. */
const MARKS = ['number', 'snapshot', 'plain']

function savedState(
  state: CallbackState,
  network: Network,
  { members }: Handle,
  snapshots: WeightDescription[][],
): Json {
  const save = (value: unknown, around: readonly object[]): Json => {
    if (value instanceof ArenaSnapshot) {
      if (value.arena === undefined) return null
      if (value.network !== network || value.members !== members.length) {
        throw new DeepblasError(
          'ERR_DEEPBLAS_ARGUMENT',
          'Expected snapshots of this training in what saveState returns but received one of another training.',
        )
      }
      snapshots.push(readArena(network, value.arena, members.length, ''))
      return { snapshot: snapshots.length - 1 }
    }
    if (typeof value === 'number') return jsonNumber(value)
    if (typeof value !== 'object' || value === null) return value as Json
    if (around.includes(value)) throw invalid('state of a callback', 'values that do not hold themselves', value)
    const inside = [...around, value]
    if (Array.isArray(value)) return value.map((one) => save(one, inside))
    const entries = Object.entries(plainObject('state of a callback', value)).filter(([, one]) => one !== undefined)
    const saved = Object.fromEntries(entries.map(([name, one]) => [name, save(one, inside)]))
    return entries.length === 1 && around.length > 0 && MARKS.includes(entries[0]![0]) ? { plain: saved } : saved
  }
  return save(state, [])
}

/** `{ number: 'NaN' }` becomes the number, `{ snapshot: i }` the snapshot, `{ plain: … }` an object that looks so. */
function restoredState(state: Json, snapshotOf: (index: number) => ArenaSnapshot): unknown {
  const inner = (value: Json): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one) => inner(one))
    const [mark, ...others] = Object.keys(value)
    if (mark === undefined || others.length > 0) return properties(value)
    const marked = value[mark]!
    if (mark === 'number') return numberOf(value) ?? properties(value)
    if (mark === 'snapshot' && typeof marked === 'number') return snapshotOf(marked)
    if (mark === 'plain' && typeof marked === 'object' && marked !== null) return properties(marked)
    return properties(value)
  }
  const properties = (value: object) =>
    Object.fromEntries(Object.entries(value).map(([name, one]: [string, Json]) => [name, inner(one)]))
  return properties(state as object)
}

function nameOf(name: string, member: number, members: number): string {
  return members === 1 ? name : `members.${member}.${name}`
}

function readArena(network: Network, arena: Arena, members: number, prefix: string): WeightDescription[] {
  return Array.from({ length: members }, (_, member) =>
    network.parameters.map((parameter) => ({
      name: prefix + nameOf(parameter.name, member, members),
      shape: [...parameter.shape],
      data: parameter.read(arena, member),
    })),
  ).flat()
}

function writeArena(
  path: string,
  network: Network,
  arena: Arena,
  members: number,
  list: readonly WeightDescription[],
  prefix: string,
): void {
  const given = new Map(list.map((one) => [one.name, one]))
  const found = Array.from({ length: members }, (_, member) =>
    network.parameters.map((parameter) => {
      const name = prefix + nameOf(parameter.name, member, members)
      // A population of one has its weights under the member's name, and all else without.
      const one = given.get(name) ?? (members === 1 ? given.get(FIRST_MEMBER + name) : undefined)
      if (one === undefined || one.shape.join() !== parameter.shape.join()) throw incomplete(path, `'${name}'`)
      return { parameter, member, data: one.data }
    }),
  )
  // Nothing is written where anything is missing.
  for (const { parameter, member, data } of found.flat()) parameter.write(arena, member, data)
}

function incomplete(path: string, part: string): DeepblasError {
  return new DeepblasError('ERR_DEEPBLAS_FILE', `The checkpoint ${path} cannot be used: ${part} is missing or wrong.`)
}
