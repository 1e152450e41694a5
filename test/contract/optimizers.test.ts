/*
 * What every optimizer must do, as one table: lower the loss, give the same bits again, train members of a population as
 * if alone, and leave what is frozen alone.
 */
import { afterEach, describe, expect, test } from 'vitest'
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  BatchNorm,
  cosine,
  Dataset,
  Dense,
  getThreads,
  type Layer,
  Lion,
  NAdam,
  Optimizer,
  type OptimizerOptions,
  Population,
  RAdam,
  RMSProp,
  type RuleValues,
  Scale,
  Sequential,
  SGD,
  setThreads,
  warmUp,
} from '../../lib/index.js'
import { native } from '../../lib/native/addon.js'
import { createRecorder } from '../../lib/recording/recorder.js'
import { waves } from '../helpers/reference-network.js'

/** A user's own. */
class SignDescent extends Optimizer<'mean', 'rate'> {
  readonly name = 'SignDescent'

  constructor(options?: OptimizerOptions) {
    super(options, { learningRate: 0.003 })
  }

  get ruleStates() {
    return ['mean'] as const
  }

  numbers(_step: number, learningRate: number) {
    return { rate: learningRate }
  }

  protected rule({ parameter, gradient, mean, rate }: RuleValues<'mean', 'rate'>) {
    const next = mean.times(0.9).plus(gradient.times(0.1))
    return { parameter: parameter.minus(rate.times(next.sign())), mean: next }
  }
}

type Make = (more?: OptimizerOptions) => Optimizer

const everyOption = {
  weightDecay: 0.01,
  clipNorm: 0.5,
  clipValue: 0.1,
  averageDecay: 0.8,
  accumulate: 3,
} satisfies OptimizerOptions

const cases: [name: string, make: Make][] = [
  ['SGD', (more) => new SGD({ learningRate: 0.1, ...more })],
  ['SGD with momentum', (more) => new SGD({ learningRate: 0.03, momentum: 0.9, ...more })],
  ['SGD by Nesterov', (more) => new SGD({ learningRate: 0.03, momentum: 0.9, nesterov: true, ...more })],
  ['RMSProp', (more) => new RMSProp(more)],
  ['RMSProp with all options', (more) => new RMSProp({ rho: 0.9, momentum: 0.5, centered: true, ...more })],
  ['Adagrad', (more) => new Adagrad({ learningRate: 0.05, learningRateDecay: 0.01, initialAccumulator: 0.1, ...more })],
  ['Adadelta', (more) => new Adadelta(more)],
  ['Adam', (more) => new Adam({ learningRate: 0.01, ...more })],
  ['Adam with amsgrad', (more) => new Adam({ learningRate: 0.01, amsgrad: true, ...more })],
  ['AdamW', (more) => new AdamW({ learningRate: 0.01, ...more })],
  ['Adamax', (more) => new Adamax({ learningRate: 0.01, ...more })],
  ['NAdam', (more) => new NAdam({ learningRate: 0.01, ...more })],
  ['RAdam', (more) => new RAdam({ learningRate: 0.01, ...more })],
  ['Lion', (more) => new Lion({ learningRate: 0.003, weightDecay: 0.1, ...more })],
  ['one of the user', (more) => new SignDescent(more)],
  ['SGD with all common options', (more) => new SGD({ learningRate: 0.3, momentum: 0.5, ...everyOption, ...more })],
  ['Adam with all common options', (more) => new Adam({ learningRate: 0.03, ...everyOption, ...more })],
  ['AdamW with all common options', (more) => new AdamW({ learningRate: 0.03, ...everyOption, ...more })],
  [
    'Adam by a schedule',
    (more) =>
      new Adam({
        learningRate: warmUp(cosine({ learningRate: 0.02, steps: 4, unit: 'epoch' }), { steps: 2, unit: 'epoch' }),
        ...more,
      }),
  ],
]

const threads = getThreads()
afterEach(() => setThreads(threads))

