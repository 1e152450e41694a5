import { describe, expect, test } from 'vitest'
import {
  crossValidate,
  Dataset,
  DeepblasError,
  Dense,
  datasets,
  EarlyStopping,
  Sequential,
  SGD,
} from '../../../lib/index.js'

const make = () => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed: 3 })
const data = Dataset.from(datasets.moons({ samples: 101, noise: 0.2, seed: 4 }))
const options = { loss: 'binaryCrossEntropy', metrics: ['accuracy'], epochs: 3 } as const

/** Rows numbered by their first feature: 20 of class 0, 6 of class 1. */
const numbered = Dataset.from({
  x: Array.from({ length: 26 }, (_, row) => [row, 1]),
  y: Array.from({ length: 26 }, (_, row) => Number(row >= 20)),
})

/** The rows that every fold has trained on. */
async function trainedRows(more: object): Promise<number[][]> {
  const seen: number[][] = []
  const spy = () => {
    const model = make()
    const real = model.fit.bind(model) as (train: Dataset, options: never) => ReturnType<typeof model.fit>
    Object.defineProperty(model, 'fit', {
      value: (train: Dataset, given: never) => {
        seen.push(Array.from({ length: train.rows }, (_, row) => train.row(row)[0]!))
        return real(train, given)
      },
    })
    return model
  }
  await crossValidate(spy, numbered, { loss: 'binaryCrossEntropy', epochs: 0, ...more })
  return seen
}

const without = (rows: readonly number[]) =>
  Array.from({ length: 26 }, (_, row) => row).filter((row) => !rows.includes(row))

test('every row is held out once, in folds of equal size', async () => {
  const held = (await trainedRows({ folds: 4 })).map(without)
  expect(held.map(({ length }) => length)).toEqual([7, 7, 6, 6])
  expect(held.flat().sort((a, b) => a - b)).toEqual(without([]))
  expect(held).not.toEqual((await trainedRows({ folds: 4, seed: 1 })).map(without))
  expect(held).toEqual((await trainedRows({ folds: 4, seed: 0 })).map(without))
})

test('stratified: every fold has its share of every class', async () => {
  const held = (await trainedRows({ folds: 4, stratified: true })).map(without)
  expect(held.flat().sort((a, b) => a - b)).toEqual(without([]))
  expect(held.map((rows) => rows.filter((row) => row < 20).length)).toEqual([5, 5, 5, 5])
  expect(held.map((rows) => rows.filter((row) => row >= 20).length).sort()).toEqual([1, 1, 2, 2])
})

test('scores of the folds, their mean and spread', async () => {
  const { scores, mean, spread, histories } = await crossValidate(make, data, { ...options, folds: 3 })
  expect(scores).toHaveLength(3)
  expect(histories.map(({ epochs }) => epochs.length)).toEqual([3, 3, 3])
  for (const name of ['loss', 'accuracy']) {
    const values = scores.map((score) => score[name] as number)
    const middle = (values[0]! + values[1]! + values[2]!) / 3
    expect(mean[name]).toBeCloseTo(middle, 12)
    expect(spread[name]).toBeCloseTo(Math.sqrt(values.reduce((sum, v) => sum + (v - middle) ** 2, 0) / 2), 12)
    expect(spread[name]).toBeGreaterThan(0)
  }
  expect(await crossValidate(make, data, { ...options, folds: 3 })).toMatchObject({ scores, mean, spread })
})

test('callbacks and a share for validation go to every fit; a confusion matrix has no mean', async () => {
  const callbacks = [new EarlyStopping({ patience: 1 })]
  const more = { validation: 0.25, callbacks, epochs: 50, metrics: ['confusion'] } as const
  const { histories, mean, scores } = await crossValidate(make, data, { ...options, ...more, folds: 2 })
  expect(histories.every(({ best }) => best !== undefined)).toBe(true)
  expect(Object.keys(mean)).toEqual(['loss'])
  expect(scores[0]).toHaveProperty('confusion')
})

