/*
 * Loss, means over rows and metrics that see all rows come of one pass over a data set: its outputs are those of `predict`,
 * and no row is read twice.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  Activation,
  type ActivationOption,
  Dataset,
  Dense,
  defineMetric,
  Layer,
  LBFGS,
  type LossName,
  type MetricName,
  Population,
  Sequential,
  SGD,
  tabM,
} from '../../../../lib/index.js'
import {
  type Addon,
  type Chunk,
  native,
  type PassOptions,
  type Training,
  type TrainingOptions,
} from '../../../../lib/native/addon.js'

// More than one batch of an evaluation, the last of them a small one.
const ROWS = 1037
const INPUTS = 6

const numbers = (count: number, at: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin((i + at) * 12.9898) * 2)
const features = (rows: number, at = 0) => ({ data: numbers(rows * INPUTS, at), shape: [rows, INPUTS] as const })
const classes = (rows: number, count: number) => Int32Array.from({ length: rows }, (_, i) => (i * 7 + (i >> 3)) % count)

/** Keeps the scores that it sees. */
function seeing() {
  const seen: Float64Array[] = []
  const metric = defineMetric({
    name: 'seen',
    fromScores: ({ scores }) => {
      seen.push(scores.slice())
      return 0
    },
  })
  return { seen, metric }
}

/** A sigmoid of one's own making, whose rounding is not that of the kernel. */
class OwnSigmoid extends Layer {
  readonly type = 'OwnSigmoid'
  readonly inputs: number | undefined
  constructor(inputs?: number) {
    super()
    this.inputs = inputs
  }
  get outputs() {
    return this.inputs
  }
  override get activationName() {
    return 'sigmoid'
  }
  bind(inputs: number) {
    return new OwnSigmoid(inputs)
  }
  forward: Layer['forward'] = (record, x, { logits }) => {
    if (logits) return { output: x, cache: {} }
    const output = record.empty(x.columns)
    record.map({ inputs: { x }, outputs: { output } }, (given) => ({
      output: given.x.times(0.5).tanh().times(0.5).plus(0.5),
    }))
    return { output, cache: {} }
  }
  backward: Layer['backward'] = (_record, _cache, outputGradient) => ({ inputGradient: outputGradient })
  options() {
    return {}
  }
}

interface Case {
  readonly layers: () => Layer[]
  readonly loss: LossName
  readonly outputs: number
  readonly kind: 'binary' | 'classes' | 'values'
  /** What a metric makes of what `predict` gives. Default: nothing else. */
  readonly scoreOf?: (predicted: number) => number
}

const hidden = () => new Dense(40, { activation: 'relu' })
const last = (units: number, activation: ActivationOption) => new Dense(units, { activation })
const chance = (z: number) => 1 / (1 + Math.exp(-z))

const cases: Record<string, Case> = {
  'sigmoid of one output': {
    layers: () => [hidden(), last(1, 'sigmoid')],
    loss: 'binaryCrossEntropy',
    outputs: 1,
    kind: 'binary',
  },
  'sigmoid of a layer so narrow that rows lie along the lanes': {
    layers: () => [new Dense(3, { activation: 'tanh' }), last(2, 'sigmoid')],
    loss: 'binaryCrossEntropy',
    outputs: 2,
    kind: 'binary',
  },
  'sigmoid of many outputs': {
    layers: () => [hidden(), last(70, 'sigmoid')],
    loss: 'binaryCrossEntropy',
    outputs: 70,
    kind: 'binary',
  },
  'one layer': { layers: () => [last(1, 'sigmoid')], loss: 'binaryCrossEntropy', outputs: 1, kind: 'binary' },
  'logits of one output': {
    layers: () => [hidden(), last(1, 'linear')],
    loss: 'binaryCrossEntropy',
    outputs: 1,
    kind: 'binary',
    scoreOf: chance,
  },
  'an activation as a layer': {
    layers: () => [hidden(), new Dense(1), new Activation('sigmoid')],
    loss: 'binaryCrossEntropy',
    outputs: 1,
    kind: 'binary',
  },
  'a layer of one’s own': {
    layers: () => [hidden(), new Dense(1), new OwnSigmoid()],
    loss: 'binaryCrossEntropy',
    outputs: 1,
    kind: 'binary',
  },
  softmax: { layers: () => [hidden(), last(5, 'softmax')], loss: 'crossEntropy', outputs: 5, kind: 'classes' },
  logSoftmax: {
    layers: () => [hidden(), last(5, 'logSoftmax')],
    loss: 'crossEntropy',
    outputs: 5,
    kind: 'classes',
    scoreOf: Math.exp,
  },
  'a loss that is not fused': {
    layers: () => [hidden(), last(1, 'sigmoid')],
    loss: 'meanSquaredError',
    outputs: 1,
    kind: 'values',
  },
  values: { layers: () => [hidden(), last(3, 'linear')], loss: 'meanAbsoluteError', outputs: 3, kind: 'values' },
  'members of TabM, softmax': {
    layers: () => tabM({ hidden: [24], members: 4, outputs: 3, outputActivation: 'softmax' }),
    loss: 'crossEntropy',
    outputs: 3,
    kind: 'classes',
  },
  'members of TabM, sigmoid': {
    layers: () => tabM({ hidden: [24], members: 4, outputs: 1, outputActivation: 'sigmoid' }),
    loss: 'binaryCrossEntropy',
    outputs: 1,
    kind: 'binary',
  },
}

