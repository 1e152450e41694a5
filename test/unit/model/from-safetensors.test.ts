import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BatchNorm, Checkpoint, Dataset, Dense, datasets, Sequential, writeSafetensors } from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const layers = (outputs = 1) => [new Dense(3, { activation: 'tanh' }), new Dense(outputs, { activation: 'sigmoid' })]

test('the weights of a saved model and of a checkpoint', async () => {
  const model = new Sequential(layers(), { inputs: 2, seed: 5 })
  const path = join(folder, 'checkpoint.safetensors')
  const data = Dataset.from(datasets.moons({ samples: 40 }))
  await model.fit(data, { loss: 'binaryCrossEntropy', epochs: 2, callbacks: [new Checkpoint(path)] })
  const same = await Sequential.fromSafetensors(path, layers(), { inputs: 2 })
  expect(same.getWeights()).toEqual(model.getWeights())
  const head = await Sequential.fromSafetensors(path, layers(4), { inputs: 2, seed: 9, partial: true })
  expect(head.getWeights().slice(0, 2)).toEqual(model.getWeights().slice(0, 2))
  expect(head.getWeights()[2]!.shape).toEqual([4, 3])
  await expect(Sequential.fromSafetensors(path, layers(4), { inputs: 2 })).rejects.toThrow(/'layers.1.weight'/)
})

test('the names and types that PyTorch writes', async () => {
  const path = join(folder, 'torch.safetensors')
  const f32 = (name: string, ...data: number[]) => ({
    name,
    dtype: 'F32' as const,
    shape: [data.length],
    data: Float32Array.from(data),
  })
  await writeSafetensors(path, {
    tensors: [
      // 1, 2, -0.5 and 0.25 as bfloat16.
      { name: '0.weight', dtype: 'BF16', shape: [2, 2], data: Uint16Array.of(0x3f80, 0x4000, 0xbf00, 0x3e80) },
      f32('0.bias', 5, 6),
      f32('1.weight', 1, 2),
      f32('1.bias', 3, 4),
      f32('1.running_mean', 7, 8),
      f32('1.running_var', 9, 10),
      { name: '1.num_batches_tracked', dtype: 'I64', shape: [], data: BigInt64Array.of(3n) },
    ],
  })
  const model = await Sequential.fromSafetensors(path, [new Dense(2), new BatchNorm()], { inputs: 2 })
  const weights = new Map(model.getWeights().map(({ name, data }) => [name, [...data]]))
  expect(weights.get('layers.0.weight')).toEqual([1, 2, -0.5, 0.25])
  expect(weights.get('layers.0.bias')).toEqual([5, 6])
  expect(weights.get('layers.1.runningMean')).toEqual([7, 8])
  expect(weights.get('layers.1.runningVariance')).toEqual([9, 10])
})

test('other names are told by a function; wrong ones are an error', async () => {
  const path = join(folder, 'named.safetensors')
  const shape = [1, 2]
  await writeSafetensors(path, {
    tensors: [
      { name: 'fc.weight', dtype: 'F64', shape, data: Float64Array.of(1, 2) },
      { name: 'fc.bias', dtype: 'F32', shape: [1], data: Float32Array.of(3) },
      { name: 'step', dtype: 'I32', shape: [1], data: Int32Array.of(3) },
    ],
  })
  const rename = (name: string) => (name === 'step' ? undefined : name.replace('fc.', 'layers.0.'))
  const model = await Sequential.fromSafetensors(path, [new Dense(1)], { inputs: 2, rename })
  expect(model.getWeights().map(({ data }) => [...data])).toEqual([[1, 2], [3]])
  const load = (options: object) => Sequential.fromSafetensors(path, [new Dense(1)], { inputs: 2, ...options })
  await expect(load({})).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT' })
  await expect(load({ rename: 3 })).rejects.toThrow(/function from name to name/)
  await expect(load({ renames: rename })).rejects.toThrow(/Did you mean 'rename'/)
  await expect(Sequential.fromSafetensors(join(folder, 'none'), [new Dense(1)], { inputs: 2 })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_FILE',
  })
})
