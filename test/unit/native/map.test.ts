/*
 * Element-wise rules recorded in TypeScript, and the kernels that go with them, against plain float64.
 */
import { expect, test } from 'vitest'
import { native } from '../../../lib/native/addon.js'
import { elementTypes, reductions } from '../../../lib/native/generated/enums.js'
import { createRecorder, type Recorder } from '../../../lib/recording/recorder.js'
import { batchRows, columnIndex, type Element } from '../../../lib/recording/rule.js'
import type { Tensor } from '../../../lib/recording/tensor.js'

/** Runs what is recorded on x (rows, columns) and gives the tensor that it returns. */
function run(
  x: readonly (readonly number[])[],
  record: (record: Recorder, x: Tensor) => Tensor,
): { data: number[]; rows: number } {
  const recorder = createRecorder()
  const columns = x[0]!.length
  const result = record(recorder, recorder.data(0, columns, 'float32'))
  const { Matrix, Arena, Pass } = native()
  const pass = new Pass({
    program: recorder.program(),
    batch: x.length,
    keepAll: true,
    rows: Float64Array.of(x.length),
    parameters: new Arena(64, 1),
    gradients: new Arena(64, 1),
    slots: [[new Matrix(Float32Array.from(x.flat()), x.length, columns, elementTypes.float32, 1)]],
  })
  pass.runSync()
  return { data: [...pass.readTensor(result.index, 0, x.length)], rows: x.length }
}

const values = [-30, -3.5, -1, -0.25, 0, 0.25, 1, 3.5, 30]
const grid = (rows: number, columns: number) =>
  Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => values[(r * 7 + c * 3) % values.length]! + r / 100),
  )

