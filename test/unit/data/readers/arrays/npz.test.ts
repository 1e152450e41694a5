import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dataset, readNpz, writeNpy } from '../../../../../lib/index.js'

let folder = ''
let archive: Record<string, Uint8Array> = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-npz-'))
  const npy = async (name: string, data: Float64Array | Uint8Array | Int32Array, shape: number[]) => {
    await writeNpy(join(folder, name), { data, shape })
    return new Uint8Array(await readFile(join(folder, name)))
  }
  archive = {
    'x.npy': await npy(
      'x.npy',
      Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
      [3, 2, 2],
    ),
    'y.npy': await npy('y.npy', Int32Array.of(0, 1, 1), [3, 1]),
    'other.npy': await npy('other.npy', Float64Array.of(0.5), [1]),
    'readme.txt': Buffer.from('not an array'),
  }
})
afterAll(() => rm(folder, { recursive: true }))

async function write(name: string, level: 0 | 9, files = archive): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, zipSync(files, { level }))
  return path
}

describe.each([0, 9] as const)('compressed at level %i', (level) => {
  test('all arrays, or those that are named', async () => {
    const path = await write(`all-${level}.npz`, level)
    const all = await readNpz(path)
    expect(Object.keys(all).sort()).toEqual(['other', 'x', 'y'])
    expect(all.x).toEqual({ data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), shape: [3, 2, 2] })
    expect(await readNpz(path, ['other'])).toEqual({ other: { data: Float64Array.of(0.5), shape: [1] } })
    await expect(readNpz(path, ['others'])).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringMatching(/expected an array 'others' in it but it has .*Did you mean 'other'\?/),
    })
  })
})

test('data sets of archives and files', async () => {
  const path = await write('set.npz', 9)
  for (const data of [
    await Dataset.fromNPZ(path, { scale: 1 / 255 }),
    await Dataset.fromNPZ(path, { x: 'x', y: 'y', scale: 1 / 255 }),
    await Dataset.fromNPY(join(folder, 'x.npy'), { y: join(folder, 'y.npy'), scale: 1 / 255 }),
  ]) {
    expect([data.rows, data.features, data.type, data.featureShape]).toEqual([3, 4, 'uint8', [2, 2]])
    expect(data.row(1)).toEqual(Float32Array.from([80, 100, 120, 140], (v) => v * Math.fround(1 / 255)))
    expect([0, 1, 2].map((row) => data.target(row))).toEqual([[0], [1], [1]])
  }
  expect((await Dataset.fromNPY(join(folder, 'x.npy'))).hasTargets).toBe(false)
  const without = await write('without.npz', 0, { 'x.npy': archive['x.npy']! })
  expect((await Dataset.fromNPZ(without)).hasTargets).toBe(false)
  await expect(Dataset.fromNPZ(without, { y: 'y' })).rejects.toThrow("expected an array 'y'")
  await expect(Dataset.fromNPZ(without, { x: 'x_train' })).rejects.toThrow(
    "expected an array 'x_train' in it but it has 'x'",
  )
  // @ts-expect-error no such option
  await expect(Dataset.fromNPY(join(folder, 'x.npy'), { target: 'y' })).rejects.toThrow("option 'target'")
})

