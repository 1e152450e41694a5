import { expect, test } from 'vitest'
import { Dataset, Dense, type FitOptions, Population, Sequential, SGD } from '../../../../lib/index.js'

const x = Array.from({ length: 12 }, (_, row) => [Math.sin(row), Math.cos(3 * row)])
const classes = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 0]
const names = ['cat', 'dog', 'emu']
const sampleWeights = x.map((_, row) => 1 + (row % 3))
const optimizer = new SGD({ learningRate: 0.5 })
const modelOf = (units = 3, activation: 'softmax' | 'sigmoid' | 'linear' = 'softmax') =>
  new Sequential([new Dense(units, { activation })], { inputs: 2, seed: 1 })

/** Loss and weights of a fit, by weights of classes and of rows. */
async function fitted(
  given: { y?: unknown; sampleWeights?: readonly number[] | undefined; classWeights?: FitOptions['classWeights'] },
  units = 3,
  activation: 'softmax' | 'sigmoid' | 'linear' = 'softmax',
  loss: FitOptions['loss'] = 'crossEntropy',
) {
  const { y = classes, sampleWeights: weights, classWeights } = given
  const data = Dataset.from({ x, y: y as number[], ...(weights === undefined ? {} : { sampleWeights: weights }) })
  const model = modelOf(units, activation)
  const { epochs } = await model.fit(data, {
    loss,
    optimizer,
    epochs: 2,
    batchSize: 5,
    metrics: activation === 'linear' ? [] : ['accuracy'],
    ...(classWeights === undefined ? {} : { classWeights }),
  })
  return [epochs.map(({ seconds: _, ...rest }) => rest), model.getWeights()]
}

test('class weights are weights of the rows, and multiply those of the data', async () => {
  const of = [0.5, 2, 3]
  const rows = classes.map((one) => of[one]!)
  expect(await fitted({ classWeights: of })).toEqual(await fitted({ sampleWeights: rows }))
  expect(await fitted({ classWeights: Float32Array.from(of) })).toEqual(await fitted({ sampleWeights: rows }))
  expect(await fitted({ classWeights: of, sampleWeights })).toEqual(
    await fitted({ sampleWeights: rows.map((weight, row) => weight * sampleWeights[row]!) }),
  )
  const oneHot = classes.map((one) => [0, 1, 2].map((c) => Number(c === one)))
  expect(await fitted({ y: oneHot, classWeights: of })).toEqual(await fitted({ y: oneHot, sampleWeights: rows }))
})

test('by label, or class number: those left out count 1', async () => {
  const y = classes.map((one) => names[one]!)
  const expected = await fitted({ sampleWeights: classes.map((one) => [1, 4, 1][one]!) })
  expect(await fitted({ y, classWeights: { dog: 4 } })).toEqual(expected)
  expect(await fitted({ classWeights: { 1: 4 } })).toEqual(expected)
})

test("'balanced' is rows / (classes · rows of the class), as scikit-learn's", async () => {
  const of = [7, 3, 2].map((count) => 12 / (3 * count))
  expect(await fitted({ classWeights: 'balanced' })).toEqual(
    await fitted({ sampleWeights: classes.map((one) => of[one]!) }),
  )
  // A class without rows has no part.
  const two = classes.map((one) => Math.min(one, 1))
  expect(await fitted({ y: two, classWeights: 'balanced' })).toEqual(
    await fitted({ y: two, sampleWeights: two.map((one) => [12 / 14, 12 / 10][one]!) }),
  )
})

test('of one output: 0 and 1, and -1 and 1', async () => {
  const y = classes.map((one) => Number(one > 0))
  const rows = y.map((one) => [1, 3][one]!)
  expect(await fitted({ y, classWeights: [1, 3] }, 1, 'sigmoid', 'binaryCrossEntropy')).toEqual(
    await fitted({ y, sampleWeights: rows }, 1, 'sigmoid', 'binaryCrossEntropy'),
  )
  const signs = y.map((one) => 2 * one - 1)
  expect(await fitted({ y: signs, classWeights: { 1: 3 } }, 1, 'linear', 'hinge')).toEqual(
    await fitted({ y: signs, sampleWeights: rows }, 1, 'linear', 'hinge'),
  )
})

test('the validation goes without them', async () => {
  const data = Dataset.from({ x, y: classes })
  const model = modelOf()
  const options = { loss: 'crossEntropy', epochs: 1, validation: data, classWeights: [0.1, 5, 9] } as const
  const { epochs } = await model.fit(data, options)
  expect(epochs[0]!.validation!.loss).toBe((await model.evaluate(data)).loss)
})

test('members with data of their own are balanced each by their own', async () => {
  const sets = [classes, classes.map((one) => 2 - one)].map((y) => Dataset.from({ x, y }))
  const options = { loss: 'crossEntropy', epochs: 2, batchSize: 5, classWeights: 'balanced' } as const
  const many = new Population([new Dense(3, { activation: 'softmax' })], { inputs: 2, members: 2, seed: 1 })
  await many.fit(sets, options)
  for (const [member, data] of sets.entries()) {
    const alone = new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2, seed: 1 + member })
    await alone.fit(data, options)
    expect(many.member(member).getWeights()).toEqual(alone.getWeights())
  }
})

test.each([
  [[1, 2], /3 classWeights, one for each class, but received 2/],
  [[1, -2, 1], /classWeights\[1\]/],
  [{ cow: 2 }, /labels of the data for classWeights but received 'cow'.*'cat', 'dog', 'emu'/],
  [{ dogs: 2 }, /Did you mean 'dog'/],
  [{ dog: Number.NaN }, /classWeights\['dog'\]/],
  ['even', /'balanced', array of numbers or object of numbers by label/],
  [[0, 0, 0], /at least one weight above 0/],
])('%j is refused', async (classWeights, message) => {
  const data = Dataset.from({ x, y: classes.map((one) => names[one]!) })
  const options = { loss: 'crossEntropy', classWeights: classWeights as number[] } as const
  await expect(modelOf().fit(data, options)).rejects.toThrow(message)
})

test.each([
  ['meanSquaredError', 'linear', x.map(([a]) => [a!, a!, a!])],
  ['binaryCrossEntropy', 'sigmoid', x.map(() => [0, 1, 1])],
  ['crossEntropy', 'softmax', x.map(() => [0.2, 0.3, 0.5])],
] as const)('%s on rows without a class is refused', async (loss, activation, y) => {
  const data = Dataset.from({ x, y })
  const fit = modelOf(3, activation as 'softmax').fit(data, { loss, classWeights: 'balanced' })
  await expect(fit).rejects.toThrow(/class for every row where classWeights are given/)
})
