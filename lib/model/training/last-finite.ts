/*
 * The last finite parameters of the members of a population. To look at all parameters after every step would cost too
 * much; instead parameters and optimizer states are kept every now and then, and where a member's parameters turn out not
 * to be finite, it takes its steps since then once more, one at a time, up to the update that spoils them. What it is
 * left with therefore depends on its steps alone, not on when anybody looked.
 */
import type { Arena } from '../../native/addon.js'
import type { Steps } from '../../turns.js'
import { newArena } from '../network/network.js'
import type { Opened } from '../programs/opened.js'
import { type FitSteps, paused } from '../programs/requests.js'
import type { FitSettings } from './settings.js'

/** Native memory is copied, and looked at, in pieces of about so many elements, but of whole members. */
const ELEMENTS_OF_PIECE = 1 << 20

type Settings = Pick<FitSettings, 'network' | 'parameters' | 'seeds'>

export class LastFinite {
  readonly #settings: Settings
  readonly #states: readonly Arena[]
  readonly #opened: Opened
  /** Every arena of the training, with what was kept of it; none before the first `keep`. */
  #pairs: readonly { readonly present: Arena; readonly kept: Arena }[] = []
  /** Members whose parameters were not finite before the first step: no step can be told to have spoilt them. */
  #without: ReadonlySet<number> = new Set()

  /** What it opens is added to `opened`. */
  constructor(settings: Settings, states: readonly Arena[], opened: Opened) {
    this.#settings = settings
    this.#states = states
    this.#opened = opened
  }

  /**
   * Keeps what all members have now, which must have been looked at since their last step. The event loop may turn
   * meanwhile.
   */
  *keep(): FitSteps<void> {
    const { network, parameters, seeds } = this.#settings
    if (this.#pairs.length === 0) {
      this.#without = new Set(yield* paused(this.#notFinite(seeds.keys())))
      this.#pairs = [parameters, ...this.#states].map((present) => ({
        present,
        kept: this.#opened.add(newArena(network, seeds.length)),
      }))
    }
    yield* paused(this.#keeping())
  }

  /** Those of the members whose parameters are not finite now, and were when they were kept. */
  *spoiltOf(members: Iterable<number>): FitSteps<number[]> {
    const wanted = [...members].filter((member) => !this.#without.has(member))
    return yield* paused(this.#notFinite(wanted))
  }

  /**
   * Leaves spoilt members with what they had before the update that spoilt them, and tells the number of the step of each,
   * counted from `keep`.
   *
   * @param steps taken since `keep`
   * @param again takes the step of that number once more, for some members
   */
  *restore(
    members: readonly number[],
    steps: number,
    again: (step: number, members: readonly number[]) => FitSteps<void>,
  ): FitSteps<ReadonlyMap<number, number>> {
    const { parameters } = this.#settings
    const spoiltAt = new Map<number, number>()
    let left = members
    for (const member of left) this.#goBack(member)
    for (let step = 0; step < steps && left.length > 0; step++) {
      for (const member of left) for (const { present, kept } of this.#pairs) kept.copyFrom(present, member, member)
      yield* again(step, left)
      // A stream's arrays that have changed since may give other steps; then it is the last one.
      const spoilt = step === steps - 1 ? left : left.filter((member) => !parameters.isFinite(member))
      for (const member of spoilt) {
        this.#goBack(member)
        spoiltAt.set(member, step)
      }
      left = left.filter((member) => !spoiltAt.has(member))
    }
    return spoiltAt
  }

  /** Where an error has ended the fit: gives spoilt members what was kept. */
  goBack(): void {
    if (this.#pairs.length === 0) return
    for (const member of this.#settings.seeds.keys()) {
      if (!this.#without.has(member) && !this.#settings.parameters.isFinite(member)) this.#goBack(member)
    }
  }

  *#notFinite(members: Iterable<number>): Steps<number[]> {
    const { network, parameters } = this.#settings
    const found: number[] = []
    let looked = 0
    for (const member of members) {
      if (!parameters.isFinite(member)) found.push(member)
      looked += network.length
      if (looked < ELEMENTS_OF_PIECE) continue
      looked = 0
      yield
    }
    return found
  }

  *#keeping(): Steps<void> {
    const { network, seeds } = this.#settings
    for (const { present, kept } of this.#pairs) {
      if (network.length * seeds.length <= ELEMENTS_OF_PIECE) {
        kept.copyFrom(present)
        continue
      }
      let copied = 0
      for (const member of seeds.keys()) {
        kept.copyFrom(present, member, member)
        copied += network.length
        if (copied < ELEMENTS_OF_PIECE) continue
        copied = 0
        yield
      }
    }
  }

  #goBack(member: number): void {
    for (const { present, kept } of this.#pairs) present.copyFrom(kept, member, member)
  }
}
