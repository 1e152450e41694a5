import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type ModelDescription,
  readModelFile,
  readModelFileSync,
  writeModelFile,
  writeModelFileSync,
} from '../../../lib/files/model-file.js'
import { parseSafetensors, type SafetensorsTensor, writeSafetensorsSync } from '../../../lib/files/safetensors.js'
import { failure, temporaryFolder } from './support.js'

const folder = temporaryFolder()

const description = (): ModelDescription => ({
  formatVersion: 1,
  architecture: {
    inputs: 2,
    seed: 42,
    layers: [
      { type: 'Dense', options: { units: 3, activation: 'relu', regularizer: { type: 'l2', strength: 1e-4 } } },
      { type: 'Dropout', options: { rate: 0.2 } },
      { type: 'Dense', options: { units: 1, activation: { type: 'leakyRelu', slope: 0.01 }, bias: null } },
    ],
  },
  labels: ['Katze', 'Hund 🐕'],
  encoder: { columns: [{ name: 'city', kind: 'category', values: ['', 'Brno', 'a "b"'] }], version: 1 },
  training: { epochs: 20, optimizer: { type: 'Adam', learningRate: 1e-3 }, stopped: 'early' },
  weights: [
    { name: 'layers.0.weight', shape: [3, 2], data: Float32Array.of(1, -2, 3.5, -0, 1e-45, 3.4e38) },
    { name: 'layers.0.bias', shape: [3], data: Float32Array.of(0, 0.1, 0.2) },
    { name: 'layers.2.weight', shape: [1, 3], data: Float32Array.of(7, 8, 9) },
  ],
})

const byName = (model: ModelDescription) => ({
  ...model,
  weights: [...model.weights].sort((a, b) => (a.name < b.name ? -1 : 1)),
})

describe('a round trip', () => {
  test('gives the same description', async () => {
    const path = join(folder, 'model.safetensors')
    await writeModelFile(path, description())
    expect(byName(await readModelFile(path))).toStrictEqual(byName(description()))
    expect(byName(readModelFileSync(path))).toStrictEqual(byName(description()))
  })

  test('of a model without labels, encoder, training or weights', async () => {
    const path = join(folder, 'bare.safetensors')
    const bare: ModelDescription = { formatVersion: 1, architecture: { inputs: 1, seed: 0, layers: [] }, weights: [] }
    writeModelFileSync(path, bare)
    expect(await readModelFile(path)).toStrictEqual(bare)
  })

  test('keeps the order of keys, which an encoder may rely on', async () => {
    const path = join(folder, 'order.safetensors')
    await writeModelFile(path, { ...description(), encoder: { zebra: 1, ant: 2 } })
    expect(Object.keys((await readModelFile(path)).encoder as object)).toEqual(['zebra', 'ant'])
  })

  test('gives the same bytes for the same description, in either form', async () => {
    const paths = ['first', 'second', 'third'].map((name) => join(folder, name))
    await writeModelFile(paths[0]!, description())
    await writeModelFile(paths[1]!, { ...description(), weights: description().weights.reverse() })
    writeModelFileSync(paths[2]!, (await readModelFile(paths[0]!)) as ModelDescription)
    const [first, second, third] = paths.map((path) => readFileSync(path))
    expect(first!.equals(second!)).toBe(true)
    expect(first!.equals(third!)).toBe(true)
  })
})

test('the file is plain safetensors: weights as tensors, the rest as JSON in its metadata', async () => {
  const path = join(folder, 'plain.safetensors')
  await writeModelFile(path, description())
  const { tensors, metadata } = parseSafetensors(readFileSync(path))
  expect(tensors.map(({ name, dtype }) => [name, dtype])).toEqual([
    ['layers.0.bias', 'F32'],
    ['layers.0.weight', 'F32'],
    ['layers.2.weight', 'F32'],
  ])
  expect(Object.keys(metadata).sort()).toEqual([
    'deepblas.architecture',
    'deepblas.encoder',
    'deepblas.formatVersion',
    'deepblas.labels',
    'deepblas.training',
  ])
  expect(metadata['deepblas.formatVersion']).toBe('1')
  const { architecture, encoder, labels, training } = description()
  for (const [name, part] of Object.entries({ architecture, encoder, labels, training })) {
    expect(JSON.parse(metadata[`deepblas.${name}`]!)).toStrictEqual(part)
  }
})

