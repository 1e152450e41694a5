import { expect, test } from 'vitest'
import { accuracy, Dataset, Dense, datasets, rocAuc, Sequential } from '../../../../lib/index.js'
import { type Metric, onValidationAlone } from '../../../../lib/metrics/metric.js'

test('a metric of the validation alone has there the values that it has beside the training data', async () => {
  const data = Dataset.from(datasets.moons({ samples: 90, noise: 0.2, seed: 3 }))
  const epochsWith = async (metrics: Metric[]) => {
    const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed: 1 })
    const options = { loss: 'binaryCrossEntropy', epochs: 3, validation: 0.3 } as const
    return (await model.fit(data, { ...options, metrics })).epochs
  }
  const both = await epochsWith([rocAuc, accuracy])
  const alone = await epochsWith([onValidationAlone(rocAuc), accuracy])
  expect(alone.map(({ validation }) => validation)).toEqual(both.map(({ validation }) => validation))
  expect(alone.map((epoch) => [epoch.loss, epoch.accuracy])).toEqual(both.map((epoch) => [epoch.loss, epoch.accuracy]))
  expect(both.map((epoch) => typeof epoch.rocAuc)).toEqual(['number', 'number', 'number'])
  expect(alone.map((epoch) => epoch.rocAuc)).toEqual([undefined, undefined, undefined])
})