test('what cannot be cross-validated says why', async () => {
  const one = make()
  await expect(crossValidate(() => one, data, options)).rejects.toThrow(/new model for every fold/)
  await expect(crossValidate(make, data, { ...options, folds: 1 })).rejects.toThrow(/from 2 to the 101 rows/)
  await expect(crossValidate(make, data, { ...options, folds: 102 })).rejects.toThrow(/from 2 to the 101 rows/)
  await expect(crossValidate(make, data, { ...options, fold: 3 } as never)).rejects.toThrow(/option 'fold'/)
  await expect(crossValidate((() => 3) as never, data, options)).rejects.toThrow(/Sequential/)
  await expect(crossValidate(make, 3 as never, options)).rejects.toThrow(/Dataset for data/)
  const values = Dataset.from({
    x: [
      [1, 2],
      [2, 3],
    ],
    y: [0.5, 1.5],
  })
  await expect(crossValidate(make, values, { ...options, stratified: true, folds: 2 })).rejects.toThrow(/classes/)
})

describe('an error of a fold names it', () => {
  const failing = async (...given: Parameters<typeof crossValidate>) => {
    const error: unknown = await crossValidate(...given).catch((one: unknown) => one)
    return error as Error & { cause: DeepblasError; code: string }
  }
  const apart = (model: Sequential) => Object.defineProperty(model, 'fit', { value: model.fit.bind(model) })

  test.each([
    ['side by side', (model: Sequential) => model],
    ['one after another', apart],
  ])('a loss that is not finite, %s', async (_, one) => {
    // Weights of the second model alone are such that its loss is not finite.
    const makeModel = (fold: number) => {
      const model = make()
      if (fold === 1) model.setWeights(model.getWeights().map((w) => ({ ...w, data: w.data.map(() => 3e38) })))
      return one(model)
    }
    const error = await failing(makeModel, data, { ...options, optimizer: new SGD(), folds: 3 })
    expect(error).toBeInstanceOf(DeepblasError)
    expect(error.code).toBe('ERR_DEEPBLAS_NOT_FINITE')
    expect(error.cause).toBeInstanceOf(DeepblasError)
    expect(error.cause.code).toBe('ERR_DEEPBLAS_NOT_FINITE')
    expect(error.cause.message).not.toContain('old 2 of 3')
    expect(error.message).toBe(`Fold 2 of 3: ${error.cause.message}`)
  })

  test('what makeModel gives, and throws', async () => {
    const wrong = (fold: number) => new Sequential([new Dense(1)], { inputs: fold < 1 ? 2 : -1 })
    expect((await failing(wrong, data, options)).message).toMatch(/^Fold 2 of 5: Expected .* for inputs/)
    const third = (fold: number) => (fold < 2 ? make() : (3 as never))
    const error = await failing(third, data, options)
    expect(error.message).toMatch(/^Fold 3 of 5: Expected Sequential for the result of makeModel/)
    expect(error.message).toBe(`Fold 3 of 5: ${error.cause.message}`)
  })

  test('an evaluation: the rows that are held out have no weight', async () => {
    const weights = Array.from({ length: 26 }, (_, row) => Number(row % 2 === 0))
    const held = await trainedRows({ folds: 13 })
    const fold = held.map(without).findIndex((rows) => rows.every((row) => weights[row] === 0))
    expect(fold).toBeGreaterThanOrEqual(0)
    const weighted = Dataset.from({
      x: Array.from({ length: 26 }, (_, row) => [row / 26, 1]),
      y: Array.from({ length: 26 }, (_, row) => Number(row >= 20)),
      sampleWeights: weights,
    })
    const error = await failing(make, weighted, { ...options, folds: 13 })
    expect(error.message).toBe(`Fold ${fold + 1} of 13: ${error.cause.message}`)
  })

  test('what a callback throws, and the reason of a signal, come out as they are', async () => {
    const thrown = new TypeError('mine')
    const onEpochEnd = () => {
      throw thrown
    }
    expect(await failing(make, data, { ...options, callbacks: [{ onEpochEnd }] })).toBe(thrown)
    const reason = new DeepblasError('ERR_DEEPBLAS_ABORTED', 'enough')
    expect(await failing(make, data, { ...options, signal: AbortSignal.abort(reason) })).toBe(reason)
  })
})
