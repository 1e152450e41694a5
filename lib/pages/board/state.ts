/*
 * What the live board shows, as plain JSON: the server sends it, the script in the page shows it.
 */
import type { Chart } from '../chart.js'

/** A training under way. */
export interface BoardMember {
  readonly name: string
  /** Share of its work that is done, 0 to 1. */
  readonly done: number
}

/** A training that has ended. */
export interface BoardResult {
  readonly name: string
  /** The metric, as text with its unit; or why it failed. */
  readonly value: string
  readonly failed: boolean
  /** Its share of the wall time, as text. */
  readonly time: string
}

export interface BoardState {
  readonly state: 'running' | 'stopping' | 'ended'
  /** What is done at the moment, in words. */
  readonly stage: string
  /** Milliseconds since the run began. */
  readonly elapsed: number
  /** Milliseconds that are left; null where nothing says so. */
  readonly left: number | null
  /** Trainings that have ended, and how many there are to be; null where budget alone ends the run. */
  readonly tried: number
  readonly planned: number | null
  /** The best value so far as text; null before the first. */
  readonly best: { readonly name: string; readonly value: string } | null
  readonly members: readonly BoardMember[]
  /** The latest, newest first. */
  readonly results: readonly BoardResult[]
  /** The best value so far over time. */
  readonly progress: Chart
  /** The metric by epoch of the latest trainings. */
  readonly curves: Chart
}