describe('the writer refuses', () => {
  const withPart = (part: object) => ({ ...description(), ...part }) as ModelDescription
  const withArchitecture = (part: object) => withPart({ architecture: { ...description().architecture, ...part } })

  test.each<[string, ModelDescription, string, string]>([
    ['no description', null as never, 'ERR_DEEPBLAS_ARGUMENT', 'plain object for description'],
    [
      'another version',
      withPart({ formatVersion: 2 }),
      'ERR_DEEPBLAS_ARGUMENT',
      'Expected 1 for description.formatVersion',
    ],
    ['no architecture', withPart({ architecture: undefined }), 'ERR_DEEPBLAS_ARGUMENT', 'architecture'],
    ['no inputs', withArchitecture({ inputs: 0 }), 'ERR_DEEPBLAS_ARGUMENT', 'positive integer for architecture.inputs'],
    ['half a seed', withArchitecture({ seed: 0.5 }), 'ERR_DEEPBLAS_ARGUMENT', 'architecture.seed'],
    ['no layers', withArchitecture({ layers: {} }), 'ERR_DEEPBLAS_ARGUMENT', 'array for architecture.layers'],
    [
      'a layer that is a name',
      withArchitecture({ layers: ['Dense'] }),
      'ERR_DEEPBLAS_ARGUMENT',
      'architecture.layers[0]',
    ],
    [
      'a layer without a type',
      withArchitecture({ layers: [{ options: {} }] }),
      'ERR_DEEPBLAS_ARGUMENT',
      'layers[0].type',
    ],
    [
      'a layer without options',
      withArchitecture({ layers: [{ type: 'Dense' }] }),
      'ERR_DEEPBLAS_ARGUMENT',
      'layers[0].options',
    ],
    [
      'a part that would be lost',
      withArchitecture({ outputs: 3 }),
      'ERR_DEEPBLAS_ARGUMENT',
      "received the option 'outputs'",
    ],
    [
      'an option that JSON cannot carry',
      withArchitecture({ layers: [{ type: 'Dense', options: { rate: Number.NaN } }] }),
      'ERR_DEEPBLAS_ARGUMENT',
      'finite number for architecture.layers[0].options.rate but received NaN',
    ],
    ['labels that are numbers', withPart({ labels: [1, 2] }), 'ERR_DEEPBLAS_ARGUMENT', 'string for labels[0]'],
    ['labels that are a string', withPart({ labels: 'ab' }), 'ERR_DEEPBLAS_ARGUMENT', 'array of strings for labels'],
    ['an encoder with a map', withPart({ encoder: { values: new Map() } }), 'ERR_DEEPBLAS_ARGUMENT', 'encoder.values'],
    ['training that is a list', withPart({ training: [] }), 'ERR_DEEPBLAS_ARGUMENT', 'plain object for training'],
    ['no weights', withPart({ weights: {} }), 'ERR_DEEPBLAS_ARGUMENT', 'array for weights'],
    ['a weight that is none', withPart({ weights: [1] }), 'ERR_DEEPBLAS_ARGUMENT', 'plain object for weights[0]'],
    [
      'float64 weights',
      withPart({ weights: [{ name: 'a', shape: [1], data: new Float64Array(1) }] }),
      'ERR_DEEPBLAS_ARGUMENT',
      'Float32Array for weights[0].data',
    ],
    [
      'two weights of one name',
      withPart({ weights: [...description().weights, ...description().weights] }),
      'ERR_DEEPBLAS_ARGUMENT',
      'name that no other tensor has',
    ],
    [
      'weights that do not fit their shape',
      withPart({ weights: [{ name: 'a', shape: [2], data: new Float32Array(1) }] }),
      'ERR_DEEPBLAS_SHAPE',
      'Expected 2 elements',
    ],
    [
      'a weight that is NaN',
      withPart({ weights: [{ name: 'layers.0.bias', shape: [2], data: Float32Array.of(0, Number.NaN) }] }),
      'ERR_DEEPBLAS_NOT_FINITE',
      "element 1 of 'layers.0.bias' is NaN",
    ],
  ])('%s', async (_, model, code, message) => {
    const expected = { code, message: expect.stringContaining(message) }
    expect(await failure(() => writeModelFile(join(folder, 'refused'), model))).toMatchObject(expected)
    expect(await failure(() => writeModelFileSync(join(folder, 'refused'), model))).toMatchObject(expected)
    expect(readdirSync(folder)).not.toContain('refused')
  })
})

