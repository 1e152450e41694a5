/*
 * The header of a safetensors file (https://github.com/huggingface/safetensors, "Format"): a JSON object that says for
 * every tensor its type, its shape and where in the data its bytes lie, and under `__metadata__` some texts.
 *
 * A file is taken for hostile until all of it fits together. The tensors must cover the data exactly, one after the
 * other, so that no byte is read twice and none hides between them.
 */

import { DeepblasError } from '../errors.js'
import { typedArrayName } from '../kinds.js'
import { describe, invalid, nonNegativeInteger, oneOf, plainObject, string } from '../validate.js'
import { FileProblem } from './file-error.js'
import { otherFormat } from './other-formats.js'
import { isWholeUnicode, type Json, parseStrictJson } from './strict-json.js'

/** The typed array that holds each type of a file. */
export interface SafetensorsArrays {
  F64: Float64Array
  F32: Float32Array
  /** The raw bits, as JavaScript has no array of float16. */
  F16: Uint16Array
  /** The raw bits, as JavaScript has no array of bfloat16. */
  BF16: Uint16Array
  I64: BigInt64Array
  I32: Int32Array
  I16: Int16Array
  I8: Int8Array
  U64: BigUint64Array
  U32: Uint32Array
  U16: Uint16Array
  U8: Uint8Array
  /** One byte each: 0 is false, 1 is true. */
  BOOL: Uint8Array
}

/** The type of a tensor's elements, by its name in the format. */
export type SafetensorsDtype = keyof SafetensorsArrays

/** One tensor; `dtype` decides which typed array `data` is. */
export type SafetensorsTensor = {
  [Dtype in SafetensorsDtype]: {
    name: string
    dtype: Dtype
    /** Sizes from the slowest to the fastest dimension (row-major); `[]` is a single number. */
    shape: number[]
    /** As many elements as the product of the shape. */
    data: SafetensorsArrays[Dtype]
  }
}[SafetensorsDtype]

/** The content of a safetensors file. */
export interface SafetensorsContent {
  tensors: SafetensorsTensor[]
  /** Texts that go with the tensors, as an object without a prototype. */
  metadata: Record<string, string>
}

/** What a header says of one tensor. */
export interface TensorEntry {
  readonly name: string
  readonly dtype: SafetensorsDtype
  readonly shape: number[]
  /** Number of elements. */
  readonly length: number
}

/** From the most to the least aligned: data written in this order needs no padding. The reference writer's order. */
const DTYPES = ['U64', 'I64', 'F64', 'F32', 'U32', 'I32', 'BF16', 'F16', 'U16', 'I16', 'I8', 'U8', 'BOOL'] as const

type ArrayConstructors = { [Dtype in SafetensorsDtype]: { new (length: number): SafetensorsArrays[Dtype] } }

const ARRAYS = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} satisfies ArrayConstructors

/** The header's length comes first, an unsigned little-endian 64-bit number. */
export const LENGTH_BYTES = 8

/** The format's own limit, in bytes. */
const LONGEST_HEADER = 100_000_000

/** Tensors and texts of a file that is written; the bounds on the JSON that is read leave room for twice as many. */
const MOST_ENTRIES = 100_000

const ALIGNMENT = 8
const METADATA = '__metadata__'

/** The size in bytes of one element. */
export function elementSize(dtype: SafetensorsDtype): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT
}

/** A tensor full of zeros, as the header describes it. */
export function emptyTensor(entry: TensorEntry): SafetensorsTensor {
  const { name, dtype, shape, length } = entry
  return { name, dtype, shape, data: new ARRAYS[dtype](length) } as SafetensorsTensor
}

/**
 * The length of the header.
 *
 * @param prefix the first 8 bytes of the file
 * @param fileSize bytes of the whole file
 * @throws FileProblem with the reason, if no header of that length can be in the file
 */
export function headerLength(prefix: Uint8Array, fileSize: number): number {
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true)
  if (length > BigInt(LONGEST_HEADER)) {
    throw new FileProblem(
      otherFormat(prefix) ??
        `its header would be ${length} bytes long, over the format's limit: it is no safetensors file`,
    )
  }
  if (LENGTH_BYTES + Number(length) > fileSize) {
    throw new FileProblem(
      otherFormat(prefix) ??
        `it is cut short, or no safetensors file: a header of ${length} bytes in a file of ${fileSize}`,
    )
  }
  return Number(length)
}

