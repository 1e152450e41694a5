/*
 * Files of the two array formats, plain and packed, written here by their own descriptions, read, and trained on.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dataset, Dense, readIdx, readIdxImages, readNpy, Sequential, writeNpy } from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** IDX: two zeros, the type, the number of dimensions, their sizes, the elements; all big-endian. */
function idx(type: number, sizes: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length)
  header.writeUInt8(type, 2)
  header.writeUInt8(sizes.length, 3)
  for (const [i, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * i)
  return Buffer.concat([header, elements])
}

/** NPY 1.0: magic, version, length of the header, a Python dictionary, the elements. */
function npy(descr: string, shape: readonly number[], elements: Uint8Array, fortran = false): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const header = Buffer.alloc(10)
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(length, 8)
  return Buffer.concat([header, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1'), elements])
}

/** Pictures of 6 x 5: a bright column of three says the class. */
function pictures(count: number) {
  const pixels = Uint8Array.from({ length: count * 30 }, (_, i) => {
    const [picture, column] = [Math.floor(i / 30), i % 5]
    return column === picture % 3 ? 255 - ((i * 7) % 40) : (i * 13) % 60
  })
  return { pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 3) }
}

const learner = () =>
  new Sequential([new Dense(8, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
    inputs: 30,
    seed: 1,
  })

async function accuracyAfterFit(train: Dataset, held: Dataset): Promise<number> {
  const model = learner()
  await model.fit(train, { loss: 'crossEntropy', epochs: 40, batchSize: 16 })
  return (await model.evaluate(held, { metrics: ['accuracy'] })).accuracy!
}

describe.each([
  ['plain', '', (bytes: Buffer) => bytes],
  ['packed', '.gz', (bytes: Buffer) => gzipSync(bytes)],
] as const)('%s files', (kind, ending, pack) => {
  const train = pictures(120)
  const held = pictures(30)

  test('IDX pictures become data sets and are learnt', async () => {
    const place = await mkdtemp(join(folder, 'idx-'))
    for (const [set, { pixels, labels }] of Object.entries({ train, t10k: held })) {
      const count = labels.length
      await writeFile(join(place, `${set}-images-idx3-ubyte${ending}`), pack(idx(8, [count, 6, 5], pixels)))
      await writeFile(join(place, `${set}-labels-idx1-ubyte${ending}`), pack(idx(8, [count], labels)))
    }
    const sets = await readIdxImages(place)
    expect(sets.train.x.shape).toEqual([120, 30])
    expect(sets.train.x.data).toEqual(train.pixels)
    expect([...sets.test.y]).toEqual([...held.labels])
    const [data, test_] = [Dataset.from(sets.train), Dataset.from(sets.test)]
    expect([data.type, data.rows, data.features]).toEqual(['uint8', 120, 30])
    expect(data.featureShape).toEqual([6, 5])
    expect(data.row(2)[7]).toBeCloseTo(train.pixels[67]! / 255, 6)
    expect(await accuracyAfterFit(data, test_)).toBe(1)
  })

  test.each([
    ['signed bytes', 9, Int8Array.of(-128, -1, 0, 127, 5, 6), 1],
    ['int16', 0x0b, Int16Array.of(-32768, -1, 0, 32767, 5, 6), 2],
    ['int32', 0x0c, Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1, 5, 6), 4],
    ['float32', 0x0d, Float32Array.of(-1.5, 0, 3.25, 1e30, 5, 6), 4],
    ['float64', 0x0e, Float64Array.of(-1.5, 0, 3.25, 1e300, 5, 6), 8],
  ] as const)('IDX of %s', async (name, type, numbers, size) => {
    const bytes = Buffer.from(numbers.buffer.slice(0))
    if (size === 2) bytes.swap16()
    if (size === 4) bytes.swap32()
    if (size === 8) bytes.swap64()
    const path = join(folder, `${name}-${kind}`)
    await writeFile(path, pack(idx(type, [3, 2], bytes)))
    const { data, shape } = await readIdx(path)
    expect(shape).toEqual([3, 2])
    expect([...data]).toEqual([...numbers])
  })

  test('NPY arrays become data sets and are learnt', async () => {
    const floats = (pixels: Uint8Array) => Float32Array.from(pixels, (value) => value / 255)
    const read = async (name: string, { pixels, labels }: typeof train) => {
      const [x, y] = [join(folder, `${name}-x-${kind}.npy`), join(folder, `${name}-y-${kind}.npy`)]
      await writeFile(x, pack(npy('<f4', [labels.length, 30], Buffer.from(floats(pixels).buffer))))
      await writeFile(y, pack(npy('|u1', [labels.length], labels)))
      const [features, classes] = [await readNpy(x), await readNpy(y)]
      expect(features.shape).toEqual([labels.length, 30])
      expect(features.data).toEqual(floats(pixels))
      return Dataset.from({ x: features, y: classes.data as Uint8Array })
    }
    expect(await accuracyAfterFit(await read('train', train), await read('held', held))).toBe(1)
  })

  test('NPY in columns or of another byte order reads as rows', async () => {
    const columns = Buffer.from(Float64Array.of(1, 4, 2, 5, 3, 6).buffer)
    const path = join(folder, `columns-${kind}.npy`)
    await writeFile(path, pack(npy('<f8', [2, 3], columns, true)))
    expect([...(await readNpy(path)).data]).toEqual([1, 2, 3, 4, 5, 6])
    await writeFile(path, pack(npy('>f8', [2, 3], Buffer.from(columns).swap64())))
    expect([...(await readNpy(path)).data]).toEqual([1, 4, 2, 5, 3, 6])
  })

  test('a file of pictures cut anywhere is refused', async () => {
    const whole = pack(idx(8, [120, 6, 5], train.pixels))
    const path = join(folder, `cut-${kind}`)
    const error = { code: 'ERR_DEEPBLAS_FILE', message: expect.stringContaining(path) }
    const places = [0, 1, 2, 3, 4, 5, 9, 11, 15, 16, 20, whole.length - 9, whole.length - 1]
    for (let cut = 0; cut < whole.length; cut += 100) places.push(cut)
    for (const length of places) {
      await writeFile(path, whole.subarray(0, length))
      await expect(readIdx(path), `cut to ${length} bytes`).rejects.toMatchObject(error)
      await expect(readNpy(path), `cut to ${length} bytes`).rejects.toMatchObject(error)
    }
  })
})

