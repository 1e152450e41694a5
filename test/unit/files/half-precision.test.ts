import { describe, expect, test } from 'vitest'
import { bfloat16ToFloat32, float16ToFloat32 } from '../../../lib/files/half-precision.js'

/** The value by the definition in IEEE 754, in float64. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

const everyPattern = Uint16Array.from({ length: 65536 }, (_, i) => i)

describe('float16ToFloat32', () => {
  test('gives the defined value for every pattern of bits', () => {
    const wide = float16ToFloat32(everyPattern)
    const wrong = [...everyPattern].filter((bits) => !Object.is(wide[bits], float16(bits)))
    expect(wrong).toEqual([])
  })

  test('keeps sign and payload of NaN', () => {
    const wide = float16ToFloat32(Uint16Array.of(0x7e01, 0xfe01, 0x7c01))
    expect([...new Uint32Array(wide.buffer)]).toEqual([0x7fc02000, 0xffc02000, 0x7f802000])
  })
})

describe('bfloat16ToFloat32', () => {
  test('gives the float32 with these upper bits for every pattern', () => {
    const bits = new Uint32Array(bfloat16ToFloat32(everyPattern).buffer)
    expect(bits.every((wide, i) => wide === i * 65536)).toBe(true)
  })

  test('of known numbers', () => {
    expect([...bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x7f80))]).toEqual([
      1,
      -2,
      3.140625,
      Number.POSITIVE_INFINITY,
    ])
  })
})
