// A fit with a share for validation copies the rows of both parts in steps, between which the event loop may turn.
import { expect, test } from 'vitest'
import { asDataset, Dataset, forRuns } from '../../../lib/data/dataset/dataset.js'
import { native } from '../../../lib/native/addon.js'
import { elementTypes } from '../../../lib/native/generated/enums.js'
import { ELEMENTS_OF_STEP } from '../../../lib/turns.js'

const ROWS = 2000
const FEATURES = 500

function numbered(bytes: boolean): Dataset {
  const length = ROWS * FEATURES
  const data = bytes
    ? Uint8Array.from({ length }, (_, i) => (i * 7919) % 251)
    : Float32Array.from({ length }, (_, i) => ((i * 7919) % 10_007) / 3)
  const x = { data, shape: [ROWS, FEATURES] as [number, number] }
  return Dataset.from({ x, y: Int32Array.from({ length: ROWS }, (_, row) => row) }, bytes ? { scale: 1 / 255 } : {})
}

test.each([false, true])('the parts of a split in steps are those of one in one go (bytes: %s)', (bytes) => {
  const data = numbered(bytes)
  const [train, held] = data.split(0.3, { seed: 5 })
  const steps = forRuns(data).splitting(0.3, { seed: 5 })
  let count = 0
  let step = steps.next()
  for (; step.done !== true; step = steps.next()) count++
  const copied = [train, held].reduce((sum, part) => sum + Math.ceil((part.rows * FEATURES) / ELEMENTS_OF_STEP) - 1, 0)
  expect(copied).toBe(14)
  expect(count).toBeGreaterThanOrEqual(copied)
  for (const [part, expected] of [
    [asDataset(step.value[0]), train],
    [asDataset(step.value[1]), held],
  ] as const) {
    expect(part.rows).toBe(expected.rows)
    for (let row = 0; row < part.rows; row++) {
      const [number] = expected.target(row)
      expect(part.target(row)).toEqual([number])
      const given = data.row(number!)
      expect(part.row(row).every((value, i) => value === given[i])).toBe(true)
      expect(expected.row(row).every((value, i) => value === given[i])).toBe(true)
    }
  }
})

test('a matrix gathers rows of its own columns and type, into rows that it has', () => {
  const { Matrix } = native()
  const [float32, uint8] = [elementTypes.float32, elementTypes.uint8]
  const from = new Matrix(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 2, float32, 1)
  const to = new Matrix(2, 2, float32)
  to.gather(from, Int32Array.of(2), 1)
  to.gather(from, Int32Array.of(), 2)
  expect([...to.row(0), ...to.row(1)]).toEqual([0, 0, 5, 6])
  for (const wrong of [
    () => to.gather(from, Int32Array.of(0, 1), 1),
    () => to.gather(from, Int32Array.of(3), 0),
    () => to.gather(from, Int32Array.of(-1), 0),
    () => to.gather(from, Int32Array.of(0), -1),
    () => to.gather(to, Int32Array.of(0), 0),
    () => to.gather(new Matrix(3, 3, float32), Int32Array.of(0), 0),
    () => to.gather(new Matrix(3, 2, uint8), Int32Array.of(0), 0),
  ]) {
    expect(wrong).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_INTERNAL' }))
  }
  expect([...to.row(0), ...to.row(1)]).toEqual([0, 0, 5, 6])
})
