/*
 * A recipe carried out: the layers of a network for the rows of an encoder, and the options of its fit.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import { indexOfLargest } from '../../extremes.js'
import type { Layer } from '../../layers/layer.js'
import { NonCrossing } from '../../layers/non-crossing.js'
import { quantile } from '../../losses/quantile.js'
import { Sequential } from '../../model/sequential.js'
import { AdamW } from '../../optimizers/adam.js'
import { l2 } from '../../regularizers/regularizer.js'
import { coslog } from '../../schedules/coslog.js'
import { flatCosine } from '../../schedules/flat-cosine.js'
import { oneCycle } from '../../schedules/one-cycle.js'
import { tabularLayers } from '../tabular-layers.js'
import type { TableRecipe } from './recipe.js'

const schedules = { oneCycle, coslog, flatCosine } as const

/** Updates of an epoch, where all networks take as many. */
type StepsPerEpoch = number | undefined

/** @param strength of L2 regularization */
export function layersFor(encoder: Encoder, recipe: TableRecipe, strength: number): Layer[] {
  const { architecture, hidden, activation, dropout, quantiles } = recipe
  const regularized = strength === 0 ? {} : { regularizer: l2(strength) }
  const outputs = quantiles.length === 0 ? {} : { outputs: quantiles.length }
  const layers = tabularLayers(encoder, { architecture, hidden, activation, dropout, ...regularized, ...outputs })
  return quantiles.length > 1 ? [...layers, new NonCrossing({ center: nearestToMedian(quantiles) })] : layers
}

function nearestToMedian(quantiles: readonly number[]): number {
  return indexOfLargest(quantiles.map((one) => -Math.abs(one - 0.5)))
}

/** The network for the rows that an encoder makes. */
export function networkFor(
  encoder: Encoder,
  recipe: TableRecipe,
  { seed, l2: strength }: { readonly seed: number; readonly l2: number },
): Sequential {
  return new Sequential(layersFor(encoder, recipe, strength), { inputs: encoder.inputs, seed })
}

/** How a network for a table is trained on so many rows, but for what stops it early. */
export function fitFor(encoder: Encoder, rows: number, recipe: TableRecipe) {
  return fitOptions(encoder, recipe, Math.ceil(rows / recipe.batchSize))
}

/** The same for networks that have data sets of their own. */
export function fitOptions(encoder: Encoder, recipe: TableRecipe, stepsPerEpoch: StepsPerEpoch) {
  const { epochs, batchSize, beta2, weightDecay } = recipe
  return {
    loss: lossOf(encoder, recipe),
    optimizer: new AdamW({ learningRate: scheduleOf(recipe, stepsPerEpoch), beta2, weightDecay }),
    epochs,
    batchSize,
  } as const
}

/**
 * What the best epoch is told by, and the metric that must be computed for it.
 *
 * @param held all rows that are held out, part by part
 */
export function decider({ outputs, task }: Encoder, { decidedBy }: TableRecipe, held: readonly Dataset[]) {
  if (decidedBy === 'loss' || task === 'regression') return { monitor: 'validation.loss', metrics: [] }
  // The AUC of rows of one class is not a number.
  const metric = outputs > 1 ? 'accuracy' : held.every(hasBothClasses) ? 'rocAuc' : undefined
  if (metric === undefined) return { monitor: 'validation.loss', metrics: [] }
  return { monitor: `validation.${metric}`, metrics: [metric] as const }
}

function hasBothClasses(data: Dataset): boolean {
  const first = data.target(0)[0]
  for (let row = 1; row < data.rows; row++) if (data.target(row)[0] !== first) return true
  return false
}

function scheduleOf({ schedule, learningRate, epochs }: TableRecipe, stepsPerEpoch: StepsPerEpoch) {
  if (schedule === 'constant') return learningRate
  const whole =
    stepsPerEpoch === undefined
      ? ({ learningRate, steps: epochs, unit: 'epoch' } as const)
      : { learningRate, steps: epochs * stepsPerEpoch }
  return schedules[schedule](whole)
}

function lossOf({ task, outputs }: Encoder, { quantiles }: TableRecipe) {
  if (quantiles.length > 0) return quantile({ quantiles })
  if (task === 'regression') return 'meanSquaredError'
  return outputs === 1 ? 'binaryCrossEntropy' : 'crossEntropy'
}
