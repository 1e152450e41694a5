/*
 * .npy, numpy's file of one array (numpy.lib.format, versions 1.0 to 3.0).
 */

import { endianness } from 'node:os'
import { DeepblasError } from '../../../errors.js'
import { atomicWrite } from '../../../files/atomic-write.js'
import { typedArrayName } from '../../../kinds.js'
import { invalid, nonNegativeInteger } from '../../../validate.js'
import { ByteSource } from '../bytes/byte-source.js'
import { decodeElements, elementCount, elementSize, type NumericArray, type ReadArray } from './element-kinds.js'
import { type NpyHeader, NpyHeaderError, parseNpyHeader } from './npy-header.js'

/** \x93NUMPY, a byte that is no ASCII so that no text file begins so. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
/** Bytes before the header's length: magic and version. */
const PREFIX = MAGIC.length + 2
/** Three short entries, padded: what claims to be longer is none of numpy's. */
const LONGEST_HEADER = 65_536
/** The elements begin at a multiple of it, so that they can be mapped into memory. */
const ALIGNMENT = 64

/**
 * Reads a .npy file, plain or packed with gzip, into row-major order.
 *
 * Element types b1, u1, i1, u2, i2, u4, i4, f4 and f8 keep their size (booleans are bytes of 0 and 1); f2 becomes
 * float32; u8 and i8 become float64, and none of them may be beyond 2^53 - 1.
 *
 * @param path the file
 * @throws DeepblasError ERR_DEEPBLAS_FILE if the file cannot be read, is no .npy file, is cut short or too long, or has
 *   elements of another type: Python objects are never loaded
 */
export async function readNpy(path: string): Promise<ReadArray> {
  return await ByteSource.using(path, readNpyFrom)
}

/** What an array is read from: a file, or a part of one. */
export type NpySource = Pick<ByteSource, 'read' | 'end' | 'error'>

export async function readNpyFrom(source: NpySource): Promise<ReadArray> {
  const header = await readHeader(source)
  const { kind, shape } = header
  const bytes = await source.read(
    elementCount(shape) * elementSize(kind),
    `the elements of shape (${shape.join(', ')})`,
  )
  await source.end()
  const data = decodeElements(kind, bytes, header.bigEndian)
  if (typeof data === 'string') throw source.error(data)
  return { data: header.fortranOrder ? toRowMajor(data, shape) : data, shape }
}

/**
 * Writes a .npy file of version 1.0 in row-major order. The file is written whole or not at all.
 *
 * @param path the file
 * @param array a typed array, and a shape of as many elements. Typed arrays of big integers are written as 64-bit
 *   integers
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no typed array or shape, ERR_DEEPBLAS_SHAPE if they do not
 *   fit, ERR_DEEPBLAS_FILE if the file cannot be written
 */
export async function writeNpy(
  path: string,
  array: {
    readonly data: NumericArray | Uint8ClampedArray | BigInt64Array | BigUint64Array
    readonly shape: readonly number[]
  },
): Promise<void> {
  if (typeof array !== 'object' || array === null) throw invalid('array', 'object of data and shape', array)
  const { data, shape } = array
  const descr = descriptionOf(data)
  if (!Array.isArray(shape) || shape.length > 64) throw invalid('shape', 'array of sizes', shape)
  for (const [axis, size] of shape.entries()) nonNegativeInteger(`shape[${axis}]`, size)
  if (elementCount(shape) !== data.length) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${elementCount(shape)} elements for shape [${shape.join(', ')}] but received ${data.length}`,
    )
  }

  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const entries = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  const unpadded = PREFIX + 2 + entries.length + 1
  const header = `${entries}${' '.repeat((ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT)}\n`
  const start = new Uint8Array(PREFIX + 2 + header.length)
  start.set([...MAGIC, 1, 0, header.length & 0xff, header.length >>> 8])
  start.set(Buffer.from(header, 'latin1'), PREFIX + 2)
  await atomicWrite(path, [start, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])
}

async function readHeader(source: NpySource): Promise<NpyHeader> {
  const prefix = await source.read(PREFIX, 'the magic number of .npy')
  const [major = 0, minor = 0] = prefix.subarray(MAGIC.length)
  if (MAGIC.some((byte, i) => byte !== prefix[i])) {
    const got = Array.from(prefix, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    throw source.error(`expected the magic number of .npy (93 4e 55 4d 50 59) but it begins with ${got}`)
  }
  if (major < 1 || major > 3 || minor !== 0) {
    throw source.error(`expected .npy of version 1.0, 2.0 or 3.0 but it is ${major}.${minor}`)
  }
  const lengthBytes = await source.read(major === 1 ? 2 : 4, "its header's length")
  const view = new DataView(lengthBytes.buffer)
  const length = major === 1 ? view.getUint16(0, true) : view.getUint32(0, true)
  if (length > LONGEST_HEADER) {
    throw source.error(`expected a header of up to ${LONGEST_HEADER} bytes but it claims ${length}`)
  }
  const bytes = await source.read(length, 'its header')
  try {
    return parseNpyHeader(Buffer.from(bytes.buffer).toString(major === 3 ? 'utf8' : 'latin1'))
  } catch (error) {
    throw error instanceof NpyHeaderError ? source.error(error.message) : error
  }
}

/** The same array with the last index running fastest, where in `data` it is the first. */
function toRowMajor(data: NumericArray, shape: readonly number[]): NumericArray {
  const last = shape.length - 1
  if (last < 1 || data.length === 0) return data
  const result = data.slice()
  // How far apart in `data` two elements are whose indices on an axis differ by one.
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)))
  const index = new Array<number>(last).fill(0)
  const length = shape[last] as number
  const stride = strides[last] as number
  let start = 0
  for (let target = 0; target < data.length; target += length) {
    for (let i = 0; i < length; i++) result[target + i] = data[start + i * stride] as number
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1
      start += strides[axis] as number
      if ((index[axis] as number) < (shape[axis] as number)) break
      index[axis] = 0
      start -= (shape[axis] as number) * (strides[axis] as number)
    }
  }
  return result
}

/** numpy's name of an element type, without the byte order. */
const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ['Uint8Array', 'u1'],
  ['Uint8ClampedArray', 'u1'],
  ['Int8Array', 'i1'],
  ['Uint16Array', 'u2'],
  ['Int16Array', 'i2'],
  ['Uint32Array', 'u4'],
  ['Int32Array', 'i4'],
  ['Float32Array', 'f4'],
  ['Float64Array', 'f8'],
  ['BigUint64Array', 'u8'],
  ['BigInt64Array', 'i8'],
])

function descriptionOf(data: unknown): string {
  const description = DESCRIPTIONS.get(typedArrayName(data) ?? '')
  if (description === undefined) throw invalid('data', 'typed array of integers, float32 or float64', data)
  if (description.endsWith('1')) return `|${description}`
  return `${endianness() === 'LE' ? '<' : '>'}${description}`
}
