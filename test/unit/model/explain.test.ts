/*
 * How long `explain` may hold the event loop: of long steps it measures few, of very many rows a part.
 */
import { afterEach, expect, test, vi } from 'vitest'
import { Dataset, Dense, Sequential, SGD } from '../../../lib/index.js'

afterEach(() => void vi.restoreAllMocks())

const model = new Sequential([new Dense(16, { activation: 'relu' }), new Dense(1)], { inputs: 8, seed: 1 })

/** Steps that explain runs while the clock goes on by so many milliseconds whenever it is read. */
function stepsOf(milliseconds: number): number {
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => (now += milliseconds))
  const optimizer = new SGD()
  const fill = vi.spyOn(optimizer, 'fill')
  model.explain({ loss: 'meanSquaredError', optimizer })
  return fill.mock.calls.length
}

test('of long steps few are measured, planned and call by call', () => {
  expect(stepsOf(0)).toBe(2 * (2 + 20))
  expect(stepsOf(10)).toBe(2 * (2 + 10))
  expect(stepsOf(1000)).toBe(2 * (1 + 1))
})

test('of very many rows a part is measured, and the bytes are those of all', () => {
  const partsOf = (batchSize: number) => {
    const text = model.explain({ loss: 'meanSquaredError', batchSize })
    const [, batch, bytes] = text.match(/^batch (\d+), workspace (\d+) bytes/)!.map(Number)
    expect(batch).toBe(batchSize)
    const rows = text.match(/ a step of (\d+) rows, on which all times are measured$/m)?.[1]
    return { bytes: bytes!, rows: rows === undefined ? undefined : Number(rows) }
  }
  const [some, many] = [partsOf(100_000), partsOf(10_000_000)]
  expect(some.rows).toBeUndefined()
  // A row of this network has 8 inputs and 17 outputs.
  expect(many.rows).toBe(Math.floor(2 ** 23 / 25))
  expect(many.bytes / some.bytes).toBeCloseTo(100, 3)
  // Wide layers: rows enough that what is done once a step is a small part of it.
  const wide = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 10_000 })
  expect(wide.explain({ batchSize: 2000 })).toContain('a step of 1024 rows,')
})

test("'full' is refused, since explain has no data, with what to give", () => {
  expect(() => model.explain({ batchSize: 'full' as never })).toThrow(
    "Expected positive integer for batchSize but received 'full' of type string. Give the number of rows, data.rows: explain has no data.",
  )
})

test('a network whose loss of zeros is not finite is refused', async () => {
  const spoilt = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  const data = Dataset.from({ x: [[1], [2]], y: [1e3, 2e3] })
  const loss = 'meanSquaredError'
  const optimizer = new SGD({ learningRate: 1e38 })
  await expect(spoilt.fit(data, { loss, optimizer, epochs: 1, batchSize: 'full' })).rejects.toThrow('not finite')
  expect(() => spoilt.explain({ loss })).toThrow(
    expect.objectContaining({ code: 'ERR_DEEPBLAS_NOT_FINITE', message: expect.stringContaining('Set or load') }),
  )
})
