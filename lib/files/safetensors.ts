import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { isUint8Array } from '../kinds.js'
import { invalid, plainObject } from '../validate.js'
import { atomicWrite, atomicWriteSync } from './atomic-write.js'
import { littleEndianPieces, toHostOrder } from './byte-order.js'
import { asFileError, FileProblem } from './file-error.js'
import { filePath } from './file-path.js'
import { bfloat16ToFloat32, float16ToFloat32 } from './half-precision.js'
import { regularFile, requireRegular, requireRoom } from './regular-file.js'
import {
  decodeHeader,
  elementSize,
  emptyTensor,
  encodeHeader,
  headerLength,
  LENGTH_BYTES,
  type SafetensorsContent,
  type SafetensorsTensor,
  type TensorEntry,
} from './safetensors-header.js'

export type {
  SafetensorsArrays,
  SafetensorsContent,
  SafetensorsDtype,
  SafetensorsTensor,
} from './safetensors-header.js'

/** The content to write with `writeSafetensors`. */
export interface SafetensorsInput {
  /** In any order; the names must differ. */
  tensors: readonly SafetensorsTensor[]
  /** Texts that go with the tensors. */
  metadata?: Readonly<Record<string, string>>
}

/** One call to the operating system reads at most this much: some systems refuse 2 GiB and more. */
const LARGEST_READ = 64 * 1024 * 1024

/** Tensors smaller than this are read together, so that a file of a million tensors is not a million reads. */
const READ_TOGETHER = 1024 * 1024

/**
 * Reads a safetensors file.
 *
 * Everything the file claims is checked before memory is taken for it: lengths, types, shapes, and that the tensors
 * cover the data without gap or overlap. Each tensor gets an array of its own, aligned to its elements.
 *
 * @param path a regular file
 * @returns the tensors in the order of their data in the file, and the metadata
 * @throws DeepblasError `ERR_DEEPBLAS_FILE` with the path and the reason
 */
