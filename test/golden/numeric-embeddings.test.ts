// Embeddings of numeric columns by PyTorch: test/golden/values/numeric_embeddings.py.
import { expect, test } from 'vitest'
import { Dataset, Dense, NumericEmbedding, type NumericEmbeddingOptions, Sequential } from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

const { cases, edges } = golden<{
  cases: {
    options: NumericEmbeddingOptions
    inputs: number
    x: number[][]
    y: number[][]
    weights: Record<string, number[]>
    output: number[][]
    loss: number
    gradients: Record<string, number[]>
  }[]
  edges: { x: number[][]; bins: Record<string, number[][]> }
}>('numeric_embeddings')

// Rounding of an angle of some ten radians and of sums of sixteen terms, relative to the largest number of a tensor.
const BOUND = 5e-6

test.each(Object.entries(edges.bins))('edges of at most %s bins', (bins, expected) => {
  const data = Dataset.from({ x: edges.x, y: edges.x.map(() => 0) })
  const found = NumericEmbedding.fit(data, { bins: Number(bins) }).edges!
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length))
  for (const [column, own] of found.entries()) expect(worstError(own, expected[column]!)).toBeLessThanOrEqual(BOUND)
})

test.each(cases.map((one) => [JSON.stringify(one.options), one] as const))('%s', async (_name, expected) => {
  const { options, inputs, x, y } = expected
  const model = new Sequential([new Dense(inputs), new NumericEmbedding(options)], { inputs: x[0]!.length })
  // The bins of 'ple' come of its edges.
  const isTrained = ({ name }: { readonly name: string }) => name !== 'layers.1.bins'
  const names = model
    .getWeights()
    .filter(isTrained)
    .map(({ name }) => name)
  expect([...names].sort()).toEqual(Object.keys(expected.weights).sort())
  const given = (name: string, own: Float32Array) =>
    names.includes(name) ? Float32Array.from(expected.weights[name]!) : own
  model.setWeights(model.getWeights().map((one) => ({ ...one, data: given(one.name, one.data) })))
  const data = Dataset.from({ x, y })
  const { data: output, shape } = await model.predict(x)
  expect(shape).toEqual([x.length, expected.output[0]!.length])
  expect(worstError(output, expected.output.flat())).toBeLessThanOrEqual(BOUND)
  const { loss } = await model.evaluate(data, { loss: 'meanSquaredError' })
  expect(worstError([loss!], [expected.loss])).toBeLessThanOrEqual(BOUND)
  const gradients = (await model.gradients(data, { loss: 'meanSquaredError' })).filter(isTrained)
  expect(gradients.map(({ name }) => name)).toEqual(names)
  for (const { name, data: gradient } of gradients) {
    expect(worstError(gradient, expected.gradients[name]!), name).toBeLessThanOrEqual(BOUND)
  }
})
