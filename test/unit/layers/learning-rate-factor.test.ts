/*
 * Learning rates of single parameters: each layer's options, what refuses them, and what they leave as it is.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Adam,
  Checkpoint,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Embedding,
  type Layer,
  LBFGS,
  Parameter,
  ParametricActivation,
  Scale,
  Sequential,
  SGD,
} from '../../../lib/index.js'

const inputs = { numeric: 2, city: categorical(3) }
const data = Dataset.from({
  x: {
    numeric: [
      [0.5, -1],
      [1, 2],
      [-0.3, 0.7],
      [0.2, 0.4],
    ],
    city: [0, 1, 2, 1],
  },
  y: [1, -0.5, 0.25, 2],
})

interface Factors {
  readonly embedding?: number
  readonly scale?: number
  readonly weight?: number
  readonly bias?: number
  readonly alpha?: number
}

const of = (learningRateFactor: number | undefined) => (learningRateFactor === undefined ? {} : { learningRateFactor })
const layersOf = ({ embedding, scale, weight, bias, alpha }: Factors): Layer[] => [
  new Concatenate({ city: new Embedding(2, of(embedding)) }),
  new Scale(of(scale)),
  new Dense(3, { ...of(weight), ...(bias === undefined ? {} : { biasLearningRateFactor: bias }) }),
  new ParametricActivation('tanh', of(alpha)),
  new Dense(1),
]
const modelOf = (factors: Factors) => new Sequential(layersOf(factors), { inputs, seed: 2 })

/** How far one step of gradient descent moves every parameter, by name. */
async function movesOf(factors: Factors): Promise<Map<string, number[]>> {
  const model = modelOf(factors)
  const before = model.getWeights()
  const optimizer = new SGD({ learningRate: 0.25 })
  await model.fit(data, { loss: 'meanSquaredError', optimizer, epochs: 1, batchSize: 'full' })
  return new Map(
    model.getWeights().map(({ name, data: after }, i) => [name, [...after].map((one, j) => one - before[i]!.data[j]!)]),
  )
}

test.each<[keyof Factors, string]>([
  ['embedding', 'layers.0.city.weight'],
  ['scale', 'layers.1.weight'],
  ['weight', 'layers.2.weight'],
  ['bias', 'layers.2.bias'],
  ['alpha', 'layers.3.alpha'],
])('%s: the step of its parameter is as much larger, and of no other', async (option, parameter) => {
  const [usual, faster] = [await movesOf({}), await movesOf({ [option]: 4 })]
  expect(usual.get(parameter)!.some((move) => Math.abs(move) > 1e-3)).toBe(true)
  for (const [name, moves] of usual) {
    const expected = name === parameter ? moves.map((move) => 4 * move) : moves
    for (const [i, move] of faster.get(name)!.entries()) expect(move).toBeCloseTo(expected[i]!, 6)
  }
})

test('factors of 1 are none: the same programs, files and bits', async () => {
  const [plain, ones] = [modelOf({}), modelOf({ embedding: 1, scale: 1, weight: 1, bias: 1, alpha: 1 })]
  expect(ones.layers.map((layer) => layer.options())).toEqual(plain.layers.map((layer) => layer.options()))
  const calls = (model: Sequential) => model.explain({ batchSize: 4 }).split('\n').length
  expect(calls(ones)).toBe(calls(plain))
  for (const model of [plain, ones]) await model.fit(data, { loss: 'meanSquaredError', epochs: 3 })
  expect(ones.getWeights()).toEqual(plain.getWeights())
})

test('explain measures a training with them', () => {
  expect(modelOf({ scale: 6, bias: 0.1 }).explain({ batchSize: 4, optimizer: new Adam() })).toContain('optimizer Adam')
})

test('a resume with another factor is another training, and is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'checkpoint.safetensors')
    const options = { loss: 'meanSquaredError', epochs: 2 } as const
    await modelOf({ scale: 6 }).fit(data, { ...options, callbacks: [new Checkpoint(path)] })
    const resumed = modelOf({ scale: 5 }).fit(data, { ...options, epochs: 3, resume: path })
    await expect(resumed).rejects.toThrow(/learningRateFactor is 6 there and 5 here/)
    const same = await modelOf({ scale: 6 }).fit(data, { ...options, epochs: 3, resume: path })
    expect(same.epochs).toHaveLength(3)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('LBFGS, which takes one step length for all, refuses them by name', async () => {
  const train = (factors: Factors, frozen = false) => {
    const model = modelOf(factors)
    if (frozen) model.layers[1]!.trainable = false
    return model.fit(data, { loss: 'meanSquaredError', optimizer: new LBFGS(), epochs: 2 })
  }
  await expect(train({ scale: 6 })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_ARGUMENT',
    message: expect.stringMatching(/without a learningRateFactor for LBFGS.*received 6 for layers\.1\.weight/),
  })
  expect((await train({})).epochs).toHaveLength(2)
  expect((await train({ scale: 6 }, true)).epochs).toHaveLength(2)
})

describe('what is no factor is an error that names it', () => {
  test.each([
    [() => new Dense(2, { learningRateFactor: -1 }), /greater than 0 for learningRateFactor but received -1/],
    [() => new Dense(2, { biasLearningRateFactor: 0 }), /biasLearningRateFactor but received 0 .*trainable: false/],
    [() => new Scale({ learningRateFactor: Number.NaN }), /learningRateFactor but received NaN/],
    [() => new ParametricActivation('selu', { learningRateFactor: '2' as never }), /Write 2 without quotes/],
    [() => new Embedding(2, { learningRateFactor: Infinity }), /learningRateFactor but received Infinity/],
    [() => Parameter.vector('w', 3, 0, true, 0), /learningRateFactor but received 0/],
    [() => Parameter.weight('w', 3, 2, 0, -2), /learningRateFactor but received -2/],
    [() => new Dense(2, { parametrization: 'neuraltangent' as never }), /Did you mean 'neuralTangent'\?/],
    [() => new ParametricActivation('softmax'), /activation of one element for activation but received 'softmax'/],
    [() => new ParametricActivation('sellu' as never), /Did you mean 'selu'\?/],
    [() => new Scale({ factor: 2 } as never), /only the options learningRateFactor, trainable for Scale/],
  ])('%#', (make, message) => {
    expect(make).toThrow(message)
  })
})

test('a weight by the neural tangent parametrization starts with variance 1, or with what the initializer says times √inputs', () => {
  const spread = (initializer: 'heNormal' | 'glorotUniform' | 'orthogonal' | undefined) => {
    const options = { parametrization: 'neuralTangent', ...(initializer && { initializer }) } as const
    const weight = new Sequential([new Dense(200, options)], { inputs: 400, seed: 1 }).getWeights()[0]!.data
    return Math.sqrt(weight.reduce((sum, one) => sum + one * one, 0) / weight.length)
  }
  expect(spread(undefined)).toBeCloseTo(1, 1)
  expect(spread('heNormal')).toBeCloseTo(Math.SQRT2, 1)
  expect(spread('glorotUniform')).toBeCloseTo(Math.sqrt((2 / 600) * 400), 1)
  // 200 orthonormal rows of 400 numbers.
  expect(spread('orthogonal')).toBeCloseTo(1, 5)
})