test('what writeNpy writes, readNpy reads, of every type', async () => {
  const path = join(folder, 'written.npy')
  for (const Type of [
    Uint8Array,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
  ]) {
    const data = Type.from([0, 1, 2, 3, 100, 127])
    await writeNpy(path, { data, shape: [2, 3] })
    expect(await readNpy(path)).toEqual({ data, shape: [2, 3] })
  }
})

test('predictions can be written and read again', async () => {
  const model = learner()
  const { pixels } = pictures(9)
  const given = await model.predict(Dataset.from({ x: { data: pixels, shape: [9, 30] } }))
  const path = join(folder, 'predictions.npy')
  await writeNpy(path, given)
  expect(await readNpy(path)).toEqual(given)
})

test('sizes that a file claims but does not hold are refused before memory is taken', async () => {
  const path = join(folder, 'hostile')
  for (const bytes of [
    idx(8, [2 ** 32 - 1, 2 ** 32 - 1], Buffer.alloc(10)),
    npy('<f8', [10 ** 9, 10 ** 6], Buffer.alloc(10)),
  ]) {
    for (const packed of [bytes, gzipSync(bytes)]) {
      await writeFile(path, packed)
      const read = bytes[0] === 0 ? readIdx : readNpy
      await expect(read(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    }
  }
})
