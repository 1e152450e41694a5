/*
 * The network and the training where nothing is asked for, by the size of the data. Tuned on the tables of
 * bench/tables/compare.mjs.
 */
import type { Task } from '../../data/encoding/fit/options.js'
import type { TableRecipe } from './recipe.js'

export const presets = ['fast', 'good', 'best'] as const

/**
 * How much is spent on a model: 'fast' is one network; 'good' and 'best' average several, which costs as many times the
 * time.
 */
export type Preset = (typeof presets)[number]

/** Where none is asked for. */
export const DEFAULT_PRESET: Preset = 'fast'

/** What a recipe depends on. */
export interface TableSize {
  /** Rows of the training part. */
  readonly rows: number
  /** Columns that are learned from. */
  readonly columns: number
  readonly task: Task
}

/** Updates that a training takes at most, about: few rows need many epochs and many rows few. */
const UPDATES = 6000
const FEWEST_EPOCHS = 12
const MOST_EPOCHS = 150

const MEMBERS: Readonly<Record<Preset, number>> = { fast: 1, good: 4, best: 4 }

/** The recipe of a preset for a table of this size. */
export function recipeFor(preset: Preset, { rows }: TableSize): TableRecipe {
  const batchSize = powerOfTwo(rows / 60, 16, 512)
  const epochs = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(UPDATES / Math.ceil(rows / batchSize))))
  return {
    hidden: rows < 1000 ? [64, 32] : rows < 20_000 ? [128, 64] : [256, 128],
    activation: 'relu',
    dropout: 0.2,
    batchSize,
    epochs,
    patience: Math.max(10, Math.ceil(epochs / 4)),
    learningRate: 3e-3,
    schedule: 'oneCycle',
    beta2: 0.999,
    weightDecay: 0.1,
    members: MEMBERS[preset],
    quantiles: [],
    scaling: 'byValues',
    oneHotLevels: 12,
    clampPredictions: false,
  }
}

/** The power of two nearest to a size, on a scale of ratios, within bounds. */
function powerOfTwo(size: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.round(Math.log2(Math.max(1, size)))))
}
