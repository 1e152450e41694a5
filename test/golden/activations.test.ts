import { expect, test } from 'vitest'
import {
  Activation,
  type ActivationOption,
  activationNames,
  elu,
  gelu,
  leakyRelu,
  Sequential,
} from '../../lib/index.js'
import { golden } from '../helpers/golden.js'
import { runKernels } from '../helpers/kernels.js'

interface Values<Numbers> {
  readonly y: Numbers
  readonly dx: Numbers
}

const file = golden<{
  x: number[]
  dy: number[]
  elementwise: Record<string, Values<number[]>>
  rows: number[][]
  rows_dy: number[][]
  rowwise: Record<string, Values<number[][]>>
}>('activations')

/**
 * |a - b| <= 1e-5 max(|b|, 0.1): the largest of a tensor, which is 40 in most of these, would hide what is small. Below
 * 0.1 differences of numbers near 1, such as 1 - tanh², keep their absolute error.
 */
const BOUND = 1e-5
const SMALL = 0.1

function worstError(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length)
  const errors = expected.map((value, i) => Math.abs(actual[i]! - value) / Math.max(Math.abs(value), SMALL))
  return errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors)
}

const elementWise: Record<string, ActivationOption> = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  relu6: 'relu6',
  'leakyRelu(0.01)': leakyRelu({ slope: 0.01 }),
  'elu(1)': elu({ alpha: 1 }),
  selu: 'selu',
  'gelu(erf)': 'gelu',
  'gelu(tanh)': gelu({ approximate: 'tanh' }),
  silu: 'silu',
  mish: 'mish',
  softplus: 'softplus',
  softsign: 'softsign',
  'hardSigmoid(relu6(x+3)/6)': 'hardSigmoid',
  hardSwish: 'hardSwish',
}
const rowWise: Record<string, ActivationOption> = { softmax: 'softmax', logSoftmax: 'logSoftmax' }

/** The layer's forward and backward block on given rows. */
function throughLayer(activation: ActivationOption, x: readonly number[][], dy: readonly number[][]) {
  return runKernels({ x: { rows: x }, dy: { rows: dy } }, (record, tensors) => {
    const layer = new Activation(activation).bind(tensors.x.columns)
    const options = { logits: false, keepAll: false, training: true, random: false }
    const { output, cache } = layer.forward(record, tensors.x, options)
    const { inputGradient } = layer.backward(record, cache, tensors.dy, true, options)
    return { y: output, dx: inputGradient! }
  })
}

test('every activation of the file is compared, and every name is in it', () => {
  expect(Object.keys(file.elementwise).sort()).toEqual(Object.keys(elementWise).sort())
  expect(Object.keys(file.rowwise).sort()).toEqual(Object.keys(rowWise).sort())
  const names = [...Object.keys(elementWise), ...Object.keys(rowWise)].map((name) => name.replace(/\(.*/, ''))
  expect([...new Set(names)].sort()).toEqual([...activationNames].sort())
})

test.each(Object.entries(elementWise))('activation: %s', (name, activation) => {
  const column = (values: readonly number[]) => values.map((value) => [value])
  const { y, dx } = throughLayer(activation, column(file.x), column(file.dy))
  expect(worstError(y, file.elementwise[name]!.y)).toBeLessThanOrEqual(BOUND)
  expect(worstError(dx, file.elementwise[name]!.dx)).toBeLessThanOrEqual(BOUND)
  const predicted = new Sequential([new Activation(activation)], { inputs: 1 }).predictSync(column(file.x))
  expect(worstError(predicted.data, file.elementwise[name]!.y)).toBeLessThanOrEqual(BOUND)
})

test.each(Object.entries(rowWise))('activation: %s', (name, activation) => {
  const { y, dx } = throughLayer(activation, file.rows, file.rows_dy)
  expect(y.every(Number.isFinite)).toBe(true)
  expect(dx.every(Number.isFinite)).toBe(true)
  expect(worstError(y, file.rowwise[name]!.y.flat())).toBeLessThanOrEqual(BOUND)
  expect(worstError(dx, file.rowwise[name]!.dx.flat())).toBeLessThanOrEqual(BOUND)
  const model = new Sequential([new Activation(activation)], { inputs: file.rows[0]!.length })
  expect(worstError(model.predictSync(file.rows).data, file.rowwise[name]!.y.flat())).toBeLessThanOrEqual(BOUND)
})

test('a value that is 1 % off is found', () => {
  for (const values of Object.values(file.elementwise)) {
    for (const numbers of [values.y, values.dx]) {
      for (const [i, value] of numbers.entries()) {
        const off = worstError(numbers.with(i, value * 1.01), numbers)
        if (Math.abs(value) > 2e-4) expect(off).toBeGreaterThan(BOUND)
      }
    }
  }
})
