/*
 * What every metric must do, as one table: the value that its function gives of what predict gives, with and without
 * weights, in evaluate and in fit, of one network and of members, from a file, and the same bits again.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type ActivationName,
  Dataset,
  Dense,
  defineMetric,
  f1,
  getThreads,
  type LossName,
  type Metric,
  type MetricName,
  metricNames,
  metrics,
  Population,
  precision,
  recall,
  rocAuc,
  Sequential,
  setThreads,
  topK,
} from '../../lib/index.js'
import { RandomStream } from '../../lib/random.js'

type Table = number[][]
interface Given {
  /** A row of targets each, as the data set has them. */
  readonly y: Table
  /** A row of what predict gives each. */
  readonly p: Table
  readonly weights: { readonly sampleWeights?: number[] }
}
type Task = keyof typeof tasks
interface Case {
  readonly name: string
  readonly metric: MetricName | Metric
  readonly task: Task
  readonly expected: (given: Given) => unknown
}

const tasks = {
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

const within = defineMetric({
  name: 'withinOne',
  needs: ['numbers'],
  rule: ({ score, target }) => score.minus(target).absolute().lessThan(1),
})
const bias = defineMetric({
  name: 'bias',
  fromScores: ({ scores, targets }) => meanOf([...scores].map((score, at) => score - targets[at]!)),
})

const cases: Case[] = [
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

test('the table has every metric', () => {
  const named = cases.map(({ metric }) => (typeof metric === 'string' ? metric : metric.name))
  expect(metricNames.filter((name) => !named.includes(name))).toEqual([])
})

const threads = getThreads()
afterEach(() => setThreads(threads))

const INPUTS = 5

/** Rows like which the first ones say little, so that scores are middling. */
function dataOf(task: Task, rows: number, weighted = false) {
  const { outputs, loss } = tasks[task]
  const random = new RandomStream(17, 3)
  const normals = (count: number) => Array.from({ length: count }, () => random.normal())
  const x = Array.from({ length: rows }, () => normals(INPUTS))
  const y = x.map((row) => {
    const sums = normals(outputs).map((noise, c) => row[c % INPUTS]! + noise)
    if (loss === 'crossEntropy') return [sums.indexOf(Math.max(...sums))]
    if (task === 'classesBySquares') return sums.map((value) => Number(value === Math.max(...sums)))
    if (task === 'values') return sums
    if (task === 'logRates') return sums.map((value) => Math.floor(Math.abs(value) * 2))
    return sums.map((value) => Number(value > 0))
  })
  const weights = weighted ? { sampleWeights: x.map((_, row) => (row % 4) / 2) } : {}
  return { y, weights, data: Dataset.from({ x, y, ...weights }) }
}

const layersOf = (task: Task) => [
  new Dense(6, { activation: 'tanh' }),
  new Dense(tasks[task].outputs, { activation: tasks[task].activation }),
]
const modelOf = (task: Task, seed = 3) => new Sequential(layersOf(task), { inputs: INPUTS, seed })

async function predicted(model: Sequential, data: Dataset): Promise<Table> {
  const { data: values, shape } = await model.predict(data)
  return Array.from({ length: shape[0] }, (_, row) => [...values.subarray(row * shape[1], (row + 1) * shape[1])])
}

function near(actual: unknown, expected: unknown): void {
  const flat = (value: unknown) => [value].flat(3) as number[]
  expect(flat(actual).length).toBe(flat(expected).length)
  for (const [i, value] of flat(actual).entries()) {
    expect(Math.abs(value - flat(expected)[i]!)).toBeLessThanOrEqual(3e-6 * Math.max(1, Math.abs(flat(expected)[i]!)))
  }
}

describe.each(cases)('$name', ({ metric, task, expected }) => {
  const name = typeof metric === 'string' ? metric : metric.name
  const { loss } = tasks[task]
  const scoring = { loss, metrics: [metric] }

  test.each([false, true])('what predict gives, weighted: %s', async (weighted) => {
    const model = modelOf(task)
    const { data, y, weights } = dataOf(task, 700, weighted)
    const evaluation = await model.evaluate(data, scoring)
    const p = await predicted(model, data)
    near(evaluation[name], expected({ y, p, weights }))
    expect(Object.keys(evaluation)).toEqual(['loss', name])
    expect(model.evaluateSync(data, scoring)).toEqual(evaluation)
  })

  test('in fit: at the end of every epoch on the validation, and on the training data', async () => {
    const { data } = dataOf(task, 200, true)
    const { data: validation } = dataOf(task, 90)
    const options = { ...scoring, epochs: 3, batchSize: 16, validation }
    const model = modelOf(task)
    const seen: unknown[] = []
    const watching = {
      needs: 'epoch' as const,
      async onEpochEnd() {
        seen.push((await model.evaluate(validation, scoring))[name])
        seen.push((await model.evaluate(data, scoring))[name])
      },
    }
    const history = await model.fit(data, { ...options, callbacks: [watching] })
    expect(history.epochs.map((epoch) => Object.keys(epoch))).toEqual(
      Array(3).fill(['epoch', 'loss', name, 'validation', 'learningRate', 'seconds']),
    )
    expect(history.epochs.map(({ validation: scores }) => scores![name])).toEqual([seen[0], seen[2], seen[4]])
    const training = history.epochs.map((epoch) => epoch[name])
    if (typeof metric === 'object' ? metric.fromScores : !rowMetrics.includes(name)) {
      expect(training).toEqual([seen[1], seen[3], seen[5]])
    }
    // fitSync, and without callbacks.
    const again = modelOf(task).fitSync(data, options)
    const bare = (epochs: typeof history.epochs) => epochs.map(({ seconds: _, ...rest }) => rest)
    expect(bare(again.epochs)).toEqual(bare(history.epochs))
    expect(bare((await modelOf(task).fit(data, options)).epochs)).toEqual(bare(history.epochs))
  })

  test('members have what they have alone, with data of their own', async () => {
    const many = new Population(layersOf(task), { inputs: INPUTS, members: 3, seed: 5 })
    const own = [80, 200, 90].map((rows) => dataOf(task, rows).data)
    const options = { ...scoring, epochs: 2, batchSize: 16 }
    const { members } = await many.fit(own, { ...options, validation: [own[1]!, own[2]!, own[0]!] })
    const scores = await many.evaluate(own)
    expect(many.evaluateSync(own)).toEqual(scores)
    for (const [member, data] of own.entries()) {
      const alone = modelOf(task, 5 + member)
      const { epochs } = await alone.fit(data, { ...options, validation: own[(member + 1) % 3]! })
      expect(members[member]!.epochs.map((epoch) => epoch[name])).toEqual(epochs.map((epoch) => epoch[name]))
      expect(members[member]!.epochs.map(({ validation }) => validation)).toEqual(
        epochs.map(({ validation }) => validation),
      )
      expect(scores[member]).toEqual(await alone.evaluate(data))
    }
  })

  test('save and load remember it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      const model = modelOf(task)
      const { data } = dataOf(task, 50)
      await model.fit(data, { ...scoring, epochs: 1 })
      await model.save(path)
      const loaded = await Sequential.load(path)
      if (metric !== within && metric !== bias) {
        expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data))
        return
      }
      await expect(loaded.evaluate(data)).rejects.toThrow(`metric '${name}'`)
      expect(await loaded.evaluate(data, { metrics: [metric] })).toEqual(await model.evaluate(data))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('the same bits with other numbers of threads, planned or call by call', async () => {
    const results: unknown[] = []
    const { data } = dataOf(task, 1500, true)
    for (const [count, check] of [[1], [3], [2, '1']] as const) {
      setThreads(count)
      if (check !== undefined) process.env.DEEPBLAS_CHECK = check
      try {
        results.push(await modelOf(task).evaluate(data, scoring))
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test('one row', async () => {
    const model = modelOf(task)
    const { data, y, weights } = dataOf(task, 1)
    const value = (await model.evaluate(data, scoring))[name]
    const wanted = expected({ y, p: await predicted(model, data), weights })
    if (Number.isNaN(wanted)) expect(value).toBeNaN()
    else near(value, wanted)
  })
})

/** Means over rows: in training, of the parameters of every step. */
const rowMetrics = [
  'accuracy',
  'logLoss',
  'brier',
  'topK',
  'top3',
  'meanSquaredError',
  'rootMeanSquaredError',
  'meanAbsoluteError',
]
