/*
 * Metrics of all scores of many rows: `evaluate` sorts them in slices, between which the event loop turns.
 */
import { expect, test } from 'vitest'
import { Dataset } from '../../../lib/data/dataset/dataset.js'
import { Dense } from '../../../lib/layers/dense.js'
import { defineMetric } from '../../../lib/metrics/define-metric.js'
import { Sequential } from '../../../lib/model/sequential.js'

const ROWS = 600_000

test('evaluate of ranking metrics lets the event loop turn while it sorts, and gives what evaluateSync gives', async () => {
  const data = Dataset.from({
    x: { data: Float32Array.from({ length: ROWS }, (_, i) => ((i * 7919) % 100_003) / 100_003), shape: [ROWS, 1] },
    y: Int32Array.from({ length: ROWS }, (_, i) => Number(i % 7 === 0)),
  })
  const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 1, seed: 3 })
  let [turns, ended] = [0, false]
  const turnsAt: number[] = []
  const clock = (name: string) =>
    defineMetric({
      name,
      fromScores: () => {
        turnsAt.push(turns)
        return 0
      },
    })
  const options = {
    loss: 'binaryCrossEntropy',
    metrics: [clock('before'), 'rocAuc', 'averagePrecision', clock('after')],
  } as const
  const turn = () => {
    turns++
    if (!ended) setImmediate(turn)
  }
  setImmediate(turn)
  const scores = await model.evaluate(data, options)
  ended = true
  const [before, after] = turnsAt as [number, number]
  expect(after).toBeGreaterThan(before + 1)
  expect(model.evaluateSync(data, options)).toEqual(scores)
})
