import { expect, test } from 'vitest'
import type { ReduceOnPlateauOptions } from '../../../lib/index.js'
import { Dataset, Dense, datasets, Population, ReduceOnPlateau, Sequential, SGD } from '../../../lib/index.js'
import { FakeTraining } from '../../helpers/fake-training.js'

/** The rate after every epoch, from 1. */
function rates(options: ReduceOnPlateauOptions, losses: readonly number[]): number[] {
  const callback = new ReduceOnPlateau({ monitor: 'loss', patience: 0, factor: 0.5, ...options })
  const training = new FakeTraining()
  callback.onFitStart()
  return losses.map((loss, i) => {
    const result = { epoch: i + 1, loss, accuracy: loss, learningRate: training.learningRateFactor, seconds: 0 }
    callback.onEpochEnd(result, training)
    return training.learningRateFactor
  })
}

test('patience 0: the first epoch without improvement reduces', () => {
  expect(rates({}, [1, 1, 0.5, 0.6])).toEqual([1, 0.5, 0.5, 0.25])
})

test('a relative threshold is a share of the best, an absolute one a difference', () => {
  expect(rates({ threshold: 0.1 }, [10, 9.5, 8.9])).toEqual([1, 0.5, 0.5])
  expect(rates({ threshold: 0.1, thresholdMode: 'absolute' }, [10, 9.5, 9.45])).toEqual([1, 1, 0.5])
})

test('more is better for accuracy', () => {
  expect(rates({ monitor: 'accuracy' }, [0.5, 0.6, 0.6])).toEqual([1, 1, 0.5])
})

test('the rate stops at its minimum', () => {
  expect(rates({ minimumLearningRate: 0.4 }, [1, 1, 1, 1])).toEqual([1, 0.5, 0.4, 0.4])
})

test('in the cooldown nothing counts', () => {
  expect(rates({ cooldown: 2 }, [1, 1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5, 0.25])
})

test('NaN is no improvement', () => {
  expect(rates({}, [1, Number.NaN])).toEqual([1, 0.5])
})

test('the next epoch of a fit takes the reduced rate, on every member by itself', async () => {
  const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.3 }))
  const layers = () => [new Dense(1, { activation: 'sigmoid' })]
  // No improvement is enough: the rate falls after the second epoch, and after every one from then on.
  const callbacks = () => [new ReduceOnPlateau({ monitor: 'loss', factor: 0.5, patience: 0, threshold: 0.9 })]
  const options = { loss: 'binaryCrossEntropy', epochs: 4 } as const
  const one = new Sequential(layers(), { inputs: 2 })
  const { epochs } = await one.fit(data, {
    ...options,
    optimizer: new SGD({ learningRate: 0.8 }),
    callbacks: callbacks(),
  })
  expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0.8, 0.8, 0.4, 0.2])
  const many = new Population(layers(), { inputs: 2, members: 2 })
  const optimizer = new SGD({ learningRate: [0.8, 0] })
  const { members } = await many.fit(data, { ...options, optimizer, callbacks: callbacks() })
  expect(members.map((history) => history.epochs.map(({ learningRate }) => learningRate))).toEqual([
    [0.8, 0.8, 0.4, 0.2],
    [0, 0, 0, 0],
  ])
})

test('validation that is watched must be there, and options must be known', async () => {
  const data = Dataset.from(datasets.moons())
  const one = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
  const callbacks = [new ReduceOnPlateau()]
  await expect(one.fit(data, { loss: 'binaryCrossEntropy', callbacks })).rejects.toThrow(
    /validation .*which ReduceOnPlateau monitors|which ReduceOnPlateau monitors for validation/,
  )
  expect(() => new ReduceOnPlateau({ factor: 1 })).toThrow(/less than 1 for factor/)
  expect(() => new ReduceOnPlateau({ minLearningRate: 1 } as never)).toThrow(/Did you mean 'minimumLearningRate'/)
  expect(() => new ReduceOnPlateau({ monitor: 'mine' }).onFitStart()).toThrow(/'min' or 'max'/)
})
