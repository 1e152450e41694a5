import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dataset } from '../../lib/index.js'
import {
  codeOf,
  isAbortSignal,
  isNumberArray,
  messageOf,
  type NumberArray,
  numberArrayClass,
  plainNumberArray,
} from '../../lib/kinds.js'

const context = createContext({})
/** A value made in a realm of its own. */
const elsewhere = (code: string): unknown => runInContext(code, context)

const classes = [
  Float32Array,
  Float64Array,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const

describe('arrays of numbers', () => {
  test('are plain ones of this realm, with the same numbers, whatever was given', () => {
    const kinds = fc.constantFrom(...classes)
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 64 })
    const makings = fc.constantFrom('plain', 'subclass', 'another realm', 'shared', 'resizable', 'part')
    fc.assert(
      fc.property(kinds, bytes, makings, (Class, given, making) => {
        const memory = new Uint8Array(given.length - (given.length % 8))
        memory.set(given.subarray(0, memory.length))
        const array = made(Class, memory, making)
        const plain = plainNumberArray(array)
        expect(plain.constructor).toBe(Class)
        expect(numberArrayClass(array)).toBe(Class)
        expect(new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength)).toEqual(
          new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice(),
        )
        expect(plain.buffer instanceof SharedArrayBuffer).toBe(false)
        // Memory that is this thread's alone is not copied.
        if (making !== 'shared') expect(plain.buffer).toBe(array.buffer)
      }),
    )
  })

  function made(
    Class: new (buffer: ArrayBuffer, offset?: number) => NumberArray,
    memory: Uint8Array,
    making: string,
  ): NumberArray {
    const sized = { maxByteLength: 256 }
    if (making === 'subclass')
      return new (class extends (Class as typeof Float32Array) {})(memory.buffer as ArrayBuffer)
    if (making === 'part') return new Class(memory.buffer as ArrayBuffer, 8 * Number(memory.length > 8))
    if (making === 'another realm') {
      const Other = elsewhere(Class.name) as new (buffer: ArrayBufferLike) => NumberArray
      return new Other(memory.buffer)
    }
    let buffer: ArrayBufferLike = memory.buffer
    if (making === 'shared') buffer = new SharedArrayBuffer(memory.length)
    if (making === 'resizable')
      buffer = new (ArrayBuffer as new (n: number, o: object) => ArrayBuffer)(memory.length, sized)
    new Uint8Array(buffer).set(memory)
    return new Class(buffer as ArrayBuffer)
  }

  test('a Buffer becomes bytes over the same memory', () => {
    const plain = plainNumberArray(Buffer.from([1, 2]))
    expect(plain.constructor).toBe(Uint8Array)
    expect([...plain]).toEqual([1, 2])
  })

  test('what is none of them', () => {
    for (const other of [
      BigInt64Array.of(1n),
      new DataView(new ArrayBuffer(8)),
      new ArrayBuffer(8),
      [1],
      null,
      'a',
      {},
    ]) {
      expect(isNumberArray(other)).toBe(false)
    }
    // Taken by its name alone, this would be one.
    expect(isNumberArray({ [Symbol.toStringTag]: 'Float32Array', length: 0 })).toBe(false)
  })

  test('what comes instead of one is named, with the way to make one', () => {
    const from = (data: unknown) => () => Dataset.from({ x: { data, shape: [1, 1] } as never })
    expect(from(BigInt64Array.of(1n))).toThrow(
      /^Expected typed array of numbers such as Float32Array for x\.data but received BigInt64Array\(1\).*Float32Array\.from\(data, Number\)/,
    )
    expect(from([1])).toThrow(/for x\.data but received \[1\] of type array\. Float32Array\.from/)
    expect(from(new ArrayBuffer(4))).toThrow(/for x\.data but received .* of type ArrayBuffer$/)
  })

  test('one whose memory went to another thread is an empty one', () => {
    const y = Float64Array.of(1)
    structuredClone(y.buffer, { transfer: [y.buffer] })
    expect(() => Dataset.from({ x: [[1]], y })).toThrow(/1 rows for y, as many as x has, but received 0/)
  })
})

test('signals: what can be listened to and asked', () => {
  expect(isAbortSignal(new AbortController().signal)).toBe(true)
  expect(isAbortSignal(AbortSignal.timeout(1))).toBe(true)
  for (const other of [new AbortController(), new EventTarget(), { aborted: false }, null, undefined, true]) {
    expect(isAbortSignal(other)).toBe(false)
  }
})

test('messages and codes of whatever was thrown', () => {
  expect(messageOf(elsewhere('new TypeError("odd")'))).toBe('odd')
  expect(messageOf(new DOMException('stop', 'AbortError'))).toBe('stop')
  expect(messageOf('text')).toBe('text')
  expect(messageOf(undefined)).toBe('undefined')
  expect(messageOf(Object.create(null))).toBe('[object Object]')
  expect(messageOf(Symbol('s'))).toBe('Symbol(s)')
  try {
    readFileSync('/no/such/file')
  } catch (error) {
    expect(codeOf(error)).toBe('ENOENT')
  }
  // A DOMException's code is a number.
  expect(codeOf(new DOMException('stop', 'AbortError'))).toBeUndefined()
  expect(codeOf('ENOENT')).toBeUndefined()
})
