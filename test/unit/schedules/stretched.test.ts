import { expect, test } from 'vitest'
import { cosine, warmUp } from '../../../lib/index.js'
import { stretched, withUpdatesPerEpoch } from '../../../lib/schedules/stretched.js'

const steps = Array.from({ length: 12 }, (_, step) => step)

test('a schedule over twice as many updates has every rate twice', () => {
  const own = warmUp(cosine({ learningRate: 0.1, steps: 4 }), { steps: 2 })
  const twice = stretched(own, 2)
  expect(steps.map((step) => twice.rate(step))).toEqual(steps.map((step) => own.rate(Math.floor(step / 2))))
  expect(twice.learningRate).toBe(0.1)
})

test('over half as many it has every second one, whatever counts its time', () => {
  const own = cosine({ learningRate: 0.1, steps: 3, unit: 'epoch' })
  const place = { stepsPerEpoch: 4 }
  const half = stretched(own, 0.5)
  expect(steps.map((step) => half.rate(step, place))).toEqual(steps.map((step) => own.rate(2 * step, place)))
})

test('epochs of so many updates, whatever those of the training have', () => {
  const own = cosine({ learningRate: 0.1, steps: 3, unit: 'epoch' })
  const kept = withUpdatesPerEpoch(own, 4)
  const rates = steps.map((step) => kept.rate(step, { stepsPerEpoch: 1 }))
  expect(rates).toEqual(steps.map((step) => own.rate(step, { stepsPerEpoch: 4 })))
})
