/*
 * The two 16-bit floating-point forms that files hold, widened to float32. Every value of theirs is a float32 value, so
 * nothing is rounded; NaN keeps its payload.
 */

/**
 * IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
 *
 * @param bits the raw bits of each number
 * @returns the same numbers, as many
 */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) wide[i] = widenFloat16(bits[i]!)
  return new Float32Array(wide.buffer)
}

/**
 * bfloat16: the upper half of a float32.
 *
 * @param bits the raw bits of each number
 * @returns the same numbers, as many
 */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16
  return new Float32Array(wide.buffer)
}

function widenFloat16(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f80_0000 | (fraction << 13)
  // The exponent's zero lies at 15 in binary16 and at 127 in binary32.
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // A subnormal, fraction · 2^-24: its highest bit becomes the hidden one of a normal float32.
  const shift = Math.clz32(fraction) - 21
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)
}
