/*
 * gradients() and trace() run off the calling thread: the event loop turns, and they are of the parameters of the call.
 */
import { expect, test } from 'vitest'
import { Dataset, Dense, Sequential } from '../../../lib/index.js'

const rows = 3000
const data = Dataset.from({
  x: { data: Float32Array.from({ length: rows * 50 }, (_, i) => Math.sin(i)), shape: [rows, 50] },
  y: Int32Array.from({ length: rows }, (_, row) => row % 3),
})
const options = { loss: 'crossEntropy' } as const
const modelOf = () =>
  new Sequential([new Dense(64, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], { inputs: 50 })

test('of the parameters of the call, though they are set before the answer', async () => {
  const model = modelOf()
  const expected = await model.gradients(data, options)
  const answers = [model.gradients(data, options), model.trace(data, options)] as const
  model.setWeights(model.getWeights().map((weight) => ({ ...weight, data: weight.data.map(() => 0) })))
  const [gradients, { cost }] = await Promise.all(answers)
  expect(gradients).toEqual(expected)
  expect(cost).not.toBeCloseTo(Math.log(3), 6)
  expect((await model.trace(data, options)).cost).toBeCloseTo(Math.log(3), 6)
})

test('in a loop of awaited calls a timer fires', async () => {
  const model = modelOf()
  let fired = false
  setTimeout(() => {
    fired = true
  })
  for (let call = 0; call < 10_000 && !fired; call++) await model.gradients(data, options)
  expect(fired).toBe(true)
})

test('in a callback that does not wait they are of the parameters of that moment', async () => {
  const model = modelOf()
  const seen: Promise<unknown>[] = []
  const expected: unknown[] = []
  await model.fit(data, {
    ...options,
    epochs: 3,
    callbacks: [
      {
        needs: 'epoch',
        onEpochEnd() {
          seen.push(model.gradients(data, options))
          const copy = modelOf()
          copy.setWeights(model.getWeights())
          expected.push(copy)
        },
      },
    ],
  })
  for (const [epoch, copy] of expected.entries()) {
    expect(await seen[epoch]).toEqual(await (copy as Sequential).gradients(data, options))
  }
})
