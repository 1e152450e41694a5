/*
 * What the figures of an experiment depend on, short enough for a line of a journal. Functions cannot be compared: of a
 * loss, metric, optimizer or callback of the user's own, the name and the fields count.
 */
import { createHash } from 'node:crypto'
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Json } from '../../files/strict-json.js'
import { loss as lossOf, savedLoss } from '../../losses/names.js'
import type { Metric } from '../../metrics/metric.js'
import { savedMetric } from '../../metrics/names.js'
import { configurationOf } from '../../model/training/checkpoint/compare-settings.js'
import type { Settings } from './journal.js'
import type { Trial } from './trial.js'

/** Letters of a checksum: enough to tell any two settings of a file apart. */
const LETTERS = 16

export function settingsOfExperiment(dev: Dataset, metric: Metric, groups: number, seed: number): Settings {
  const settings = { dev: checksumOf(dev), metric: savedMetric(metric), groups, seed }
  return metric.fromScores === undefined ? settings : { ...settings, leftOut: true }
}

export function settingsOfTrial(trial: Trial): Settings {
  const { loss, optimizer, callbacks = [] } = trial
  return {
    layers: shortened(configurationOf(trial.layers)),
    inputs: shortened(configurationOf(trial.inputs)),
    labels: shortened(configurationOf(trial.labels ?? null)),
    loss: shortened(savedLoss(lossOf('loss', loss))),
    optimizer: shortened([optimizer.name, configurationOf(optimizer)]),
    rateFactor: trial.rateFactor,
    weightDecay: trial.weightDecay ?? null,
    epochs: trial.epochs,
    batchSize: trial.batchSize,
    classWeights: shortened(configurationOf(trial.classWeights ?? null)),
    callbacks: shortened(callbacks.map((one) => [one.constructor.name, configurationOf(one)])),
    shuffle: trial.shuffle ?? true,
    train: checksumOf(trial.train),
    seed: trial.seed,
  }
}

function shortened(value: Json): Json {
  const text = JSON.stringify(value)
  return text.length <= LETTERS ? value : createHash('sha256').update(text).digest('hex').slice(0, LETTERS)
}

const known = new WeakMap<Dataset, string>()

/** Of all features, targets and weights; computed once for every data set. */
function checksumOf(data: Dataset): string {
  const before = known.get(data)
  if (before !== undefined) return before
  const hash = createHash('sha256')
  hash.update(JSON.stringify([data.rows, data.features, data.targetColumns, data.labels ?? null]))
  for (let row = 0; row < data.rows; row++) {
    hash.update(data.row(row))
    hash.update(Float64Array.from(data.target(row)))
  }
  hash.update(data.sampleWeights() ?? '')
  const checksum = hash.digest('hex').slice(0, LETTERS)
  known.set(data, checksum)
  return checksum
}
