// Pieces of RealMLP by PyTorch: test/golden/values/realmlp.py.
import { describe, expect, test } from 'vitest'
import {
  type ActivationName,
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  coslog,
  crossEntropy,
  Dataset,
  Dense,
  Encoder,
  flatCosine,
  type Optimizer,
  type OptimizerOptions,
  ParametricActivation,
  RAdam,
  RMSProp,
  Scale,
  Sequential,
  SGD,
  Table,
} from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

type Numbers = number[] | number[][]

interface Training {
  readonly x: number[][]
  readonly y: number[][]
  readonly initial: Numbers[]
  readonly losses: number[]
  readonly final: Numbers[]
  readonly clipNorm?: number
}

const file = golden<{
  neuralTangent: Record<string, Training>
  groups: Record<string, Training>
  parametric: {
    x: number[][]
    y: number[][]
    weight: number[][]
    bias: number[]
    alpha: number[]
    cases: Record<ActivationName, { output: number[][]; loss: number; gradients: Numbers[] }>
  }
  scheduled: { x: number[][]; classes: number[]; initial: Numbers[]; losses: number[]; final: Numbers[] }
  robust: Record<string, { x: number[]; scaled: number[] }>
  schedules: {
    steps: number
    coslog: Record<string, number[]>
    flatCosine: Record<string, number[]>
  }
}>('realmlp')

// Float32 rounding of a dozen steps: weights end within 3e-6 of the largest, while a factor or a step left out moves them
// by more than 1e-3.
const BOUND = 1e-5

const optimizers: Record<string, (options?: OptimizerOptions) => Optimizer> = {
  'Adam(beta2=0.95)': (more) => new Adam({ learningRate: 0.03, beta2: 0.95, ...more }),
  'Adam(weightDecay=0.05)': () => new Adam({ learningRate: 0.03, weightDecay: 0.05 }),
  'AdamW(weightDecay=0.05)': () => new AdamW({ learningRate: 0.03, weightDecay: 0.05 }),
  'SGD(momentum=0.9)': () => new SGD({ learningRate: 0.01, momentum: 0.9 }),
  RMSProp: () => new RMSProp({ learningRate: 0.03 }),
  Adagrad: () => new Adagrad({ learningRate: 0.03 }),
  Adadelta: () => new Adadelta({ learningRate: 1, rho: 0.9, epsilon: 1e-6 }),
  Adamax: () => new Adamax({ learningRate: 0.03 }),
  RAdam: () => new RAdam({ learningRate: 0.03 }),
}

function withWeights(model: Sequential, values: readonly Numbers[]): Sequential {
  const weights = model.getWeights()
  expect(weights).toHaveLength(values.length)
  model.setWeights(weights.map((one, i) => ({ ...one, data: Float32Array.from(values[i]!.flat()) })))
  return model
}

async function comparesTraining(model: Sequential, { x, y, initial, losses, final }: Training, optimizer: Optimizer) {
  withWeights(model, initial)
  const { epochs } = await model.fit(Dataset.from({ x, y }), {
    loss: 'meanSquaredError',
    optimizer,
    epochs: losses.length,
    batchSize: 'full',
  })
  expect(
    worstError(
      epochs.map(({ loss }) => loss),
      losses,
    ),
  ).toBeLessThanOrEqual(BOUND)
  for (const [i, { data }] of model.getWeights().entries()) {
    expect(worstError(data, final[i]!.flat())).toBeLessThanOrEqual(BOUND)
  }
}

describe('the neural tangent parametrization is z = x W / √inputs + b', () => {
  test.each(Object.entries(file.neuralTangent))('%s', async (name, expected) => {
    const [rule] = name.split(', ') as [string]
    const { clipNorm } = expected
    const options = { parametrization: 'neuralTangent', biasLearningRateFactor: 0.1 } as const
    const model = new Sequential([new Dense(5, { ...options, activation: 'selu' }), new Dense(2, options)], {
      inputs: 6,
    })
    await comparesTraining(model, expected, optimizers[rule]!(clipNorm === undefined ? {} : { clipNorm }))
  })

  test('every optimizer of the file is compared', () => {
    expect(Object.keys(optimizers).sort()).toEqual(Object.keys(file.groups).sort())
  })
})

