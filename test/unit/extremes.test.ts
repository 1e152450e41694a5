import { expect, test } from 'vitest'
import { largestOf, smallestOf } from '../../lib/extremes.js'
import { Dataset, Dense, findLearningRate, Population, Sequential } from '../../lib/index.js'

test('of more numbers than a call takes arguments', () => {
  const numbers = Float64Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 300_007)
  expect(largestOf(numbers)).toBe([...numbers].sort((a, b) => b - a)[0])
  expect(smallestOf(numbers)).toBe(0)
})

test.each([
  [[3, -1, 2], 3, -1],
  [[], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  [[1, Number.NaN, 2], Number.NaN, Number.NaN],
  [[-0], -0, -0],
])('of %j as Math.max and Math.min have it', (numbers, largest, smallest) => {
  expect(largestOf(numbers)).toBe(largest)
  expect(smallestOf(numbers)).toBe(smallest)
})

test('a population of more members than a call takes arguments trains and is evaluated', async () => {
  const members = 150_000
  const many = new Population([new Dense(1)], { inputs: 1, members, seed: 1 })
  const data = Dataset.from({ x: [[1], [2]], y: [1, 2] })
  const { members: histories } = await many.fit(data, { loss: 'meanSquaredError', epochs: 1 })
  expect(histories).toHaveLength(members)
  const scores = await many.evaluate(data)
  const { index } = many.best()
  const losses = histories.map(({ epochs }) => epochs[0]!.loss)
  expect(losses[index]).toBe(losses.reduce((least, loss) => Math.min(least, loss)))
  expect(scores).toHaveLength(members)
})

test('findLearningRate asks for a data set before all else', async () => {
  const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  for (const data of [new Map(), [{ x: [[1]], y: [1] }], { x: [[1]], y: [1] }, undefined]) {
    await expect(findLearningRate(model, data as never, { loss: 'meanSquaredError' })).rejects.toThrow(
      /^Expected Dataset for data but received/,
    )
  }
})
