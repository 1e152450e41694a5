import type { Callback, ParametersOf, Snapshot, TrainingHandle } from '../../callbacks/callback.js'
import { DeepblasError } from '../../errors.js'
import type { Arena } from '../../native/addon.js'
import { finiteNumber, invalid, knownOptions } from '../../validate.js'
import { type Network, newArena } from '../network/network.js'
import { type EpochBeginning, parametersOfNumber } from './epoch-beginning.js'
import type { FitSettings } from './settings.js'

export interface HandleSettings extends Pick<FitSettings, 'network' | 'parameters' | 'model' | 'seeds' | 'scoring'> {
  /** Averaged parameters, where the optimizer has some; they are validated and kept. */
  readonly averages?: Arena | undefined
  /** Parameters at the beginning of the epoch, where a callback monitors a mean over steps. */
  readonly beginning?: EpochBeginning | undefined
}

/** Writes a checkpoint. Its model has `parameters`, [members], where they are given, else the present ones. */
export type SaveCheckpoint = (path: string, parameters?: Arena) => void | Promise<void>

/** The handle by which a callback changes the members that it watches. */
export class Handle implements TrainingHandle {
  #learningRateFactor = 1
  stopped = false
  /**
   * The last epoch that the callback had been told of when it asked to stop; undefined where it had been told of none.
   */
  stoppedAfter: number | undefined
  /** How often the callback has restored parameters. */
  restores = 0
  /** The reason that the callback gave for stopping. */
  reason: string | undefined
  readonly members: readonly number[]
  readonly #settings: HandleSettings
  readonly #callback: Callback
  readonly #save: SaveCheckpoint
  readonly #isTelling: () => boolean

  /** @param isTelling whether a method of a callback runs; no steps run meanwhile */
  constructor(
    settings: HandleSettings,
    callback: Callback,
    members: readonly number[],
    save: SaveCheckpoint,
    isTelling: () => boolean,
  ) {
    this.#settings = settings
    this.#callback = callback
    this.members = members
    this.#save = save
    this.#isTelling = isTelling
  }

  get learningRateFactor(): number {
    return this.#learningRateFactor
  }

  set learningRateFactor(factor: number) {
    this.#learningRateFactor = finiteNumber('learningRateFactor', factor, { min: 0 })
  }

  get model(): unknown {
    return this.#settings.model
  }

  stop(reason?: string): void {
    this.stopped = true
    this.reason ??= typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : undefined
  }

  snapshot(of?: ParametersOf): Snapshot {
    this.#requireTelling('snapshot')
    const copy = newArena(this.#settings.network, this.members.length)
    for (const [at, member] of this.members.entries()) {
      copy.copyFrom(this.#parametersOf('snapshot', member, of), at, member)
    }
    return new ArenaSnapshot(copy, this.#settings.network, this.members.length)
  }

  restore(snapshot: Snapshot): void {
    this.#requireTelling('restore')
    const arena = snapshot instanceof ArenaSnapshot ? snapshot.arena : undefined
    if (arena === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', 'Expected a snapshot of this training that was not released.')
    }
    const { parameters, averages, network } = this.#settings
    const { network: itsNetwork, members } = snapshot as ArenaSnapshot
    if (itsNetwork !== network || members !== this.members.length) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected a snapshot of this training but received one of another model, or of other members of a population. ' +
          'Take it by snapshot() of the training that is to be restored.',
      )
    }
    for (const [at, member] of this.members.entries()) {
      parameters.copyFrom(arena, member, at)
      averages?.copyFrom(arena, member, at)
    }
    this.restores++
  }

  saveCheckpoint(path: string, of?: ParametersOf): void | Promise<void> {
    this.#requireTelling('saveCheckpoint')
    const { network, parameters, averages = parameters, seeds } = this.#settings
    const wanted = seeds.map((_, member) => this.#parametersOf('saveCheckpoint', member, of))
    if (wanted.every((arena) => arena === averages)) return this.#save(path)
    const copy = newArena(network, seeds.length)
    for (const [member, arena] of wanted.entries()) copy.copyFrom(arena, member, member)
    const saved = this.#save(path, copy)
    copy.release()
    return saved
  }

  /** Refuses calls between callbacks' methods: steps then run on other threads and change the parameters. */
  #requireTelling(what: string): void {
    if (this.#isTelling()) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected ${what} of a training to be called while a method of a callback runs, or before the promise that it ` +
        'returns is resolved, but it was called later. Await what the method waits for: async onEpochEnd(result, training).',
    )
  }

  /** The arena of the parameters of a member that are meant. */
  #parametersOf(what: string, member: number, of?: ParametersOf): Arena {
    const { monitored = false } = knownOptions<ParametersOf>(what, of, ['monitored'])
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
  readonly network: Network
  readonly members: number

  constructor(arena: Arena, network: Network, members: number) {
    this.arena = arena
    this.network = network
    this.members = members
  }

  release(): void {
    this.arena?.release()
    this.arena = undefined
  }
}
