import { DeepblasError } from '../errors.js'
import type { Arena } from '../native/addon.js'
import type { Snapshot, TrainingHandle } from './callback.js'
import type { FitSettings } from './fit.js'
import { newArena } from './network.js'

/** What a callback may do to the members it watches. */
export class Handle implements TrainingHandle {
  learningRateFactor = 1
  stopped = false
  readonly members: readonly number[]
  readonly #settings: Pick<FitSettings, 'network' | 'parameters' | 'model'>
  readonly #save: (path: string) => void | Promise<void>

  constructor(
    settings: Pick<FitSettings, 'network' | 'parameters' | 'model'>,
    members: readonly number[],
    save: (path: string) => void | Promise<void>,
  ) {
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
    const copy = newArena(this.#settings.network, this.members.length)
    for (const [at, member] of this.members.entries()) copy.copyFrom(this.#settings.parameters, at, member)
    return new ArenaSnapshot(copy)
  }

  restore(snapshot: Snapshot): void {
    const arena = snapshot instanceof ArenaSnapshot ? snapshot.arena : undefined
    if (arena === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', 'Expected a snapshot of this training that was not released.')
    }
    for (const [at, member] of this.members.entries()) this.#settings.parameters.copyFrom(arena, member, at)
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
    this.arena = undefined
  }
}