describe('damaged archives', () => {
  test('cut short, of another format, not there', async () => {
    const path = await write('damaged.npz', 0)
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, bytes.length - 60))
    await expect(readNpz(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await writeFile(path, 'no zip file')
    await expect(readNpz(path)).rejects.toThrow('expected a zip file, which begins with PK')
    await expect(readNpz(join(folder, 'none.npz'))).rejects.toThrow('ENOENT')
  })

  test('with an array that is none, or too long', async () => {
    const none = await write('none.npz', 0, { 'x.npy': Buffer.from('not an array at all') })
    await expect(readNpz(none)).rejects.toThrow("array 'x': expected the magic number of .npy")
    const long = await write('long.npz', 0, { 'x.npy': Buffer.concat([archive['other.npy']!, Buffer.of(1)]) })
    await expect(readNpz(long)).rejects.toThrow("array 'x': expected its end but 1 bytes more follow")
    const short = await write('short.npz', 0, { 'x.npy': archive['other.npy']!.subarray(0, 130) })
    await expect(readNpz(short)).rejects.toThrow("array 'x': it is cut short")
  })

  test('that claim more than they can hold', async () => {
    const path = await write('claims.npz', 9, { 'x.npy': archive['x.npy']! })
    const bytes = await readFile(path)
    // The central directory's record: the size unpacked stands at its byte 24.
    bytes.writeUInt32LE(0x7fffffff, bytes.lastIndexOf('PK\u0001\u0002', undefined, 'latin1') + 24)
    await writeFile(path, bytes)
    await expect(readNpz(path)).rejects.toThrow('claims 2147483647 bytes, more than it can hold')
  })

  test('with any one bit flipped: the right arrays, or an error', async () => {
    for (const level of [0, 9] as const) {
      const path = await write('flipped.npz', level)
      const right = await readNpz(path)
      const bytes = await readFile(path)
      let refused = 0
      for (let bit = 0; bit < 8 * bytes.length; bit += 37) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        await writeFile(path, flipped)
        const got = await readNpz(path).catch((error) => error)
        if (got instanceof Error) {
          expect(got).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
          refused++
        } else for (const [name, array] of Object.entries(got)) if (name in right) expect(array).toEqual(right[name])
      }
      expect(refused).toBeGreaterThan(bytes.length / 10)
    }
  })

  test('whose numbers were changed are told by the checksum', async () => {
    const path = await write('checksum.npz', 0, { 'x.npy': archive['x.npy']! })
    const bytes = await readFile(path)
    bytes[bytes.indexOf(Buffer.of(200, 220))]! += 1
    await writeFile(path, bytes)
    await expect(readNpz(path)).rejects.toThrow(/array 'x': it is damaged: the checksum \(CRC-32\)/)
  })

  test('cut anywhere', async () => {
    const path = await write('cut.npz', 9)
    const bytes = await readFile(path)
    for (let length = 0; length < bytes.length; length += 7) {
      await writeFile(path, bytes.subarray(0, length))
      await expect(readNpz(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    }
  })

  test('whose members lie over one another, or have one name', async () => {
    const path = await write('overlap.npz', 9, { 'x.npy': archive['x.npy']!, 'y.npy': archive['y.npy']! })
    const bytes = await readFile(path)
    const record = 'PK\u0001\u0002'
    const records = [bytes.indexOf(record, 0, 'latin1'), bytes.lastIndexOf(record, undefined, 'latin1')]
    const overlapping = Buffer.from(bytes)
    // Both records point to the first member.
    overlapping.writeUInt32LE(bytes.readUInt32LE(records[0]! + 42), records[1]! + 42)
    await writeFile(path, overlapping)
    await expect(readNpz(path)).rejects.toThrow(/its member '[xy].npy' lies over '[xy].npy'/)
    const twice = Buffer.from(bytes.toString('latin1').replaceAll('y.npy', 'x.npy'), 'latin1')
    await writeFile(path, twice)
    await expect(readNpz(path)).rejects.toThrow("it has two arrays 'x'")
  })

  test('in what is not asked for do not matter', async () => {
    const path = await write('unwanted.npz', 9)
    const bytes = await readFile(path)
    const start = bytes.indexOf('other.npy') + 'other.npy'.length
    bytes.fill(0xff, start, start + 10)
    await writeFile(path, bytes)
    expect((await readNpz(path, ['y'])).y!.data).toEqual(Int32Array.of(0, 1, 1))
    await expect(readNpz(path, ['other'])).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  })
})

/** The archive with the sizes and places of its directory in zip64's records, as large files have them. */
function withLargeNumbers(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  const [count, offset] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16)]
  const records: Buffer[] = []
  for (let at = offset; at < end; ) {
    const nameLength = bytes.readUInt16LE(at + 28)
    const record = Buffer.from(bytes.subarray(at, at + 46 + nameLength))
    const extra = Buffer.alloc(28)
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(24, 2)
    for (const [i, from] of [24, 20, 42].entries()) {
      extra.writeBigUInt64LE(BigInt(record.readUInt32LE(from)), 4 + 8 * i)
      record.writeUInt32LE(0xffffffff, from)
    }
    record.writeUInt16LE(extra.length, 30)
    record.writeUInt16LE(0, 32)
    records.push(record, extra)
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  const directory = Buffer.concat(records)
  const large = Buffer.alloc(56)
  large.write('PK\u0006\u0006', 'latin1')
  large.writeBigUInt64LE(44n, 4)
  for (const [at, number] of [
    [24, count],
    [32, count],
    [40, directory.length],
    [48, offset],
  ] as const) {
    large.writeBigUInt64LE(BigInt(number), at)
  }
  const locator = Buffer.alloc(20)
  locator.write('PK\u0006\u0007', 'latin1')
  locator.writeBigUInt64LE(BigInt(offset + directory.length), 8)
  locator.writeUInt32LE(1, 16)
  const last = Buffer.alloc(22)
  last.write('PK\u0005\u0006', 'latin1')
  last.fill(0xff, 8, 20)
  return Buffer.concat([bytes.subarray(0, offset), directory, large, locator, last])
}

test('zip64: sizes and places of 64 bits', async () => {
  const path = await write('large.npz', 9)
  const right = await readNpz(path)
  const bytes = withLargeNumbers(await readFile(path))
  await writeFile(path, bytes)
  expect(await readNpz(path)).toEqual(right)
  const end = bytes.lastIndexOf('PK\u0006\u0006', undefined, 'latin1')
  for (const at of [24, 32, 40, 48]) {
    const lying = Buffer.from(bytes)
    lying.writeBigUInt64LE(2n ** 62n, end + at)
    await writeFile(path, lying)
    await expect(readNpz(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  }
})
