import { DeepblasError } from '../errors.js'
import type { Arena } from '../native/addon.js'
import type { Snapshot, TrainingHandle } from './callback.js'
import type { FitSettings } from './fit-settings.js'
import { newArena } from './network.js'

export interface HandleSettings extends Pick<FitSettings, 'network' | 'parameters' | 'model'> {
  /** Averaged parameters: where there are some, they are what is validated and kept. */
  readonly averages?: Arena | undefined
}

/** What a callback may do to the members it watches. */
export class Handle implements TrainingHandle {
  learningRateFactor = 1
  stopped = false
  readonly members: readonly number[]
  readonly #settings: HandleSettings
  readonly #save: (path: string) => void | Promise<void>

  constructor(settings: HandleSettings, members: readonly number[], save: (path: string) => void | Promise<void>) {
    this.#settings = settings
    this.members = members
    this.#save = save
  }

  get model(): unknown {
    return this.#settings.model
  }

  stop(_reason?: string): void {
    this.stopped = true
  }

  snapshot(): Snapshot {
    const { network, parameters, averages = parameters } = this.#settings
    const copy = newArena(network, this.members.length)
    for (const [at, member] of this.members.entries()) copy.copyFrom(averages, at, member)
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

  saveCheckpoint(path: string): void | Promise<void> {
    return this.#save(path)
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
