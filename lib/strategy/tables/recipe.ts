/*
 * All numbers of a network for a table and of its training. Presets choose them; options of `trainTable` replace them.
 */
import type { ActivationName } from '../../activations/names.js'
import type { Scaling } from '../../data/encoding/fit/options.js'
import type { Json } from '../../files/strict-json.js'
import type { TabularArchitecture } from '../tabular-layers.js'

export const tableSchedules = ['oneCycle', 'coslog', 'flatCosine', 'constant'] as const

/** How the learning rate moves over a training. */
export type TableSchedule = (typeof tableSchedules)[number]

export const deciders = ['loss', 'score'] as const

/** The network and the training of a table, in numbers. */
export interface TableRecipe {
  /** Plain dense layers, or those of RealMLP, as `tabularLayers` makes them. */
  readonly architecture: TabularArchitecture
  /** Units of the hidden layers. */
  readonly hidden: readonly number[]
  /** Activation of the hidden layers. */
  readonly activation: ActivationName
  /** Dropout after each hidden layer: the share of its units that a training step leaves out. */
  readonly dropout: number
  /** Rows of a step. */
  readonly batchSize: number
  /** Passes over the rows, at most. */
  readonly epochs: number
  /**
   * Epochs without improvement on the held-out rows that end the training; 0 where it never ends early. The parameters
   * of the best epoch are kept in both cases.
   */
  readonly patience: number
  /**
   * What the held-out rows decide by which epoch is the best: their loss, or their score, the ROC AUC of two classes and
   * the accuracy of several. A score does not mind probabilities that are too sure of themselves, as long as they are in
   * order. Values have their loss.
   */
  readonly decidedBy: (typeof deciders)[number]
  /** The largest rate of the schedule. */
  readonly learningRate: number
  /**
   * How the rate moves: 'oneCycle' rises and then falls to almost 0; 'coslog' does so four times, each time for longer;
   * 'flatCosine' stays for the first half and then falls to 0; 'constant' stays.
   */
  readonly schedule: TableSchedule
  /** Decay rate of Adam's mean of squared gradients. */
  readonly beta2: number
  /** Decoupled weight decay, as of `AdamW`. */
  readonly weightDecay: number
  /** Networks whose predictions are averaged, where there are no folds. */
  readonly members: number
  /** The quantiles of the target that the network predicts; none where it predicts the mean, or classes. */
  readonly quantiles: readonly number[]
  /** How number columns are scaled that no option names; 'byValues' is by rank where values lie very far from the others. */
  readonly scaling: Scaling | 'byValues'
  /** The largest number of levels of a category that become one column each; those with more become an Embedding. */
  readonly oneHotLevels: number
  /** Whether predicted values stay within the range of the training rows' targets. */
  readonly clampPredictions: boolean
}

/** What files of before tell of every recipe, in their order. */
const always = ['hidden', 'dropout', 'batchSize', 'epochs', 'patience', 'learningRate'] as const

/** Numbers that files do not tell where they are these, which those of before had. */
const usual = {
  architecture: 'plain',
  activation: 'relu',
  decidedBy: 'loss',
  schedule: 'oneCycle',
  beta2: 0.999,
  members: 1,
  oneHotLevels: 12,
  clampPredictions: false,
} as const satisfies Partial<TableRecipe>

/** A recipe as a model file keeps it. What was scaled how is told elsewhere, column by column. */
export function recipeJson(recipe: TableRecipe): { [name: string]: Json } {
  const { quantiles } = recipe
  const { hidden, ...numbers } = Object.fromEntries(always.map((name) => [name, recipe[name]]))
  const others = Object.entries(usual).flatMap(([name, value]) => {
    const own = recipe[name as keyof typeof usual]
    return own === value ? [] : [[name, own] as const]
  })
  return {
    hidden: [...recipe.hidden],
    ...numbers,
    weightDecay: recipe.weightDecay,
    ...Object.fromEntries(others),
    ...(quantiles.length > 0 && { quantiles: [...quantiles] }),
  }
}
