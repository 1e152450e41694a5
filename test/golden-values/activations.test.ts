import { expect, test } from 'vitest'
import { type ActivationName, activationKernels } from '../../lib/native/tensor.js'
import { golden, worstError } from '../helpers/golden.js'
import { runKernels } from '../helpers/kernels.js'

interface Values {
  y: number[]
  dx: number[]
}
interface RowValues {
  y: number[][]
  dx: number[][]
}
const file = golden<{
  x: number[]
  dy: number[]
  elementwise: Record<string, Values>
  rows: number[][]
  rows_dy: number[][]
  rowwise: Record<string, RowValues>
}>('activations')

const BOUND = 1e-5
const names: Record<string, ActivationName> = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  'gelu(erf)': 'gelu',
}

test('every activation with a kernel has golden values', () => {
  expect(Object.values(names).sort()).toEqual([...activationKernels].sort())
})

for (const [name, activation] of Object.entries(names)) {
  test(`activation: ${name}`, () => {
    const values = file.elementwise[name]!
    const { y, dx } = runKernels(
      { x: { rows: file.x.map((value) => [value]) }, dy: { rows: file.dy.map((value) => [value]) } },
      (record, { x, dy }) => {
        const output = record.empty(1)
        const inputGradient = record.empty(1)
        record.activationForward({ output, x, activation })
        const fromInput = activation === 'gelu'
        record.activationBackward({
          inputGradient,
          outputGradient: dy,
          output: fromInput ? undefined : output,
          preActivation: fromInput ? x : undefined,
          activation,
        })
        return { y: output, dx: inputGradient }
      },
    )
    expect(worstError(y, values.y)).toBeLessThanOrEqual(BOUND)
    expect(worstError(dx, values.dx)).toBeLessThanOrEqual(BOUND)
  })
}

test('activation: softmax', () => {
  const columns = file.rows[0]!.length
  const { y, dx } = runKernels({ x: { rows: file.rows }, dy: { rows: file.rows_dy } }, (record, { x, dy }) => {
    const output = record.empty(columns)
    const inputGradient = record.empty(columns)
    record.softmaxForward({ output, x })
    record.softmaxBackward({ inputGradient, outputGradient: dy, output })
    return { y: output, dx: inputGradient }
  })
  expect(worstError(y, file.rowwise.softmax!.y.flat())).toBeLessThanOrEqual(BOUND)
  expect(worstError(dx, file.rowwise.softmax!.dx.flat())).toBeLessThanOrEqual(BOUND)
})
