import { expect, test } from 'vitest'
import { Adam, accuracy, Dataset, Dense, datasets, Sequential } from '../../../../lib/index.js'
import { Experiment } from '../../../../lib/strategy/experiments/experiment.js'
import type { Trial } from '../../../../lib/strategy/experiments/trial.js'

const [train, dev] = Dataset.from(datasets.moons({ samples: 240, noise: 0.2, seed: 1 })).split(0.5, { seed: 1 })
const optimizer = new Adam({ learningRate: 0.01 })

function trialOf(changes: Partial<Trial>): Trial {
  const layers = [new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
  return {
    key: 'baseline seed=1',
    layers: layers.map((layer) => ({ type: layer.type, options: layer.options() })),
    inputs: 2,
    loss: 'binaryCrossEntropy',
    optimizer,
    rateFactor: 1,
    epochs: 3,
    batchSize: 16,
    train,
    seed: 1,
    ...changes,
  }
}

test('a trial has the figures of a single fit', async () => {
  const experiment = new Experiment({ dev, metric: accuracy, seed: 1 })
  const [result] = await experiment.run([trialOf({ rateFactor: 2 })])

  const layers = [new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
  const model = new Sequential(layers, { inputs: 2, seed: 1 })
  const { epochs } = await model.fit(train, {
    loss: 'binaryCrossEntropy',
    optimizer: new Adam({ learningRate: 0.02 }),
    epochs: 3,
    batchSize: 16,
    validation: dev,
    metrics: ['accuracy'],
  })
  expect(result!.trainLoss).toEqual(epochs.map(({ loss }) => loss))
  expect(result!.devLoss).toEqual(epochs.map(({ validation }) => validation!.loss))
  expect(result!.devValue).toEqual(epochs.map(({ validation }) => validation!.accuracy))
  expect(result!.value).toBe((await model.evaluate(dev)).accuracy)
  expect(result!.groups).toHaveLength(10)
})
