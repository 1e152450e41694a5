import type { Sequential } from '../../model/sequential.js'
import type { FinishedTrial } from '../experiments/finished-trial.js'
import type { Interval } from '../experiments/intervals.js'
import type { SearchMethod } from './method-names.js'
import type { Configuration, SearchSpace } from './space.js'

/** What a configuration gave after so many epochs: a row of the table of a search. */
export interface SearchTrial<Space extends SearchSpace = SearchSpace> {
  readonly configuration: Configuration<Space>
  /** Passes over the training rows. */
  readonly epochs: number
  /** The metric on the dev rows, the mean over the seeds; NaN of a trial that failed. */
  readonly value: number
  /** The same of every seed that was tried. */
  readonly values: readonly number[]
  /** Of all its seeds together. */
  readonly seconds: number
  /** For 'halving' and 'hyperband': index of the bracket it ran in first, from 0 over all rounds. */
  readonly bracket?: number
  /** Why it failed, in a sentence: with one seed that failed the configuration has. */
  readonly failed?: string
}

export interface BestTrial<Space extends SearchSpace = SearchSpace> extends SearchTrial<Space> {
  /**
   * 95 % interval of `value` over other dev rows of the same kind and other seeds; of one seed over other dev rows alone.
   * The best of many looks better than it is: what the choice adds is not in it.
   */
  readonly interval: Interval
  /** With `refit`: the configuration trained once more, to the bits of its first seed. */
  readonly model?: Sequential
}

/** A share of the spread of the results. */
export interface Share {
  /** From 0 to 1. */
  readonly share: number
  /** Standard deviation over the trees; 0 of a whole grid. */
  readonly deviation: number
}

/** Which options mattered. */
export interface Importance {
  /** 'exact' for a whole grid, 'forest' for regression trees on the trials, 'none' where there were too few. */
  readonly method: 'exact' | 'forest' | 'none'
  /** Trials that it rests on. */
  readonly trials: number
  /** Trees of the forest: fewer where the budget left no time for all 48. */
  readonly trees: number
  /** Of every option by itself, the largest first. `epochs` is one of them where trials differ in them. */
  readonly options: readonly ({ readonly option: string } & Share)[]
  /** Of every two options beyond what each does by itself, the largest first. */
  readonly pairs: readonly ({ readonly options: readonly [string, string] } & Share)[]
  /** What is left for three options and more together. */
  readonly higher: number
}

/** How far a search is. */
export interface SearchProgress {
  /** Trainings that have a result. */
  readonly tried: number
  /** Trainings in all; undefined where only the budget ends it. */
  readonly planned: number | undefined
  /** Trainings that run side by side now. */
  readonly running: number
  /** Since the beginning. */
  readonly seconds: number
  /** The best so far of those that all seeds have tried. */
  readonly best: SearchTrial | undefined
  /** Those that run now, and the epoch that all of them are at; left out where a training has just ended. */
  readonly members?: readonly { readonly key: string }[]
  readonly epoch?: number
  readonly epochs?: number
  /** The training that has just ended. */
  readonly finished?: FinishedTrial
}

export interface SearchResult<Space extends SearchSpace = SearchSpace> {
  /** The trial of the best value, of all epochs; undefined where none has a value. */
  readonly best: BestTrial<Space> | undefined
  /** All trials, in the order in which they were chosen: a table to filter and sort. */
  readonly trials: readonly SearchTrial<Space>[]
  readonly importance: Importance
  /** Name of the metric, and whether a higher one is better. */
  readonly metric: { readonly name: string; readonly higherIsBetter: boolean }
  readonly method: SearchMethod
  /** Trainings of every configuration. */
  readonly seeds: number
  readonly seed: number
  /** Trainings that have a result. */
  readonly tries: number
  readonly seconds: number
  /** What ended it: 'completed' where nothing is left to try. */
  readonly stopped: 'completed' | 'budget' | 'tries' | 'aborted'
  /** Best, table and shares in words. */
  readonly text: string
}