export async function readSafetensors(path: string): Promise<SafetensorsContent> {
  filePath('path', path)
  try {
    await regularFile(path)
    const handle = await open(path, 'r')
    try {
      const reading = readContent((await handle.stat()).size)
      let step = reading.next()
      while (!step.done) {
        const wanted = step.value
        for (let filled = 0; filled < wanted.byteLength; ) {
          const length = Math.min(wanted.byteLength - filled, LARGEST_READ)
          filled += progress((await handle.read(wanted, filled, length, null)).bytesRead)
        }
        step = reading.next()
      }
      return step.value
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

/** As `readSafetensors`, and blocks the thread. */
export function readSafetensorsSync(path: string): SafetensorsContent {
  filePath('path', path)
  try {
    requireRegular(statSync(path))
    const descriptor = openSync(path, 'r')
    try {
      const reading = readContent(fstatSync(descriptor).size)
      let step = reading.next()
      while (!step.done) {
        const wanted = step.value
        for (let filled = 0; filled < wanted.byteLength; ) {
          const length = Math.min(wanted.byteLength - filled, LARGEST_READ)
          filled += progress(readSync(descriptor, wanted, filled, length, null))
        }
        step = reading.next()
      }
      return step.value
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

/**
 * Reads the bytes of a safetensors file; they are copied, and checked as `readSafetensors` does.
 *
 * @param bytes the whole file
 * @param path where they came from, for messages
 * @returns the tensors in the order of their data, and the metadata
 * @throws DeepblasError `ERR_DEEPBLAS_FILE` with the reason
 */
export function parseSafetensors(bytes: Uint8Array, path?: string): SafetensorsContent {
  if (!isUint8Array(bytes)) throw invalid('bytes', 'Uint8Array', bytes)
  try {
    const reading = readContent(bytes.byteLength)
    let position = 0
    let step = reading.next()
    while (!step.done) {
      const wanted = step.value
      wanted.set(bytes.subarray(position, position + wanted.byteLength))
      position += wanted.byteLength
      step = reading.next()
    }
    return step.value
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

/**
 * Writes a safetensors file, whole or not at all (a temporary file takes the target's name when it is on the disk).
 *
 * Every tensor is aligned to the size of its elements. Equal content gives equal bytes, the same that the reference
 * implementation writes. NaN and infinity are data like any other. The arrays are written where they lie, without a
 * copy of the whole: do not change them until the promise is settled.
 *
 * @param path the target; its folder must exist
 * @param content the tensors and, if wanted, metadata
 * @throws DeepblasError `ERR_DEEPBLAS_ARGUMENT` or `ERR_DEEPBLAS_SHAPE` for tensors that the format cannot hold,
 *   `ERR_DEEPBLAS_FILE` if the file cannot be written
 */
export async function writeSafetensors(path: string, content: SafetensorsInput): Promise<void> {
  await atomicWrite(path, pieces(content))
}

/** As `writeSafetensors`, and blocks the thread until the file is on the disk. */
export function writeSafetensorsSync(path: string, content: SafetensorsInput): void {
  atomicWriteSync(path, pieces(content))
}

/**
 * The bytes of a safetensors file, as `writeSafetensors` writes them.
 *
 * @throws DeepblasError `ERR_DEEPBLAS_ARGUMENT` or `ERR_DEEPBLAS_SHAPE` for tensors that the format cannot hold
 */
export function encodeSafetensors(content: SafetensorsInput): Uint8Array {
  return Buffer.concat([...pieces(content)])
}

/**
 * The numbers of a floating-point tensor as float32: F16 and BF16 are widened without loss, F64 is rounded to the
 * nearest, and of an F32 tensor it is the array itself.
 *
 * @throws DeepblasError `ERR_DEEPBLAS_ARGUMENT` for a tensor of integers or booleans
 */
export function toFloat32(tensor: SafetensorsTensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data
    case 'F16':
      return float16ToFloat32(tensor.data)
    case 'BF16':
      return bfloat16ToFloat32(tensor.data)
    case 'F64':
      return Float32Array.from(tensor.data)
    default:
      throw invalid(`the dtype of tensor '${tensor.name}'`, 'one of F64, F32, F16, BF16', tensor.dtype)
  }
}

/**
 * The reading itself, apart from where the bytes come from: hands out, one after the other, the buffers that the next
 * bytes of the file belong in, and goes on when the caller has filled them.
 */
function* readContent(fileSize: number): Generator<Uint8Array, SafetensorsContent, void> {
  if (fileSize < LENGTH_BYTES)
    throw new FileProblem(`it has only ${fileSize} bytes: it is cut short, or no safetensors file`)
  const prefix = new Uint8Array(LENGTH_BYTES)
  yield prefix
  const header = new Uint8Array(headerLength(prefix, fileSize))
  yield header
  const { entries, metadata } = decodeHeader(header, fileSize - LENGTH_BYTES - header.length)
  requireRoom(`the data of ${entries.length} tensors`, fileSize - LENGTH_BYTES - header.length)

  const tensors: SafetensorsTensor[] = []
  for (const group of groups(entries)) {
    const bytes = group.map((entry) => {
      const tensor = emptyTensor(entry)
      tensors.push(tensor)
      return new Uint8Array(tensor.data.buffer)
    })
    yield* fill(bytes)
    group.forEach((entry, i) => {
      toHostOrder(bytes[i]!, elementSize(entry.dtype))
    })
  }
  return { tensors, metadata }
}

/** Neighbors, as many as together stay small; a large tensor is a group of its own. */
function* groups(entries: readonly TensorEntry[]): Generator<TensorEntry[]> {
  let group: TensorEntry[] = []
  let size = 0
  for (const entry of entries) {
    const bytes = entry.length * elementSize(entry.dtype)
    if (group.length > 0 && size + bytes > READ_TOGETHER) {
      yield group
      group = []
      size = 0
    }
    group.push(entry)
    size += bytes
  }
  if (group.length > 0) yield group
}

function* fill(targets: readonly Uint8Array[]): Generator<Uint8Array, void, void> {
  if (targets.length === 1) {
    yield targets[0]!
    return
  }
  const together = new Uint8Array(targets.reduce((sum, target) => sum + target.byteLength, 0))
  yield together
  let position = 0
  for (const target of targets) {
    target.set(together.subarray(position, position + target.byteLength))
    position += target.byteLength
  }
}

/** The checks are done by the call, so that wrong tensors are an error before any file is touched. */
function pieces(content: SafetensorsInput): Iterable<Uint8Array> {
  plainObject('content', content)
  const { header, tensors } = encodeHeader(content.tensors, content.metadata)
  return (function* () {
    yield header
    for (const { dtype, data } of tensors) yield* littleEndianPieces(data, elementSize(dtype))
  })()
}

/** A file that became shorter while it was read ends early. */
function progress(bytesRead: number): number {
  if (bytesRead === 0) throw new FileProblem('it is cut short: it ended while it was read')
  return bytesRead
}
