/*
 * Every metric with the task it is tried on and what it must come to, of what predict gives.
 */
import {
  type ActivationName,
  defineMetric,
  f1,
  type LossName,
  type Metric,
  type MetricName,
  metrics,
  precision,
  recall,
  rocAuc,
  topK,
} from '../../lib/index.js'

export type Table = number[][]
interface Given {
  /** A row of targets each, as the data set has them. */
  readonly y: Table
  /** A row of what predict gives each. */
  readonly p: Table
  readonly weights: { readonly sampleWeights?: number[] }
}
export type Task = keyof typeof tasks
interface Case {
  readonly name: string
  readonly metric: MetricName | Metric
  readonly task: Task
  readonly expected: (given: Given) => unknown
}

export const tasks = {
  binary: { loss: 'binaryCrossEntropy', activation: 'sigmoid', outputs: 1 },
  severalBinary: { loss: 'binaryCrossEntropy', activation: 'sigmoid', outputs: 3 },
  logits: { loss: 'binaryCrossEntropy', activation: 'linear', outputs: 1 },
  margin: { loss: 'hinge', activation: 'linear', outputs: 1 },
  classes: { loss: 'crossEntropy', activation: 'softmax', outputs: 4 },
  classLogits: { loss: 'crossEntropy', activation: 'linear', outputs: 4 },
  classesBySquares: { loss: 'meanSquaredError', activation: 'softmax', outputs: 3 },
  binaryBySquares: { loss: 'meanSquaredError', activation: 'sigmoid', outputs: 1 },
  values: { loss: 'meanSquaredError', activation: 'linear', outputs: 2 },
  logRates: { loss: 'poisson', activation: 'linear', outputs: 1 },
} as const satisfies Record<string, { loss: LossName; activation: ActivationName; outputs: number }>

const column = (table: Table, c = 0) => table.map((row) => row[c]!)
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const over = (threshold: number) => (table: Table) => column(table).map((value) => Number(value > threshold))
const half = over(0.5)
const largest = (table: Table) => table.map((row) => row.indexOf(Math.max(...row)))
const softmax = (table: Table) =>
  table.map((row) => {
    const terms = row.map((value) => Math.exp(value - Math.max(...row)))
    return terms.map((term) => term / terms.reduce((sum, one) => sum + one, 0))
  })
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
/** Of several outputs of 0 and 1 each: a metric of every column. */
const columns = (rule: (c: number) => number) => meanOf([0, 1, 2].map(rule))

export const within = defineMetric({
  name: 'withinOne',
  needs: ['numbers'],
  rule: ({ score, target }) => score.minus(target).absolute().lessThan(1),
})
export const bias = defineMetric({
  name: 'bias',
  fromScores: ({ scores, targets }) => meanOf([...scores].map((score, at) => score - targets[at]!)),
})

