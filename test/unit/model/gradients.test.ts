/*
 * gradients() and trace() against the lesson's formulas in float64.
 */
import { describe, expect, test } from 'vitest'
import { Dataset, Dense, l1, l1l2, l2, lessonL2, type Regularizer, Sequential } from '../../../lib/index.js'
import { worstError } from '../../helpers/golden.js'
import {
  oneHot,
  type ReferenceLayer,
  type ReferenceLoss,
  referenceStep,
  waves,
} from '../../helpers/reference-network.js'

interface Case {
  readonly name: string
  readonly inputs: number
  readonly units: readonly number[]
  readonly layers: readonly ReferenceLayer[]
  readonly loss: ReferenceLoss
  readonly weighted?: boolean
  readonly targets?: 'classes' | 'probabilities'
}

const plain = (...activations: ReferenceLayer['activation'][]): ReferenceLayer[] =>
  activations.map((activation) => ({ activation }))
const cases: Case[] = [
  { name: 'one sigmoid', inputs: 5, units: [1], layers: plain('sigmoid'), loss: 'binaryCrossEntropy' },
  {
    name: 'sigmoid outputs',
    inputs: 3,
    units: [6, 4],
    layers: plain('tanh', 'sigmoid'),
    loss: 'binaryCrossEntropy',
    weighted: true,
  },
  {
    name: 'classes',
    inputs: 7,
    units: [20, 33, 5],
    layers: plain('relu', 'gelu', 'softmax'),
    loss: 'crossEntropy',
    targets: 'classes',
  },
  {
    name: 'probabilities',
    inputs: 7,
    units: [17, 3],
    layers: plain('sigmoid', 'softmax'),
    loss: 'crossEntropy',
    targets: 'probabilities',
    weighted: true,
  },
  {
    name: 'values, all activations',
    inputs: 4,
    units: [9, 8, 7, 6, 5, 2],
    layers: plain('tanh', 'gelu', 'sigmoid', 'relu', 'softmax', 'linear'),
    loss: 'meanSquaredError',
  },
  {
    name: 'values through softmax and sigmoid',
    inputs: 4,
    units: [5, 3],
    layers: plain('sigmoid', 'softmax'),
    loss: 'meanSquaredError',
    weighted: true,
  },
  {
    name: 'penalties of every kind',
    inputs: 6,
    units: [10, 9, 8, 3],
    layers: [
      { activation: 'tanh', l1: 0.03 },
      { activation: 'relu', l2: 0.02 },
      { activation: 'gelu', l1: 0.01, l2: 0.05 },
      { activation: 'softmax', lambda: 0.7 },
    ],
    loss: 'crossEntropy',
    targets: 'classes',
  },
  {
    name: 'wide layers, by OpenBLAS',
    inputs: 600,
    units: [700, 3],
    layers: plain('tanh', 'softmax'),
    loss: 'crossEntropy',
    targets: 'classes',
  },
]

function regularizerOf({ l1: one = 0, l2: two = 0, lambda }: ReferenceLayer): Regularizer | undefined {
  if (lambda !== undefined) return lessonL2(lambda)
  if (one > 0 && two > 0) return l1l2({ l1: one, l2: two })
  return one > 0 ? l1(one) : two > 0 ? l2(two) : undefined
}

function setUp({ inputs, units, layers, loss, weighted = false, targets }: Case) {
  const rows = 23
  const x = waves(rows, inputs)
  const outputs = units.at(-1)!
  const classes = Array.from({ length: rows }, (_, r) => (r * 7) % outputs)
  const shares = waves(rows, outputs, 5).map((row) => {
    const positive = row.map((value) => value + 1.5)
    const sum = positive.reduce((total, value) => total + value, 0)
    return positive.map((value) => Math.fround(value / sum))
  })
  const target =
    loss === 'meanSquaredError'
      ? waves(rows, outputs, 3)
      : loss === 'binaryCrossEntropy'
        ? waves(rows, outputs, 3).map((row) => row.map((value) => Number(value > 0)))
        : targets === 'classes'
          ? oneHot(classes, outputs)
          : shares
  const sampleWeights = Array.from({ length: rows }, (_, r) => (weighted ? (r % 5) / 2 : 1))
  const data = Dataset.from({
    x,
    y: targets === 'classes' ? classes : target,
    ...(weighted ? { sampleWeights } : {}),
  })
  const model = new Sequential(
    units.map((count, i) => {
      const regularizer = regularizerOf(layers[i]!)
      return new Dense(count, { activation: layers[i]!.activation, ...(regularizer && { regularizer }) })
    }),
    { inputs, seed: 4 },
  )
  // Biases start at 0: other values show more.
  const weights = model.getWeights().map((weight, i) => {
    return weight.name.endsWith('bias')
      ? { ...weight, data: Float32Array.from(waves(1, weight.data.length, i)[0]!) }
      : weight
  })
  model.setWeights(weights)
  return { model, data, weights, reference: referenceStep(layers, weights, x, target, loss, sampleWeights) }
}

describe.each(cases)('$name', (one) => {
  const { model, data, weights, reference } = setUp(one)

  test('the cost is the loss with penalties, weighted by sample weights', async () => {
    const { cost } = await model.trace(data, { loss: one.loss })
    expect(Math.abs(cost / reference.cost - 1)).toBeLessThan(2e-6)
    const { loss } = await model.evaluate(data, { loss: one.loss, metrics: [] })
    expect(Math.abs(loss / reference.cost - 1)).toBeLessThan(2e-6)
  })

  test('the gradients are those of the whole cost', async () => {
    const gradients = await model.gradients(data, { loss: one.loss })
    expect(gradients.map(({ name, shape }) => ({ name, shape }))).toEqual(
      weights.map(({ name, shape }) => ({ name, shape })),
    )
    for (const { name, data: values } of gradients) {
      expect(worstError(values, reference.gradients[name]!), name).toBeLessThan(1e-5)
    }
  })

  test('the trace holds Z, A, dA and dZ of every layer', async () => {
    const { layers } = await model.trace(data, { loss: one.loss })
    expect(layers).toHaveLength(one.layers.length)
    for (const [index, layer] of layers.entries()) {
      const units = one.units[index]!
      expect(layer.name).toBe(`layers.${index} Dense ${units}`)
      for (const part of ['Z', 'A', 'dA', 'dZ'] as const) {
        expect(layer[part]!.shape).toEqual([data.rows, units])
        const expected = reference.traced[index]![part].flat()
        expect(worstError(layer[part]!.data, expected), `${layer.name} ${part}`).toBeLessThan(1e-5)
      }
      const before = index === 0 ? undefined : layers[index - 1]!.A.data
      if (before !== undefined) expect(layer.input.data).toEqual(before)
      expect(layer.cached).toContain('x')
    }
  })

  test('nothing is changed by looking', () => {
    for (const [index, { data: values }] of model.getWeights().entries()) {
      expect(Buffer.compare(Buffer.from(values.buffer), Buffer.from(weights[index]!.data.slice().buffer))).toBe(0)
    }
  })

  test('activations are the outputs of each layer', async () => {
    for (const [index, { A }] of reference.traced.entries()) {
      const { data: values, shape } = await model.activations(data, index)
      expect(shape).toEqual([data.rows, one.units[index]])
      expect(worstError(values, A.flat())).toBeLessThan(1e-5)
    }
  })
})
