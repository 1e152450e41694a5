/*
 * The kinds of numbers in data files, as typed arrays.
 */

import { endianness } from 'node:os'
import { float16ToFloat32 } from '../../../files/half-precision.js'

/** A typed array of ordinary numbers. */
export type NumericArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array

/** An array read from a file: its numbers in row-major order, and its shape; [] is a single number. */
export interface ReadArray {
  readonly data: NumericArray
  readonly shape: number[]
}

/** Boolean, unsigned and signed integer or floating point, and the bytes of one. */
export type ElementKind = 'b1' | 'u1' | 'i1' | 'u2' | 'i2' | 'u4' | 'i4' | 'u8' | 'i8' | 'f2' | 'f4' | 'f8'

/** Bytes of one element. */
export function elementSize(kind: ElementKind): number {
  return Number(kind.slice(1))
}

/**
 * Takes bytes of a file for numbers. Booleans become bytes of 0 and 1, half precision float32, and 64-bit integers
 * float64.
 *
 * @param bytes a whole number of elements; the memory is reused and must not be used afterwards
 * @param bigEndian whether the most significant byte comes first
 * @returns the numbers, or a sentence that says why these are none: a boolean of 2, an integer beyond 2^53 - 1
 */
export function decodeElements(
  kind: ElementKind,
  bytes: Uint8Array<ArrayBuffer>,
  bigEndian: boolean,
): NumericArray | string {
  toHostOrder(bytes, elementSize(kind), bigEndian)
  const { buffer } = bytes
  switch (kind) {
    case 'b1':
      return booleans(bytes)
    case 'u1':
      return bytes
    case 'i1':
      return new Int8Array(buffer)
    case 'u2':
      return new Uint16Array(buffer)
    case 'i2':
      return new Int16Array(buffer)
    case 'u4':
      return new Uint32Array(buffer)
    case 'i4':
      return new Int32Array(buffer)
    case 'f2':
      return float16ToFloat32(new Uint16Array(buffer))
    case 'f4':
      return new Float32Array(buffer)
    case 'f8':
      return new Float64Array(buffer)
    case 'u8':
    case 'i8':
      return safeIntegers(kind === 'u8' ? new BigUint64Array(buffer) : new BigInt64Array(buffer))
  }
}

function toHostOrder(bytes: Uint8Array<ArrayBuffer>, size: number, bigEndian: boolean): void {
  if (bigEndian === (endianness() === 'BE')) return
  const view = Buffer.from(bytes.buffer)
  if (size === 2) view.swap16()
  else if (size === 4) view.swap32()
  else if (size === 8) view.swap64()
}

function booleans(bytes: Uint8Array): Uint8Array | string {
  const wrong = bytes.findIndex((value) => value > 1)
  return wrong === -1 ? bytes : `expected booleans of 0 or 1 but element ${wrong} is ${bytes[wrong]}`
}

function safeIntegers(integers: BigUint64Array | BigInt64Array): Float64Array | string {
  const numbers = new Float64Array(integers.length)
  for (let i = 0; i < integers.length; i++) {
    const number = Number(integers[i])
    if (!Number.isSafeInteger(number)) {
      return `expected 64-bit integers of up to 2^53 - 1, which float64 holds exactly, but element ${i} is ${integers[i]}`
    }
    numbers[i] = number
  }
  return numbers
}

/** The number of elements of a shape; Infinity or a little off where no file could hold as many. */
export function elementCount(shape: readonly number[]): number {
  // Zero rows of whatever length are no elements, and 0 times an overflow would be NaN.
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1)
}
