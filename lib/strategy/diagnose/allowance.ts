/*
 * How much a diagnosis computes beside what it is given: repeated trainings until the allowance is used up, the most telling
 * first, and what was left out for want of it.
 */
import { Sequential } from '../../model/sequential.js'
import type { Deadline } from '../experiments/deadline.js'
import type { DiagnoseProgress } from './options.js'
import type { Repetition, Variation } from './trainings.js'

/** Trainings that the experiments of a diagnosis cost at most, where the training is a long one. */
const TIMES_THE_TRAINING = 12
/** What they may cost in any case: rows times epochs times parameters. A minute or two of a processor's core. */
const LEAST_WORK = 4e11
/** Milliseconds that a timer can wait. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/** What the experiments on a training of so much work may cost, where no time is given. */
export function workFor(training: number): number {
  return Math.max(LEAST_WORK, TIMES_THE_TRAINING * training)
}

/** Rows times epochs times parameters of one training. */
export function workOf({ inputs }: Pick<Repetition, 'inputs'>, { layers, train, epochs }: Variation): number {
  const { parameterCount } = new Sequential(layers, { inputs })
  return Math.max(1, parameterCount) * train.rows * epochs
}

export interface AllowanceOptions {
  /** Work of the training that is diagnosed. */
  readonly training: number
  /** Wall time takes the place of work where a budget was given. */
  readonly deadline: Deadline | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: DiagnoseProgress) => void) | undefined
}

/**
 * Runs experiments while there is room. By default room is an amount of work, so that the same diagnosis tries the same on
 * every machine; with a deadline it is time, which each experiment is expected to take by what those before it took.
 */
export class Allowance {
  readonly #deadline: Deadline | undefined
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: AllowanceOptions['onProgress']
  readonly #most: number
  #work = 0
  #milliseconds = 0
  readonly #leftOut: string[] = []

  constructor({ training, deadline, signal, onProgress }: AllowanceOptions) {
    this.#most = deadline === undefined ? workFor(training) : Number.POSITIVE_INFINITY
    this.#deadline = deadline
    this.#signal = signal
    this.#onProgress = onProgress
  }

  /** Experiments that there was no room for, in their order. */
  get leftOut(): readonly string[] {
    return this.#leftOut
  }

  /**
   * The experiment's result, or undefined where it was left out, or where time or the signal ended it.
   *
   * @param names what it tries, in words
   * @param work rows times epochs times parameters
   * @param shareOfTime with a deadline the experiment is begun whatever it is expected to take, and may take this share of the
   *   time left. Default: it is begun where it is expected to end in time.
   */
  async run<Result>(
    names: readonly string[],
    work: number,
    experiment: (signal: AbortSignal | undefined) => Promise<Result>,
    shareOfTime?: number,
  ): Promise<Result | undefined> {
    if (this.#signal?.aborted === true || !this.#hasRoom(work, shareOfTime !== undefined)) {
      return this.leaveOut(names)
    }
    this.#onProgress?.({ experiments: names })
    const from = performance.now()
    const timeout = this.#deadline && timeoutAfter((shareOfTime ?? 1) * this.#deadline.left)
    const ending = this.#signal && timeout ? AbortSignal.any([this.#signal, timeout]) : (this.#signal ?? timeout)
    try {
      const result = await experiment(ending)
      this.#work += work
      this.#milliseconds += performance.now() - from
      return result
    } catch (error) {
      if (ending?.aborted === true && error === ending.reason) {
        return this.leaveOut(names.map((name) => `${name} (begun, not finished)`))
      }
      throw error
    }
  }

  #hasRoom(work: number, begunAnyway: boolean): boolean {
    if (this.#deadline === undefined) return this.#work + work <= this.#most
    if (begunAnyway) return !this.#deadline.passed
    const expected = this.#work === 0 ? 0 : (this.#milliseconds * work) / this.#work
    return expected < this.#deadline.left
  }

  /** Tells what is not made, such as what rests on something that was left out. */
  leaveOut(names: readonly string[]): undefined {
    this.#leftOut.push(...names)
    return undefined
  }
}

function timeoutAfter(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(Math.min(LONGEST_TIMEOUT, Math.ceil(milliseconds)))
}