const INPUTS = 5
const x = waves(90, INPUTS)
const data = Dataset.from({ x, y: x.map(([a, b, c]) => [a! * b!, a! - c!]) })
const layers = () => [new Dense(19, { activation: 'tanh' }), new Dense(7, { activation: 'relu' }), new Dense(2)]
/** With four learning rates beside each other. */
const factored = () => [
  new Scale({ learningRateFactor: 2 }),
  new Dense(19, { activation: 'tanh', learningRateFactor: 0.5, biasLearningRateFactor: 0.1 }),
  new Dense(7, { activation: 'relu' }),
  new Dense(2, { biasLearningRateFactor: 2 }),
]
const modelOf = (seed = 3, own: () => readonly Layer[] = layers) => new Sequential(own(), { inputs: INPUTS, seed })
const fitting = { loss: 'meanSquaredError', epochs: 4, batchSize: 16 } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, ...data])
const epochsOf = (epochs: readonly { readonly seconds: number }[]) => epochs.map(({ seconds: _, ...rest }) => rest)

describe.each(cases)('%s', (_name, make) => {
  test('training lowers the loss', async () => {
    const model = modelOf()
    const before = await model.evaluate(data, { loss: 'meanSquaredError' })
    await model.fit(data, { ...fitting, epochs: 60, optimizer: make() })
    const after = await model.evaluate(data, { loss: 'meanSquaredError' })
    expect(after.loss).toBeLessThan(0.8 * before.loss)
  })

  test.each([
    ['alike', layers],
    ['with learning rate factors', factored],
  ])('the same bits with other numbers of threads, planned or call by call: parameters %s', async (_case, own) => {
    const results: unknown[] = []
    for (const [count, check] of [[1], [2], [3], [2, '1']] as const) {
      setThreads(count)
      if (check !== undefined) process.env.DEEPBLAS_CHECK = check
      try {
        const model = modelOf(3, own)
        const { epochs } = await model.fit(data, { ...fitting, optimizer: make(), validation: 0.2 })
        results.push([weightsOf(model), epochsOf(epochs)])
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test('a second fit starts with fresh state', async () => {
    const optimizer = make()
    const [first, second] = [modelOf(), modelOf()]
    for (const model of [first, second]) await model.fit(data, { ...fitting, optimizer })
    expect(weightsOf(second)).toEqual(weightsOf(first))
  })

  test('a learning rate factor is as much larger a learning rate', async () => {
    const twice = { learningRateFactor: 2, biasLearningRateFactor: 2 }
    const model = modelOf(3, () =>
      layers().map((one) => new Dense(one.units, { activation: one.activation, ...twice })),
    )
    const other = modelOf()
    const schedule = (learningRate: number) => cosine({ learningRate, steps: 30 })
    await model.fit(data, { ...fitting, optimizer: make({ learningRate: schedule(0.004) }) })
    await other.fit(data, { ...fitting, optimizer: make({ learningRate: schedule(0.008) }) })
    expect(weightsOf(model)).toEqual(weightsOf(other))
  })

  test.each([
    [2, layers],
    [5, layers],
    [3, factored],
  ])('a member of %d has the bits that it has alone, its rates and rows its own', async (members, of) => {
    // Lists of one number each; members with different data count their own batches.
    const rates = Array.from({ length: members }, (_, member) => 0.002 * (member + 1))
    const decays = rates.map((rate) => rate / 2)
    const sets = rates.map((_, member) => data.slice(0, 90 - 17 * member))
    for (const own of [false, true]) {
      const many = new Population(of(), { inputs: INPUTS, members, seed: 5 })
      const options = own ? { learningRate: rates, weightDecay: decays } : {}
      const history = await many.fit(own ? sets : data, { ...fitting, optimizer: make(options), validation: 0.2 })
      for (const [member, learningRate] of rates.entries()) {
        const alone = modelOf(5 + member, of)
        const optimizer = make(own ? { learningRate, weightDecay: decays[member]! } : {})
        const { epochs } = await alone.fit(own ? sets[member]! : data, { ...fitting, optimizer, validation: 0.2 })
        expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
        expect(epochsOf(history.members[member]!.epochs)).toEqual(epochsOf(epochs))
      }
    }
  })

  test('what is frozen, or not trained by gradients, stays as it is', async () => {
    const model = new Sequential([new BatchNorm(), ...layers()], { inputs: INPUTS, seed: 3 })
    for (const index of [0, 2]) model.layers[index]!.trainable = false
    const frozen = (list: ReturnType<typeof weightsOf>) => list.filter(([name]) => /^layers\.[02]\./.test(String(name)))
    const before = weightsOf(model)
    expect(frozen(before)).toHaveLength(6)
    await model.fit(data, { ...fitting, optimizer: make() })
    expect(frozen(weightsOf(model))).toEqual(frozen(before))
    expect(weightsOf(model)).not.toEqual(before)
  })

  test('zeros whose gradients are zero stay zero: the padding of stored weights', () => {
    const { Arena, Training } = native()
    const length = 40
    const optimizer = make()
    const recorder = createRecorder()
    recorder.label = 'test'
    optimizer.record(recorder, [{ offset: 0, length }])
    const parameters = new Arena(length, 1)
    const gradients = new Arena(length, 1)
    const training = new Training({
      program: recorder.program(),
      batch: 1,
      keepAll: false,
      rows: Float64Array.of(1),
      seeds: Float64Array.of(0),
      shuffle: false,
      epoch: 0,
      stepOfEpoch: 0,
      parameters,
      gradients,
      states: optimizer.stateNames.map(() => new Arena(length, 1)),
      slots: [],
    })
    for (let step = 0; step < 7; step++) {
      // The first half is padding; the other half moves.
      const gradient = Float32Array.from({ length }, (_, i) => (i < 20 ? 0 : Math.sin(i + step)))
      gradients.write(0, 0, 1, length, 0, gradient)
      const numbers = new Float64Array(recorder.stepNumberCount)
      optimizer.fill(numbers, 0, { step: step + 1, stepOfEpoch: step, stepsPerEpoch: 7 })
      // Columns of weight decay are the program's, not the optimizer's.
      training.advanceSync(numbers, 1, 1000, false, false)
    }
    const values = parameters.read(0, 0, 1, length, 0)
    expect([...values.subarray(0, 20)]).toEqual(new Array(20).fill(0))
    expect(values.subarray(20).every((value) => value !== 0)).toBe(true)
  })

  test('its options as JSON', () => {
    const optimizer = make()
    const { config } = optimizer
    expect(config.name).toBe(optimizer.name)
    expect(JSON.parse(JSON.stringify(config))).toEqual(config)
    expect(config.accumulate).toBe(optimizer.accumulate)
    expect(make({ clipNorm: 2 }).config.clipNorm).toBe(2)
  })

  test('options that it does not know, or cannot use', () => {
    expect(() => make({ learningRates: 1 } as never)).toThrow(/Did you mean 'learningRate'\?/)
    expect(() => make({ learningRate: -1 })).toThrow(/at least 0 for learningRate/)
    expect(() => make({ learningRate: 'fast' as never })).toThrow(/learningRate but received 'fast'/)
    expect(() => make({ clipNorm: 0 })).toThrow(/greater than 0 for clipNorm/)
    expect(() => make({ accumulate: 1.5 })).toThrow(/positive integer for accumulate/)
    expect(() => make({ averageDecay: 1 })).toThrow(/fraction .* for averageDecay/)
    expect(() => make({ weightDecay: -0.1 })).toThrow(/at least 0 for weightDecay/)
  })
})

test('every optimizer that is exported is in the table', async () => {
  const all = Object.entries(await import('../../lib/index.js')).flatMap(([name, value]) =>
    typeof value === 'function' && value.prototype instanceof Optimizer ? [name] : [],
  )
  // L-BFGS is no rule for single elements, and so none of these: it has tests of its own.
  const known = new Set(cases.map(([, make]) => make().constructor.name))
  expect(all.filter((name) => !known.has(name))).toEqual([])
})
