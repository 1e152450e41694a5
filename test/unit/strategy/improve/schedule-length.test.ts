/*
 * Longer trainings and other rows: the learning rate goes through the same course.
 */
import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  binaryCrossEntropy,
  cosine,
  Dataset,
  Dense,
  Dropout,
  flatCosine,
  improve,
  type Loss,
  Residual,
  type Schedule,
  Sequential,
  SGD,
} from '../../../../lib/index.js'
import { layerFrom } from '../../../../lib/layers/registry.js'
import type { Recipe } from '../../../../lib/strategy/improve/recipe.js'
import { whyNotLonger, withEpochs, withRows } from '../../../../lib/strategy/improve/schedule-length.js'

const x = Array.from({ length: 96 }, (_, row) => [Math.sin(row), Math.cos(3 * row)])
const data = Dataset.from({ x, y: x.map(([a, b]) => Number(a! * b! > 0)) })
const [train, dev] = [data.take(64), data.slice(64)]
const scheduled = new Adam({ learningRate: cosine({ learningRate: 0.01, steps: 8, unit: 'epoch' }), clipNorm: 1 })

const recipe = (optimizer: Recipe['optimizer']) =>
  ({ optimizer, epochs: 8, batchSize: 16, train, layers: [], inputs: 2, loss: 'binaryCrossEntropy' }) as Recipe

/** Rates of all updates of the training. */
function rates({ optimizer, epochs, batchSize, train: rows }: Recipe): number[] {
  const stepsPerEpoch = Math.ceil(rows.rows / (batchSize as number))
  return Array.from({ length: epochs * stepsPerEpoch }, (_, at) =>
    optimizer.rateAt({ step: at + 1, stepOfEpoch: at % stepsPerEpoch, stepsPerEpoch }),
  )
}

describe('a schedule', () => {
  test('is stretched over more epochs, and shortened with them', () => {
    const whole = rates(recipe(scheduled))
    expect(rates(withEpochs(recipe(scheduled), 16))).toEqual(whole.flatMap((rate) => [rate, rate]))
    expect(rates(withEpochs(recipe(scheduled), 4))).toEqual(whole.filter((_, at) => at % 2 === 0))
  })

  test('is the same over other rows', () => {
    const whole = rates(recipe(scheduled))
    expect(rates(withRows(recipe(scheduled), train.take(16), 32))).toEqual(whole)
    expect(rates(withRows(recipe(scheduled), train.concat(train, train, train), 2))).toEqual(whole)
  })

  test('of weight decay and of dropout goes along', () => {
    const fading = (learningRate: number) => flatCosine({ learningRate, steps: 8, unit: 'epoch' })
    const optimizer = new AdamW({ weightDecay: fading(0.2), learningRate: 0.01, clipNorm: 1 })
    const [inner, outer] = [new Dropout(fading(0.5)), new Dropout(0.1)]
    const layers = [new Residual([inner]), outer].map((layer) => ({ type: layer.type, options: layer.options() }))
    const own = { ...recipe(optimizer), layers }
    const longer = withEpochs(own, 16)
    const decays = (one: Recipe, times: number) => {
      const { rate } = one.optimizer.weightDecay as Schedule
      return Array.from({ length: 8 }, (_, step) => rate(times * 4 * step, { stepsPerEpoch: 4 }))
    }
    expect(decays(longer, 2)).toEqual(decays(own, 1))
    expect(longer.optimizer).toMatchObject({ name: 'AdamW', learningRate: 0.01, clipNorm: 1 })
    const [block, fixed] = longer.layers.map(({ type, options }) => layerFrom(type, options))
    const { rate } = ((block as Residual).block[0] as Dropout).rate as Schedule
    for (const epoch of [0, 3, 5, 7, 9]) {
      expect(rate(8 * epoch, { stepsPerEpoch: 4 })).toBe((inner.rate as Schedule).rate(4 * epoch, { stepsPerEpoch: 4 }))
    }
    expect((fixed as Dropout).rate).toBe(0.1)
    expect(withEpochs(own, 16).optimizer).toBe(longer.optimizer)
    class Mine extends SGD {}
    expect(whyNotLonger(recipe(new Mine({ weightDecay: fading(0.1) })))).toMatch(/weight decay follows a schedule/)
  })

  test('of label smoothing goes along, in one loss for all trainings', () => {
    const smoothed = (loss: Recipe['loss']) => ({ ...recipe(scheduled), loss })
    const labelSmoothing = flatCosine({ learningRate: 0.2, steps: 8, unit: 'epoch' })
    const loss = binaryCrossEntropy({ positiveWeight: 3, labelSmoothing })
    const longer = withEpochs(smoothed(loss), 16).loss as Loss
    expect(longer).toMatchObject({ name: 'binaryCrossEntropy', options: { positiveWeight: 3 } })
    for (const epoch of [0, 3, 5, 7, 9]) {
      const place = { stepsPerEpoch: 4 }
      expect(longer.schedules![0]!.rate(8 * epoch, place)).toBe(labelSmoothing.rate(4 * epoch, place))
    }
    expect(withEpochs(smoothed(loss), 16).loss).toBe(longer)
    const fixed = binaryCrossEntropy({ labelSmoothing: 0.1 })
    for (const other of [fixed, 'crossEntropy' as const]) expect(withEpochs(smoothed(other), 16).loss).toBe(other)
  })

  test('comes in one optimizer for all trainings, with all its other options', () => {
    const [one, two] = [1, 2].map(() => withEpochs(recipe(scheduled), 16).optimizer)
    expect(one).toBe(two)
    expect(one).toMatchObject({ name: 'Adam', clipNorm: 1 })
    expect(withEpochs(recipe(scheduled), 8).optimizer).toBe(scheduled)
  })
})

test('a constant rate needs no other optimizer', () => {
  const constant = new SGD({ learningRate: 0.1 })
  expect(withEpochs(recipe(constant), 80)).toMatchObject({ epochs: 80, optimizer: constant })
  expect(withRows(recipe(constant), train.take(8), 64).optimizer).toBe(constant)
  expect(whyNotLonger(recipe(constant))).toBeUndefined()
})

describe('longer with a schedule', () => {
  class Own extends SGD {}
  const verdictOf = async (optimizer: Recipe['optimizer'], epochs: number) => {
    const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed: 1 })
    const fit = { loss: 'binaryCrossEntropy', optimizer, epochs, batchSize: 16 } as const
    const { levers } = await improve(model, { train, dev }, { fit, levers: ['longer', 'moreData'], seeds: 2 })
    return levers.find(({ name }) => name === 'longer')!
  }

  test('is judged by its curve, and of few epochs by longer trainings', async () => {
    expect(await verdictOf(scheduled, 8)).toMatchObject({ best: expect.stringMatching(/16 epochs/), seeds: 2 })
    const short = await verdictOf(scheduled, 2)
    expect(short.settings.map(({ setting }) => setting)).toContain('epochs x 2')
  })

  test('is not tried with an optimizer that cannot be made again', async () => {
    const { verdict, reason } = await verdictOf(new Own({ learningRate: cosine({ learningRate: 0.1, steps: 9 }) }), 8)
    expect(verdict).toBe('notTried')
    expect(reason).toContain('class of your own')
  })
})
