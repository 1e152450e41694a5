/*
 * Trials of one shape as the members of one population, and what they give.
 */
import type { Callback, Progress } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Layer } from '../../layers/layer.js'
import { layerFrom } from '../../layers/registry.js'
import type { Metric } from '../../metrics/metric.js'
import { Population } from '../../model/population.js'
import { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import type { FitOptions } from '../../model/training/options.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { withWeightDecay } from '../../optimizers/with-weight-decay.js'
import { RateFactors } from './rate-factor.js'
import { layersTogether } from './shape.js'
import type { Trial, TrialResult } from './trial.js'

/** What every trial of an experiment is measured by. */
export interface Measure {
  readonly dev: Dataset
  /** Groups of the dev rows, each a data set; with `leftOut`, for each group the dev rows without it. */
  readonly groups: readonly Dataset[]
  readonly leftOut: boolean
  readonly metric: Metric
  readonly signal: AbortSignal
  /** Told some tens of times a second of the training under way. */
  readonly onProgress: (progress: Progress) => void
}

/**
 * Trains trials of one shape side by side and measures them.
 *
 * @throws as `fit`; the signal's reason
 */
export async function runTogether(trials: readonly Trial[], measure: Measure): Promise<TrialResult[]> {
  const begun = performance.now()
  const { dev, groups, leftOut, signal } = measure
  const many = populationOf(trials)
  const data = trials.map(({ train }) => train)
  const one = data.every((train) => train === data[0])
  const { members: histories } = await many.fit(one ? data[0]! : data, optionsOf(trials, measure))
  const value = await valuesOn(many, dev, measure)
  const ofGroups: number[][] = []
  for (const group of groups) {
    signal.throwIfAborted()
    ofGroups.push(await valuesOn(many, group, measure))
  }
  const figuresOf = (member: number) => {
    const each = ofGroups.map((values) => values[member]!)
    return leftOut ? pseudoValues(value[member]!, each) : each
  }
  const seconds = (performance.now() - begun) / 1000 / trials.length
  return trials.map(({ key }, member) => {
    const history = histories[member]!
    const curves = { ...curvesOf(history, measure.metric), seconds }
    const failed = whyFailed(history, value[member]!, measure.metric)
    if (failed !== undefined) return { key, value: Number.NaN, groups: [], ...curves, failed }
    return { key, value: value[member]!, groups: figuresOf(member), ...curves }
  })
}

/**
 * What each group of rows adds to a figure that is no mean over rows, from the figures without each of the groups: the
 * pseudo-values of the jackknife (Tukey, "Bias and confidence in not quite large samples", 1958). Of a mean over groups of
 * one size they are the groups' own figures.
 */
function pseudoValues(whole: number, without: readonly number[]): number[] {
  const { length } = without
  return without.map((rest) => length * whole - (length - 1) * rest)
}

/** The model of one trial, trained alone to the bits that it had beside others. */
export async function trainedModel(trial: Trial, measure: Measure): Promise<Sequential> {
  const { layers, inputs, seed, labels, train } = trial
  const model = new Sequential(
    layers.map(({ type, options }) => layerFrom(type, options)),
    { inputs, seed, ...(labels && { labels }) },
  )
  const { callbacks = [], ...options } = optionsOf([trial], measure)
  await model.fit(train, { ...options, callbacks: callbacks.map((one) => one.forMember?.(0) ?? one) })
  return model
}

function populationOf(trials: readonly Trial[]): Population {
  const { inputs, labels } = trials[0]!
  const layers: readonly Layer[] = layersTogether(trials).map(({ type, options }) => layerFrom(type, options))
  return new Population(layers, { inputs, seeds: trials.map(({ seed }) => seed), ...(labels && { labels }) })
}

function optionsOf(trials: readonly Trial[], { dev, metric, signal, onProgress }: Measure): FitOptions<Dataset> {
  const { loss, epochs, batchSize, classWeights, callbacks = [], shuffle = true } = trials[0]!
  const watch: Callback = { onProgress }
  const factors = new RateFactors(trials.map(({ rateFactor }) => rateFactor))
  return {
    loss,
    optimizer: optimizerOf(trials),
    epochs,
    batchSize,
    validation: dev,
    metrics: [metric],
    callbacks: [factors, watch, ...callbacks],
    signal,
    shuffle,
    ...(classWeights && { classWeights }),
  }
}

function optimizerOf(trials: readonly Trial[]): Optimizer {
  const { optimizer, weightDecay } = trials[0]!
  if (weightDecay === undefined) return optimizer
  const each = trials.map((trial) => trial.weightDecay!)
  return withWeightDecay(optimizer, each.every((decay) => decay === weightDecay) ? weightDecay : each)
}

/** The metric of every member, higher is better. */
async function valuesOn(many: Population, data: Dataset, { metric }: Measure): Promise<number[]> {
  const evaluations = await many.evaluate(data, { metrics: [metric] })
  return evaluations.map((evaluation) => better(metric, evaluation[metric.name]))
}

/** The value of a metric as a number of which more is better. */
function better({ name, higherIsBetter }: Metric, value: unknown): number {
  if (typeof value === 'number') return higherIsBetter === false ? -value : value
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a metric that is one number for metric but '${name}' gives several. Choose another one, such as 'accuracy'.`,
  )
}

function curvesOf({ epochs }: History, metric: Metric) {
  return {
    trainLoss: epochs.map(({ loss }) => loss),
    devLoss: epochs.map(({ validation }) => validation!.loss),
    devValue: epochs.map(({ validation }) => better(metric, validation![metric.name])),
  }
}

function whyFailed({ stopped, reason }: History, value: number, { name }: Metric): string | undefined {
  if (stopped === 'failed') return reason
  return Number.isFinite(value) ? undefined : `Its ${name} on the dev rows is not a finite number.`
}
