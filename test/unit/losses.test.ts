import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readModelFile, writeModelFile } from '../../lib/files/model-file.js'
import {
  type ActivationName,
  binaryCrossEntropy,
  crossEntropy,
  Dataset,
  Dense,
  defineLoss,
  hinge,
  huber,
  type Loss,
  type LossName,
  meanSquaredError,
  Population,
  Sequential,
} from '../../lib/index.js'

const x = [[0], [1], [2]]
const modelOf = (units: number, activation: ActivationName = 'linear') =>
  new Sequential([new Dense(units, { activation })], { inputs: 1, seed: 1 })

test('a loss is used as it is, called, or by name', () => {
  const data = Dataset.from({ x, y: [1, 2, 4] })
  const model = modelOf(1)
  const of = (loss: LossName | Loss) => model.evaluateSync(data, { loss }).loss
  expect(of(huber)).toBe(of('huber'))
  expect(of(huber())).toBe(of('huber'))
  expect(of(huber({ delta: 1 }))).toBe(of('huber'))
  expect(of(huber({ delta: 0.1 }))).not.toBe(of('huber'))
  expect(of(meanSquaredError)).toBe(of(meanSquaredError()))
  expect(huber.name).toBe('huber')
  expect(huber({ delta: 2 }).options).toEqual({ delta: 2 })
})

test.each<[() => unknown, RegExp]>([
  [() => huber({ delta: 0 }), /greater than 0 for delta/],
  [() => huber({ detla: 1 } as object), /Did you mean 'delta'/],
  [() => crossEntropy({ labelSmoothing: 1 }), /fraction .* for labelSmoothing/],
  [() => binaryCrossEntropy({ positiveWeight: [1, -1] }), /positiveWeight\[1\]/],
  [() => meanSquaredError({ delta: 1 } as never), /no options for meanSquaredError/],
  [() => defineLoss({ name: 'a' } as never), /function of \{ prediction, target \} for rule/],
  [
    () => defineLoss({ name: 'a', rule: () => ({ value: 0, derivative: 0 }), targetKind: 'classes' as never }),
    /targetKind/,
  ],
])('%s', (make, message) => {
  expect(make).toThrow(message)
})

test.each<[LossName | Loss, ActivationName, number, unknown, RegExp]>([
  ['crossEntropy', 'softmax', 1, [0, 0, 0], /at least 2 outputs for loss 'crossEntropy'/],
  ['kullbackLeibler', 'softmax', 1, [0, 0, 0], /at least 2 outputs for loss 'kullbackLeibler'/],
  ['kullbackLeibler', 'relu', 2, [[0, 1]], /for loss 'kullbackLeibler' but received 'relu'/],
  ['poisson', 'tanh', 1, [0, 1, 2], /for loss 'poisson' but received 'tanh'/],
  ['poisson', 'linear', 1, [0, -1, 2], /numbers at least 0 for y but received -1 in row 1/],
  ['hinge', 'sigmoid', 1, [0, 1, 1], /for loss 'hinge' but received 'sigmoid'/],
  ['hinge', 'linear', 1, [0, 1, 2], /0 or 1 for y but received 2 in row 2/],
  ['hinge', 'linear', 1, [-1, 1, 0], /-1 or 1 for y but received 0 in row 2/],
  [
    'kullbackLeibler',
    'softmax',
    2,
    [
      [0, 1],
      [0.5, 0.5],
      [2, -1],
    ],
    /numbers from 0 to 1 for y but received 2 in row 2/,
  ],
  ['kullbackLeibler', 'softmax', 2, [0, 1, 0], /2 columns for y/],
  [
    binaryCrossEntropy({ positiveWeight: [1, 2, 3] }),
    'sigmoid',
    2,
    [
      [0, 1],
      [1, 1],
      [0, 0],
    ],
    /or 2, one for each output, but received 3/,
  ],
  [{ name: 'mine' } as never, 'linear', 1, [0, 1, 2], /name of a loss .*, or a loss of your own for loss/],
  [(() => 1) as never, 'linear', 1, [0, 1, 2], /loss of your own for loss/],
  ['hubert' as never, 'linear', 1, [0, 1, 2], /Did you mean 'huber'/],
])('%s on %s outputs is refused', async (loss, activation, units, y, message) => {
  const data = Dataset.from({ x: (y as number[]).length === 1 ? [[1]] : x, y: y as number[] })
  await expect(modelOf(units, activation).fit(data, { loss })).rejects.toThrow(message)
})

test('hinge takes -1 and 1, and 0 and 1', () => {
  const model = modelOf(1)
  const of = (y: readonly number[]) => model.evaluateSync(Dataset.from({ x, y }), { loss: hinge })
  expect(of([0, 1, 1])).toEqual(of([-1, 1, 1]))
  expect(Object.keys(of([0, 1, 1]))).toEqual(['loss', 'accuracy'])
})

test('a loss of your own may see whole rows', async () => {
  // Squared error of the mean of the outputs: rows, not elements.
  const ofMeans: Loss = {
    name: 'ofMeans',
    targetKind: 'values',
    takesLogits: () => false,
    record(record, { prediction, target, rowLoss, gradient }) {
      const difference = record.empty(prediction.columns)
      record.map({ inputs: { prediction, target }, outputs: { difference } }, (all) => ({
        difference: all.prediction.minus(all.target),
      }))
      const mean = record.empty(1)
      record.reduceRows({ output: mean, x: difference, kind: 1 })
      record.map({ inputs: { mean }, outputs: { rowLoss } }, (all) => ({ rowLoss: all.mean.squared() }))
      if (gradient === undefined) return
      record.map({ inputs: { mean }, outputs: { gradient } }, (all) => ({
        gradient: all.mean.times(2 / prediction.columns / 3),
      }))
    },
  }
  const model = modelOf(2)
  const y = [
    [1, 3],
    [0, 0],
    [2, 2],
  ]
  const data = Dataset.from({ x, y })
  const { data: p } = model.predictSync(x)
  const differences = y.map(([a, b], row) => (p[2 * row]! + p[2 * row + 1]! - a! - b!) / 2)
  const expected = differences.reduce((sum, one) => sum + one * one, 0) / 3
  expect(model.evaluateSync(data, { loss: ofMeans }).loss).toBeCloseTo(expected, 5)
  const [, bias] = await model.gradients(data, { loss: ofMeans })
  expect(bias!.data[0]).toBeCloseTo(differences.reduce((sum, one) => sum + one, 0) / 3, 5)
})

test('a population remembers a configured loss, and a file is checked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'many.safetensors')
    const data = Dataset.from({ x, y: [1, 2, 4] })
    const many = new Population([new Dense(1)], { inputs: 1, members: 2, seed: 1 })
    await many.fit(data, { loss: huber({ delta: 0.2 }), epochs: 1 })
    await many.save(path)
    expect(await (await Population.load(path)).evaluate(data)).toEqual(await many.evaluate(data))
    const description = await readModelFile(path)
    for (const loss of ['hubert', { name: 'huber', options: { delta: -1 } }, { name: 'huber', more: 1 }, 3]) {
      await writeModelFile(path, { ...description, training: { loss } })
      await expect(Population.load(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
