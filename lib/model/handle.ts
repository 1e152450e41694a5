import { DeepblasError } from '../errors.js'
import type { Arena } from '../native/addon.js'
import { invalid } from '../validate.js'
import type { Callback, ParametersOf, Snapshot, TrainingHandle } from './callback.js'
import { type EpochBeginning, parametersOfNumber } from './epoch-beginning.js'
import type { FitSettings } from './fit-settings.js'
import { newArena } from './network.js'

export interface HandleSettings extends Pick<FitSettings, 'network' | 'parameters' | 'model' | 'seeds' | 'scoring'> {
  /** Averaged parameters: where there are some, they are what is validated and kept. */
  readonly averages?: Arena | undefined
  /** Where a callback goes by a number of the steps. */
  readonly beginning?: EpochBeginning | undefined
}

/** Writes a checkpoint whose model is made of `parameters`, [members], where they are given, else of the present ones. */
export type SaveCheckpoint = (path: string, parameters?: Arena) => void | Promise<void>

/** What a callback may do to the members it watches. */
export class Handle implements TrainingHandle {
  learningRateFactor = 1
  stopped = false
  /** The epoch of whose end the callback was told when it asked to stop; undefined where it was told of no epoch. */
  stoppedAfter: number | undefined
  /** Why, where the callback has said so. */
  reason: string | undefined
  readonly members: readonly number[]
  readonly #settings: HandleSettings
  readonly #callback: Callback
  readonly #save: SaveCheckpoint

  constructor(settings: HandleSettings, callback: Callback, members: readonly number[], save: SaveCheckpoint) {
    this.#settings = settings
    this.#callback = callback
    this.members = members
    this.#save = save
  }

  get model(): unknown {
    return this.#settings.model
  }

  stop(reason?: string): void {
    this.stopped = true
    this.reason ??= typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : undefined
  }

  snapshot(of?: ParametersOf): Snapshot {
    const copy = newArena(this.#settings.network, this.members.length)
    for (const [at, member] of this.members.entries()) copy.copyFrom(this.#parametersOf(member, of), at, member)
    return new ArenaSnapshot(copy)
  }

  restore(snapshot: Snapshot): void {
    const arena = snapshot instanceof ArenaSnapshot ? snapshot.arena : undefined
    if (arena === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', 'Expected a snapshot of this training that was not released.')
    }
    const { parameters, averages } = this.#settings
    for (const [at, member] of this.members.entries()) {
      parameters.copyFrom(arena, member, at)
      averages?.copyFrom(arena, member, at)
    }
  }

  saveCheckpoint(path: string, of?: ParametersOf): void | Promise<void> {
    const { network, parameters, averages = parameters, seeds } = this.#settings
    const wanted = seeds.map((_, member) => this.#parametersOf(member, of))
    if (wanted.every((arena) => arena === averages)) return this.#save(path)
    const copy = newArena(network, seeds.length)
    for (const [member, arena] of wanted.entries()) copy.copyFrom(arena, member, member)
    const saved = this.#save(path, copy)
    copy.release()
    return saved
  }

  /** Where a member's parameters stand that are meant. */
  #parametersOf(member: number, { monitored = false }: ParametersOf = {}): Arena {
    const { parameters, averages = parameters, beginning, scoring } = this.#settings
    if (!monitored) return averages
    const { monitors } = this.#callback
    if (monitors === undefined) {
      throw invalid('monitors', 'path of a number for a callback that asks for its parameters', monitors)
    }
    const which = parametersOfNumber(monitors, scoring)
    if (which === 'trained') return parameters
    return which === 'steps' && beginning?.tells(member) ? beginning.parameters : averages
  }
}

export class ArenaSnapshot implements Snapshot {
  arena: Arena | undefined

  constructor(arena: Arena) {
    this.arena = arena
  }

  release(): void {
    this.arena?.release()
    this.arena = undefined
  }
}
