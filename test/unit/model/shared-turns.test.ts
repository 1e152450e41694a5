import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Dense, Sequential } from '../../../lib/index.js'
import { SharedTurns } from '../../../lib/turns.js'

/** The turn of the event loop, counted, in which each promise is settled. */
async function turnsOf(promises: readonly Promise<unknown>[]): Promise<number[]> {
  let turn = 0
  let left = promises.length
  const turns = promises.map(async (promise, i) => {
    await promise
    left--
    return [i, turn] as const
  })
  // What need not wait is settled before the event loop turns.
  for (let i = 0; i < 10; i++) await undefined
  turn++
  while (left > 0) {
    await setImmediate()
    turn++
  }
  return (await Promise.all(turns)).map(([, at]) => at)
}

function mostOfOne(turns: readonly number[]): number {
  return Math.max(...turns.map((turn) => turns.filter((other) => other === turn).length))
}

test('tasks share turns, in the order of asking', async () => {
  const shared = new SharedTurns(10)
  const order: number[] = []
  const asked = [4, 4, 4, 100, 1, 10, 5, 5].map(async (work, i) => {
    await shared.share(work)
    order.push(i)
  })
  const turns = await turnsOf(asked)
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  // 4 and 4; 4; 100 by itself; 1; 10; 5 and 5.
  expect(mostOfOne(turns)).toBe(2)
  expect(new Set(turns).size).toBe(6)
})

test.each([
  [20, 512],
  [784, 400],
  [3, 512],
])(
  'predictions of %d inputs and %d rows are answered a few a turn, with the numbers of one alone',
  async (inputs, rows) => {
    const model = new Sequential([new Dense(64, { activation: 'relu' }), new Dense(8)], { inputs, seed: 1 })
    const given = Array.from({ length: 64 }, (_, call) => ({
      data: Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i + call)),
      shape: [rows, inputs] as [number, number],
    }))
    const answers = given.map((x) => model.predict(x))
    // A turn hands out answers that came of 2 ** 17 numbers with their outputs, or one answer. Between two of the turns that
    // are counted here, the tasks may have had two: one behind the first count and one before the second.
    const most = Math.ceil(Math.max(1, 2 ** 17 / (rows * (inputs + 8))))
    expect(2 * most).toBeLessThan(given.length)
    expect(mostOfOne(await turnsOf(answers))).toBeLessThanOrEqual(2 * most)
    for (const [i, answer] of answers.entries()) expect((await answer).data).toEqual(model.predictSync(given[i]!).data)
  },
)

test('among many calls that wait, one with bad rows fails alone', async () => {
  const model = new Sequential([new Dense(400), new Dense(4)], { inputs: 50, seed: 1 })
  const x = (value: number) => ({ data: new Float32Array(50 * 500).fill(value), shape: [500, 50] as [number, number] })
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, i) => model.predict(x(i === 20 ? Number.NaN : i))),
  )
  expect(results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([20])
  // Nobody reads any more: the parameters are changed in place, and the next answer is of the new ones.
  model.setWeights(model.getWeights().map((weight) => ({ ...weight, data: weight.data.map(() => 0) })))
  expect((await model.predict(x(1))).data.every((value) => value === 0)).toBe(true)
})
