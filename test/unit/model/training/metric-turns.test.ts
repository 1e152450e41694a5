/*
 * Metrics of all scores in a fit: rows are sorted in slices after every epoch, between which the event loop turns, for every
 * way of stepping and for every member, to the numbers that are computed in one piece.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  Dataset,
  Dense,
  defineMetric,
  type EpochResult,
  type FitOptions,
  LBFGS,
  Population,
  Sequential,
} from '../../../../lib/index.js'
import { ELEMENTS_OF_STEP } from '../../../../lib/turns.js'

const HELD_ROWS = 2 * ELEMENTS_OF_STEP + 5
/** Values that are sorted, and counted by their digits, slice by slice. */
const SLICES = Math.ceil(HELD_ROWS / ELEMENTS_OF_STEP)

function dataOf(rows: number): Dataset {
  return Dataset.from({
    x: { data: Float32Array.from({ length: rows }, (_, i) => ((i * 7919) % 100_003) / 100_003), shape: [rows, 1] },
    y: Int32Array.from({ length: rows }, (_, i) => Number(i % 7 === 0)),
  })
}

const few = dataOf(64)
const held = dataOf(HELD_ROWS)
const layers = () => [new Dense(1, { activation: 'sigmoid' })]
const single = () => new Sequential(layers(), { inputs: 1, seed: 3 })
const many = () => new Population(layers(), { inputs: 1, members: 3, seed: 3 })

/** Every pause is long due: the event loop turns at each. */
let now = performance.now()
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000)))
afterEach(() => void vi.restoreAllMocks())

/** Turns of the event loop at the calls of a metric that stands before those in question and of one behind them. */
function watched(metrics: FitOptions['metrics']) {
  let [turns, ended] = [0, false]
  const at = { before: [] as number[], after: [] as number[] }
  const clock = (name: keyof typeof at) =>
    defineMetric({
      name,
      fromScores: ({ rows }) => {
        if (rows === HELD_ROWS) at[name].push(turns)
        return 0
      },
    })
  const turn = () => {
    turns++
    if (!ended) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    metrics: [clock('before'), ...metrics!, clock('after')],
    /** Of every time that the metrics were computed. */
    turnsBetween: () => {
      ended = true
      return at.after.map((after, i) => after - at.before[i]!)
    },
  }
}

const numbersOf = (epochs: readonly EpochResult[]) => epochs.map(({ seconds: _, ...numbers }) => numbers)
const binary = { loss: 'binaryCrossEntropy', epochs: 2, validation: held } as const

test('rows in memory', async () => {
  const { metrics, turnsBetween } = watched(['rocAuc', 'averagePrecision'])
  const { epochs } = await single().fit(few, { ...binary, metrics })
  const turns = turnsBetween()
  expect(turns).toHaveLength(2)
  for (const one of turns) expect(one).toBeGreaterThanOrEqual(2 * SLICES)
  expect(numbersOf(single().fitSync(few, { ...binary, metrics }).epochs)).toEqual(numbersOf(epochs))
  expect(epochs.every(({ validation }) => (validation!.rocAuc as number) > 0)).toBe(true)
})

test('members of a population, each with its own turns', async () => {
  const { metrics, turnsBetween } = watched(['rocAuc'])
  const { members } = await many().fit(few, { ...binary, metrics })
  const turns = turnsBetween()
  expect(turns).toHaveLength(6)
  for (const one of turns) expect(one).toBeGreaterThanOrEqual(SLICES)
  for (const [member, { epochs }] of members.entries()) {
    const alone = new Sequential(layers(), { inputs: 1, seed: 3 + member })
    expect(numbersOf(epochs)).toEqual(numbersOf(alone.fitSync(few, { ...binary, metrics }).epochs))
  }
})

test('a stream, and all rows at once', async () => {
  const stream = watched(['rocAuc'])
  const batches = async function* () {
    yield few
  }
  await single().fit(batches, { ...binary, metrics: stream.metrics })
  const ofStream = stream.turnsBetween()
  const whole = watched(['rocAuc'])
  await single().fit(few, { ...binary, optimizer: new LBFGS(), batchSize: 'full', metrics: whole.metrics })
  for (const turns of [ofStream, whole.turnsBetween()]) {
    expect(turns).toHaveLength(2)
    for (const one of turns) expect(one).toBeGreaterThanOrEqual(SLICES)
  }
})

test('the median of absolute errors', async () => {
  const values = (rows: number) =>
    Dataset.from({
      x: { data: Float32Array.from({ length: rows }, (_, i) => (i * 7919) % 1009), shape: [rows, 1] },
      y: Float32Array.from({ length: rows }, (_, i) => (i * 31) % 17),
    })
  const { metrics, turnsBetween } = watched(['medianAbsoluteError'])
  const line = () => new Sequential([new Dense(1)], { inputs: 1, seed: 3 })
  const options = { loss: 'meanSquaredError', epochs: 1, validation: values(HELD_ROWS), metrics } as const
  const model = line()
  const { epochs } = await model.fit(values(64), options)
  expect(turnsBetween()[0]).toBeGreaterThanOrEqual(SLICES)
  const errors = [...model.predictSync(options.validation).data].map((one, row) => Math.abs(one - ((row * 31) % 17)))
  const middle = errors.sort((a, b) => a - b)[(HELD_ROWS - 1) / 2]
  expect(epochs[0]!.validation!.medianAbsoluteError).toBe(middle)
})
