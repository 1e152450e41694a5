import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  encodeSafetensors,
  parseSafetensors,
  readSafetensors,
  readSafetensorsSync,
  type SafetensorsTensor,
  toFloat32,
  writeSafetensors,
  writeSafetensorsSync,
} from '../../../lib/files/safetensors.js'
import { failure, rawFile, temporaryFolder } from './support.js'

const folder = temporaryFolder()

/** One tensor of every type, with values at the ends of its range. */
const EVERY_TYPE: SafetensorsTensor[] = [
  { name: 'bool', dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
  { name: 'u8', dtype: 'U8', shape: [3], data: Uint8Array.of(0, 1, 255) },
  { name: 'i8', dtype: 'I8', shape: [1, 1], data: Int8Array.of(-128) },
  { name: 'i16', dtype: 'I16', shape: [2], data: Int16Array.of(-32768, 32767) },
  { name: 'u16', dtype: 'U16', shape: [2], data: Uint16Array.of(0, 65535) },
  { name: 'f16', dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x0001) },
  { name: 'bf16', dtype: 'BF16', shape: [3, 1], data: Uint16Array.of(0x3f80, 0xc000, 0x7fc0) },
  { name: 'i32', dtype: 'I32', shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  { name: 'u32', dtype: 'U32', shape: [], data: Uint32Array.of(2 ** 32 - 1) },
  {
    name: 'f32',
    dtype: 'F32',
    shape: [2, 3],
    data: Float32Array.of(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 0.1),
  },
  { name: 'f64', dtype: 'F64', shape: [2], data: Float64Array.of(Number.MIN_VALUE, Number.NaN) },
  { name: 'i64', dtype: 'I64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { name: 'u64', dtype: 'U64', shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  { name: 'empty', dtype: 'F32', shape: [0, 5], data: new Float32Array(0) },
]

const byName = (tensors: readonly SafetensorsTensor[]) =>
  [...tensors].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))

const headerOf = (bytes: Uint8Array) => {
  const length = Number(Buffer.from(bytes).readBigUInt64LE())
  return { length, text: Buffer.from(bytes.subarray(8, 8 + length)).toString() }
}

const float = (name: string, shape: number[], data: Float32Array): SafetensorsTensor => ({
  name,
  dtype: 'F32',
  shape,
  data,
})

