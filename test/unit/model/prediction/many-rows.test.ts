import { expect, test } from 'vitest'
import { Dense, getThreads, Sequential, setThreads } from '../../../../lib/index.js'

const make = (inputs: number) =>
  new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })], { inputs, seed: 1 })

const numbers = (length: number, shift = 0) => Float32Array.from({ length }, (_, i) => Math.sin(i + shift))

// More than the caches of most processors hold, rows with and without room behind them, and a few.
const sizes = [
  [513, 3],
  [2000, 40],
  [40_000, 64],
  [1_500_000, 2],
] as const

test.each(sizes)('%d rows of %d numbers: the caller may change the array after the call', async (rows, inputs) => {
  const model = make(inputs)
  const x = { data: numbers(rows * inputs), shape: [rows, inputs] }
  const expected = model.predictSync(x)
  const answer = model.predict(x)
  x.data.fill(Number.NaN)
  structuredClone(x.data.buffer, { transfer: [x.data.buffer] })
  expect(Buffer.compare(Buffer.from((await answer).data.buffer), Buffer.from(expected.data.buffer))).toBe(0)
})

test('every kind of array gives the numbers of its floats', async () => {
  const model = make(5)
  const values = Array.from({ length: 5000 }, (_, i) => (i * 7) % 120)
  const expected = model.predictSync({ data: Float32Array.from(values), shape: [1000, 5] })
  const kinds = [
    Float64Array,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
  ]
  for (const Kind of kinds) {
    expect(await model.predict({ data: Kind.from(values), shape: [1000, 5] })).toEqual(expected)
  }
  const rows = Array.from({ length: 1000 }, (_, row) => values.slice(5 * row, 5 * row + 5))
  expect(await model.predict(rows)).toEqual(expected)
})

test('many at once, and one after the other on memory that was used before', async () => {
  const model = make(6)
  const all = [4000, 700, 3000, 5000].map((rows, i) => ({ data: numbers(6 * rows, i), shape: [rows, 6] }))
  const expected = all.map((rows) => model.predictSync(rows))
  expect(await Promise.all(all.map((rows) => model.predict(rows)))).toEqual(expected)
  for (const [i, rows] of all.entries()) expect(await model.predict(rows)).toEqual(expected[i])
  expect(await make(5).predict({ data: all[0]!.data.subarray(0, 5000), shape: [1000, 5] })).toEqual(
    make(5).predictSync({ data: all[0]!.data.subarray(0, 5000), shape: [1000, 5] }),
  )
})

test.each(sizes)('%d rows of %d numbers: one that is not finite is told by its place', async (rows, inputs) => {
  const model = make(inputs)
  const data = numbers(rows * inputs)
  const row = rows - 7
  data[row * inputs + 1] = Number.POSITIVE_INFINITY
  data[(row + 3) * inputs] = Number.NaN
  await expect(model.predict({ data, shape: [rows, inputs] })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_DATA',
    message: expect.stringContaining(`row ${row}, column 1.`),
  })
  // What was found in one array is not told of the next.
  data.fill(0.5)
  expect((await model.predict({ data, shape: [rows, inputs] })).shape).toEqual([rows, 3])
})

test('the bits do not depend on the number of threads', async () => {
  const model = make(64)
  const x = { data: numbers(64 * 6000), shape: [6000, 64] }
  const before = getThreads()
  const answers: unknown[] = []
  try {
    for (const threads of [1, 2, 3]) {
      setThreads(threads)
      answers.push(await model.predict(x))
    }
  } finally {
    setThreads(before)
  }
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
})