function dataOf({ outputs, kind }: Case, rows = ROWS, sampleWeights?: Float32Array) {
  const y =
    kind === 'classes'
      ? classes(rows, outputs)
      : {
          data: Float32Array.from({ length: rows * outputs }, (_, i) =>
            kind === 'binary' ? Number((i * 7) % 3 === 0) : Math.cos(i),
          ),
          shape: [rows, outputs] as const,
        }
  return Dataset.from({ x: features(rows), y, ...(sampleWeights && { sampleWeights }) })
}

describe.each(Object.entries(cases))('%s', (_, one) => {
  const { loss, scoreOf = (predicted) => predicted } = one
  const data = dataOf(one)
  const model = new Sequential(one.layers(), { inputs: INPUTS, seed: 3 })
  model.fitSync(data, { loss, epochs: 1, optimizer: new SGD({ learningRate: 0.1 }) })

  test.each([
    ['all rows alike', data],
    ['weighted rows', dataOf(one, ROWS, numbers(ROWS, 5).map(Math.abs))],
  ])('%s: metrics see what predict gives, to the bit, and the loss stays as it is', async (_, given) => {
    const { seen, metric } = seeing()
    const alone = await model.evaluate(given, { metrics: [] })
    expect((await model.evaluate(given, { metrics: [metric] })).loss).toBe(alone.loss)
    expect(model.evaluateSync(given, { metrics: [metric] }).loss).toBe(alone.loss)
    const predicted = (await model.predict(given)).data
    const expected = Float64Array.from(predicted, scoreOf)
    expect(seen).toEqual([expected, expected])
  })
})

test('every member of a population has its own outputs, of its own rows and of bytes too', async () => {
  const rows = [ROWS, 40, 700]
  const layers = [hidden(), last(1, 'sigmoid')]
  const data = rows.map((count, at) => Dataset.from({ x: features(count, at), y: classes(count, 2) }))
  const population = new Population(layers, { inputs: INPUTS, seeds: [1, 2, 3] })
  const { seen, metric } = seeing()
  await population.evaluate(data, { loss: 'binaryCrossEntropy', metrics: [metric] })
  const each = await Promise.all(rows.map((_, at) => population.member(at).predict(data[at]!)))
  expect(seen).toEqual(each.map((one) => Float64Array.from(one.data)))

  const bytes = Dataset.from(
    {
      x: { data: Uint8Array.from({ length: ROWS * INPUTS }, (_, i) => i * 31), shape: [ROWS, INPUTS] },
      y: classes(ROWS, 2),
    },
    { scale: 1 / 255 },
  )
  const one = population.member(1)
  const other = seeing()
  await one.evaluate(bytes, { loss: 'binaryCrossEntropy', metrics: [other.metric] })
  expect(other.seen).toEqual([Float64Array.from((await one.predict(bytes)).data)])
})

/** Rows that passes, and the validations of trainings, have read. */
let rowsRead: number[] = []

