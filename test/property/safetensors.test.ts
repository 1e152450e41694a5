import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SafetensorsTensor } from '../../lib/files/safetensors.js'
import { temporaryFolder } from '../unit/files/support.js'

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const

/**
 * Bytes that typed arrays were made for, by length, since this was last set to zero; the largest of them; and a limit
 * beyond which a tensor gets no array.
 */
const allocated = { bytes: 0, largest: 0, limit: Number.POSITIVE_INFINITY }

let safetensors: typeof import('../../lib/files/safetensors.js')
let DeepblasError: typeof import('../../lib/errors.js').DeepblasError

beforeAll(async () => {
  // Before the reader is loaded: it gets arrays that keep account of the memory they take.
  for (const Constructor of new Set(Object.values(ARRAYS))) {
    vi.stubGlobal(
      Constructor.name,
      new Proxy(Constructor, {
        construct(target, args: [], newTarget) {
          const [length] = args as unknown[]
          if (typeof length === 'number') {
            const bytes = length * target.BYTES_PER_ELEMENT
            if (target !== Uint8Array && bytes > allocated.limit) throw new RangeError('Array buffer allocation failed')
            allocated.bytes += bytes
            allocated.largest = Math.max(allocated.largest, bytes)
          }
          return Reflect.construct(target, args, newTarget) as object
        },
      }),
    )
  }
  vi.resetModules()
  safetensors = await import('../../lib/files/safetensors.js')
  DeepblasError = (await import('../../lib/errors.js')).DeepblasError
})

afterAll(() => {
  vi.unstubAllGlobals()
})

const folder = temporaryFolder()

const name = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('layers.0.weight', 'constructor', 'length', '0', '-1', 'a"b\\', '\u0000'),
  )
  .filter((text) => text !== '__proto__' && text !== '__metadata__' && !/\p{Surrogate}/u.test(text))

const tensor: fc.Arbitrary<SafetensorsTensor> = fc
  .record({
    name,
    dtype: fc.constantFrom(...(Object.keys(ARRAYS) as (keyof typeof ARRAYS)[])),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    seed: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  })
  .map(({ name, dtype, shape, seed }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const bytes = Uint8Array.from(
      { length: length * ARRAYS[dtype].BYTES_PER_ELEMENT },
      (_, i) => seed[i % seed.length]!,
    )
    return { name, dtype, shape, data: new ARRAYS[dtype](bytes.buffer) } as SafetensorsTensor
  })

const content = fc.record(
  {
    tensors: fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 8 }),
    metadata: fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 4 }),
  },
  { requiredKeys: ['tensors'] },
)

