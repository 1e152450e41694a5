import { expect, test } from 'vitest'
import { type Callback, Dataset, Dense, datasets, Population, Sequential } from '../../../lib/index.js'

const data = Dataset.from(datasets.moons({ samples: 70 }))
const layers = () => [new Dense(1, { activation: 'sigmoid' })]
// Seven steps an epoch.
const options = { loss: 'binaryCrossEntropy', batchSize: 10, epochs: 3 } as const

test('every so many steps of the whole training, wherever epochs end', async () => {
  const told: number[] = []
  const epochs: number[] = []
  const callback: Callback = {
    needs: { steps: 4 },
    onStepEnd: ({ epoch, step }) => void told.push(7 * (epoch - 1) + step),
    onEpochEnd: ({ epoch }) => void epochs.push(epoch),
  }
  const every: number[] = []
  const other: Callback = { needs: { steps: 6 }, onStepEnd: ({ totalStep }) => void every.push(totalStep) }
  const model = new Sequential(layers(), { inputs: 2 })
  await model.fit(data, { ...options, callbacks: [callback, other] })
  expect(told).toEqual([4, 8, 12, 16, 20])
  expect(every).toEqual([6, 12, 18])
  expect(epochs).toEqual([1, 2, 3])
})

test('one that is last is told after all others, and sees whom they have stopped', async () => {
  const told: string[] = []
  const last: Callback = {
    last: true,
    needs: 'epoch',
    onEpochEnd: ({ epoch }) => void told.push(`last ${epoch}`),
    onFitEnd: ({ epochs, stopped }) => void told.push(`end of ${epochs.length}, ${stopped}`),
  }
  const stops: Callback = {
    needs: 'epoch',
    onEpochEnd: ({ epoch }, training) => {
      told.push(`stops ${epoch}`)
      if (epoch === 2) training.stop()
    },
  }
  const model = new Sequential(layers(), { inputs: 2 })
  await model.fit(data, { ...options, callbacks: [last, stops] })
  expect(told).toEqual(['stops 1', 'last 1', 'stops 2', 'last 2', 'end of 2, early'])
})

test('one that watches a whole population has a history of means', async () => {
  const lengths: number[] = []
  const losses: number[] = []
  const callback: Callback = {
    onFitEnd: ({ epochs }) => {
      lengths.push(epochs.length)
      losses.push(...epochs.map(({ loss }) => loss))
    },
  }
  const many = new Population(layers(), { inputs: 2, members: 2 })
  const { members } = await many.fit(data, { ...options, callbacks: [callback] })
  expect(lengths).toEqual([3])
  const mean = (at: number) => (members[0]!.epochs[at]!.loss + members[1]!.epochs[at]!.loss) / 2
  expect(losses).toEqual([mean(0), mean(1), mean(2)])
})
