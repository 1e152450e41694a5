import { expect, test } from 'vitest'
import { Dataset, Dense, Population, Sequential, SGD } from '../../../../lib/index.js'

const data = Dataset.from({ x: [[1e3], [-2e3], [3e3]], y: [1, 2, 3] })
const options = (epochs: number) => ({
  loss: 'meanSquaredError' as const,
  optimizer: new SGD({ learningRate: 1e36 }),
  epochs,
  batchSize: 'full' as const,
})

// The first update already writes infinities; only a second step's loss tells of them.
test.each([
  [1, 'The last update of the training made parameters that are not finite'],
  [2, 'at step 1 of epoch 2'],
])('parameters that an update has spoilt are not called good: %d epochs', async (epochs, text) => {
  for (const trained of [
    (model: Sequential) => model.fit(data, options(epochs)),
    async (model: Sequential) => model.fitSync(data, options(epochs)),
    (model: Sequential) => {
      const { batchSize: _, ...given } = options(epochs)
      return model.fit(() => data.batch(3), given)
    },
  ]) {
    const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
    const error = await trained(model).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_NOT_FINITE', message: expect.stringContaining(text) })
    expect((error as Error).message).toContain('set or load other parameters before you use the model')
    expect((error as Error).message).not.toContain('last good step')
  }
})

test('a member whose last update has spoilt it has failed', async () => {
  const population = new Population([new Dense(1)], { inputs: 1, members: 2, seed: 1 })
  const optimizer = new SGD({ learningRate: [1e-9, 1e36] })
  const { members } = await population.fit(data, { ...options(1), optimizer })
  expect(members.map(({ stopped }) => stopped)).toEqual(['completed', 'failed'])
})

test('a member that an update spoils before the last says at which step it failed', async () => {
  const population = new Population([new Dense(1)], { inputs: 1, members: 2, seed: 1 })
  const optimizer = new SGD({ learningRate: [1e-9, 1e36] })
  const { members } = await population.fit(data, { ...options(3), optimizer })
  expect(members.map(({ stopped }) => stopped)).toEqual(['completed', 'failed'])
  expect(members[1]!.reason).toContain('The update at step 1 of epoch 1 made parameters that are not finite')
  expect(members[1]!.reason).not.toContain('last good step')
})

test('parameters of the last good step are finite', async () => {
  const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  const exploding = { ...options(100), optimizer: new SGD({ learningRate: 1 }) }
  await expect(model.fit(data, exploding)).rejects.toThrow('those of the last good step')
  expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true)
})
