/*
 * Writes the states of callbacks to a checkpoint, and restores them.
 */
import type { CallbackState } from '../../../callbacks/callback.js'
import { DeepblasError } from '../../../errors.js'
import type { CallbackDescription, CheckpointDescription } from '../../../files/checkpoint-file.js'
import { jsonNumber, numberOf } from '../../../files/json-number.js'
import type { WeightDescription } from '../../../files/model-file.js'
import type { Json } from '../../../files/strict-json.js'
import { messageOf } from '../../../kinds.js'
import { invalid, plainObject } from '../../../validate.js'
import { type Network, newArena } from '../../network/network.js'
import { ArenaSnapshot, type Handle } from '../callback-handle.js'
import type { CallbackList } from '../callback-list.js'
import type { FitSettings } from '../settings.js'
import { readArena, writeArena } from './arenas.js'
import { hasNewRate } from './compare-settings.js'

/**
 * Gives every callback the state of a callback of the same class that watched the same members; several of one class
 * take theirs in order.
 */
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
      // A callback refuses a state with an error of ours; other errors come from damaged values in the file.
      if (error instanceof DeepblasError) throw error
      throw new DeepblasError(
        'ERR_DEEPBLAS_FILE',
        `The checkpoint ${path} cannot be used: ${type} does not take the state that it holds (${messageOf(error)}).`,
        { cause: error },
      )
    }
  }
}

/**
 * Objects with exactly one of these properties stand for something else; a callback's own objects of that form are
 * wrapped in 'plain'.
 */
const MARKS = ['number', 'snapshot', 'plain']

export function savedState(
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