describe('a round trip', () => {
  test('keeps every type to the bit, through bytes and through files', async () => {
    const content = { tensors: EVERY_TYPE, metadata: { author: 'Žižka 😀', note: 'a "b"\n\u0000' } }
    const bytes = encodeSafetensors(content)
    await writeSafetensors(join(folder, 'async'), content)
    writeSafetensorsSync(join(folder, 'sync'), content)
    expect(readFileSync(join(folder, 'async')).equals(bytes)).toBe(true)
    expect(readFileSync(join(folder, 'sync')).equals(bytes)).toBe(true)

    const copies = [
      parseSafetensors(bytes),
      await readSafetensors(join(folder, 'async')),
      readSafetensorsSync(join(folder, 'sync')),
    ]
    for (const { tensors, metadata } of copies) {
      expect(byName(tensors)).toEqual(byName(EVERY_TYPE))
      expect({ ...metadata }).toEqual(content.metadata)
      const bits = (tensor: SafetensorsTensor | undefined) => Buffer.from(tensor!.data.buffer).toString('hex')
      for (const name of ['f32', 'f64']) {
        const is = (tensor: SafetensorsTensor) => tensor.name === name
        expect(bits(tensors.find(is))).toBe(bits(EVERY_TYPE.find(is)))
      }
    }
  })

  test('gives each tensor an array of its own', () => {
    const { tensors } = parseSafetensors(encodeSafetensors({ tensors: EVERY_TYPE }))
    expect(new Set(tensors.map(({ data }) => data.buffer)).size).toBe(tensors.length)
    expect(tensors.every(({ data }) => data.byteOffset === 0 && data.byteLength === data.buffer.byteLength)).toBe(true)
  })

  test('of views, bytes that lie odd in memory, and shared memory', () => {
    const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3)
    const shared = new Float32Array(new SharedArrayBuffer(8)).fill(5)
    const bytes = encodeSafetensors({ tensors: [float('part', [2], part), float('shared', [2], shared)] })
    const odd = Buffer.concat([new Uint8Array(3), bytes]).subarray(3)
    expect(parseSafetensors(odd).tensors.map(({ data }) => [...data])).toEqual([
      [2, 3],
      [5, 5],
    ])
  })

  test('of many small tensors among large ones', async () => {
    const tensors = Array.from({ length: 3000 }, (_, i) =>
      float(`t${i}`, [i % 7], new Float32Array(i % 7).fill(i)),
    ).concat(
      ['t1000.5', 't1001.5'].map((name, i) =>
        float(name, [700_000 * (i + 1)], new Float32Array(700_000 * (i + 1)).fill(i + 1)),
      ),
    )
    const path = join(folder, 'many')
    await writeSafetensors(path, { tensors })
    const expected = new Map(tensors.map((tensor) => [tensor.name, tensor]))
    for (const content of [await readSafetensors(path), readSafetensorsSync(path)]) {
      expect(content.tensors).toHaveLength(tensors.length)
      const same = content.tensors.every(({ name, data }) =>
        Buffer.from(data.buffer).equals(Buffer.from(expected.get(name)!.data.buffer)),
      )
      expect(same).toBe(true)
    }
  })

  test('of names that are properties of objects or look like numbers', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '10', '9', '', ' ', 'é', '\uffff', '😀']
    const tensors = names.map((name) => float(name, [], Float32Array.of(1)))
    const metadata = { constructor: 'a', 2: 'b', 1: 'c' }
    const content = parseSafetensors(encodeSafetensors({ tensors, metadata }))
    // By the bytes of their names: U+FFFF before U+1F600, which JavaScript's own order turns round.
    expect(content.tensors.map(({ name }) => name)).toEqual([
      '',
      ' ',
      '10',
      '9',
      'constructor',
      'hasOwnProperty',
      'toString',
      'é',
      '\uffff',
      '😀',
    ])
    expect({ ...content.metadata }).toEqual(metadata)
  })

  test('of metadata finds no more than the file says', () => {
    const { metadata } = parseSafetensors(encodeSafetensors({ tensors: [] }))
    expect(metadata.toString).toBeUndefined()
    expect(Object.keys(metadata)).toEqual([])
  })
})

