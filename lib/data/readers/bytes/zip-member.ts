/*
 * The bytes of one member of a zip file, unpacked piece by piece off the main thread and held against the size and the
 * checksum that the directory gives.
 */
import type { FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import type { DeepblasError } from '../../../errors.js'
import { FileProblem, fileError } from '../../../files/file-error.js'
import { requireRoom } from '../../../files/regular-file.js'
import { messageOf } from '../../../kinds.js'
import { Turns } from '../../../turns.js'
import type { ZipEntry } from './zip-directory.js'

const PIECE = 256 * 1024

/** Reads a member in order. No more memory is taken than its entry's size, which is never more than it can unpack to. */
export class ZipMember {
  readonly #path: string
  readonly #entry: ZipEntry
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>
  readonly #turns = new Turns()
  #piece: Uint8Array = new Uint8Array(0)
  /** Bytes of the member that have been handed out. */
  #position = 0
  /** Bytes that have been unpacked. */
  #unpacked = 0
  #checksum = 0

  /** @param start where the member's bytes begin in the file */
  constructor(path: string, file: FileHandle, entry: ZipEntry, start: number) {
    this.#path = path
    this.#entry = entry
    const packed = packedPieces(file, start, entry.packedSize)
    this.#pieces = entry.method === 'stored' ? packed : inflated(packed, entry.packedSize)
  }

  /**
   * The next bytes, in memory of their own.
   *
   * @param what they are, for the message: `its header`
   * @throws DeepblasError ERR_DEEPBLAS_FILE where the member has fewer, or is damaged
   */
  async read(count: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    const rest = this.#entry.size - this.#position
    if (!(count <= rest)) throw this.error(`it is cut short: expected ${count} bytes for ${what} but it has ${rest}`)
    try {
      requireRoom(what, count)
    } catch (error) {
      throw this.error(messageOf(error))
    }
    const target = new Uint8Array(count)
    for (let filled = 0; filled < count; ) {
      if (this.#piece.length === 0 && !(await this.#next())) {
        throw this.error(`it is cut short: it unpacks to ${this.#unpacked} bytes and should to ${this.#entry.size}`)
      }
      const part = this.#piece.subarray(0, count - filled)
      target.set(part, filled)
      filled += part.length
      this.#piece = this.#piece.subarray(part.length)
    }
    this.#position += count
    return target
  }

  /** @throws DeepblasError ERR_DEEPBLAS_FILE where more follows, or the checksum is another one */
  async end(): Promise<void> {
    const rest = this.#entry.size - this.#position
    if (rest > 0) throw this.error(`expected its end but ${rest} bytes more follow`)
    await this.#next()
    if (this.#checksum !== this.#entry.crc32) {
      const [is, should] = [this.#checksum, this.#entry.crc32].map((sum) => sum.toString(16).padStart(8, '0'))
      throw this.error(`it is damaged: the checksum (CRC-32) of its bytes is ${is} and should be ${should}`)
    }
  }

  /** Lets go of the file, wherever reading has come to. */
  async close(): Promise<void> {
    await this.#pieces.return(undefined)
  }

  error(reason: string): DeepblasError {
    return fileError('read', this.#path, `array '${this.#entry.name.replace(/\.npy$/, '')}': ${reason}`)
  }

  /** Whether there is one more piece. */
  async #next(): Promise<boolean> {
    try {
      const { done, value } = await this.#pieces.next()
      if (done === true) return false
      await this.#turns.giveWay()
      this.#unpacked += value.length
      if (this.#unpacked > this.#entry.size) {
        throw new FileProblem(`it unpacks to more than the ${this.#entry.size} bytes that the directory says`)
      }
      this.#checksum = crc32(value, this.#checksum)
      this.#piece = value
      return true
    } catch (error) {
      throw this.error(error instanceof FileProblem ? error.message : `it is damaged: ${messageOf(error)}`)
    }
  }
}

async function* packedPieces(
  file: FileHandle,
  start: number,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let done = 0; done < size; ) {
    const piece = new Uint8Array(Math.min(PIECE, size - done))
    const { bytesRead } = await file.read(piece, 0, piece.length, start + done)
    if (bytesRead === 0) throw new FileProblem('it is cut short: the file ended while it was read')
    done += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}

async function* inflated(
  packed: AsyncGenerator<Uint8Array, void, undefined>,
  packedSize: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacker = createInflateRaw({ chunkSize: PIECE })
  let failure: unknown
  // Whatever goes wrong ends the loop below with it; one that stops early is no failure.
  const source = Readable.from(packed)
  pipeline(source, unpacker, (error) => {
    failure = error
  })
  try {
    for await (const piece of unpacker) yield piece as Uint8Array
  } finally {
    source.destroy()
    unpacker.destroy()
  }
  if (failure !== undefined && failure !== null) throw failure
  if (unpacker.bytesWritten !== packedSize) {
    throw new FileProblem(`it is damaged: ${packedSize - unpacker.bytesWritten} bytes follow after its packed data`)
  }
}