/**
 * Reads the header and holds it against the size of the data.
 *
 * @param header the JSON text as bytes
 * @param dataSize how many bytes follow the header
 * @returns the tensors in the order of their data, and the metadata
 * @throws FileProblem with the reason, if anything does not fit
 */
export function decodeHeader(
  header: Uint8Array,
  dataSize: number,
): { entries: TensorEntry[]; metadata: Record<string, string> } {
  const root = parseText(header)
  const metadata = Object.hasOwn(root, METADATA) ? readMetadata(root[METADATA]) : emptyRecord()
  const located = Object.entries(root)
    .filter(([name]) => name !== METADATA)
    .map(([name, info]) => readEntry(name, info))
  // A tensor without elements begins and ends where its neighbor begins.
  located.sort((a, b) => a.begin - b.begin || a.end - b.end)

  let position = 0
  for (const { entry, begin, end } of located) {
    if (begin < position)
      throw new FileProblem(`the data of tensor '${entry.name}' overlaps that of the tensor before it`)
    if (begin > position) throw new FileProblem(`there is a hole in the data before tensor '${entry.name}'`)
    position = end
  }
  if (position > dataSize) {
    throw new FileProblem(`it is cut short: its tensors have ${position} bytes, of which ${dataSize} are there`)
  }
  if (position < dataSize) throw new FileProblem(`${dataSize - position} bytes follow after the last tensor`)
  return { entries: located.map(({ entry }) => entry), metadata }
}

/**
 * Lays a file out.
 *
 * @returns `tensors` in the order in which their data must follow, and `header`, length and padding included. Equal
 *   content gives equal bytes, whatever the order it is given in.
 * @throws DeepblasError `ERR_DEEPBLAS_ARGUMENT` for tensors or metadata that the format cannot hold,
 *   `ERR_DEEPBLAS_SHAPE` if shape and data do not fit
 */