describe('the writer', () => {
  // The byte strings of the reference implementation's test_empty and test_serialization_forced_alignement.
  test('writes what the reference implementation writes', () => {
    expect([...encodeSafetensors({ tensors: [] })]).toEqual([8, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('{}      ')])
    expect([...encodeSafetensors({ tensors: [], metadata: { framework: 'pt' } })]).toEqual([
      ...[40, 0, 0, 0, 0, 0, 0, 0],
      ...Buffer.from('{"__metadata__":{"framework":"pt"}}     '),
    ])
    expect([
      ...encodeSafetensors({ tensors: [float('attn0', [1, 1, 2, 3], Float32Array.of(0, 1, 2, 3, 4, 5))] }),
    ]).toEqual([
      ...[72, 0, 0, 0, 0, 0, 0, 0],
      ...Buffer.from('{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       '),
      ...[0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64],
    ])
  })

  test('gives the same bytes for the same content in any order', () => {
    const first = encodeSafetensors({ tensors: EVERY_TYPE, metadata: { a: '1', b: '2' } })
    const second = encodeSafetensors({ tensors: [...EVERY_TYPE].reverse(), metadata: { b: '2', a: '1' } })
    expect(Buffer.compare(first, second)).toBe(0)
  })

  test('aligns every tensor to its elements, from the start of the file', () => {
    for (let length = 1; length < 10; length++) {
      const bytes = encodeSafetensors({ tensors: [...EVERY_TYPE, float('n'.repeat(length), [1], new Float32Array(1))] })
      const header = headerOf(bytes)
      expect(header.length % 8).toBe(0)
      const entries = Object.entries(
        JSON.parse(header.text) as Record<string, { dtype: string; data_offsets: number[] }>,
      )
      for (const [, { dtype, data_offsets }] of entries) {
        const size = dtype === 'BOOL' ? 1 : Number(dtype.replace(/\D+/, '')) / 8
        expect((8 + header.length + data_offsets[0]!) % size).toBe(0)
      }
    }
  })

  const wrong: [string, string, unknown, string][] = [
    ['no array', 'ERR_DEEPBLAS_ARGUMENT', {}, 'array for tensors'],
    ['a tensor that is none', 'ERR_DEEPBLAS_ARGUMENT', [null], 'plain object for tensors[0]'],
    ['no name', 'ERR_DEEPBLAS_ARGUMENT', [{ dtype: 'F32' }], 'string for tensors[0].name'],
    [
      'the name __metadata__',
      'ERR_DEEPBLAS_ARGUMENT',
      [float('__metadata__', [], new Float32Array(1))],
      '__metadata__',
    ],
    ['the name __proto__', 'ERR_DEEPBLAS_ARGUMENT', [float('__proto__', [], new Float32Array(1))], '__proto__'],
    ['half a character', 'ERR_DEEPBLAS_ARGUMENT', [float('a\udfff', [], new Float32Array(1))], 'whole Unicode'],
    [
      'two equal names',
      'ERR_DEEPBLAS_ARGUMENT',
      [float('a', [], new Float32Array(1)), float('a', [], new Float32Array(1))],
      'name that no other tensor has for tensors[1].name',
    ],
    [
      'a wrong dtype',
      'ERR_DEEPBLAS_ARGUMENT',
      [{ name: 'a', dtype: 'F33', shape: [], data: 0 }],
      "Did you mean 'F32'?",
    ],
    ['no shape', 'ERR_DEEPBLAS_ARGUMENT', [{ name: 'a', dtype: 'F32', data: new Float32Array(1) }], 'tensors[0].shape'],
    ['a negative size', 'ERR_DEEPBLAS_ARGUMENT', [float('a', [-1], new Float32Array(1))], 'tensors[0].shape[0]'],
    ['half a size', 'ERR_DEEPBLAS_ARGUMENT', [float('a', [1, 0.5], new Float32Array(1))], 'tensors[0].shape[1]'],
    ['a hole in a shape', 'ERR_DEEPBLAS_ARGUMENT', [float('a', new Array(1), new Float32Array(1))], 'tensors[0].shape'],
    ['an endless shape', 'ERR_DEEPBLAS_ARGUMENT', [float('a', [2 ** 40, 2 ** 40], new Float32Array(1))], '2^53'],
    [
      'another array',
      'ERR_DEEPBLAS_ARGUMENT',
      [{ name: 'a', dtype: 'F32', shape: [1], data: new Float64Array(1) }],
      'Float32Array for dtype F32 for tensors[0].data',
    ],
    [
      'numbers in a list',
      'ERR_DEEPBLAS_ARGUMENT',
      [{ name: 'a', dtype: 'F32', shape: [1], data: [1] }],
      'Float32Array',
    ],
    ['too little data', 'ERR_DEEPBLAS_SHAPE', [float('a', [2, 2], new Float32Array(3))], 'Expected 4 elements'],
    ['too much data', 'ERR_DEEPBLAS_SHAPE', [float('a', [], new Float32Array(2))], 'Expected 1 elements'],
  ]
  test.each(wrong)('refuses %s', async (_, code, tensors, message) => {
    const content = { tensors: tensors as SafetensorsTensor[] }
    const expected = { code, message: expect.stringContaining(message) }
    expect(await failure(() => encodeSafetensors(content))).toMatchObject(expected)
    expect(await failure(() => writeSafetensors(join(folder, 'wrong'), content))).toMatchObject(expected)
    expect(await failure(() => writeSafetensorsSync(join(folder, 'wrong'), content))).toMatchObject(expected)
    expect(readdirSync(folder)).not.toContain('wrong')
  })

  test.each<[string, unknown, string]>([
    ['a number', { a: 1 }, "string for metadata['a']"],
    ['a list', ['a'], 'plain object for metadata'],
    ['half a character', { a: '\ud800' }, 'whole Unicode'],
    ['a key with half a character', { '\ud800': '' }, 'whole Unicode'],
    ['the key __proto__', JSON.parse('{"__proto__":"x"}'), '__proto__'],
  ])('refuses metadata with %s', (_, metadata, message) => {
    expect(() => encodeSafetensors({ tensors: [], metadata: metadata as Record<string, string> })).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining(message) }),
    )
  })

  test('refuses a header that no reader would take', () => {
    expect(() => encodeSafetensors({ tensors: [], metadata: { a: 'x'.repeat(100_000_000) } })).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining('100000000 bytes') }),
    )
  })

  test('refuses more tensors and texts than the reader’s bounds allow', () => {
    const data = new Uint8Array(1)
    const tensors = Array.from({ length: 100_000 }, (_, i) => ({ name: `${i}`, dtype: 'U8' as const, shape: [], data }))
    expect(() => encodeSafetensors({ tensors, metadata: { a: '' } })).toThrow('at most 100000 together')
    expect(parseSafetensors(encodeSafetensors({ tensors })).tensors).toHaveLength(100_000)
  })

  test('refuses what is no content at all', () => {
    expect(() => encodeSafetensors(undefined as never)).toThrow('plain object for content')
  })
})