test.each(Object.entries(file.groups))(
  "learning rate factors are PyTorch's parameter groups: %s",
  async (name, expected) => {
    const model = new Sequential(
      [
        new Scale({ learningRateFactor: 6 }),
        new Dense(6, { activation: 'tanh', learningRateFactor: 0.5, biasLearningRateFactor: 0.1 }),
        new Dense(1, { biasLearningRateFactor: 2 }),
      ],
      { inputs: 4 },
    )
    await comparesTraining(model, expected, optimizers[name]!())
  },
)

test.each(Object.entries(file.parametric.cases))('parametric activation: %s', async (name, expected) => {
  const { x, y, weight, bias, alpha } = file.parametric
  const layers = [new Dense(4), new ParametricActivation(name as ActivationName)]
  const model = withWeights(new Sequential(layers, { inputs: 3 }), [weight, bias, alpha])
  expect(worstError(model.predictSync(x).data, expected.output.flat())).toBeLessThanOrEqual(2e-6)
  const data = Dataset.from({ x, y })
  const { loss } = await model.evaluate(data, { loss: 'meanSquaredError' })
  expect(Math.abs(loss / expected.loss - 1)).toBeLessThanOrEqual(2e-6)
  const gradients = await model.gradients(data, { loss: 'meanSquaredError' })
  expect(gradients.map((one) => one.name)).toEqual(['layers.0.weight', 'layers.0.bias', 'layers.1.alpha'])
  for (const [i, gradient] of gradients.entries()) {
    expect(worstError(gradient.data, expected.gradients[i]!.flat())).toBeLessThanOrEqual(2e-6)
  }
})

test.each(Object.entries(file.robust))('robust scaling of a column: %s', (_name, { x, scaled }) => {
  const table = Table.of([{ name: 'x', type: 'number', values: Float64Array.from(x) }])
  const { data } = Encoder.fitSync(table, { scaling: 'robust', keep: ['x'] }).encodeFeatures(table)
  expect([...data]).toHaveLength(scaled.length)
  // The file has nine digits of the values, float32 has seven.
  for (const [row, value] of data.entries()) expect(Math.abs(value - scaled[row]!)).toBeLessThanOrEqual(3e-7)
})

test('learning rate, weight decay and label smoothing by schedules', async () => {
  const { x, classes, initial, losses, final } = file.scheduled
  const steps = losses.length
  const fading = (learningRate: number) => flatCosine({ learningRate, steps })
  const model = withWeights(new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 4 }), initial)
  const { epochs } = await model.fit(Dataset.from({ x, y: classes }), {
    loss: crossEntropy({ labelSmoothing: fading(0.3) }),
    optimizer: new AdamW({
      learningRate: coslog({ learningRate: 0.05, steps }),
      beta2: 0.95,
      weightDecay: fading(0.4),
    }),
    epochs: steps,
    batchSize: 'full',
  })
  const own = epochs.map(({ loss }) => loss)
  expect(worstError(own, losses)).toBeLessThanOrEqual(BOUND)
  for (const [i, { data }] of model.getWeights().entries()) {
    expect(worstError(data, final[i]!.flat())).toBeLessThanOrEqual(BOUND)
  }
})

describe('schedules', () => {
  const { steps } = file.schedules

  test.each(Object.entries(file.schedules.coslog))('coslog of %s cycles', (cycles, expected) => {
    const schedule = coslog({ learningRate: 1, steps, cycles: Number(cycles) })
    for (const [step, rate] of expected.entries()) expect(schedule.rate(step)).toBeCloseTo(rate, 8)
  })

  test.each(Object.entries(file.schedules.flatCosine))('flat cosine, flat for %s', (flat, expected) => {
    const schedule = flatCosine({ learningRate: 1, steps, flat: Number(flat) })
    for (const [step, rate] of expected.entries()) expect(schedule.rate(step)).toBeCloseTo(rate, 8)
  })
})