export function encodeHeader(
  tensors: readonly SafetensorsTensor[],
  metadata: Readonly<Record<string, string>> | undefined,
): { header: Uint8Array; tensors: SafetensorsTensor[] } {
  checkTensors(tensors)
  const ordered = [...tensors].sort(
    (a, b) => DTYPES.indexOf(a.dtype) - DTYPES.indexOf(b.dtype) || compareAsUtf8(a.name, b.name),
  )

  // Members are joined as text: an object would move names such as '0' to the front.
  const members: string[] = []
  const texts = metadataMembers(metadata)
  if (ordered.length + texts.length > MOST_ENTRIES) {
    throw invalid('the number of tensors and texts', `at most ${MOST_ENTRIES} together`, ordered.length + texts.length)
  }
  if (texts.length > 0) members.push(`"${METADATA}":{${texts.join(',')}}`)
  let offset = 0
  for (const { name, dtype, shape, data } of ordered) {
    const end = offset + data.byteLength
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [offset, end] })}`)
    offset = end
  }

  const text = Buffer.from(`{${members.join(',')}}`)
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT
  if (length > LONGEST_HEADER) {
    throw invalid('tensors and metadata', `names and texts of at most ${LONGEST_HEADER} bytes`, length)
  }
  const header = new Uint8Array(LENGTH_BYTES + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(text, LENGTH_BYTES)
  return { header, tensors: ordered }
}

function parseText(header: Uint8Array): { [key: string]: Json } {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch (cause) {
    throw new FileProblem('its header is not valid UTF-8', { cause })
  }
  let root: Json
  try {
    root = parseStrictJson(text)
  } catch (cause) {
    throw new FileProblem(`its header is not valid JSON: ${(cause as Error).message}`, { cause })
  }
  if (!isObject(root)) throw new FileProblem('its header is not a JSON object: it is no safetensors file')
  return root
}

function readMetadata(value: Json | undefined): Record<string, string> {
  if (!isObject(value)) throw new FileProblem(`its ${METADATA} is not an object`)
  const metadata = emptyRecord()
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new FileProblem(`'${key}' in its ${METADATA} is not a string`)
    metadata[key] = text
  }
  return metadata
}

/** Fields beyond these three are passed over, as the reference implementation does. */
function readEntry(name: string, info: Json): { entry: TensorEntry; begin: number; end: number } {
  const bad = (reason: string) => new FileProblem(`tensor '${name}' ${reason}`)
  if (!isObject(info)) throw bad('is not described by an object')

  const dtype = DTYPES.find((known) => known === info.dtype)
  if (dtype === undefined) {
    throw bad(`has the unknown dtype ${describe(info.dtype)}; known are ${DTYPES.join(', ')}`)
  }
  const shape = sizes(info.shape)
  if (shape === undefined) throw bad('has a shape that is not a list of sizes')
  const offsets = sizes(info.data_offsets)
  const [begin, end] = offsets ?? []
  if (offsets?.length !== 2 || begin === undefined || end === undefined || end < begin) {
    throw bad('has data_offsets that are not a begin and an end')
  }
  const length = product(shape)
  const bytes = length * elementSize(dtype)
  if (!Number.isSafeInteger(bytes)) throw bad('has a shape too large to count')
  if (end - begin !== bytes) {
    throw bad(`of dtype ${dtype} and shape ${describe(shape)} needs ${bytes} bytes but has ${end - begin}`)
  }
  return { entry: { name, dtype, shape, length }, begin, end }
}

function sizes(value: Json | undefined): number[] | undefined {
  const isSize = (size: Json) => Number.isSafeInteger(size) && (size as number) >= 0 && !Object.is(size, -0)
  return Array.isArray(value) && value.every(isSize) ? (value as number[]) : undefined
}

/** NaN as soon as the product can no longer be counted exactly: a later zero does not make it good. */
function product(shape: readonly number[]): number {
  let elements = 1
  for (const size of shape) {
    elements *= size
    if (!Number.isSafeInteger(elements)) return Number.NaN
  }
  return elements
}

function checkTensors(tensors: readonly SafetensorsTensor[]): void {
  if (!Array.isArray(tensors)) throw invalid('tensors', 'array', tensors)
  const names = new Set<string>()
  tensors.forEach((tensor, i) => {
    const what = `tensors[${i}]`
    plainObject(what, tensor)
    const { name } = tensor
    checkName(`${what}.name`, name)
    if (name === METADATA) throw invalid(`${what}.name`, `name other than '${METADATA}'`, name)
    if (names.has(name)) throw invalid(`${what}.name`, 'name that no other tensor has', name)
    names.add(name)
    checkData(what, tensor)
  })
}

function checkData(what: string, tensor: SafetensorsTensor): void {
  const dtype = oneOf(`${what}.dtype`, tensor.dtype, DTYPES)
  const shape: unknown = tensor.shape
  if (!Array.isArray(shape) || shape.length > 64) throw invalid(`${what}.shape`, 'array of sizes', shape)
  shape.forEach((size, axis) => {
    nonNegativeInteger(`${what}.shape[${axis}]`, size)
  })
  // By its tag: an array of another realm is no instance of ours.
  const kind = ARRAYS[dtype].name
  const data: unknown = tensor.data
  if (typedArrayName(data) !== kind) {
    throw invalid(`${what}.data`, `${kind} for dtype ${dtype}`, data)
  }
  const wanted = product(shape)
  if (Number.isNaN(wanted)) throw invalid(`${what}.shape`, 'shape with a product below 2^53', shape)
  const { length } = data as Uint8Array
  if (length !== wanted) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${wanted} elements for ${what}.data ('${tensor.name}') of shape ${describe(shape)} but received ${length}`,
    )
  }
}

function metadataMembers(metadata: Readonly<Record<string, string>> | undefined): string[] {
  if (metadata === undefined) return []
  plainObject('metadata', metadata)
  return Object.entries(metadata)
    .sort(([a], [b]) => compareAsUtf8(a, b))
    .map(([key, text]) => {
      checkName('a key of metadata', key)
      checkText(`metadata['${key}']`, text)
      return `${JSON.stringify(key)}:${JSON.stringify(text)}`
    })
}

/** What the reader would refuse is not written. */
function checkName(what: string, name: string): void {
  checkText(what, name)
  if (name === '__proto__') throw invalid(what, "name other than '__proto__'", name)
}

function checkText(what: string, text: unknown): void {
  if (!isWholeUnicode(string(what, text))) throw invalid(what, 'text of whole Unicode characters', text)
}

/** The order of the bytes in the file, which differs from that of JavaScript's strings beyond U+FFFF. */
function compareAsUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function emptyRecord(): Record<string, string> {
  return Object.create(null) as Record<string, string>
}
