import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { SafetensorsTensor } from '../../../lib/files/safetensors.js'

// What a machine of the other byte order would do, seen from this one: every element leaves turned round.
vi.mock('node:os', async (original) => ({ ...(await original<object>()), endianness: () => 'BE' }))

let bigEndian: typeof import('../../../lib/files/safetensors.js')
let littleEndian: typeof import('../../../lib/files/safetensors.js')

beforeAll(async () => {
  bigEndian = await import('../../../lib/files/safetensors.js')
  vi.resetModules()
  vi.doMock('node:os', async (original) => ({ ...(await original<object>()), endianness: () => 'LE' }))
  littleEndian = await import('../../../lib/files/safetensors.js')
})

const numbers = Float32Array.from({ length: 300_001 }, (_, i) => i + 0.5)
const tensors: SafetensorsTensor[] = [
  { name: 'wide', dtype: 'I64', shape: [1], data: BigInt64Array.of(0x0102030405060708n) },
  { name: 'numbers', dtype: 'F32', shape: [numbers.length], data: numbers },
  { name: 'half', dtype: 'U16', shape: [2], data: Uint16Array.of(0x0102, 0x0304) },
  { name: 'bytes', dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
]

describe('a machine of the other byte order', () => {
  test('turns every element round on its way out, whatever its size', () => {
    const there = bigEndian.encodeSafetensors({ tensors })
    const here = littleEndian.encodeSafetensors({ tensors })
    expect(there.length).toBe(here.length)
    const data = here.length - (8 + 4 * numbers.length + 4 + 3)
    expect(Buffer.compare(there.subarray(0, data), here.subarray(0, data))).toBe(0)

    expect([...there.subarray(data, data + 8)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const turned = Buffer.from(here.subarray(data + 8, data + 8 + 4 * numbers.length)).swap32()
    expect(turned.equals(there.subarray(data + 8, data + 8 + 4 * numbers.length))).toBe(true)
    expect([...there.subarray(-7)]).toEqual([1, 2, 3, 4, 1, 2, 3])
  })

  test('leaves the arrays it was given as they were, and reads its own file', () => {
    const content = bigEndian.parseSafetensors(bigEndian.encodeSafetensors({ tensors }))
    expect(tensors[0]?.data[0]).toBe(0x0102030405060708n)
    const bytes = ({ data }: SafetensorsTensor) => Buffer.from(data.buffer)
    expect(content.tensors.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name))
    expect(content.tensors.every((tensor, i) => bytes(tensor).equals(bytes(tensors[i]!)))).toBe(true)
  })
})
