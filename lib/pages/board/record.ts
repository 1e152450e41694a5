import type { FinishedTrial } from '../../strategy/experiments/finished-trial.js'
import type { Chart, Series } from '../chart.js'
import { formatted, type NumberFormat } from '../numbers.js'
import { thinned } from '../thinned.js'
import type { BoardMember, BoardResult, BoardState } from './state.js'

/** What is known of the run when it begins. */
export interface BoardRun {
  /** Name of the metric. */
  readonly metric: string
  readonly format: NumberFormat
  /** Whether more of the metric is better. Default true. */
  readonly higherIsBetter?: boolean
  /** Milliseconds that the run may take. Default: not known. */
  readonly budget?: number
  /** Number of trainings after which it ends. Default: not known. */
  readonly planned?: number
}

/** How far the trainings side by side are. */
export interface TrialProgress {
  /** Number of the present epoch, from 1. */
  readonly epoch: number
  readonly epochs: number
}

const MOST_RESULTS = 100
const MOST_CURVES = 6

/** Keeps what the board shows: little is done when something happens, and the rest when someone looks. */
export class BoardRecord {
  readonly #run: BoardRun
  readonly #now: () => number
  readonly #begun: number
  #state: BoardState['state'] = 'running'
  #stage = 'Begins'
  #members: readonly { readonly key: string }[] = []
  #done = 0
  #tried = 0
  #results: FinishedTrial[] = []
  #best: { readonly key: string; readonly value: number } | undefined
  /** Seconds and value of each new best. */
  #steps: [seconds: number, value: number][] = []

  /** @param now the clock, in milliseconds. Default `performance.now`. */
  constructor(run: BoardRun, now: () => number = () => performance.now()) {
    this.#run = run
    this.#now = now
    this.#begun = now()
  }

  stage(text: string): void {
    this.#stage = text
  }

  running(members: readonly { readonly key: string }[], progress: TrialProgress): void {
    const { epoch, epochs } = progress
    this.#members = members
    this.#done = Math.min(1, epoch / epochs)
  }

  ended(trial: FinishedTrial): void {
    this.#tried++
    this.#members = this.#members.filter(({ key }) => key !== trial.key)
    this.#results.push(trial)
    if (this.#results.length > MOST_RESULTS) this.#results.shift()
    const { key, value } = trial
    if (value === null || !Number.isFinite(value) || !this.#isBest(value)) return
    this.#best = { key, value }
    this.#steps.push([this.#elapsed / 1000, value])
  }

  #isBest(value: number): boolean {
    if (this.#best === undefined) return true
    return this.#run.higherIsBetter === false ? value < this.#best.value : value > this.#best.value
  }

  stopping(): void {
    if (this.#state === 'running') this.#state = 'stopping'
  }

  end(): void {
    this.#state = 'ended'
    this.#members = []
  }

  state(): BoardState {
    const { format, planned } = this.#run
    return {
      state: this.#state,
      stage: this.#state === 'ended' ? 'Ended' : this.#stage,
      elapsed: this.#elapsed,
      left: this.#left,
      tried: this.#tried,
      planned: planned ?? null,
      best: this.#best === undefined ? null : { name: this.#best.key, value: formatted(this.#best.value, format) },
      members: this.#members.map(({ key }): BoardMember => ({ name: key, done: this.#done })),
      results: this.#results.toReversed().map((trial) => this.#result(trial)),
      progress: this.#progress(),
      curves: this.#curves(),
    }
  }

  get #elapsed(): number {
    return this.#now() - this.#begun
  }

  /** By the budget, else by the trainings so far. */
  get #left(): number | null {
    const { budget, planned } = this.#run
    if (this.#state === 'ended') return 0
    if (budget !== undefined) return Math.max(0, budget - this.#elapsed)
    if (planned === undefined || this.#tried === 0) return null
    return Math.max(0, (this.#elapsed / this.#tried) * (planned - this.#tried))
  }

  #result({ key, value, seconds, failed }: FinishedTrial): BoardResult {
    const text = failed ?? formatted(value, this.#run.format)
    return { name: key, value: text, failed: failed !== undefined, time: formatted(seconds, 'seconds') }
  }

  #progress(): Chart {
    const { metric, format } = this.#run
    const now: [number, number][] = this.#best === undefined ? [] : [[this.#elapsed / 1000, this.#best.value]]
    // A value stays the best one until the next: each step has two points.
    const steps = this.#steps.flatMap((point, at): [number, number][] => {
      const before = this.#steps[at - 1]
      return before === undefined ? [point] : [[point[0], before[1]], point]
    })
    return {
      kind: 'lines',
      x: { label: 'time', format: 'seconds' },
      y: { label: metric, format },
      series: [{ name: `best ${metric} so far`, points: thinned([...steps, ...now]) }],
    }
  }

  #curves(): Chart {
    const { metric, format } = this.#run
    const latest = this.#results.filter(({ failed }) => failed === undefined).slice(-MOST_CURVES)
    return {
      kind: 'lines',
      x: { label: 'epoch', format: 'number' },
      y: { label: metric, format },
      series: latest.map(
        ({ key, curve }): Series => ({
          name: key,
          points: thinned(curve.map((value, epoch): [number, number] => [epoch + 1, value])),
        }),
      ),
    }
  }
}
