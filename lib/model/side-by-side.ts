/*
 * Networks of one architecture trained side by side, each as by a fit of its own: every model checks its data and options,
 * waits until all have, and takes over its part of the training that they then have together.
 */
import type { Callback } from '../callbacks/callback.js'
import type { Dataset } from '../data/dataset/dataset.js'
import { insideOf } from './inside.js'
import { type Network, newArena } from './network/network.js'
import { arrived, type FitSteps } from './programs/requests.js'
import type { Sequential } from './sequential.js'
import { FitLock } from './training/driver.js'
import type { History } from './training/epoch-results.js'
import { fitting, type RunFit } from './training/fit.js'
import type { FitOptions } from './training/options.js'
import type { FitSettings } from './training/settings.js'
import type { TrainingState } from './training/state.js'

export interface SideBySide {
  readonly models: readonly Sequential[]
  /** What all of them are, with lists for the numbers in which they differ. */
  readonly network: Network
  /** Of every model. */
  readonly data: readonly Dataset[]
  /** Their callbacks are such that `forMember` gives another one of the same kind. */
  readonly options: FitOptions
}

/**
 * Trains every model to the bits that its own `fit` gives, and gives their histories. Undefined where one of the fits would
 * end with an error, or they cannot be trained together after all: the models are then as they were before, and their own
 * fits tell the error. After an abort they have the parameters of the last completed step.
 */
export async function fitSideBySide({
  models,
  network,
  data,
  options,
}: SideBySide): Promise<readonly History[] | undefined> {
  const together = new Together(network, models.length)
  const fits = models.map((model, member) => insideOf(model).fit(data[member]!, options, together.trainingOf(member)))
  // The others wait for one that does not come.
  for (const fit of fits) fit.catch(() => together.callOff())
  const histories: History[] = []
  for (const settled of await Promise.allSettled(fits)) {
    if (settled.status === 'rejected') return undefined
    histories.push(settled.value[0]!)
  }
  return histories
}

/** A model that waits for the others, with the checked settings of its fit. */
interface Waiting {
  readonly settings: FitSettings
  readonly train: Dataset
}

class Together {
  readonly #network: Network
  readonly #waiting: (Waiting | undefined)[]
  /** The histories of all; undefined where nothing has come of it. */
  readonly #histories: Promise<readonly History[] | undefined>
  #settle: (histories: Promise<readonly History[] | undefined> | undefined) => void = () => undefined

  constructor(network: Network, models: number) {
    this.#network = network
    this.#waiting = new Array<Waiting | undefined>(models).fill(undefined)
    this.#histories = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Takes the place of the training in the fit of one model. */
  trainingOf(member: number): RunFit {
    return (settings, [train]) => this.#training(member, { settings, train: train! })
  }

  callOff(): void {
    this.#settle(undefined)
  }

  *#training(member: number, waiting: Waiting): FitSteps<History[]> {
    this.#waiting[member] = waiting
    const all = this.#waiting.flatMap((one) => one ?? [])
    if (all.length === this.#waiting.length) this.#settle(this.#train(all))
    const histories = yield* arrived(this.#histories)
    if (histories === undefined) throw new Error('These models are not trained side by side.')
    return [histories[member]!]
  }

  async #train(all: readonly Waiting[]): Promise<readonly History[] | undefined> {
    if (!haveOneScoring(all)) return undefined
    const members = [...all.keys()]
    const parameters = newArena(this.#network, members.length)
    let state: TrainingState | undefined
    try {
      for (const member of members) parameters.copyFrom(all[member]!.settings.parameters, member, 0)
      const first = all[0]!.settings
      const settings: FitSettings = {
        ...first,
        network: this.#network,
        parameters,
        seeds: all.map((one) => one.settings.seeds[0]!),
        validation: first.validation && all.map((one) => one.settings.validation![0]!),
        callbacks: first.callbacks.map((callback) => dealt(callback, members.length - 1)),
        apart: true,
        remember: (reached) => {
          state = reached
        },
      }
      const train = all.map((one) => one.train)
      const histories = await new FitLock().run(fitting(settings, train, 'async'))
      handOver(all, settings, state!, histories)
      return histories
    } catch {
      if (state !== undefined && all[0]!.settings.signal?.aborted) handOver(all, { parameters }, state)
      return undefined
    } finally {
      parameters.release()
      for (const arena of (state as TrainingState | undefined)?.states ?? []) arena.release()
    }
  }
}

/** Whether values are taken for classes may depend on the rows; all else is of the common options. */
function haveOneScoring(all: readonly Waiting[]): boolean {
  return all.every(({ settings: { scoring } }) => scoring.ofClasses === all[0]!.settings.scoring.ofClasses)
}

/** A callback of every member's own; the last one is the user's object, which says afterwards what it does after fits in turn. */
function dealt(callback: Callback, last: number): Callback {
  const { needs, monitors } = callback
  return {
    ...(needs && { needs }),
    monitors,
    forMember: (member) => (member === last ? callback : callback.forMember!(member)),
  }
}

/** Gives every model its parameters and the state from which `partialFit` goes on. */
function handOver(
  all: readonly Waiting[],
  { parameters }: Pick<FitSettings, 'parameters'>,
  { states, epoch, steps }: TrainingState,
  histories?: readonly History[],
): void {
  // Memory is taken for all before the first of them changes.
  const own = all.map(({ settings }, member) =>
    states.map((arena) => {
      const copy = newArena(settings.network)
      copy.copyFrom(arena, 0, member)
      return copy
    }),
  )
  for (const [member, { settings }] of all.entries()) {
    settings.parameters.copyFrom(parameters, 0, member)
    const { stopped, epochs = [] } = histories?.[member] ?? {}
    const reached = stopped === 'early' ? epochs.at(-1)!.epoch : epoch
    settings.remember({
      optimizer: settings.optimizer,
      states: own[member]!,
      epoch: reached,
      steps: [steps[member]!],
    })
  }
}
