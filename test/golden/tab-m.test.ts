import { expect, test } from 'vitest'
import { type ActivationName, Adam, Dataset, type LossName, Sequential, tabM } from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

const file = golden<{
  members: number
  hidden: number[]
  learningRate: number
  cases: {
    kind: 'mini' | 'full'
    loss: LossName
    activation: ActivationName
    x: number[][]
    y: number[] | number[][]
    start: Record<string, number[]>
    gradients: Record<string, number[]>
    losses: number[]
    prediction: number[][]
    evaluated: number
  }[]
}>('tab-m')

test.each(file.cases)('TabM-$kind with $loss is that of PyTorch', async (one) => {
  const { kind, loss, prediction } = one
  const layers = tabM({
    hidden: file.hidden,
    members: file.members,
    kind,
    outputs: prediction[0]!.length,
    activation: 'gelu',
    outputActivation: one.activation,
  })
  const model = new Sequential(layers, { inputs: one.x[0]!.length })
  const weights = model.getWeights()
  expect(weights.map(({ name }) => name).sort()).toEqual(Object.keys(one.start).sort())
  model.setWeights(weights.map((weight) => ({ ...weight, data: Float32Array.from(one.start[weight.name]!) })))
  const data = Dataset.from({ x: one.x, y: one.y })
  for (const { name, data: gradient } of await model.gradients(data, { loss })) {
    expect(worstError(gradient, one.gradients[name]!), name).toBeLessThanOrEqual(2e-5)
  }
  const { epochs } = await model.fit(data, {
    loss,
    optimizer: new Adam({ learningRate: file.learningRate }),
    epochs: one.losses.length,
    batchSize: 'full',
  })
  expect(
    worstError(
      epochs.map((epoch) => epoch.loss),
      one.losses,
    ),
  ).toBeLessThanOrEqual(2e-5)
  const predicted = await model.predict(one.x)
  expect(worstError(predicted.data, prediction.flat())).toBeLessThanOrEqual(1e-4)
  expect((await model.evaluate(data, { loss })).loss).toBeCloseTo(one.evaluated, 4)
})
