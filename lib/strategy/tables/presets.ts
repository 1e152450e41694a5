/*
 * The network and the training where nothing is asked for, by the size of the data: every number that a preset chooses
 * stands here. Chosen on training rows alone of the tables of bench/tables/development.mjs, divided once more
 * (bench/tables/choices.md tells what was tried).
 */
import type { TableRecipe } from './recipe.js'

export const presets = ['fast', 'good', 'best'] as const

/**
 * How much is spent on a model: 'fast' is one plain network, in seconds; 'good' averages several of RealMLP's, trained on
 * folds of the rows; 'best' trains as many more as its budget holds.
 */
export type Preset = (typeof presets)[number]

/** Where none is asked for. */
export const DEFAULT_PRESET: Preset = 'good'

/** What a recipe depends on. */
export interface TableSize {
  /** Rows that a network learns from. */
  readonly rows: number
  /** All rows with a target, those held out too: by them folds and networks are chosen. Default the same. */
  readonly allRows?: number
}

/** Updates that a training takes at most, about: few rows need many epochs and many rows few. */
const UPDATES = 6000
const FEWEST_EPOCHS = 12
const MOST_EPOCHS = 150

/** The recipe of a preset for a table of this size. */
export function recipeFor(preset: Preset, size: TableSize): TableRecipe {
  return preset === 'fast' ? fastRecipe(size) : goodRecipe(size)
}

/**
 * How many folds a preset divides the rows into, where neither folds nor members are asked for: every row is learned from
 * by most of the networks, and measured by one that has not seen it. None for 'fast', and for so many rows that one
 * network has enough of them.
 *
 * @param rows all rows with a target
 */
export function foldsFor(preset: Preset, rows: number): number | undefined {
  if (preset === 'fast' || rows < FEWEST_ROWS_OF_FOLDS) return undefined
  return GOOD.find(({ below }) => rows < below)!.folds
}

/** How many networks a preset trains for each of the folds that it brings. */
export function seedsFor(rows: number): number {
  return GOOD.find(({ below }) => rows < below)!.seeds
}

/** Milliseconds that a training of 'best' takes, where nothing else says how many networks it trains. */
const BUDGET_OF_BEST = 600_000

/** The budget of a preset where none is asked for: none but for 'best'. */
export function budgetFor(preset: Preset): number | undefined {
  return preset === 'best' ? BUDGET_OF_BEST : undefined
}

function fastRecipe({ rows }: TableSize): TableRecipe {
  const batchSize = powerOfTwo(rows / 60, 16, 512)
  const epochs = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(UPDATES / Math.ceil(rows / batchSize))))
  return {
    architecture: 'plain',
    hidden: rows < 1000 ? [64, 32] : rows < 20_000 ? [128, 64] : [256, 128],
    activation: 'relu',
    dropout: 0.2,
    batchSize,
    epochs,
    patience: Math.max(10, Math.ceil(epochs / 4)),
    decidedBy: 'loss',
    learningRate: 3e-3,
    schedule: 'oneCycle',
    beta2: 0.999,
    weightDecay: 0.1,
    members: 1,
    quantiles: [],
    scaling: 'byValues',
    oneHotLevels: 12,
    clampPredictions: false,
  }
}

/** Below, folds would be of a few rows each. */
const FEWEST_ROWS_OF_FOLDS = 40

/**
 * RealMLP by the number of rows: many networks of many epochs where rows are few, and the other way round, so that a
 * training takes about a minute on two cores up to some ten thousand rows, and grows slowly from there.
 */
const GOOD = [
  { below: 6000, units: 128, epochs: 128, folds: 8, seeds: 2, members: 8 },
  { below: 20_000, units: 128, epochs: 96, folds: 8, seeds: 1, members: 8 },
  { below: 60_000, units: 256, epochs: 32, folds: 4, seeds: 1, members: 4 },
  { below: 300_000, units: 256, epochs: 12, folds: undefined, seeds: 1, members: 2 },
  { below: Number.POSITIVE_INFINITY, units: 256, epochs: 4, folds: undefined, seeds: 1, members: 1 },
] as const

function goodRecipe({ rows, allRows = rows }: TableSize): TableRecipe {
  const { units, epochs, members } = GOOD.find(({ below }) => allRows < below)!
  return {
    architecture: 'realMlp',
    hidden: [units, units, units],
    activation: 'relu',
    dropout: 0.1,
    batchSize: powerOfTwo(rows / 20, 16, units),
    epochs,
    patience: 0,
    decidedBy: 'score',
    learningRate: 0.06,
    schedule: 'coslog',
    beta2: 0.95,
    weightDecay: 0,
    members,
    quantiles: [],
    scaling: 'robust',
    oneHotLevels: 9,
    clampPredictions: true,
  }
}

/** The power of two nearest to a size, on a scale of ratios, within bounds. */
function powerOfTwo(size: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.round(Math.log2(Math.max(1, size)))))
}
