import { describe, expect, test } from 'vitest'
import { Dataset, Dense, EarlyStopping, Sequential } from '../../../lib/index.js'

const data = Dataset.from({
  x: [
    [0, 1],
    [1, 0],
  ],
  y: [0, 1],
})
const train = (signal: AbortSignal) =>
  new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2 }).fit(data, {
    loss: 'crossEntropy',
    epochs: 1_000_000_000,
    signal,
  })

/** What a promise rejects with, itself. */
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (reason: unknown) => ({ reason }),
  )

describe('an aborted fit rejects with the signal’s reason, whatever that is', () => {
  test('aborted without a reason, while it runs', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 20)
    expect(await reasonOf(train(abort.signal))).toEqual({ reason: abort.signal.reason })
    expect(abort.signal.reason.name).toBe('AbortError')
  })

  test('aborted without a reason, before it starts', async () => {
    const signal = AbortSignal.abort()
    expect(await reasonOf(train(signal))).toEqual({ reason: signal.reason })
  })

  test('by a timeout', async () => {
    const signal = AbortSignal.timeout(20)
    expect(await reasonOf(train(signal))).toEqual({ reason: signal.reason })
  })

  test.each([null, 0, 'enough', { code: 5 }, Object.assign(new Error('enough'), { code: 5 })])(
    'for %s',
    async (reason) => {
      const abort = new AbortController()
      setTimeout(() => abort.abort(reason), 20)
      expect(await reasonOf(train(abort.signal))).toEqual({ reason })
    },
  )
})

test.each([undefined, null, Object.assign(new Error('enough'), { code: 5 })])(
  'what a callback throws comes out as it is: %s',
  async (thrown) => {
    const model = new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2 })
    const fail = () => {
      throw thrown
    }
    const fit = model.fit(data, { loss: 'crossEntropy', callbacks: [{ onFitStart: fail }] })
    expect(await reasonOf(fit)).toEqual({ reason: thrown })
  },
)

test('aborted, the model holds the last completed step, not the epoch that early stopping found best', async () => {
  const model = () => new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2 })
  const abort = new AbortController()
  // The loss falls: with 'max' the first epoch stays the best.
  const callbacks = [
    new EarlyStopping({ monitor: 'loss', mode: 'max', patience: 100 }),
    { onEpochEnd: ({ epoch }: { epoch: number }) => (epoch === 4 ? abort.abort('enough') : undefined) },
  ]
  const aborted = model()
  const fit = aborted.fit(data, { loss: 'crossEntropy', epochs: 9, callbacks, signal: abort.signal })
  expect(await reasonOf(fit)).toEqual({ reason: 'enough' })
  const [four, best] = [model(), model()]
  await four.fit(data, { loss: 'crossEntropy', epochs: 4 })
  await best.fit(data, { loss: 'crossEntropy', epochs: 9, callbacks: callbacks.slice(0, 1) })
  expect(aborted.getWeights()).toEqual(four.getWeights())
  expect(aborted.getWeights()).not.toEqual(best.getWeights())
})
