/*
 * The lesson's formulas in plain float64: what a model of dense layers must give. A sample is a row here.
 */
import type { NamedWeights } from '../../lib/index.js'

export type Table = number[][]

export interface ReferenceLayer {
  readonly activation: 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'gelu' | 'softmax'
  readonly l1?: number
  readonly l2?: number
  /** The lesson's λ: adds λ / (2 m) · Σ w². */
  readonly lambda?: number
}

export type ReferenceLoss = 'meanSquaredError' | 'binaryCrossEntropy' | 'crossEntropy'

export interface Traced {
  readonly Z: Table
  readonly A: Table
  readonly dA: Table
  readonly dZ: Table
}

/** The error function, by its series or, far out, its continued fraction. */
function erf(x: number): number {
  if (Math.abs(x) > 3) return Math.sign(x) * (1 - tail(Math.abs(x)))
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

function tail(x: number): number {
  let fraction = 0
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction)
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
}

const functions = {
  linear: { of: (z: number) => z, derivative: () => 1 },
  sigmoid: { of: sigmoid, derivative: (z: number) => sigmoid(z) * (1 - sigmoid(z)) },
  tanh: { of: Math.tanh, derivative: (z: number) => 1 - Math.tanh(z) ** 2 },
  relu: { of: (z: number) => Math.max(z, 0), derivative: (z: number) => Number(z > 0) },
  gelu: {
    of: (z: number) => (z / 2) * (1 + erf(z / Math.SQRT2)),
    derivative: (z: number) => (1 + erf(z / Math.SQRT2)) / 2 + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI),
  },
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z))
}

function softmax(z: readonly number[]): number[] {
  const largest = Math.max(...z)
  const terms = z.map((value) => Math.exp(value - largest))
  const sum = terms.reduce((total, term) => total + term, 0)
  return terms.map((term) => term / sum)
}

const map = (table: Table, change: (value: number, r: number, c: number) => number): Table =>
  table.map((row, r) => row.map((value, c) => change(value, r, c)))
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!))

/** x · Wᵀ + b, and the activation of it. */
export function denseForward(x: Table, weight: Table, bias: readonly number[], { activation }: ReferenceLayer) {
  const Z = x.map((row) => weight.map((w, o) => dot(row, w) + bias[o]!))
  const A = activation === 'softmax' ? Z.map(softmax) : map(Z, functions[activation].of)
  return { Z, A }
}

function dZ(Z: Table, A: Table, dA: Table, { activation }: ReferenceLayer): Table {
  if (activation !== 'softmax') return map(dA, (value, r, c) => value * functions[activation].derivative(Z[r]![c]!))
  return A.map((a, r) => a.map((p, c) => p * (dA[r]![c]! - dot(a, dA[r]!))))
}

function rowLosses(prediction: Table, target: Table, loss: ReferenceLoss) {
  const outputs = prediction[0]!.length
  const log = (value: number) => Math.log(Math.max(value, 1e-300))
  const rules = {
    meanSquaredError: {
      value: (p: number, t: number) => (p - t) ** 2 / outputs,
      derivative: (p: number, t: number) => (2 * (p - t)) / outputs,
    },
    binaryCrossEntropy: {
      value: (p: number, t: number) => -(t * log(p) + (1 - t) * log(1 - p)) / outputs,
      derivative: (p: number, t: number) => (p - t) / (p * (1 - p)) / outputs,
    },
    crossEntropy: { value: (p: number, t: number) => -t * log(p), derivative: (p: number, t: number) => -t / p },
  }
  const { value, derivative } = rules[loss]
  return {
    losses: prediction.map((row, r) => sum(row.map((p, c) => value(p, target[r]![c]!)))),
    derivatives: map(prediction, (p, r, c) => derivative(p, target[r]![c]!)),
  }
}

/** Logical weights as tables: (outputs, inputs) and a bias of zeros where there is none. */
export function weightsOf(weights: readonly NamedWeights[], layers: number) {
  return Array.from({ length: layers }, (_, index) => {
    const { data, shape } = weights.find(({ name }) => name === `layers.${index}.weight`)!
    const [outputs = 0, inputs = 0] = shape
    const weight = Array.from({ length: outputs }, (_, o) => [...data.slice(o * inputs, (o + 1) * inputs)])
    const bias = weights.find(({ name }) => name === `layers.${index}.bias`)?.data ?? new Float32Array(outputs)
    return { weight, bias: [...bias] }
  })
}

/** Cost J with penalties, every layer's Z, A, dZ and dA, and the gradients by name. */
export function referenceStep(
  layers: readonly ReferenceLayer[],
  weights: readonly NamedWeights[],
  x: Table,
  target: Table,
  loss: ReferenceLoss,
  sampleWeights: readonly number[] = x.map(() => 1),
) {
  const parameters = weightsOf(weights, layers.length)
  const rows = x.length
  const inputs: Table[] = []
  const outputs: { Z: Table; A: Table }[] = []
  let input = x
  for (const [index, layer] of layers.entries()) {
    const { weight, bias } = parameters[index]!
    inputs.push(input)
    outputs.push(denseForward(input, weight, bias, layer))
    input = outputs.at(-1)!.A
  }
  const { losses, derivatives } = rowLosses(input, target, loss)
  const total = sum(sampleWeights)
  let cost = dot(losses, sampleWeights) / total
  let dA = map(derivatives, (value, r) => (value * sampleWeights[r]!) / total)
  const traced: Traced[] = []
  const gradients: Record<string, number[]> = {}
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index]!
    const { l1 = 0, l2 = 0, lambda = 0 } = layer
    const { weight } = parameters[index]!
    const { Z, A } = outputs[index]!
    const dz = dZ(Z, A, dA, layer)
    traced.unshift({ Z, A, dA, dZ: dz })
    const squares = l2 + lambda / (2 * rows)
    cost += sum(weight.flat().map((w) => l1 * Math.abs(w) + squares * w * w))
    gradients[`layers.${index}.weight`] = weight.flatMap((row, o) =>
      row.map((w, i) => sum(dz.map((g, r) => g[o]! * inputs[index]![r]![i]!)) + l1 * Math.sign(w) + 2 * squares * w),
    )
    gradients[`layers.${index}.bias`] = weight.map((_, o) => sum(dz.map((g) => g[o]!)))
    dA = dz.map((g) => weight[0]!.map((_, i) => sum(g.map((value, o) => value * weight[o]![i]!))))
  }
  return { cost, traced, gradients, output: input }
}

/** Class numbers as rows of 0 and 1. */
export function oneHot(classes: readonly number[], count: number): Table {
  return classes.map((one) => Array.from({ length: count }, (_, c) => Number(c === one)))
}

/** Rows of numbers that look like nothing in particular, the same every time. */
export function waves(rows: number, columns: number, phase = 0): Table {
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => Math.fround(Math.sin(1 + phase + r * 1.7 + c * 2.3 + r * c * 0.31))),
  )
}