const bits = ({ data }: SafetensorsTensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')

const plain = (tensors: readonly SafetensorsTensor[]) =>
  Object.fromEntries(tensors.map((each) => [`name ${each.name}`, [each.dtype, each.shape, bits(each)]]))

describe('a round trip of any tensors', () => {
  test('through bytes', () => {
    fc.assert(
      fc.property(content, (written) => {
        const bytes = safetensors.encodeSafetensors(written)
        const read = safetensors.parseSafetensors(bytes)
        expect(plain(read.tensors)).toEqual(plain(written.tensors))
        expect({ ...read.metadata }).toEqual({ ...written.metadata })
        expect(Buffer.compare(safetensors.encodeSafetensors(read), bytes)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  test('through files', async () => {
    const path = join(folder, 'file')
    await fc.assert(
      fc.asyncProperty(content, async (written) => {
        await safetensors.writeSafetensors(path, written)
        expect(Buffer.compare(readFileSync(path), safetensors.encodeSafetensors(written))).toBe(0)
        for (const read of [await safetensors.readSafetensors(path), safetensors.readSafetensorsSync(path)]) {
          expect(plain(read.tensors)).toEqual(plain(written.tensors))
          expect({ ...read.metadata }).toEqual({ ...written.metadata })
        }
      }),
      { numRuns: 40 },
    )
  })
})

type Damage = (bytes: Uint8Array) => Uint8Array

const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
  ([at, mask]): Damage =>
    (bytes) => {
      const changed = Uint8Array.from(bytes)
      if (bytes.length > 0) changed[at % bytes.length]! ^= mask
      return changed
    },
)
const cut = fc.nat().map(
  (at): Damage =>
    (bytes) =>
      bytes.slice(0, at % (bytes.length + 1)),
)
const insert = fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 16 })).map(
  ([at, extra]): Damage =>
    (bytes) => {
      const place = at % (bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, place), extra, bytes.subarray(place)])
    },
)
/** A number in the header replaced by one that might overflow, wrap round or be no number. */
const number = fc
  .tuple(
    fc.nat(),
    fc.oneof(
      fc.maxSafeNat().map(String),
      fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
      fc.double().map(String),
      fc.constantFrom('-1', '1e308', '4294967296', '1073741824', '[]', '{}', 'null', '""'),
    ),
  )
  .map(
    ([which, replacement]): Damage =>
      (bytes) => {
        if (bytes.length < 8) return bytes
        const buffer = Buffer.from(bytes)
        const length = Number(buffer.readBigUInt64LE())
        if (length > bytes.length - 8) return bytes
        const text = buffer.toString('latin1', 8, 8 + length)
        const places = [...text.matchAll(/\d+/g)]
        if (places.length === 0) return bytes
        const place = places[which % places.length]!
        const changed = text.slice(0, place.index) + replacement + text.slice(place.index + place[0].length)
        const prefix = Buffer.alloc(8)
        prefix.writeBigUInt64LE(BigInt(changed.length))
        return Buffer.concat([prefix, Buffer.from(changed, 'latin1'), buffer.subarray(8 + length)])
      },
  )

const damages = fc.array(fc.oneof(flip, cut, insert, number), { minLength: 1, maxLength: 4 })

/** Reads, and holds the reader to its promises; returns the tensors if the bytes are still a good file. */
function readWithinBounds(bytes: Uint8Array): SafetensorsTensor[] | undefined {
  Object.assign(allocated, { bytes: 0, largest: 0 })
  try {
    const { tensors } = safetensors.parseSafetensors(bytes)
    for (const { shape, data } of tensors) expect(data.length).toBe(shape.reduce((product, size) => product * size, 1))
    const data = tensors.reduce((sum, tensor) => sum + tensor.data.byteLength, 0)
    expect(data).toBeLessThanOrEqual(bytes.length)
    return tensors
  } catch (error) {
    if (!(error instanceof DeepblasError)) throw error
    expect(error.code).toBe('ERR_DEEPBLAS_FILE')
    return undefined
  } finally {
    // Small tensors pass through one more buffer on their way.
    expect(allocated.largest).toBeLessThanOrEqual(bytes.length)
    expect(allocated.bytes).toBeLessThanOrEqual(2 * bytes.length)
  }
}

describe('a damaged file', () => {
  test('is read or refused, and takes no more memory than its size', () => {
    let refused = 0
    let accepted = 0
    fc.assert(
      fc.property(content, damages, (written, steps) => {
        const whole = safetensors.encodeSafetensors(written)
        const damaged = steps.reduce((bytes, step) => step(bytes), whole)
        if (readWithinBounds(damaged) === undefined) refused += 1
        else accepted += 1
      }),
      { numRuns: 1500 },
    )
    // Flips in the data stay unseen, nearly all else is found: neither kind may be missing from the sample.
    expect(refused).toBeGreaterThan(500)
    expect(accepted).toBeGreaterThan(10)
  })

  test('counts the memory it takes', () => {
    const whole = safetensors.encodeSafetensors({
      tensors: [{ name: 'a', dtype: 'F32', shape: [1000], data: new Float32Array(1000) }],
    })
    expect(readWithinBounds(whole)).toHaveLength(1)
    expect(allocated.largest).toBe(4000)
    expect(allocated.bytes).toBe(whole.length)
  })

  test('has its large tensors put straight into their arrays', () => {
    const data = new Float32Array(200_000)
    const tensors = ['a', 'b', 'c'].map((name) => ({ name, dtype: 'F32' as const, shape: [data.length], data }))
    const whole = safetensors.encodeSafetensors({ tensors })
    expect(readWithinBounds(whole)).toHaveLength(3)
    expect(allocated.bytes).toBe(whole.length)
  })

  test('is refused at every length but the whole', () => {
    fc.assert(
      fc.property(content, (written) => {
        const whole = safetensors.encodeSafetensors(written)
        for (let length = 0; length < whole.length; length += Math.max(1, Math.floor(whole.length / 50))) {
          expect(readWithinBounds(whole.subarray(0, length))).toBeUndefined()
        }
      }),
      { numRuns: 30 },
    )
  })

  test('is refused alike from a path, blocking or not', async () => {
    const path = join(folder, 'damaged')
    await fc.assert(
      fc.asyncProperty(content, damages, async (written, steps) => {
        const damaged = steps.reduce((bytes, step) => step(bytes), safetensors.encodeSafetensors(written))
        writeFileSync(path, damaged)
        const outcome = async (read: () => unknown) => {
          try {
            return plain(((await read()) as { tensors: SafetensorsTensor[] }).tensors)
          } catch (error) {
            expect(error).toBeInstanceOf(DeepblasError)
            return (error as Error).message
          }
        }
        const expected = await outcome(() => safetensors.parseSafetensors(damaged, path))
        expect(await outcome(() => safetensors.readSafetensors(path))).toEqual(expected)
        expect(await outcome(() => safetensors.readSafetensorsSync(path))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
    rmSync(path)
  })

  test('of random bytes is never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 200 }), (bytes, length) => {
        const file = Uint8Array.from(bytes)
        if (file.length >= 8) new DataView(file.buffer).setBigUint64(0, BigInt(length), true)
        readWithinBounds(file)
        readWithinBounds(bytes)
      }),
      { numRuns: 500 },
    )
  })

  test('of random JSON is never a crash', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat({ max: 16 }), (text, data) => {
        const header = Buffer.from(text)
        const prefix = Buffer.alloc(8)
        prefix.writeBigUInt64LE(BigInt(header.length))
        readWithinBounds(Buffer.concat([prefix, header, Buffer.alloc(data)]))
      }),
      { numRuns: 300 },
    )
  })

  test('whose memory cannot be had is told as such', () => {
    const whole = safetensors.encodeSafetensors({
      tensors: [{ name: 'a', dtype: 'F64', shape: [1], data: new Float64Array(1) }],
    })
    allocated.limit = 7
    try {
      expect(() => safetensors.parseSafetensors(whole)).toThrow(
        expect.objectContaining({ code: 'ERR_DEEPBLAS_MEMORY', cause: expect.any(RangeError) }),
      )
    } finally {
      allocated.limit = Number.POSITIVE_INFINITY
    }
  })
})
