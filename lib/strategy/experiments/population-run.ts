/*
 * Trials of one shape as the members of one population, and what they give.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { layerFrom } from '../../layers/registry.js'
import type { Metric } from '../../metrics/metric.js'
import { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import { RateFactors } from './rate-factor.js'
import type { Trial, TrialResult } from './trial.js'

/** What every trial of an experiment is measured by. */
export interface Measure {
  readonly dev: Dataset
  /** Groups of the dev rows, each a data set. */
  readonly groups: readonly Dataset[]
  readonly metric: Metric
  readonly signal: AbortSignal
}

export async function runAlone(trial: Trial, { dev, groups, metric, signal }: Measure): Promise<TrialResult> {
  const begun = performance.now()
  const layers = trial.layers.map(({ type, options }) => layerFrom(type, options))
  const model = new Sequential(layers, {
    inputs: trial.inputs,
    seed: trial.seed,
    ...(trial.labels && { labels: trial.labels }),
  })
  const history = await model.fit(trial.train, {
    loss: trial.loss,
    optimizer: trial.optimizer,
    epochs: trial.epochs,
    batchSize: trial.batchSize,
    validation: dev,
    metrics: [metric],
    callbacks: [new RateFactors([trial.rateFactor]), ...(trial.callbacks ?? [])],
    signal,
    shuffle: trial.shuffle ?? true,
    ...(trial.classWeights && { classWeights: trial.classWeights }),
  })
  const sign = metric.higherIsBetter === false ? -1 : 1
  const valueOn = async (data: Dataset) => sign * ((await model.evaluate(data))[metric.name] as number)
  const value = await valueOn(dev)
  const ofGroups: number[] = []
  for (const group of groups) ofGroups.push(await valueOn(group))
  const seconds = (performance.now() - begun) / 1000
  return { key: trial.key, value, groups: ofGroups, ...curvesOf(history, metric, sign), seconds }
}

function curvesOf({ epochs }: History, { name }: Metric, sign: number) {
  return {
    trainLoss: epochs.map(({ loss }) => loss),
    devLoss: epochs.map(({ validation }) => validation!.loss),
    devValue: epochs.map(({ validation }) => sign * (validation![name] as number)),
  }
}
