/*
 * What a value is, whichever realm made it. Jest, vitest's vm pools and node:vm run code with built-in classes of their
 * own, while Node's modules and the native addon make values of the outer ones: `value instanceof Float32Array` is false
 * for an array from there. Every question of the kind is asked here (no-builtin-instanceof.grit keeps it so).
 */
import { types } from 'node:util'

export const {
  isDate,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isMap,
  isProxy,
  isRegExp,
  isSet,
  isSharedArrayBuffer,
  isUint8Array,
  isUint8ClampedArray,
} = types

/** The class to make an array of the same numbers with. Half precision, of newer Nodes, becomes single: that is exact. */
const numberArrays = {
  Float16Array: Float32Array,
  Float32Array,
  Float64Array,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
}

export type NumberArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array

/** Makes an array of so many zeros. */
export type NumberArrayClass = new (length: number) => NumberArray

/** Reads what an array was made as: no realm, subclass or property of the array itself changes it. */
const readName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!

/** `Float32Array` for one of any realm, `Uint8Array` for a Buffer too; undefined for what is no typed array. */
export function typedArrayName(value: unknown): string | undefined {
  return readName.call(value) as string | undefined
}

function numberArrayName(value: unknown): keyof typeof numberArrays | undefined {
  const name = typedArrayName(value)
  return name !== undefined && Object.hasOwn(numberArrays, name) ? (name as keyof typeof numberArrays) : undefined
}

/** Whether a value is a typed array of numbers: not of big integers, not of a type that is not known here. */
export function isNumberArray(value: unknown): value is NumberArray {
  return numberArrayName(value) !== undefined
}

/** The class to make an array like it with: for a Buffer, another subclass or an array of another realm the plain one. */
export function numberArrayClass(array: NumberArray): NumberArrayClass {
  return numberArrays[numberArrayName(array)!]
}

/**
 * The same numbers as a plain array of this realm, over the same memory where no other thread can write to it, otherwise
 * in a copy. A Buffer's `slice` does not copy, a subclass's methods may do anything, and the addon takes no shared memory.
 */
export function plainNumberArray<Numbers extends NumberArray>(array: Numbers): Numbers
export function plainNumberArray(array: NumberArray): NumberArray {
  const name = numberArrayName(array)!
  const Class = numberArrays[name]
  // One whose memory went to another thread is empty, and refuses most calls.
  if (array.length === 0) return new Class(0)
  if (name === 'Float16Array' || isSharedArrayBuffer(array.buffer)) return new Class(array)
  return array.constructor === Class ? array : new Class(array.buffer, array.byteOffset, array.length)
}

/** Whether a value has what is used of an AbortSignal. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, throwIfAborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  const methods = [throwIfAborted, addEventListener, removeEventListener]
  return typeof aborted === 'boolean' && methods.every((method) => typeof method === 'function')
}

/** The message of what was thrown; of what is no error, its text. */
export function messageOf(thrown: unknown): string {
  const message = propertyOf(thrown, 'message')
  if (typeof message === 'string') return message
  return typeof thrown === 'object' ? Object.prototype.toString.call(thrown) : String(thrown)
}

/** The code of an error of Node or of the system such as `ENOENT`; undefined where there is none. */
export function codeOf(thrown: unknown): string | undefined {
  const code = propertyOf(thrown, 'code')
  return typeof code === 'string' ? code : undefined
}

function propertyOf(value: unknown, name: 'message' | 'code'): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