export const cases: Case[] = [
  {
    name: 'accuracy',
    metric: 'accuracy',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.accuracy(column(y), half(p), weights),
  },
  {
    name: 'precision',
    metric: 'precision',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.precision(column(y), half(p), weights),
  },
  {
    name: 'precision above 0.7',
    metric: precision({ threshold: 0.7 }),
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.precision(column(y), over(0.7)(p), weights),
  },
  {
    name: 'recall',
    metric: 'recall',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.recall(column(y), half(p), weights),
  },
  {
    name: 'f1',
    metric: 'f1',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.f1(column(y), half(p), weights),
  },
  {
    name: 'rocAuc',
    metric: 'rocAuc',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.rocAuc(column(y), column(p), weights),
  },
  {
    name: 'averagePrecision',
    metric: 'averagePrecision',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.averagePrecision(column(y), column(p), weights),
  },
  {
    name: 'logLoss',
    metric: 'logLoss',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.logLoss(column(y), column(p), weights),
  },
  {
    name: 'brier',
    metric: 'brier',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.brier(column(y), column(p), weights),
  },
  {
    name: 'matthews',
    metric: 'matthews',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.matthews(column(y), half(p), weights),
  },
  {
    name: 'confusion',
    metric: 'confusion',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.confusion(column(y), half(p), { ...weights, classes: 2 }),
  },
  {
    name: 'meanSquaredError of probabilities',
    metric: 'meanSquaredError',
    task: 'binary',
    expected: ({ y, p, weights }) => metrics.brier(column(y), column(p), weights),
  },
  {
    name: 'accuracy of several outputs',
    metric: 'accuracy',
    task: 'severalBinary',
    expected: ({ y, p, weights }) =>
      columns((c) =>
        metrics.accuracy(
          column(y, c),
          column(p, c).map((value) => Number(value > 0.5)),
          weights,
        ),
      ),
  },
  {
    name: 'precision of several outputs',
    metric: 'precision',
    task: 'severalBinary',
    expected: ({ y, p, weights }) =>
      columns((c) =>
        metrics.precision(
          column(y, c),
          column(p, c).map((value) => Number(value > 0.5)),
          weights,
        ),
      ),
  },
  {
    name: 'rocAuc of several outputs',
    metric: 'rocAuc',
    task: 'severalBinary',
    expected: ({ y, p, weights }) => columns((c) => metrics.rocAuc(column(y, c), column(p, c), weights)),
  },
  {
    name: 'logLoss of several outputs',
    metric: 'logLoss',
    task: 'severalBinary',
    expected: ({ y, p, weights }) => columns((c) => metrics.logLoss(column(y, c), column(p, c), weights)),
  },
  {
    name: 'brier of several outputs',
    metric: 'brier',
    task: 'severalBinary',
    expected: ({ y, p, weights }) => metrics.brier(y, p, weights),
  },
  {
    name: 'accuracy of logits',
    metric: 'accuracy',
    task: 'logits',
    expected: ({ y, p, weights }) => metrics.accuracy(column(y), over(0)(p), weights),
  },
  {
    name: 'recall of logits',
    metric: 'recall',
    task: 'logits',
    expected: ({ y, p, weights }) => metrics.recall(column(y), over(0)(p), weights),
  },
  {
    name: 'brier of logits',
    metric: 'brier',
    task: 'logits',
    expected: ({ y, p, weights }) => metrics.brier(column(y), column(p).map(sigmoid), weights),
  },
  {
    name: 'rocAuc of logits',
    metric: 'rocAuc',
    task: 'logits',
    expected: ({ y, p, weights }) => metrics.rocAuc(column(y), column(p), weights),
  },
  {
    name: 'accuracy of a margin',
    metric: 'accuracy',
    task: 'margin',
    expected: ({ y, p, weights }) => metrics.accuracy(over(0)(y), over(0)(p), weights),
  },
  {
    name: 'f1 of a margin',
    metric: 'f1',
    task: 'margin',
    expected: ({ y, p, weights }) => metrics.f1(over(0)(y), over(0)(p), weights),
  },
  {
    name: 'rocAuc of a margin',
    metric: 'rocAuc',
    task: 'margin',
    expected: ({ y, p, weights }) => metrics.rocAuc(over(0)(y), column(p), weights),
  },
  {
    name: 'accuracy of classes',
    metric: 'accuracy',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.accuracy(column(y), largest(p), weights),
  },
  {
    name: 'topK',
    metric: 'topK',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.topK(column(y), p, { k: 2, ...weights }),
  },
  {
    name: 'topK by another name',
    metric: topK({ k: 3, name: 'top3' }),
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.topK(column(y), p, { k: 3, ...weights }),
  },
  {
    name: 'precision, macro',
    metric: precision,
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.precision(column(y), largest(p), { average: 'macro', ...weights }),
  },
  {
    name: 'recall, weighted',
    metric: recall({ average: 'weighted' }),
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.recall(column(y), largest(p), { average: 'weighted', ...weights }),
  },
  {
    name: 'f1, micro',
    metric: f1({ average: 'micro' }),
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.f1(column(y), largest(p), { average: 'micro', ...weights }),
  },
  {
    name: 'rocAuc of classes',
    metric: 'rocAuc',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.rocAuc(column(y), p, weights),
  },
  {
    name: 'rocAuc of classes, weighted',
    metric: rocAuc({ average: 'weighted' }),
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.rocAuc(column(y), p, { average: 'weighted', ...weights }),
  },
  {
    name: 'averagePrecision of classes',
    metric: 'averagePrecision',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.averagePrecision(column(y), p, weights),
  },
  {
    name: 'matthews of classes',
    metric: 'matthews',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.matthews(column(y), largest(p), weights),
  },
  {
    name: 'confusion of classes',
    metric: 'confusion',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.confusion(column(y), largest(p), { ...weights, classes: 4 }),
  },
  {
    name: 'logLoss of classes',
    metric: 'logLoss',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.logLoss(column(y), p, weights),
  },
  {
    name: 'brier of classes',
    metric: 'brier',
    task: 'classes',
    expected: ({ y, p, weights }) => metrics.brier(column(y), p, weights),
  },
  {
    name: 'logLoss of logits of classes',
    metric: 'logLoss',
    task: 'classLogits',
    expected: ({ y, p, weights }) => metrics.logLoss(column(y), softmax(p), weights),
  },
  {
    name: 'brier of logits of classes',
    metric: 'brier',
    task: 'classLogits',
    expected: ({ y, p, weights }) => metrics.brier(column(y), softmax(p), weights),
  },
  {
    name: 'rocAuc of logits of classes',
    metric: 'rocAuc',
    task: 'classLogits',
    expected: ({ y, p, weights }) => metrics.rocAuc(column(y), softmax(p), weights),
  },
  {
    name: 'logLoss by squares',
    metric: 'logLoss',
    task: 'classesBySquares',
    expected: ({ y, p, weights }) => metrics.logLoss(largest(y), p, weights),
  },
  {
    name: 'topK by squares',
    metric: 'topK',
    task: 'classesBySquares',
    expected: ({ y, p, weights }) => metrics.topK(largest(y), p, { k: 2, ...weights }),
  },
  {
    name: 'f1 by squares',
    metric: 'f1',
    task: 'classesBySquares',
    expected: ({ y, p, weights }) => metrics.f1(largest(y), largest(p), { average: 'macro', ...weights }),
  },
  {
    name: 'logLoss of 0 and 1 by squares',
    metric: 'logLoss',
    task: 'binaryBySquares',
    expected: ({ y, p, weights }) => metrics.logLoss(column(y), column(p), weights),
  },
  {
    name: 'recall of 0 and 1 by squares',
    metric: 'recall',
    task: 'binaryBySquares',
    expected: ({ y, p, weights }) => metrics.recall(column(y), half(p), weights),
  },
  ...(['meanSquaredError', 'rootMeanSquaredError', 'meanAbsoluteError', 'medianAbsoluteError', 'r2'] as const).flatMap(
    (name): Case[] => [
      {
        name,
        metric: name,
        task: 'values',
        expected: ({ y, p, weights }) => metrics[name](y, p, weights),
      },
      {
        name: `${name} of log rates`,
        metric: name,
        task: 'logRates',
        expected: ({ y, p, weights }) => metrics[name](column(y), column(p).map(Math.exp), weights),
      },
    ],
  ),
  {
    name: "a user's own rule",
    metric: within,
    task: 'values',
    expected: ({ y, p, weights: { sampleWeights } }) => {
      const hits = y.map((row, r) => meanOf(row.map((value, c) => Number(Math.abs(value - p[r]![c]!) < 1))))
      if (sampleWeights === undefined) return meanOf(hits)
      return hits.reduce((sum, hit, r) => sum + hit * sampleWeights[r]!, 0) / (meanOf(sampleWeights) * hits.length)
    },
  },
  {
    name: "a user's own function",
    metric: bias,
    task: 'values',
    expected: ({ y, p }) => meanOf(p.flat().map((value, at) => value - y.flat()[at]!)),
  },
]
