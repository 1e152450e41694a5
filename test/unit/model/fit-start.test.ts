/*
 * The start of a fit of many rows: checks, copies and shuffles are done in slices, between which the event loop turns.
 */
import { describe, expect, test } from 'vitest'
import { Dataset } from '../../../lib/data/dataset/dataset.js'
import { Dense } from '../../../lib/layers/dense.js'
import { Sequential } from '../../../lib/model/sequential.js'
import type { FitOptions } from '../../../lib/model/training/options.js'

const ROWS = 1_000_000

const data = Dataset.from({
  x: { data: Float32Array.from({ length: ROWS }, (_, i) => (i % 1009) / 1009), shape: [ROWS, 1] },
  y: Int32Array.from({ length: ROWS }, (_, i) => Number(i % 7 === 0)),
})

const newModel = () => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 1, seed: 3 })

const options: FitOptions = {
  loss: 'binaryCrossEntropy',
  epochs: 1,
  batchSize: 65_536,
  validation: 0.2,
  classWeights: 'balanced',
}

/** Turns of the event loop until the first callback is told. */
async function turnsBeforeStart() {
  const seen = { turns: 0, atStart: -1 }
  let ended = false
  const turn = () => {
    if (ended) return
    seen.turns++
    setImmediate(turn)
  }
  setImmediate(turn)
  const model = newModel()
  await model.fit(data, {
    ...options,
    callbacks: [
      {
        onFitStart: () => {
          seen.atStart = seen.turns
        },
      },
    ],
  })
  ended = true
  return { ...seen, model }
}

describe('the start of a fit of many rows', () => {
  test('lets the event loop turn, and computes what fitSync does', async () => {
    const { atStart, model } = await turnsBeforeStart()
    expect(atStart).toBeGreaterThan(1)
    const other = newModel()
    other.fitSync(data, options)
    expect(model.getWeights()).toEqual(other.getWeights())
  })

  test('refuses a second fit at once, and other uses until it is over', async () => {
    const model = newModel()
    const first = model.fit(data, options)
    await expect(model.fit(data, options)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_BUSY' })
    expect(() => model.predictSync([[1]])).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_BUSY' }))
    await first
    expect(model.predictSync([[1]]).shape).toEqual([1, 1])
  })

  test('ends between two slices where the signal is raised, and the model is as it was', async () => {
    const model = newModel()
    const before = model.getWeights()
    const controller = new AbortController()
    let started = false
    const fit = model.fit(data, {
      ...options,
      signal: controller.signal,
      callbacks: [
        {
          onFitStart: () => {
            started = true
          },
        },
      ],
    })
    setImmediate(() => controller.abort(new Error('no more')))
    await expect(fit).rejects.toThrow('no more')
    expect(started).toBe(false)
    expect(model.getWeights()).toEqual(before)
    await model.fit(data.take(10), { loss: 'binaryCrossEntropy', epochs: 1 })
  })

  test('starts a fit of few rows in the call itself', async () => {
    let started = false
    const fit = newModel().fit(data.take(100), {
      loss: 'binaryCrossEntropy',
      epochs: 1,
      callbacks: [
        {
          onFitStart: () => {
            started = true
          },
        },
      ],
    })
    expect(started).toBe(true)
    await fit
  })
})