describe('the reader', () => {
  const tensor = (name: string, begin: number | string, end: number | string, shape = '[1]', dtype = '"F32"') =>
    `"${name}":{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`

  test.each<[string, Uint8Array, string]>([
    ['seven bytes', new Uint8Array(7), 'only 7 bytes'],
    ['a header longer than the file', rawFile('{}', 0, 3n), 'cut short, or no safetensors file'],
    ['a header over 100 MB', rawFile('{}', 0, 100_000_001n), "over the format's limit"],
    ['a header of 2^63 bytes', rawFile('{}', 0, 2n ** 63n), "over the format's limit"],
    ['no header', rawFile(''), 'not valid JSON'],
    ['a header of white space', rawFile('        '), 'not valid JSON'],
    ['a list', rawFile('[]'), 'not a JSON object'],
    ['a text', rawFile('"{}"'), 'not a JSON object'],
    ['null', rawFile('null'), 'not a JSON object'],
    ['a byte order mark', rawFile('\ufeff{}'), 'not valid JSON'],
    ['zeros after the JSON', rawFile('{}\0\0'), 'not valid JSON'],
    ['UTF-16', rawFile(Buffer.from('{}', 'utf16le')), 'not valid JSON'],
    ['a broken UTF-8 sequence', rawFile(Uint8Array.of(0x7b, 0x22, 0xc3, 0x22, 0x7d)), 'not valid UTF-8'],
    ['a surrogate in UTF-8', rawFile(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d)), 'not valid UTF-8'],
    ['nesting without end', rawFile('{"a":'.repeat(1_000_000)), 'nested more than 64'],
    ['two equal names', rawFile(`{${tensor('a', 0, 4)},${tensor('a', 4, 8)}}`, 8), "'a' appears twice"],
    ['two equal names, one escaped', rawFile(`{${tensor('a', 0, 4)},${tensor('\\u0061', 4, 8)}}`, 8), 'appears twice'],
    ['two __metadata__', rawFile('{"__metadata__":{},"__metadata__":{}}'), 'appears twice'],
    ['two equal fields', rawFile('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4), 'twice'],
    ['two equal metadata keys', rawFile('{"__metadata__":{"a":"","a":""}}'), 'appears twice'],
    ['a tensor named __proto__', rawFile(`{${tensor('__proto__', 0, 4)}}`, 4), "'__proto__' is not allowed"],
    ['a metadata key __proto__', rawFile('{"__metadata__":{"__proto__":"x"}}'), "'__proto__' is not allowed"],
    ['metadata that is null', rawFile('{"__metadata__":null}'), '__metadata__ is not an object'],
    ['metadata that is a list', rawFile('{"__metadata__":["a"]}'), '__metadata__ is not an object'],
    ['a number in metadata', rawFile('{"__metadata__":{"a":1}}'), "'a' in its __metadata__ is not a string"],
    ['an object in metadata', rawFile('{"__metadata__":{"a":{}}}'), 'not a string'],
    ['a tensor that is a list', rawFile('{"a":[]}'), "tensor 'a' is not described by an object"],
    ['a tensor that is null', rawFile('{"a":null}'), 'not described by an object'],
    ['no dtype', rawFile('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4), 'unknown dtype undefined'],
    ['an unknown dtype', rawFile(`{${tensor('a', 0, 4, '[1]', '"F31"')}}`, 4), "unknown dtype 'F31'; known are U64"],
    ['a dtype in small letters', rawFile(`{${tensor('a', 0, 4, '[1]', '"f32"')}}`, 4), "unknown dtype 'f32'"],
    ['a dtype of every object', rawFile(`{${tensor('a', 0, 4, '[1]', '"constructor"')}}`, 4), 'unknown dtype'],
    ['a dtype that is a list', rawFile(`{${tensor('a', 0, 4, '[1]', '["F32"]')}}`, 4), 'unknown dtype'],
    ['no shape', rawFile('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), 'not a list of sizes'],
    ['a shape that is a number', rawFile(`{${tensor('a', 0, 4, '1')}}`, 4), 'not a list of sizes'],
    ['a negative size', rawFile(`{${tensor('a', 0, 4, '[-1,-1]')}}`, 4), 'not a list of sizes'],
    ['a size of minus zero', rawFile(`{${tensor('a', 0, 0, '[-0]')}}`), 'not a list of sizes'],
    ['half a size', rawFile(`{${tensor('a', 0, 4, '[0.5,2]')}}`, 4), 'not a list of sizes'],
    ['a size beyond 2^53', rawFile(`{${tensor('a', 0, 4, '[9007199254740993]')}}`, 4), 'not a list of sizes'],
    ['a size in text', rawFile(`{${tensor('a', 0, 4, '["1"]')}}`, 4), 'not a list of sizes'],
    ['a size of null', rawFile(`{${tensor('a', 0, 4, '[null]')}}`, 4), 'not a list of sizes'],
    ['a product beyond 2^53', rawFile(`{${tensor('a', 0, 4, '[4294967296,4294967296]')}}`, 4), 'too large to count'],
    ['a product beyond 2^53 times zero', rawFile(`{${tensor('a', 0, 0, '[4294967296,4294967296,0]')}}`), 'too large'],
    ['bytes beyond 2^53', rawFile(`{${tensor('a', 0, 4, '[4503599627370496]')}}`, 4), 'too large to count'],
    ['a product that wraps to 4 bytes', rawFile(`{${tensor('a', 0, 4, '[4611686018427387905]')}}`, 4), 'list of sizes'],
    ['no offsets', rawFile('{"a":{"dtype":"F32","shape":[1]}}', 4), 'not a begin and an end'],
    ['one offset', rawFile('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4), 'not a begin and an end'],
    ['three offsets', rawFile('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', 4), 'begin and an end'],
    ['a negative offset', rawFile(`{${tensor('a', -4, 0)}}`, 4), 'not a begin and an end'],
    ['an end before the begin', rawFile(`{${tensor('a', 4, 0)}}`, 4), 'not a begin and an end'],
    ['an offset in text', rawFile(`{${tensor('a', '"0"', 4)}}`, 4), 'not a begin and an end'],
    ['fewer bytes than the shape', rawFile(`{${tensor('a', 0, 4, '[2]')}}`, 4), 'needs 8 bytes but has 4'],
    ['more bytes than the shape', rawFile(`{${tensor('a', 0, 8)}}`, 8), 'needs 4 bytes but has 8'],
    ['an overlap', rawFile(`{${tensor('a', 0, 8, '[2]')},${tensor('b', 4, 8)}}`, 8), "tensor 'b' overlaps"],
    ['one tensor inside another', rawFile(`{${tensor('a', 0, 12, '[3]')},${tensor('b', 4, 8)}}`, 12), 'overlaps'],
    [
      'an empty tensor inside another',
      rawFile(`{${tensor('a', 0, 8, '[2]')},${tensor('b', 4, 4, '[0]')}}`, 8),
      'overlap',
    ],
    ['a hole', rawFile(`{${tensor('a', 0, 4)},${tensor('b', 8, 12)}}`, 12), "hole in the data before tensor 'b'"],
    ['a hole at the start', rawFile(`{${tensor('a', 4, 8)}}`, 8), 'hole'],
    ['an empty tensor far away', rawFile(`{${tensor('a', 999, 999, '[0]')}}`, 0), 'hole'],
    ['bytes after the end', rawFile(`{${tensor('a', 0, 4)}}`, 5), '1 bytes follow'],
    ['bytes and no tensors', rawFile('{}', 1), '1 bytes follow'],
    ['data that ends early', rawFile(`{${tensor('a', 0, 4)}}`, 3), 'cut short: its tensors have 4 bytes, of which 3'],
    ['a terabyte of nothing', rawFile(`{${tensor('a', 0, 2 ** 40, '[274877906944]')}}`, 0), 'cut short'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => parseSafetensors(bytes)).toThrow(
      expect.objectContaining({
        code: 'ERR_DEEPBLAS_FILE',
        message: expect.stringMatching(/^Cannot read the bytes of a file: /),
      }),
    )
    expect(() => parseSafetensors(bytes)).toThrow(reason)
  })

  test('shows names of the file cut short and without their power over a terminal', async () => {
    const error = (await failure(() => parseSafetensors(rawFile('{"\\u001b[2J\\u0007\\n":0}')))) as Error
    expect(error.message).toBe(
      "Cannot read the bytes of a file: tensor '\\u001b[2J\\u0007\\u000a' is not described by an object",
    )
    const long = (await failure(() => parseSafetensors(rawFile(`{"${'x'.repeat(10_000_000)}":0}`)))) as Error
    expect(long.message.length).toBeLessThan(600)
  })

  test('takes tensors in any order, empty ones between, and fields it does not know', () => {
    const header = `{${tensor('b', 4, 8)},${tensor('empty', 4, 4, '[0,9007199254740991]')},${tensor('a', 0, 4)},"c":{"dtype":"U8","shape":[],"data_offsets":[8,9],"comment":{"by":["x"]}}}`
    const { tensors } = parseSafetensors(rawFile(header, Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64, 7)))
    expect(tensors.map(({ name, data }) => [name, ...data])).toEqual([['a', 1], ['empty'], ['b', 2], ['c', 7]])
  })

  test('reads tensors that lie odd in the file', () => {
    const header = `{${tensor('a', 0, 1, '[1]', '"U8"')},${tensor('b', 1, 9, '[1]', '"F64"')}}`
    const data = Buffer.alloc(9)
    data.writeDoubleLE(0.1, 1)
    expect(parseSafetensors(rawFile(header, data)).tensors[1]?.data).toEqual(Float64Array.of(0.1))
  })

  test('takes only a Uint8Array and a path', async () => {
    expect(() => parseSafetensors(new ArrayBuffer(8) as never)).toThrow('Uint8Array for bytes')
    expect(await failure(() => readSafetensors(3 as never))).toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT' })
    expect(() => readSafetensorsSync(undefined as never)).toThrow('string for path')
  })

  test('names a file that is absent, a folder, or cut short', async () => {
    const path = join(folder, 'cut')
    writeSafetensorsSync(path, { tensors: EVERY_TYPE })
    truncateSync(path, statSync(path).size - 1)
    for (const [name, reason] of [
      [join(folder, 'absent'), 'ENOENT'],
      [folder, 'not a regular file'],
      [path, 'cut short'],
    ] as const) {
      const expected = { code: 'ERR_DEEPBLAS_FILE', message: expect.stringContaining(reason) }
      expect(await failure(() => readSafetensors(name))).toMatchObject(expected)
      expect(await failure(() => readSafetensorsSync(name))).toMatchObject(expected)
      expect(((await failure(() => readSafetensors(name))) as Error).message).toContain(`'${name}'`)
    }
  })

  test.skipIf(process.platform === 'win32')('does not wait at a pipe', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(await failure(() => readSafetensors(pipe))).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    expect(await failure(() => readSafetensorsSync(pipe))).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  })

  test.skipIf(process.platform === 'win32')('follows a link', async () => {
    writeFileSync(join(folder, 'target'), encodeSafetensors({ tensors: [] }))
    symlinkSync('target', join(folder, 'link'))
    expect((await readSafetensors(join(folder, 'link'))).tensors).toEqual([])
  })
})

describe('toFloat32', () => {
  const of = (dtype: string) => EVERY_TYPE.find((tensor) => tensor.dtype === dtype)!

  test('widens F16 and BF16, rounds F64, and gives F32 as it is', () => {
    expect([...toFloat32(of('F16'))]).toEqual([1, -2, 2 ** -24])
    expect([...toFloat32(of('BF16'))]).toEqual([1, -2, Number.NaN])
    expect(toFloat32({ name: 'a', dtype: 'F64', shape: [2], data: Float64Array.of(0.1, 1e-300) })).toEqual(
      Float32Array.of(Math.fround(0.1), 0),
    )
    expect(toFloat32(of('F32'))).toBe(of('F32').data)
  })

  test.each(['I64', 'I32', 'I16', 'I8', 'U64', 'U32', 'U16', 'U8', 'BOOL'])('refuses %s', (dtype) => {
    expect(() => toFloat32(of(dtype))).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT' }))
  })
})
