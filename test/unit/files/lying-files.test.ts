/*
 * Files whose sizes, counts and nesting lie, one reader after the other, each in a process of its own: a coded error (or
 * the little that is there), and memory and time within bounds. A hang ends the process, which the test sees.
 */
import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../lib/index.js'
import { runProgram } from '../../helpers/program.js'
import { failure, rawFile, temporaryFolder } from './support.js'

const folder = temporaryFolder()
/** Of a hostile file more than any machine has; it takes no room on the disk. */
const beyondMemory = 4 * Math.ceil(totalmem() / 4) + 2 ** 32

/** Bytes, and how many zeros without room on the disk follow. */
type Lie = readonly [name: string, bytes: Uint8Array | string, zeros?: number]

const tensor = (shape: unknown, offsets: unknown, dtype = 'F32') =>
  JSON.stringify({ a: { dtype, shape, data_offsets: offsets } })
const safetensors: Lie[] = [
  ['more than memory', rawFile(tensor([beyondMemory / 4], [0, beyondMemory])), beyondMemory],
  ['a product that overflows and is 0', rawFile(tensor([2 ** 52, 2 ** 52, 0], [0, 0]))],
  ['an end before its begin', rawFile(tensor([1], [4, 0]), 4)],
  ['offsets beyond 2^53', rawFile(tensor([1], [2 ** 60, 2 ** 60 + 4]), 4)],
  ['nested a million deep', rawFile(`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`)],
  ['a header without an end', rawFile(`{"a":"${'x'.repeat(1e7)}`)],
  ['a number of a million digits', rawFile(`{"a":{"dtype":"F32","shape":[${'1'.repeat(1e6)}],"data_offsets":[0,4]}}`)],
  ['metadata that is a list', rawFile('{"__metadata__":["a"]}')],
  ['a shape that is an object', rawFile(tensor({ length: 1, 0: 1 }, [0, 4]), 4)],
  ['six million values', rawFile(`{"a":[${'0,'.repeat(6e6)}0]}`)],
]

const described = (architecture: unknown, more: Record<string, string> = {}) =>
  rawFile(
    JSON.stringify({
      __metadata__: {
        'deepblas.formatVersion': '1',
        'deepblas.architecture': JSON.stringify(architecture),
        ...more,
      },
    }),
  )
const dropout = { type: 'Dropout', options: { rate: 0.5 } }
const one = { inputs: 2, seed: 0, layers: [dropout] }
let nested: unknown = dropout
for (let i = 0; i < 40; i++) nested = { type: 'Residual', options: { block: [nested] } }
const models: Lie[] = [
  ['2^53 units', described({ ...one, layers: [{ type: 'Dense', options: { units: 2 ** 53 - 1 } }] })],
  ['blocks in blocks', described({ ...one, layers: [nested] })],
  ['a block that is a text', described({ ...one, layers: [{ type: 'Residual', options: { block: 'ab' } }] })],
  ['a layer called constructor', described({ ...one, layers: [{ type: 'constructor', options: {} }] })],
  ['2^50 inputs by name', described({ ...one, inputs: { a: { levels: 2 ** 50 }, numeric: 2 ** 50 } })],
  [
    'weights that nothing wants',
    rawFile(
      JSON.stringify({
        __metadata__: { 'deepblas.formatVersion': '1', 'deepblas.architecture': JSON.stringify(one) },
        x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      }),
      4,
    ),
  ],
  ['a million labels', described(one, { 'deepblas.labels': JSON.stringify(Array.from({ length: 1e6 }, () => 'a')) })],
  ['an encoder of nothing', described(one, { 'deepblas.encoder': '{"version":1}' })],
  ['a version of 10^308', described(one, { 'deepblas.formatVersion': '1e308' })],
  ['a loss called __proto__', described(one, { 'deepblas.training': '{"loss":{"name":"__proto__"}}' })],
]

