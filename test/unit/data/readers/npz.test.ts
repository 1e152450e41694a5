import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dataset, readNpz, writeNpy } from '../../../../lib/index.js'

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
})
