import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { DeepblasError } from '../../../errors.js'
import { asFileError, fileError } from '../../../files/file-error.js'
import { regularFile, requireRoom } from '../../../files/regular-file.js'
import { messageOf } from '../../../kinds.js'
import { string } from '../../../validate.js'

/** Deflate's longest match costs at least two bits: no byte of a gzip file gives more than this many. */
const MOST_PER_COMPRESSED_BYTE = 1032
const GZIP_MAGIC = [0x1f, 0x8b]
/** Some systems read less than 2 GiB at a time. */
const LARGEST_READ = 256 * 1024 * 1024
const GUNZIP_CHUNK = 128 * 1024

/**
 * The bytes of a file in order, unpacked if it is a gzip file, which its first two bytes tell and not its name.
 *
 * A length that a file claims is checked against what the file can hold before memory is taken for it.
 */
export class ByteSource {
  readonly path: string
  readonly #handle: FileHandle
  readonly #fileSize: number
  /** Present for a gzip file. */
  readonly #unpacked: GzipBytes | undefined
  #position = 0

  private constructor(path: string, handle: FileHandle, fileSize: number, unpacked: GzipBytes | undefined) {
    this.path = path
    this.#handle = handle
    this.#fileSize = fileSize
    this.#unpacked = unpacked
  }

  /**
   * Opens a file, lets `use` read it, and closes it whatever happens.
   *
   * @throws DeepblasError ERR_DEEPBLAS_FILE that names the path, for whatever the system or gzip complains of
   */
  static async using<Result>(path: string, use: (source: ByteSource) => Promise<Result>): Promise<Result> {
    string('path', path)
    try {
      await regularFile(path)
      const handle = await open(path, 'r')
      let unpacked: GzipBytes | undefined
      try {
        const status = await handle.stat()
        const magic = new Uint8Array(GZIP_MAGIC.length)
        const { bytesRead } = await handle.read(magic, 0, magic.length, 0)
        const packed = bytesRead === magic.length && GZIP_MAGIC.every((byte, i) => byte === magic[i])
        if (packed) unpacked = new GzipBytes(handle)
        return await use(new ByteSource(path, handle, status.size, unpacked))
      } finally {
        unpacked?.close()
        await handle.close()
      }
    } catch (error) {
      throw asFileError('read', path, error)
    }
  }

  /**
   * The next bytes, in memory of their own.
   *
   * @param count how many; the file must have as many left
   * @param what they are, for the message: `its header`
   */
  async read(count: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    const most = this.#unpacked === undefined ? this.#fileSize : this.#fileSize * MOST_PER_COMPRESSED_BYTE
    if (count > most - this.#position) {
      const rest = Math.max(0, most - this.#position)
      throw this.#cutShort(count, what, this.#unpacked === undefined ? `${rest}` : `at most ${rest} when unpacked`)
    }
    requireRoom(what, count)
    const target = allocate(count)
    if (target === undefined) {
      throw this.error(`${what} needs ${count} bytes, more than this machine gives out at once`)
    }
    const got = await this.#fill(target)
    this.#position += got
    if (got < count) throw this.#cutShort(count, what, String(got))
    return target
  }

  /** Makes sure that nothing follows. */
  async end(): Promise<void> {
    if (this.#unpacked === undefined) {
      const rest = this.#fileSize - this.#position
      if (rest > 0) throw this.error(`expected its end after ${this.#position} bytes but ${rest} more follow`)
      return
    }
    if ((await this.#fill(new Uint8Array(1))) > 0) {
      throw this.error(`expected its end after ${this.#position} unpacked bytes but more follow`)
    }
  }

  /** The error of this file, for a reason that follows a colon. */
  error(reason: string): DeepblasError {
    return fileError('read', this.path, reason)
  }

  #cutShort(count: number, what: string, rest: string): DeepblasError {
    return this.error(
      `it is cut short: expected ${count} bytes for ${what} after the first ${this.#position} but it has ${rest}`,
    )
  }

  /** Fills the target, or as much of it as there are bytes; tells how much. */
  async #fill(target: Uint8Array): Promise<number> {
    if (this.#unpacked === undefined) return await this.#readPlain(target)
    try {
      return await this.#unpacked.fill(target)
    } catch (error) {
      const reason = messageOf(error)
      throw fileError('read', this.path, `it is a damaged gzip file: ${reason}`, error)
    }
  }

  async #readPlain(target: Uint8Array): Promise<number> {
    let got = 0
    while (got < target.length) {
      const wanted = Math.min(target.length - got, LARGEST_READ)
      const { bytesRead } = await this.#handle.read(target, got, wanted, this.#position + got)
      if (bytesRead === 0) break
      got += bytesRead
    }
    return got
  }
}

/** What a gzip file unpacks to, as it is asked for. */
class GzipBytes {
  readonly #compressed: Readable
  readonly #unpacked = createGunzip({ chunkSize: GUNZIP_CHUNK })
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Uint8Array = new Uint8Array(0)

  constructor(handle: FileHandle) {
    this.#compressed = handle.createReadStream({ start: 0, autoClose: false })
    this.#compressed.on('error', (error) => this.#unpacked.destroy(error))
    this.#compressed.pipe(this.#unpacked)
    this.#chunks = this.#unpacked[Symbol.asyncIterator]()
  }

  /** Fills the target, or as much of it as there are bytes; tells how much. */
  async fill(target: Uint8Array): Promise<number> {
    let got = 0
    while (got < target.length) {
      if (this.#chunk.length === 0) {
        const next = await this.#chunks.next()
        if (next.done === true) break
        this.#chunk = next.value
        continue
      }
      const taken = this.#chunk.subarray(0, target.length - got)
      target.set(taken, got)
      got += taken.length
      this.#chunk = this.#chunk.subarray(taken.length)
    }
    return got
  }

  close(): void {
    // What is left unread is of no interest any more, nor is an error in it.
    this.#unpacked.on('error', () => undefined)
    this.#compressed.destroy()
    this.#unpacked.destroy()
  }
}

function allocate(count: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(count)
  } catch {
    return undefined
  }
}
