// predictClasses is for models of classes: what decides is what the model was trained for.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type ActivationName,
  Adam,
  Dataset,
  Dense,
  defineLoss,
  type Loss,
  type LossName,
  Population,
  Sequential,
  type Targets,
} from '../../../../lib/index.js'

const x = [
  [0, 1],
  [1, 0],
  [1, 1],
]
const ownLoss = defineLoss({
  name: 'ownSquares',
  rule: ({ prediction, target }) => ({
    value: prediction.minus(target).squared(),
    derivative: prediction.minus(target).times(2),
  }),
})

async function fitted(loss: LossName | Loss, activation: ActivationName, y: Targets, epochs = 1): Promise<Sequential> {
  const outputs = Array.isArray(y[0 as keyof Targets]) ? (y[0 as keyof Targets] as number[]).length : 1
  const model = new Sequential([new Dense(outputs, { activation })], { inputs: 2, seed: 1 })
  const optimizer = new Adam({ learningRate: 0.05 })
  await model.fit(Dataset.from({ x, y }), { loss, epochs, optimizer })
  return model
}

/** The model, and the same from its file. */
async function both(model: Sequential): Promise<Sequential[]> {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    await model.save(join(folder, 'model.safetensors'))
    return [model, await Sequential.load(join(folder, 'model.safetensors')), model.clone()]
  } finally {
    await rm(folder, { recursive: true })
  }
}

test.each<[LossName, ActivationName, Targets]>([
  ['meanSquaredError', 'linear', [3, 1, 2]],
  ['meanSquaredError', 'relu', [3, 1, 2]],
  ['meanAbsoluteError', 'tanh', [0.5, 0.1, -1]],
  ['huber', 'linear', ['90', '100', '110']],
  ['poisson', 'linear', [3, 0, 7]],
  ['poisson', 'softplus', [3, 0, 7]],
  [
    'meanSquaredError',
    'linear',
    [
      [48.2, 16.4],
      [47.1, 15.4],
      [46.6, 14.3],
    ],
  ],
])('values by %s of %s outputs: an error that says predict', async (loss, activation, y) => {
  for (const model of await both(await fitted(loss, activation, y))) {
    const told = expect.objectContaining({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringMatching(/predictClasses.*values.*Call predict/),
    })
    expect(() => model.predictClassesSync(x)).toThrow(told)
    await expect(model.predictClasses(x)).rejects.toThrow(told)
  }
})

test.each<[LossName | Loss, ActivationName, Targets]>([
  ['meanSquaredError', 'sigmoid', [0, 1, 0]],
  ['meanSquaredError', 'linear', [0, 1, 0]],
  [
    'meanSquaredError',
    'linear',
    [
      [0, 1],
      [1, 0],
      [0, 1],
    ],
  ],
  [
    'meanSquaredError',
    'softmax',
    [
      [0, 1],
      [1, 0],
      [0, 1],
    ],
  ],
  ['hinge', 'linear', [-1, 1, -1]],
  ['hinge', 'tanh', [-1, 1, -1]],
  ['binaryCrossEntropy', 'linear', [0, 1, 0]],
  [ownLoss, 'sigmoid', [0, 1, 0]],
])('classes by %s of %s outputs', async (loss, activation, y) => {
  const classes = (y as (number | number[])[]).map((target) =>
    Array.isArray(target) ? target.indexOf(1) : Number(target > 0),
  )
  for (const model of await both(await fitted(loss, activation, y, 600))) {
    expect(model.predictClassesSync(x)).toEqual(classes)
  }
})

test('a member of a population is of what all were trained for', async () => {
  const many = new Population([new Dense(1)], { inputs: 2, members: 2 })
  await many.fit(Dataset.from({ x, y: [3, 1, 2] }), { loss: 'meanSquaredError', epochs: 1 })
  expect(() => many.member(1).predictClassesSync(x)).toThrow(/values/)
  expect(() => many.best().model.predictClassesSync(x)).toThrow(/values/)
})

test('a model without a fit, such as one of imported weights, answers by its activation', () => {
  const model = new Sequential([new Dense(1)], { inputs: 2, seed: 3 })
  expect(model.predictClassesSync(x)).toEqual([...model.predictSync(x).data].map((value) => Number(value > 0)))
})