describe('the reader', () => {
  const path = join(folder, 'changed.safetensors')
  const metadata: Record<string, string> = {
    'deepblas.formatVersion': '1',
    'deepblas.architecture': '{"inputs":1,"seed":0,"layers":[]}',
  }
  const tensor: SafetensorsTensor = { name: 'layers.0.bias', dtype: 'F32', shape: [2], data: new Float32Array(2) }

  async function reading(change: Record<string, string>, tensors: SafetensorsTensor[] = [tensor]): Promise<string> {
    writeSafetensorsSync(path, { tensors, metadata: { ...metadata, ...change } })
    const error = await failure(() => readModelFile(path))
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    expect(await failure(() => readModelFileSync(path))).toMatchObject({ message: (error as Error).message })
    return (error as Error).message
  }

  test('takes keys of others in the metadata for what they are', async () => {
    writeSafetensorsSync(path, { tensors: [tensor], metadata: { ...metadata, format: 'pt', constructor: '{' } })
    expect((await readModelFile(path)).weights.map(({ name }) => name)).toEqual(['layers.0.bias'])
  })

  test('sends plain safetensors to Sequential.fromSafetensors', async () => {
    writeSafetensorsSync(path, { tensors: [tensor], metadata: { format: 'pt' } })
    const error = (await failure(() => readModelFile(path))) as Error
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    expect(error.message).toContain(`Cannot read the file '${path}': it is a safetensors file but no deepblas model`)
    expect(error.message).toContain('Sequential.fromSafetensors(path, layers)')
  })

  test('says what a newer format needs', async () => {
    const message = await reading({ 'deepblas.formatVersion': '2', 'deepblas.architecture': '"of another kind"' })
    expect(message).toContain(
      'it needs a newer deepblas: one that reads model format 2, where this one reads up to 1. ' +
        'Update with: npm install deepblas@latest',
    )
  })

  test.each(['0', '-1', '1.5', '"1"', 'null', '[1]', '1e400', ''])('refuses the version %s', async (version) => {
    expect(await reading({ 'deepblas.formatVersion': version })).toContain('deepblas.formatVersion is not')
  })

  test.each([
    ['architecture', '{', 'its deepblas.architecture is not valid JSON'],
    ['architecture', 'null', 'plain object for architecture'],
    ['architecture', '[]', 'plain object for architecture'],
    ['architecture', '{"seed":0,"layers":[]}', 'architecture.inputs'],
    ['architecture', '{"inputs":1e300,"seed":0,"layers":[]}', 'architecture.inputs'],
    ['architecture', '{"inputs":1,"seed":-1,"layers":[]}', 'architecture.seed'],
    ['architecture', '{"inputs":1,"seed":0}', 'architecture.layers'],
    ['architecture', '{"inputs":1,"seed":0,"layers":[null]}', 'architecture.layers[0]'],
    ['architecture', '{"inputs":1,"seed":0,"layers":[{"type":1,"options":{}}]}', 'layers[0].type'],
    ['architecture', '{"inputs":1,"seed":0,"layers":[{"type":"Dense","options":[]}]}', 'layers[0].options'],
    ['architecture', '{"inputs":1,"seed":0,"layers":[],"extra":1}', "received the option 'extra'"],
    ['architecture', '{"inputs":1,"inputs":2,"seed":0,"layers":[]}', "'inputs' appears twice"],
    [
      'architecture',
      '{"inputs":1,"seed":0,"layers":[{"type":"Dense","options":{"__proto__":{"units":9}}}]}',
      "'__proto__' is not allowed",
    ],
    ['labels', '"ab"', 'array of strings for labels'],
    ['labels', '["a",1]', 'labels[1]'],
    ['labels', '["a"', 'its deepblas.labels is not valid JSON'],
    ['encoder', '{"a":}', 'its deepblas.encoder is not valid JSON'],
    ['encoder', '['.repeat(100_000), 'nested more than 64'],
    ['training', '[]', 'plain object for training'],
  ])('refuses %s %s', async (part, text, reason) => {
    expect(await reading({ [`deepblas.${part}`]: text })).toContain(reason)
    expect(Object.prototype).not.toHaveProperty('units')
  })

  test('refuses a model without architecture', async () => {
    writeSafetensorsSync(path, { tensors: [tensor], metadata: { 'deepblas.formatVersion': '1' } })
    expect(await failure(() => readModelFile(path))).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('plain object for architecture'),
    })
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses a weight of %s',
    async (value) => {
      const message = await reading({}, [
        { ...tensor, name: 'layers.1.weight', data: Float32Array.of(1, value) } as never,
      ])
      expect(message).toContain(`tensor 'layers.1.weight' is not finite: its element 1 is ${value}`)
    },
  )

  test('refuses weights of another type', async () => {
    const message = await reading({}, [{ name: 'layers.0.bias', dtype: 'F16', shape: [1], data: new Uint16Array(1) }])
    expect(message).toContain("tensor 'layers.0.bias' is F16, but a model's weights are F32")
  })

  test('refuses a file cut short anywhere', async () => {
    writeModelFileSync(path, description())
    const whole = readFileSync(path)
    for (let size = 0; size < whole.length; size += size < 32 || size > whole.length - 64 ? 1 : 37) {
      writeFileSync(path, whole)
      truncateSync(path, size)
      const error = await failure(() => readModelFile(path))
      expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE', message: expect.stringContaining('cut short') })
    }
  })

  test('refuses what is no safetensors file', async () => {
    writeFileSync(path, 'model: !!python/object/apply:os.system ["true"]')
    expect(await failure(() => readModelFile(path))).toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('it is no safetensors file'),
    })
    expect(await failure(() => readModelFile(join(folder, 'absent')))).toMatchObject({ cause: { code: 'ENOENT' } })
  })
})
