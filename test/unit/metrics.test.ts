import { describe, expect, test } from 'vitest'
import {
  type ActivationName,
  accuracy,
  Dataset,
  Dense,
  defineLoss,
  defineMetric,
  EarlyStopping,
  hinge,
  type LossName,
  type Metric,
  type MetricName,
  type MetricOption,
  meanSquaredError,
  metrics,
  precision,
  rocAuc,
  Sequential,
  topK,
} from '../../lib/index.js'

const x = [[0], [1], [2], [3]]
const modelOf = (units: number, activation: ActivationName = 'linear') =>
  new Sequential([new Dense(units, { activation })], { inputs: 1, seed: 1 })

describe('undefined cases have the values that scikit-learn gives', () => {
  test('one class only', () => {
    expect(metrics.rocAuc([1, 1], [0.2, 0.7])).toBeNaN()
    expect(metrics.rocAuc([0, 0], [0.2, 0.7])).toBeNaN()
    expect(metrics.averagePrecision([0, 0], [0.2, 0.7])).toBe(0)
    expect(metrics.averagePrecision([1, 1], [0.2, 0.7])).toBe(1)
    expect(metrics.matthews([1, 1], [1, 0])).toBe(0)
    // A class of the network that has no rows.
    expect(
      metrics.rocAuc(
        [0, 1],
        [
          [0.6, 0.3, 0.1],
          [0.2, 0.7, 0.1],
        ],
      ),
    ).toBeNaN()
  })

  test('nothing to divide by', () => {
    expect(metrics.precision([1, 0], [0, 0])).toBe(0)
    expect(metrics.recall([0, 0], [1, 0])).toBe(0)
    expect(metrics.f1([0, 0], [0, 0])).toBe(0)
    expect(metrics.f1([0, 0], [0, 0], { average: 'weighted' })).toBe(1)
    expect(metrics.matthews([2, 2], [2, 2])).toBe(0)
  })

  test('classes without rows and predictions do not count in averages', () => {
    expect(metrics.recall([0, 3], [0, 3], { average: 'macro' })).toBe(1)
    // Predicted, but without rows: recall 0.
    expect(metrics.recall([0, 3, 3], [0, 3, 1], { average: 'macro' })).toBe((1 + 0 + 0.5) / 3)
  })

  test('r2 of constant targets and of one row', () => {
    expect(metrics.r2([2, 2], [2, 2])).toBe(1)
    expect(metrics.r2([2, 2], [2, 3])).toBe(0)
    expect(metrics.r2([2], [2])).toBeNaN()
  })

  test('a model on data of one class', async () => {
    const model = modelOf(1, 'sigmoid')
    const scores = await model.evaluate(Dataset.from({ x, y: [0, 0, 0, 0] }), {
      loss: 'binaryCrossEntropy',
      metrics: ['rocAuc', 'averagePrecision', 'recall', 'confusion'],
    })
    expect(scores).toMatchObject({ rocAuc: Number.NaN, averagePrecision: 0, recall: 0 })
    expect(scores.confusion.length).toBe(2)
  })
})

test('equal scores', () => {
  expect(metrics.rocAuc([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])).toBe(0.5)
  expect(metrics.averagePrecision([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])).toBe(0.5)
  // The later class is the higher one.
  expect(
    metrics.topK(
      [0, 1, 2],
      [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ],
      1,
    ),
  ).toBeCloseTo(1 / 3, 12)
  const flat = modelOf(3)
  flat.setWeights(flat.getWeights().map((weight) => ({ ...weight, data: weight.data.map(() => 0) })))
  for (const k of [1, 2, 3]) {
    const scores = flat.evaluateSync(Dataset.from({ x: x.slice(1), y: [0, 1, 2] }), {
      loss: 'crossEntropy',
      metrics: [topK(k)],
    })
    expect(scores.topK).toBeCloseTo(k / 3, 12)
  }
  expect(metrics.medianAbsoluteError([0, 0, 0, 0], [1, 2, 3, 4])).toBe(2.5)
})

