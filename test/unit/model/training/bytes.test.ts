// A first layer of few outputs reads bytes as they are. Nothing but the memory and the time may show it.
import { describe, expect, test } from 'vitest'
import { Dataset, Dense, Population, Sequential, SGD } from '../../../../lib/index.js'
import { loss } from '../../../../lib/losses/names.js'
import { buildNetwork } from '../../../../lib/model/network/network.js'
import { compilePrediction, compileScoring } from '../../../../lib/model/programs/compile.js'
import { native } from '../../../../lib/native/addon.js'
import { createRecorder } from '../../../../lib/recording/recorder.js'

const inputs = 1030
// As floats more than a megabyte: a full batch of less is converted once.
const rows = 301
const scale = 1 / 255
const bytes = Uint8Array.from({ length: rows * inputs }, (_, i) => (i * 2654435761) >>> 19)
const floats = Float32Array.from(bytes, (byte) => byte * Math.fround(scale))
const y = Array.from({ length: rows }, (_, row) => (row * 7) % 3)
const ofBytes = Dataset.from({ x: { data: bytes, shape: [rows, inputs] }, y }, { scale })
const ofFloats = Dataset.from({ x: { data: floats, shape: [rows, inputs] }, y })

const layers = () => [new Dense(5, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })]
const options = { loss: 'crossEntropy', optimizer: new SGD({ learningRate: 0.01 }), metrics: ['accuracy'] } as const

test('the layer is one that reads bytes, and one of many outputs is not', () => {
  expect(native().weightLayout(inputs, 5).panel).toBe(1)
  const [first, second] = buildNetwork(layers(), inputs).layers
  expect(first!.readsBytes).toBe(true)
  expect(second!.readsBytes).toBe(false)
  expect(buildNetwork([new Dense(5, { parametrization: 'neuralTangent' })], inputs).layers[0]!.readsBytes).toBe(false)
})

test('a weight in panels is refused bytes', () => {
  const record = createRecorder()
  record.label = 'wide'
  const [layer] = buildNetwork([new Dense(64)], inputs).layers
  const options = { logits: false, keepAll: false, training: false, random: false }
  layer!.forward(record, record.data(0, inputs, 'uint8'), options)
  expect(() => record.program()).toThrow(
    expect.objectContaining({
      code: 'ERR_DEEPBLAS_SHAPE',
      message: expect.stringMatching(
        /wide: .*uint8 beside a weight that is kept row by row.* for 'x' of the kernel denseForward/,
      ),
    }),
  )
})

test('rows in order are not gathered, shuffled rows are', () => {
  const network = buildNetwork(layers(), inputs)
  const kernels = (shuffled: boolean) =>
    compileScoring(
      network,
      { xType: 'uint8', shuffled, targetType: 'int32', targetColumns: 1, weighted: false },
      { loss: loss('loss', 'crossEntropy'), metrics: [] },
      { backward: true },
    ).kernels
  expect(kernels(false)).not.toContain('gather')
  expect(kernels(true)).toContain('gather')
  const calls = (type: 'float32' | 'uint8') =>
    compilePrediction(network, type)
      .describe(rows)
      .regions.flatMap((region) => region.calls)
  expect(calls('uint8')).toEqual(calls('float32'))
})

describe.each([
  ['all rows a step', { batchSize: 'full' }],
  ['rows in order', { batchSize: 47, shuffle: false }],
  ['shuffled rows', { batchSize: 47 }],
] as const)('%s', (_, batches) => {
  test('bytes train to the bits of floats, and score and predict as they do', async () => {
    const trained: unknown[] = []
    for (const data of [ofBytes, ofFloats]) {
      const model = new Sequential(layers(), { inputs, seed: 4 })
      const { epochs } = await model.fit(data, { ...options, ...batches, epochs: 3, validation: data })
      const scores = epochs.map(({ loss, accuracy, validation }) => ({ loss, accuracy, validation }))
      const { loss, accuracy } = await model.evaluate(data)
      trained.push([model.getWeights(), scores, loss, accuracy, await model.predict(data)])
    }
    expect(trained[0]).toEqual(trained[1])
  })

  // So small that they may run side by side.
  test('many members of a single unit do too', async () => {
    const narrow = (array: Uint8Array | Float32Array) => ({
      data: array.slice(0, rows * 64),
      shape: [rows, 64] as const,
    })
    const trained: unknown[] = []
    for (const data of [
      Dataset.from({ x: narrow(bytes), y: y.map((value) => value % 2) }, { scale }),
      Dataset.from({ x: narrow(floats), y: y.map((value) => value % 2) }),
    ]) {
      const population = new Population([new Dense(1, { activation: 'sigmoid' })], { inputs: 64, members: 40, seed: 1 })
      await population.fit(data, { ...options, loss: 'binaryCrossEntropy', ...batches, epochs: 2 })
      trained.push((await population.predict(data)).data)
    }
    expect(trained[0]).toEqual(trained[1])
  })

  test('the members of a population do too', async () => {
    const trained: unknown[] = []
    for (const data of [ofBytes, ofFloats]) {
      const population = new Population(layers(), { inputs, seeds: [1, 2, 3] })
      await population.fit(data, { ...options, ...batches, epochs: 2 })
      trained.push((await population.predict(data)).data)
    }
    expect(trained[0]).toEqual(trained[1])
  })
})