const rules: [name: string, rule: (x: Element) => Element, plain: (x: number) => number][] = [
  ['plus, minus, times, over', (x) => x.plus(2).times(x).minus(x.over(4)), (x) => (x + 2) * x - x / 4],
  ['atMost, atLeast', (x) => x.atMost(2).atLeast(-1), (x) => Math.max(Math.min(x, 2), -1)],
  ['absolute, squareRoot, negated', (x) => x.absolute().squareRoot().negated(), (x) => -Math.sqrt(Math.abs(x))],
  ['exponential', (x) => x.exponential(), Math.exp],
  ['logarithm', (x) => x.absolute().plus(0.5).logarithm(), (x) => Math.log(Math.abs(x) + 0.5)],
  ['tanh, sigmoid', (x) => x.tanh().plus(x.sigmoid()), (x) => Math.tanh(x) + 1 / (1 + Math.exp(-x))],
  ['softplus', (x) => x.softplus(), (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  ['sine', (x) => x.sine(), Math.sin],
  ['cosine', (x) => x.times(1000).cosine(), (x) => Math.cos(Math.fround(x * 1000))],
  ['sign', (x) => x.sign(), Math.sign],
  ['select, lessThan', (x) => x.lessThan(0).select(x.times(0.1), x), (x) => (x < 0 ? 0.1 * x : x)],
  ['moreThan, equals', (x) => x.moreThan(1).minus(x.equals(x)), (x) => (x > 1 ? 1 : 0) - 1],
  ['normalDensity', (x) => x.normalDensity(), (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)],
]

test.each(rules)('%s', (_name, rule, plain) => {
  for (const [rows, columns] of [
    [1, 1],
    [3, 7],
    [5, 16],
    [4, 17],
    [2, 300],
    [300, 1],
    [257, 3],
  ] as const) {
    const x = grid(rows, columns)
    const { data } = run(x, (record, input) => {
      const output = record.empty(columns)
      record.map({ inputs: { x: input }, outputs: { output } }, ({ x: element }) => ({ output: rule(element) }))
      return output
    })
    for (const [i, value] of x.flat().entries()) {
      const expected = plain(Math.fround(value))
      expect(Math.abs(data[i]! - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected)))
    }
  }
})

test('the logarithm of 0 is minus infinity, of less NaN', () => {
  const { data } = run([[0, -1, 1]], (record, x) => {
    const output = record.empty(3)
    record.map({ inputs: { x }, outputs: { output } }, (given) => ({ output: given.x.logarithm() }))
    return output
  })
  expect(data).toEqual([Number.NEGATIVE_INFINITY, Number.NaN, 0])
})

test('columns, rows and sums are broadcast', () => {
  const x = grid(9, 21)
  const { data } = run(x, (record, input) => {
    const [rowMean, rowMax, output] = [record.empty(1), record.empty(1), record.empty(21)]
    const columnMean = record.scratch(21, 21)
    record.reduceRows({ output: rowMean, x: input, kind: reductions.mean })
    record.reduceRows({ output: rowMax, x: input, kind: reductions.largest })
    record.reduceColumns({ output: columnMean, x: input, kind: reductions.mean })
    record.map({ inputs: { x: input, rowMean, rowMax, columnMean }, outputs: { output } }, (g) => ({
      output: g.x.minus(g.rowMean).plus(g.columnMean.times(2)).plus(g.rowMax.over(batchRows())).plus(columnIndex()),
    }))
    return output
  })
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  for (const [r, row] of x.entries()) {
    for (const [c, value] of row.entries()) {
      const expected = value - mean(row) + 2 * mean(x.map((one) => one[c]!)) + Math.max(...row) / 9 + c
      expect(data[r * 21 + c]).toBeCloseTo(expected, 4)
    }
  }
})

test('several outputs, one of them an input', () => {
  const { data } = run([[1, 2]], (record, x) => {
    const [a, b] = [record.empty(2), record.empty(2)]
    record.map({ inputs: { x }, outputs: { a } }, (g) => ({ a: g.x.plus(1) }))
    record.map({ inputs: { a }, outputs: { a, b } }, (g) => ({ a: g.a.times(10), b: g.a }))
    const sum = record.empty(2)
    record.map({ inputs: { a, b }, outputs: { sum } }, (g) => ({ sum: g.a.plus(g.b) }))
    return sum
  })
  expect(data).toEqual([22, 33])
})

test('columns are put beside each other, and rows of a table are found by code', () => {
  const { data } = run(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    (record, x) => {
      const output = record.empty(5)
      record.copyColumns({ output, x, from: 1, to: 0, count: 2 })
      record.copyColumns({ output, x, from: 0, to: 2, count: 3 })
      return output
    },
  )
  expect(data).toEqual([2, 3, 1, 2, 3, 5, 6, 4, 5, 6])
})

test('random numbers: uniform and normal, another stream at every step, the same again', () => {
  const draw = (kind: number, step: number, seed = 7, columns = 37) =>
    run(grid(400, 1), (record) => {
      const output = record.empty(columns)
      record.random({ output, seed, stream: 9, step, kind })
      return output
    }).data
  const uniform = draw(0, 1)
  expect(draw(0, 1)).toEqual(uniform)
  expect(draw(0, 2)).not.toEqual(uniform)
  expect(draw(0, 1, 8)).not.toEqual(uniform)
  expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true)
  // The contract with randomWords: element e is word e of the stream.
  const words = native().randomWords(7, 9, 1, 400 * 37)
  expect(uniform).toEqual(Array.from(words, (word) => (word >>> 8) / 2 ** 24))
  const moments = (list: readonly number[]) => {
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length
    return [mean, list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length] as const
  }
  expect(moments(uniform)[0]).toBeCloseTo(0.5, 1)
  expect(moments(uniform)[1]).toBeCloseTo(1 / 12, 2)
  const [mean, variance] = moments(draw(1, 1))
  expect(Math.abs(mean)).toBeLessThan(0.05)
  expect(Math.abs(variance - 1)).toBeLessThan(0.05)
})

test('a map kernel that is recorded without a rule is refused', () => {
  const record = createRecorder()
  const given = { output0: record.empty(3), input0: record.data(0, 3, 'float32') }
  expect(() => record.mapRows(given as never)).toThrowError(
    expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('Use record.map') }),
  )
})

test('a rule that is too long, and too many tensors, are refused', () => {
  const record = createRecorder()
  const x = record.data(0, 3, 'float32')
  const output = record.empty(3)
  expect(() =>
    record.map({ inputs: { x }, outputs: { output } }, (g) => {
      let value = g.x
      for (let i = 0; i < 100; i++) value = value.times(g.x).plus(i)
      return { output: value }
    }),
  ).toThrowError(expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('96') }))
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`x${i}`, x]))
  expect(() => record.map({ inputs: many, outputs: { output } }, () => ({ output: 1 }))).toThrowError(/inputs/)
})