test('the functions take names, predictions and other arrays', async () => {
  expect(metrics.accuracy(['cat', 'dog', 'dog'], ['cat', 'cat', 'dog'])).toBeCloseTo(2 / 3, 12)
  expect(metrics.confusion(['cat', 'dog', 'dog'], ['cat', 'cat', 'dog'])).toEqual([
    [1, 0],
    [1, 1],
  ])
  expect(metrics.rocAuc(Uint8Array.of(0, 1), Float32Array.of(0.2, 0.3))).toBe(1)
  const model = modelOf(1, 'sigmoid')
  expect(metrics.rocAuc([0, 1, 0, 1], await model.predict(x))).toBeGreaterThanOrEqual(0)
  expect(metrics.confusion([0], [0], { classes: 3 })).toEqual([
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ])
})

test.each<[() => unknown, RegExp]>([
  [() => metrics.accuracy([0, 1], [0]), /2 rows for predicted/],
  [() => metrics.accuracy([0, 0.5], [0, 1]), /class number from 0 for targets\[1\]|targets\[1\]/],
  [() => metrics.accuracy(['a', 'b'], [0, 1] as never), /predicted/],
  [() => metrics.rocAuc([0, 2], [0.1, 0.2]), /0 or 1 for targets\[1\]/],
  [
    () =>
      metrics.rocAuc(
        [0, 5],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    /class from 0 to 1 for targets\[1\]/,
  ],
  [() => metrics.rocAuc([0, 1], [0.1, 0.2], { average: 'mean' as never }), /average/],
  [() => metrics.logLoss([0, 1], [0.1, 0.2], { sampleWeights: [1, -1] }), /sampleWeights\[1\]/],
  [() => metrics.logLoss([0, 1], [0.1, 0.2], { sampleWeights: [1] }), /2 rows for sampleWeights/],
  [() => metrics.topK([0], [[1, 2]], 0), /positive integer for k/],
  [
    () =>
      metrics.r2(
        [1, 2],
        [
          [1, 2],
          [1, 2],
        ],
      ),
    /1 columns for predicted/,
  ],
  [() => topK(0), /positive integer for k/],
  [() => precision({ avarage: 'micro' } as object), /Did you mean 'average'/],
  [() => rocAuc({ average: 'binary' as never }), /average/],
  [() => defineMetric({ name: 'a' }), /either a 'rule' or 'fromScores'/],
])('%s', (make, message) => {
  expect(make).toThrow(message)
})

test.each<[MetricName | Metric, LossName, ActivationName, number, unknown]>([
  ['accuracy', 'meanSquaredError', 'linear', 1, [0, 1, 2, 3]],
  ['rocAuc', 'meanSquaredError', 'linear', 1, [0.5, 1, 0, 0]],
  [
    'f1',
    'meanSquaredError',
    'linear',
    2,
    [
      [1, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  ],
  ['topK', 'binaryCrossEntropy', 'sigmoid', 1, [0, 1, 0, 1]],
  [
    'confusion',
    'binaryCrossEntropy',
    'sigmoid',
    2,
    [
      [1, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  ],
  [
    'matthews',
    'binaryCrossEntropy',
    'sigmoid',
    2,
    [
      [1, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  ],
  ['logLoss', 'hinge', 'linear', 1, [0, 1, 0, 1]],
  ['brier', 'meanSquaredError', 'linear', 1, [0, 1, 0, 1]],
  ['r2', 'crossEntropy', 'softmax', 3, [0, 1, 0, 2]],
  ['meanAbsoluteError', 'crossEntropy', 'softmax', 3, [0, 1, 0, 2]],
  [precision({ average: 'binary' }), 'crossEntropy', 'softmax', 3, [0, 1, 0, 2]],
])('what cannot be computed is refused by name: %s', async (metric, loss, activation, units, y) => {
  const name = typeof metric === 'string' ? metric : metric.name
  const data = Dataset.from({ x, y: y as number[] })
  const options = { loss, metrics: [metric] }
  const refused = { code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining(`for metric '${name}'`) }
  await expect(modelOf(units, activation).fit(data, options)).rejects.toMatchObject(refused)
  await expect(modelOf(units, activation).evaluate(data, options)).rejects.toMatchObject(refused)
})

test('values that are all 0 and 1 are classes', async () => {
  const scores = await modelOf(1).evaluate(Dataset.from({ x, y: [0, 1, 0, 1] }), {
    loss: 'meanSquaredError',
    metrics: [accuracy, 'rocAuc', 'f1', 'meanAbsoluteError', meanSquaredError],
  })
  expect(Object.keys(scores)).toEqual(['loss', 'accuracy', 'rocAuc', 'f1', 'meanAbsoluteError', 'meanSquaredError'])
  expect(scores.meanSquaredError).toBeCloseTo(scores.loss, 6)
})

test.each([
  [['accuracy', 'accuracy'], /different names but received 'accuracy' twice/],
  [[topK(1), topK(2)], /'topK' twice.*name: 'top3'/],
  [['acuracy'], /Did you mean 'accuracy'/],
  [[3], /name of a metric such as 'accuracy'/],
  [[{ name: 'a' }], /metric of your own/],
  [[hinge], /one of 'accuracy'/],
  [[defineLoss({ name: 'a', rule: () => ({ value: 0, derivative: 0 }) })], /metric of your own/],
  [[defineMetric({ name: 'loss', fromScores: () => 0 })], /another name than 'loss'/],
])('metrics %j are refused', async (given, message) => {
  const data = Dataset.from({ x, y: [0, 1, 2, 1] })
  const options = { loss: 'crossEntropy', metrics: given as MetricName[] } as const
  await expect(modelOf(3, 'softmax').fit(data, options)).rejects.toThrow(message)
})

test('on a stream what sees all scores is of the validation alone', async () => {
  const data = Dataset.from({ x, y: [0, 1, 0, 1] })
  async function* batches() {
    yield { x, y: [0, 1, 0, 1] }
    yield { x, y: [1, 1, 0, 1] }
  }
  const model = modelOf(1, 'sigmoid')
  const { epochs } = await model.fit(batches(), {
    loss: 'binaryCrossEntropy',
    metrics: ['accuracy', 'rocAuc'],
    validation: data,
  })
  expect(Object.keys(epochs[0]!)).toEqual(['epoch', 'loss', 'accuracy', 'validation', 'learningRate', 'seconds'])
  const { loss, accuracy: share, rocAuc: area } = await model.evaluate(data)
  expect(epochs[0]!.validation).toEqual({ loss, accuracy: share, rocAuc: area })
})

test('a metric of your own may change what it is given', async () => {
  const y = [0, 1, 1, 0]
  const sorting = defineMetric({
    name: 'sorting',
    fromScores: ({ scores, targets, weights }) => scores.sort()[0]! + targets.sort()[0]! + weights!.fill(0)[0]!,
  })
  const data = Dataset.from({ x, y, sampleWeights: [1, 2, 3, 4] })
  const of = async (metrics: MetricOption[]) =>
    (await modelOf(1, 'sigmoid').fit(data, { loss: 'binaryCrossEntropy', epochs: 3, metrics })).epochs
  const alone = await of(['rocAuc'])
  const beside = await of([sorting, 'rocAuc'])
  expect(beside.map(({ rocAuc }) => rocAuc)).toEqual(alone.map(({ rocAuc }) => rocAuc))
})

describe('what a metric of your own returns', () => {
  const data = Dataset.from({ x, y: [0, 1, 0, 1] })
  const returning = (result: unknown) => defineMetric({ name: 'own', fromScores: () => result as number })

  test.each<[unknown, RegExp]>([
    [
      undefined,
      /^Expected number, or array .* for the result of fromScores of metric 'own' but received undefined .*return/,
    ],
    ['0.5', /metric 'own' but received '0.5' of type string\. Return NaN where the metric is not defined\.$/],
    [null, /received null/],
    [1n, /received 1n of type bigint/],
    [{ value: 1 }, /received { value } of type object/],
    [Float64Array.of(1), /received Float64Array\(1\) .*Make an array of it/],
    [[1, 'a'], /^Expected number or array of numbers for \[1\] of the result .* but received 'a'/],
    [
      [
        [1, 2],
        [3, undefined],
      ],
      /^Expected number for \[1\]\[1\] of the result .* but received undefined/,
    ],
    [new Array(2), /for \[0\] of the result/],
    [[[[1]]], /^Expected number for \[0\]\[0\] of the result/],
  ])('%s is refused by evaluate and fit', async (result, message) => {
    const model = modelOf(1, 'sigmoid')
    const options = { loss: 'binaryCrossEntropy', metrics: [returning(result)] } as const
    const refused = { code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringMatching(message) as string }
    await expect(model.evaluate(data, options)).rejects.toMatchObject(refused)
    await expect(model.fit(data, { ...options, epochs: 1 })).rejects.toMatchObject(refused)
    await expect(model.fit(data, { ...options, epochs: 1, validation: data })).rejects.toMatchObject(refused)
    expect(() => model.fitSync(data, { ...options, epochs: 1 })).toThrow(message)
  })

  test.each([Number.NaN, Infinity, -0, [], [1, Number.NaN], [[1, 2], [3]]])(
    '%j is what evaluate and fit give',
    async (result) => {
      const model = modelOf(1, 'sigmoid')
      const options = { loss: 'binaryCrossEntropy', metrics: [returning(result)] } as const
      expect((await model.evaluate(data, options)).own).toEqual(result)
      const { epochs } = await model.fit(data, { ...options, epochs: 1, validation: data })
      expect([epochs[0]!.own, epochs[0]!.validation!.own]).toEqual([result, result])
    },
  )

  test('a promise is refused, and nothing is left of its rejection', async () => {
    const metric = defineMetric({ name: 'own', fromScores: (async () => Promise.reject(new Error('late'))) as never })
    await expect(modelOf(1, 'sigmoid').evaluate(data, { metrics: [metric] })).rejects.toThrow(
      /metric 'own' but received a Promise\. Return the value itself/,
    )
  })

  test('finish returns a number', async () => {
    const metric: Metric = { ...accuracy, name: 'own', finish: () => 'much' as never }
    await expect(modelOf(1, 'sigmoid').evaluate(data, { metrics: [metric] })).rejects.toThrow(
      "Expected number for the result of finish of metric 'own' but received 'much' of type string",
    )
  })
})

test('early stopping knows that ranking metrics rise', async () => {
  const y = [0, 1, 1, 1]
  const stopping = new EarlyStopping({ monitor: 'validation.rocAuc', patience: 2 })
  const data = Dataset.from({ x, y })
  const history = await modelOf(1, 'sigmoid').fit(data, {
    loss: 'binaryCrossEntropy',
    epochs: 40,
    validation: data,
    metrics: ['rocAuc'],
    callbacks: [stopping],
  })
  const values = history.epochs.map(({ validation }) => validation!.rocAuc as number)
  expect(history.best!.value).toBe(Math.max(...values))
  expect(history.stopped).toBe('early')
})

test('the signal ends a fit that scores after every epoch', async () => {
  const controller = new AbortController()
  const callback = { onEpochEnd: () => controller.abort(new Error('enough')) }
  const fit = modelOf(1, 'sigmoid').fit(Dataset.from({ x, y: [0, 1, 0, 1] }), {
    loss: 'binaryCrossEntropy',
    metrics: ['rocAuc'],
    epochs: 1000,
    callbacks: [callback],
    signal: controller.signal,
  })
  await expect(fit).rejects.toThrow('enough')
})