const checkpointOf = (value: unknown, more: Record<string, unknown> = {}) => {
  const metadata = {
    'deepblas.formatVersion': '1',
    'deepblas.architecture': JSON.stringify({ inputs: 2, seed: 0, layers: [dropout] }),
    'deepblas.checkpoint': typeof value === 'string' ? value : JSON.stringify(value),
  }
  return rawFile(JSON.stringify({ __metadata__: metadata, ...more }), Object.keys(more).length * 8)
}
const place = { epoch: 1, stepOfEpoch: 0, stepsBefore: [1], active: [0] }
const history = { stopped: 'completed', reason: '', forms: [], runs: [] }
const whole = { formatVersion: 2, settings: {}, place, histories: [history], callbacks: [] }
const numbers = { 'checkpoint.history.0': { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }
const checkpoints: Lie[] = [
  [
    '2^53 results of one number',
    checkpointOf({ ...whole, histories: [{ ...history, forms: [0], runs: [0, 2 ** 53 - 1] }] }, numbers),
  ],
  [
    'results without a number',
    checkpointOf({ ...whole, histories: [{ ...history, forms: [['list']], runs: [0, 1e9] }] }, numbers),
  ],
  [
    'a form within itself a thousand times',
    checkpointOf(
      `{"formatVersion":2,"settings":{},"place":${JSON.stringify(place)},"callbacks":[],"histories":[{"stopped":"completed","reason":"","runs":[0,1],"forms":[${'["list",'.repeat(1000)}0${']'.repeat(1000)}]}]}`,
      numbers,
    ),
  ],
  ['2^53 epochs', checkpointOf({ ...whole, place: { ...place, epoch: 2 ** 53 - 1 } }, numbers)],
  ['a million members', checkpointOf({ ...whole, place: { ...place, stepsBefore: new Array(1e6).fill(1) } }, numbers)],
  [
    'a snapshot far away',
    checkpointOf(whole, { 'checkpoint.snapshot.999999.a': { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }),
  ],
  [
    'a history far away',
    checkpointOf(whole, { 'checkpoint.history.999999': { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }),
  ],
  [
    'a state of another type',
    checkpointOf(whole, { 'checkpoint.state.a': { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }),
  ],
  [
    'a hundred thousand callbacks',
    checkpointOf({ ...whole, callbacks: new Array(1e5).fill({ type: 'A', learningRateFactor: 1 }) }, numbers),
  ],
  ['no place', checkpointOf({ ...whole, place: null }, numbers)],
]

const npyOf = (shape: string, descr = '<f4', data: Uint8Array = new Uint8Array(), order = 'False') => {
  const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`)
  const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([prefix, header, data])
}
const npy: Lie[] = [
  ['more than memory', npyOf(`(${beyondMemory / 4},)`), beyondMemory],
  ['more than memory, by columns', npyOf(`(${beyondMemory / 16}, 4)`, '<f4', undefined, 'True'), beyondMemory],
  ['a size of 400 digits', npyOf(`(0, ${'9'.repeat(400)})`)],
  ['2^64 numbers', npyOf('(4294967296, 4294967296)')],
  ['30,000 dimensions', npyOf(`(${'1,'.repeat(30_000)})`)],
  [
    'packed: 9 thousand million numbers of ten million zeros',
    gzipSync(Buffer.concat([npyOf('(9000000000,)', '|u1'), Buffer.alloc(1e7)])),
  ],
  ['packed: more follows', gzipSync(Buffer.concat([npyOf('(4,)', '|u1'), Buffer.alloc(1e8)]))],
  ['two names in one', npyOf("(1,), 'shape': (2,)")],
  ['a type of objects', npyOf('(1,)', '|O', Buffer.alloc(8))],
  ['a negative size', npyOf('(-1,)')],
]

const idxOf = (type: number, sizes: readonly number[], rank = sizes.length) => {
  const bytes = Buffer.alloc(4 + 4 * sizes.length)
  bytes.set([0, 0, type, rank])
  for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i)
  return bytes
}
const idx: Lie[] = [
  ['more than memory', idxOf(8, [beyondMemory / 2 ** 12, 2 ** 12]), beyondMemory],
  ['10^28 numbers', idxOf(8, [0xffffffff, 0xffffffff, 0xffffffff])],
  ['a number too large for any', idxOf(8, new Array(255).fill(0xffffffff))],
  ['more dimensions than there are', idxOf(8, [1], 200)],
  ['no dimension', idxOf(8, [], 0)],
  ['an unknown type', idxOf(0x0a, [1])],
  ['packed: 4 thousand million of ten million zeros', gzipSync(Buffer.concat([idxOf(8, [4e9]), Buffer.alloc(1e7)]))],
  ['packed: more follows', gzipSync(Buffer.concat([idxOf(8, [4]), Buffer.alloc(1e8)]))],
  ['packed twice', gzipSync(gzipSync(idxOf(8, [0])))],
  ['packed, with something behind', Buffer.concat([gzipSync(idxOf(8, [4])), Buffer.from('something')])],
]

interface Member {
  readonly data: Uint8Array
  readonly packed?: Uint8Array
  readonly size?: number
  readonly packedSize?: number
  readonly offset?: number
  readonly crc?: number
  /** Of zip64. */
  readonly large?: readonly bigint[]
}
const bytes64 = (...values: readonly bigint[]) => {
  const bytes = Buffer.alloc(8 * values.length)
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(value, 8 * i)
  return bytes
}
const name = Buffer.from('x.npy')
function zipOf(members: readonly Member[], end64?: { count?: bigint; size?: bigint; offset?: bigint }): Uint8Array {
  const [parts, records]: [Uint8Array[], Uint8Array[]] = [[], []]
  let at = 0
  for (const { data, packed = deflateRawSync(data), large = [], ...lies } of members) {
    const [local, record] = [Buffer.alloc(30), Buffer.alloc(46)]
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(8, 8)
    local.writeUInt16LE(name.length, 26)
    const extra =
      large.length === 0
        ? Buffer.alloc(0)
        : Buffer.concat([Buffer.from([1, 0, 8 * large.length, 0]), bytes64(...large)])
    record.writeUInt32LE(0x02014b50)
    record.writeUInt16LE(8, 10)
    record.writeUInt32LE(lies.crc ?? crc32(data), 16)
    record.writeUInt32LE(lies.packedSize ?? packed.length, 20)
    record.writeUInt32LE(lies.size ?? data.length, 24)
    record.writeUInt16LE(name.length, 28)
    record.writeUInt16LE(extra.length, 30)
    record.writeUInt32LE(lies.offset ?? at, 42)
    parts.push(local, name, packed)
    records.push(record, name, extra)
    at += 30 + name.length + packed.length
  }
  const directory = Buffer.concat(records)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  const count = end64 === undefined ? members.length : 0xffff
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(end64 === undefined ? directory.length : 0xffffffff, 12)
  end.writeUInt32LE(end64 === undefined ? at : 0xffffffff, 16)
  if (end64 === undefined) return Buffer.concat([...parts, directory, end])
  const [record, locator] = [Buffer.alloc(56), Buffer.alloc(20)]
  record.writeUInt32LE(0x06064b50)
  const counted = end64.count ?? BigInt(members.length)
  record.set(bytes64(counted, counted, end64.size ?? BigInt(directory.length), end64.offset ?? BigInt(at)), 24)
  locator.writeUInt32LE(0x07064b50)
  locator.set(bytes64(BigInt(at + directory.length)), 8)
  return Buffer.concat([...parts, directory, record, locator, end])
}
const two = npyOf('(2,)', '|u1', Buffer.from([1, 2]))
const all = 0xffffffff
const npz: Lie[] = [
  [
    'unpacks to ten million times what it says',
    zipOf([{ data: two, packed: deflateRawSync(Buffer.alloc(1e8)), size: 10 }]),
  ],
  ['an array that claims 9 TB', zipOf([{ data: npyOf('(9000000000000,)', '|u1') }])],
  ['packed bytes beyond the file', zipOf([{ data: two, packedSize: 2 ** 31 }])],
  ['a member where the directory is', zipOf([{ data: two, offset: 150 }])],
  ['one member twice', zipOf([{ data: two }, { data: two, offset: 0 }])],
  ['a checksum of another', zipOf([{ data: two, crc: 1 }])],
  ['zip64: sizes of 2^63', zipOf([{ data: two, size: all, packedSize: all, large: [2n ** 63n, 2n ** 63n] }])],
  ['zip64: a place of 2^64', zipOf([{ data: two, offset: all, large: [2n ** 64n - 1n] }])],
  [
    'zip64: a record too short for its numbers',
    zipOf([{ data: two, size: all, packedSize: all, offset: all, large: [1n] }]),
  ],
  ['zip64: 2^63 members', zipOf([{ data: two }], { count: 2n ** 63n })],
  ['zip64: a directory of 2^63 bytes', zipOf([{ data: two }], { size: 2n ** 63n, offset: 0n })],
  ['zip64: a directory at 2^64', zipOf([{ data: two }], { offset: 2n ** 64n - 1n })],
]

const csv: Lie[] = [
  ['a line of 300 MB', `a,b\n${'x'.repeat(3e8)}`],
  ['a line that does not end for 40 GB', 'a,b\n1,2\n', 4e10],
  ['a quote that does not end', `a,b\n"${'x\n'.repeat(4e7)}`],
  ['50 million fields', `a,b\n${','.repeat(5e7)}`],
  ['ten million zeros', Buffer.alloc(1e7)],
  ['20,000 columns of one name', `${new Array(2e4).fill('a').join()}\n${new Array(2e4).fill(1).join()}\n`],
  ['packed: half a gigabyte of one line', gzipSync(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(5e8, '1')]))],
  [
    'half a character of UTF-16',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,2\n', 'utf16le'), Buffer.from([0])]),
  ],
  ['rows of changing length', `a,b\n${'1\n1,2,3\n'.repeat(3e5)}`],
  ['packed and cut short', gzipSync(Buffer.from('a,b\n1,2\n'.repeat(1e5))).subarray(0, 300)],
]

const arrowEnd = (length: readonly number[]) =>
  Buffer.concat([Buffer.from('ARROW1\0\0'), Buffer.alloc(64), Buffer.from(length), Buffer.from('ARROW1')])
const arrow: Lie[] = [
  ['a footer of 2 GB', arrowEnd([255, 255, 255, 127])],
  ['a footer of -1 bytes', arrowEnd([255, 255, 255, 255])],
  ['a footer that begins in itself', arrowEnd([64, 0, 0, 0])],
  ['a message of 2 GB', Buffer.concat([Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), Buffer.alloc(100)])],
  ['a message of negative length', Buffer.concat([Buffer.from([255, 255, 255, 255, 0, 0, 0, 128]), Buffer.alloc(100)])],
  [
    'a message of places in itself',
    Buffer.concat([Buffer.from([255, 255, 255, 255, 64, 0, 0, 0]), Buffer.alloc(128, 4)]),
  ],
  ['zeros', Buffer.alloc(1e6)],
  ['ones', Buffer.alloc(1e6, 255)],
  ['3 GB of nothing', 'ARROW1\0\0', 3e9],
  ['ends at its beginning', 'ARROW1'],
]

const parquetOf = (footer: readonly number[] | Uint8Array, length = footer.length) => {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(length)
  return Buffer.concat([Buffer.from('PAR1'), Uint8Array.from(footer), size, Buffer.from('PAR1')])
}
const parquet: Lie[] = [
  ['a footer of 4 GB', parquetOf(Buffer.alloc(10), 0xffffffff)],
  ['no footer', parquetOf([])],
  ['a footer of zeros', parquetOf(Buffer.alloc(1e6))],
  ['a footer of ones', parquetOf(Buffer.alloc(1e6, 255))],
  ['a list of 2^31', parquetOf([0x15, 2, 0x19, 0xfc, 255, 255, 255, 255, 7])],
  ['lists in lists', parquetOf(Buffer.alloc(1e6, 0x19))],
  ['groups in groups', parquetOf(Buffer.alloc(1e6, 0x1c))],
  ['a text of 2 GB', parquetOf([0x18, 255, 255, 255, 255, 7, 65])],
  ['100 GB of nothing', 'PAR1', 1e11],
  ['its end alone', 'PAR1'],
]

interface Outcome {
  readonly name: string
  readonly code?: string
  readonly message?: string
  /** Of the process so far, in MiB. */
  readonly memory: number
}

describe.each(
  Object.entries({ safetensors, model: models, checkpoint: checkpoints, npy, npz, idx, csv, arrow, parquet }),
)('%s', (reader, lies) => {
  test('sizes, counts and nesting that lie', { timeout: 300_000 }, async () => {
    const files = lies.map(([what, bytes, zeros = 0], i) => {
      const path = join(folder, `${reader}-${i}`)
      writeFileSync(path, bytes)
      if (zeros > 0) truncateSync(path, Buffer.byteLength(bytes as string) + zeros)
      return [what, path] as const
    })
    const list = join(folder, `${reader}.json`)
    writeFileSync(list, JSON.stringify(files))
    const outcomes = await runProgram<Outcome[]>('read-files.mjs', { args: [reader, list] })
    for (const { name: what, code, message, memory } of outcomes) {
      expect(`${what}: ${code}`).toBe(`${what}: ERR_DEEPBLAS_FILE`)
      expect(message, what).toContain(folder)
      expect(message, what).not.toMatch(/: (Cannot read properties|Offset is outside|Invalid typed array)/)
      expect(memory, what).toBeLessThan(1600)
    }
    expect(outcomes).toHaveLength(lies.length)
  })

  test('a folder, a device and a pipe are refused before they are opened', { timeout: 300_000 }, async () => {
    const pipe = join(folder, `${reader}-pipe`)
    execFileSync('mkfifo', [pipe])
    // A table of text may come through a pipe.
    const paths = reader === 'csv' ? [folder] : [folder, '/dev/zero', pipe]
    const list = join(folder, `${reader}-odd.json`)
    writeFileSync(list, JSON.stringify(paths.map((path) => [path, path])))
    for (const { name: what, code, message, memory } of await runProgram<Outcome[]>('read-files.mjs', {
      args: [reader, list],
    })) {
      expect(`${what}: ${code}`).toBe(`${what}: ERR_DEEPBLAS_FILE`)
      expect(message).toMatch(reader === 'csv' ? /folder/ : /not a regular file/)
      expect(memory).toBeLessThan(300)
    }
  })
})

test('a table that is refused for a row without an end is not read on', async () => {
  let pieces = 0
  async function* endless() {
    yield 'a,b\n1,2\n'
    for (; pieces < 500; pieces++) yield 'x'.repeat(2 ** 20)
  }
  expect(await failure(() => readCsv(endless()))).toMatchObject({
    code: 'ERR_DEEPBLAS_FILE',
    message: expect.stringContaining('line 3: it has more than'),
  })
  expect(pieces).toBeLessThan(100)
})