/** Stands before the native classes, and keeps what their instances read. */
function counting(): () => void {
  const addon = native() as { -readonly [Name in keyof Addon]: Addon[Name] }
  const { Pass: NativePass, Training: NativeTraining } = addon
  const sum = (rows: Float64Array) => rows.reduce((all, one) => all + one, 0)
  addon.Pass = class extends NativePass {
    readonly #rows: number
    constructor(options: PassOptions) {
      super(options)
      this.#rows = sum(options.rows)
    }
    override run() {
      rowsRead.push(this.#rows)
      return super.run()
    }
    override runSync() {
      rowsRead.push(this.#rows)
      return super.runSync()
    }
  }
  addon.Training = class extends NativeTraining {
    readonly #rows: number | undefined
    constructor(options: TrainingOptions) {
      super(options)
      this.#rows = options.validation && sum(options.validation.rows)
    }
    #counted(chunk: Chunk): Chunk {
      const epochs = chunk.results.length / chunk.resultWidth
      for (let epoch = 0; epoch < epochs && this.#rows !== undefined; epoch++) rowsRead.push(this.#rows)
      return chunk
    }
    override async advance(...given: Parameters<Training['advance']>) {
      return this.#counted(await super.advance(...given))
    }
    override advanceSync(...given: Parameters<Training['advanceSync']>) {
      return this.#counted(super.advanceSync(...given))
    }
  }
  return () => Object.assign(addon, { Pass: NativePass, Training: NativeTraining })
}

describe('rows that are read', () => {
  let undo = () => {}
  beforeEach(() => {
    rowsRead = []
    undo = counting()
  })
  afterEach(() => undo())

  const one = cases['sigmoid of one output']!
  const train = dataOf(one, 300)
  const validation = dataOf(one, 90)
  const metrics: MetricName[] = ['rocAuc', 'accuracy', 'averagePrecision', 'f1']
  const model = () => new Sequential(one.layers(), { inputs: INPUTS, seed: 1 })
  const options = { loss: one.loss, epochs: 3, optimizer: new SGD({ learningRate: 0.1 }) } as const

  test('evaluate and evaluateSync read every row once, whatever the metrics are', async () => {
    for (const asked of [[], ['accuracy'], metrics] as MetricName[][]) {
      await model().evaluate(validation, { loss: one.loss, metrics: asked })
      model().evaluateSync(validation, { loss: one.loss, metrics: asked })
    }
    expect(rowsRead).toEqual([90, 90, 90, 90, 90, 90])
  })

  test('a population reads the rows of every member once', async () => {
    const population = new Population(one.layers(), { inputs: INPUTS, members: 4, seed: 1 })
    await population.evaluate(validation, { loss: one.loss, metrics })
    expect(rowsRead).toEqual([360])
  })

  test('fit reads the training rows and those of the validation once after an epoch', async () => {
    await model().fit(train, { ...options, metrics, validation })
    model().fitSync(train, { ...options, metrics, validation })
    expect(rowsRead).toEqual(Array.from({ length: 6 }, () => [300, 90]).flat())
  })

  test('without such a metric it reads those of the validation alone', async () => {
    await model().fit(train, { ...options, metrics: ['accuracy'], validation })
    expect(rowsRead).toEqual([90, 90, 90])
  })

  test('L-BFGS and a stream read those of the validation once too', async () => {
    const batches = async function* () {
      for (let at = 0; at < 3; at++) {
        const x = { data: numbers(100 * INPUTS, at), shape: [100, INPUTS] as const }
        yield { x, y: { data: Float32Array.from(classes(100, 2)), shape: [100, 1] as const } }
      }
    }
    await model().fit(batches, { ...options, metrics, validation })
    expect(rowsRead).toEqual([90, 90, 90])
    rowsRead = []
    await model().fit(train, { ...options, optimizer: new LBFGS(), epochs: 2, metrics, validation })
    // Its own evaluations read the training rows as well.
    expect(rowsRead.filter((rows) => rows === 90)).toHaveLength(2)
  })
})

test('a fit has the scores of evaluate after each of its epochs', async () => {
  const one = cases.softmax!
  const [train, validation] = [dataOf(one, 600), dataOf(one, 90)]
  const metrics = ['accuracy', 'rocAuc', 'confusion'] as const
  for (const optimizer of [new SGD({ learningRate: 0.1 }), new SGD({ learningRate: 0.1, averageDecay: 0.9 })]) {
    for (const epochs of [1, 3]) {
      const model = new Sequential(one.layers(), { inputs: INPUTS, seed: 1 })
      const history = await model.fit(train, { loss: one.loss, optimizer, epochs, metrics, validation })
      expect(history.epochs.at(-1)!.validation).toEqual(await model.evaluate(validation, { metrics }))
    }
  }
})
