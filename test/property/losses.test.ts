/*
 * What holds of losses and networks whatever the numbers are.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Adam,
  crossEntropy,
  Dataset,
  Dense,
  kullbackLeibler,
  type Loss,
  type LossName,
  type NamedWeights,
  Sequential,
  SGD,
} from '../../lib/index.js'

const RUNS = 40

/** Passes its inputs on as logits. */
function passing(count: number): Sequential {
  const model = new Sequential([new Dense(count, { activation: 'softmax', bias: false })], { inputs: count })
  const data = Float32Array.from({ length: count * count }, (_, at) => Number(at % (count + 1) === 0))
  model.setWeights([{ name: 'layers.0.weight', shape: [count, count], data }])
  return model
}

const number = fc.float({ min: -3, max: 3, noNaN: true })
const table = (rows: number, columns: number) =>
  fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows })

test('softmax cross-entropy is finite at ±1e4, and so is its gradient', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 40 }).chain((classes) =>
        fc.record({
          logits: fc.array(fc.float({ min: -1e4, max: 1e4, noNaN: true }), { minLength: classes, maxLength: classes }),
          extremes: fc.array(fc.constantFrom(-1e4, 0, 1e4), { minLength: classes, maxLength: classes }),
          label: fc.integer({ min: 0, max: classes - 1 }),
          smoothing: fc.constantFrom(0, 0.1),
        }),
      ),
      async ({ logits, extremes, label, smoothing }) => {
        const model = passing(logits.length)
        const loss = crossEntropy({ labelSmoothing: smoothing })
        for (const x of [logits, extremes]) {
          const data = Dataset.from({ x: [x], y: [label] })
          const most = Math.max(...x)
          const logSum = most + Math.log(x.reduce((sum, z) => sum + Math.exp(z - most), 0))
          const spread = x.reduce((sum, z) => sum + (logSum - z), 0) / x.length
          const expected = (1 - smoothing) * (logSum - x[label]!) + smoothing * spread
          const { loss: value } = await model.evaluate(data, { loss, metrics: [] })
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-5 * Math.max(1, expected))
          const { layers } = await model.trace(data, { loss })
          const gradient = [...layers[0]!.dZ!.data]
          expect(gradient.every(Number.isFinite)).toBe(true)
          // Probabilities minus targets: both sum to 1.
          expect(Math.abs(gradient.reduce((sum, one) => sum + one, 0))).toBeLessThan(1e-5)
          expect(Math.max(...gradient.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6)
          const mixed = Dataset.from({ x: [x], y: [x.map(() => 1 / x.length)] })
          expect(Number.isFinite(model.evaluateSync(mixed, { loss: kullbackLeibler, metrics: [] }).loss)).toBe(true)
        }
      },
    ),
    { numRuns: RUNS },
  ))

const losses: [LossName | Loss, 'linear' | 'sigmoid' | 'softmax'][] = [
  ['meanSquaredError', 'linear'],
  ['meanAbsoluteError', 'linear'],
  ['huber', 'linear'],
  ['binaryCrossEntropy', 'sigmoid'],
  ['crossEntropy', 'softmax'],
  ['kullbackLeibler', 'softmax'],
  ['poisson', 'linear'],
  ['hinge', 'linear'],
]

const networkOf = (activation: 'linear' | 'sigmoid' | 'softmax', seed: number) =>
  new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(2, { activation })], { inputs: 3, seed })

/** Targets that every loss takes. */
const targetsOf = (rows: readonly (readonly number[])[]) => rows.map(([a]) => (a! > 0 ? [1, 0] : [0, 1]))

const largestOf = (all: readonly NamedWeights[]) => Math.max(...all.flatMap(({ data }) => [...data].map(Math.abs)))

test.each(losses)('the gradient of a batch is the weighted sum of its parts: %s', (loss, activation) =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 20 }).chain((rows) =>
        fc.record({
          x: table(rows, 3),
          weights: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: rows, maxLength: rows }),
          cut: fc.integer({ min: 1, max: rows - 1 }),
          seed: fc.nat(1000),
        }),
      ),
      async ({ x, weights, cut, seed }) => {
        const model = networkOf(activation, seed)
        const y = targetsOf(x)
        const part = async (from: number, to: number) => {
          const sampleWeights = weights.slice(from, to)
          const data = Dataset.from({ x: x.slice(from, to), y: y.slice(from, to), sampleWeights })
          const total = sampleWeights.reduce((sum, weight) => sum + weight, 0)
          return { total, gradients: await model.gradients(data, { loss }) }
        }
        const [whole, ...parts] = [await part(0, x.length), await part(0, cut), await part(cut, x.length)]
        const bound = 1e-5 * Math.max(1e-3, ...parts.map(({ gradients }) => largestOf(gradients)))
        for (const [i, { data }] of whole!.gradients.entries()) {
          for (const [at, gradient] of data.entries()) {
            const sum = parts.reduce((all, { total, gradients }) => all + total * gradients[i]!.data[at]!, 0)
            expect(Math.abs(gradient - sum / whole!.total)).toBeLessThanOrEqual(bound)
          }
        }
      },
    ),
    { numRuns: RUNS },
  ),
)

test('permuting rows permutes outputs', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }).chain((rows) =>
        fc.record({
          x: table(rows, 3),
          order: fc.shuffledSubarray(
            Array.from({ length: rows }, (_, row) => row),
            { minLength: rows },
          ),
          seed: fc.nat(1000),
        }),
      ),
      async ({ x, order, seed }) => {
        const model = networkOf('softmax', seed)
        const { data } = await model.predict(x)
        const permuted = await model.predict(order.map((row) => x[row]!))
        for (const [place, row] of order.entries()) {
          expect([...permuted.data.subarray(2 * place, 2 * place + 2)]).toEqual([
            ...data.subarray(2 * row, 2 * row + 2),
          ])
        }
      },
    ),
    { numRuns: RUNS },
  ))

test('linear data is recovered', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        weight: fc.array(fc.array(number, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
        bias: fc.array(number, { minLength: 2, maxLength: 2 }),
        seed: fc.nat(1000),
        adam: fc.boolean(),
      }),
      async ({ weight, bias, seed, adam }) => {
        // The corners of a cube: features do not correlate, and every direction is seen.
        const x = Array.from({ length: 8 }, (_, corner) => [0, 1, 2].map((bit) => ((corner >> bit) & 1 ? 1 : -1)))
        const y = x.map((row) => weight.map((w, o) => w.reduce((sum, value, i) => sum + value * row[i]!, bias[o]!)))
        const model = new Sequential([new Dense(2)], { inputs: 3, seed })
        const data = Dataset.from({ x, y })
        // Adam's steps are as large as its rate: it comes near with a large one, and to rest with a small one.
        const optimizers = adam
          ? [0.05, 0.001].map((learningRate) => new Adam({ learningRate }))
          : [new SGD({ learningRate: 0.5 })]
        for (const optimizer of optimizers) {
          await model.fit(data, { loss: 'meanSquaredError', optimizer, epochs: adam ? 800 : 100, batchSize: 'full' })
        }
        const [found, foundBias] = model.getWeights()
        for (const [at, value] of weight.flat().entries()) expect(Math.abs(found!.data[at]! - value)).toBeLessThan(1e-3)
        for (const [at, value] of bias.entries()) expect(Math.abs(foundBias!.data[at]! - value)).toBeLessThan(1e-3)
      },
    ),
    { numRuns: 15 },
  ))
