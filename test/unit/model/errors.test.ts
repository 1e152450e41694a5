import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Dataset, Dense, type Layer, Sequential } from '../../../lib/index.js'

const model = () => new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2 })
const data = (y: number[] = [0, 1]) =>
  Dataset.from({
    x: [
      [0, 1],
      [1, 0],
    ],
    y,
  })
const codeOf = (code: string, text: string) => expect.objectContaining({ code, message: expect.stringContaining(text) })

test('layers that do not fit are named in the terms of the lesson', () => {
  const layers: Layer[] = [new Dense(2, { inputs: 4 }), new Dense(3), new Dense(4, { inputs: 5 })]
  expect(() => new Sequential(layers, { inputs: 4 })).toThrowError(
    codeOf('ERR_DEEPBLAS_SHAPE', 'layer 3 (Dense 4) needs 5 inputs, layer 2 (Dense 3) gives 3'),
  )
})

test('wrong data', () => {
  expect(() => Dataset.from({ x: [] })).toThrowError(codeOf('ERR_DEEPBLAS_DATA', 'at least one row'))
  expect(() => Dataset.from({ x: [[1, Number.NaN]] })).toThrowError(codeOf('ERR_DEEPBLAS_DATA', 'row 0, column 1'))
  expect(() => Dataset.from({ x: [[1, 2], [3]] })).toThrowError(codeOf('ERR_DEEPBLAS_SHAPE', 'x[1]'))
  expect(() => Dataset.from({ x: [['a']] as never })).toThrowError(codeOf('ERR_DEEPBLAS_DATA', "'a'"))
  expect(() => Dataset.from({ x: [[1], [2]], y: [1] })).toThrowError(codeOf('ERR_DEEPBLAS_SHAPE', '2 rows'))
  expect(() => Dataset.from({ x: { data: new Float32Array(5), shape: [2, 3] } })).toThrowError(
    codeOf('ERR_DEEPBLAS_SHAPE', '6 numbers'),
  )
})

test('wrong arguments of fit', async () => {
  const bad = (options: object, set = data()) => model().fit(set, { loss: 'crossEntropy', ...options } as never)
  await expect(bad({ epochs: -1 })).rejects.toThrowError(codeOf('ERR_DEEPBLAS_ARGUMENT', 'epochs'))
  await expect(bad({ batchsize: 2 })).rejects.toThrowError(codeOf('ERR_DEEPBLAS_ARGUMENT', 'batchSize'))
  await expect(bad({ loss: 'crossentropy' })).rejects.toThrowError(codeOf('ERR_DEEPBLAS_ARGUMENT', "'crossEntropy'"))
  await expect(bad({}, data([0, 3]))).rejects.toThrowError(codeOf('ERR_DEEPBLAS_DATA', 'class from 0 to 2'))
  await expect(model().fit([] as never, { loss: 'crossEntropy' })).rejects.toThrowError(
    codeOf('ERR_DEEPBLAS_ARGUMENT', 'Dataset'),
  )
  expect(() => new Dense(3, { activation: 'rely' as never })).toThrowError(codeOf('ERR_DEEPBLAS_ARGUMENT', "'relu'"))
  expect(() => model().predictSync([[1, 2, 3]])).toThrowError(codeOf('ERR_DEEPBLAS_SHAPE', '2 features'))
})

test('a model file that is cut short is refused; a whole one gives the same predictions', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const saved = model()
    await saved.fit(data(), { loss: 'crossEntropy', epochs: 3 })
    await saved.save(path)
    const loaded = await Sequential.load(path)
    expect(loaded.predictSync([[0.3, 0.7]]).data).toEqual(saved.predictSync([[0.3, 0.7]]).data)
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, bytes.length - 5))
    await expect(Sequential.load(path)).rejects.toThrowError(codeOf('ERR_DEEPBLAS_FILE', path))
  } finally {
    await rm(folder, { recursive: true })
  }
})
