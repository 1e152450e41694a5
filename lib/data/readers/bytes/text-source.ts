/*
 * The text of a file or stream, in pieces: unpacked, decoded, with one kind of line end.
 */

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { FileProblem } from '../../../files/file-error.js'
import { itemsOf } from '../../../iteration.js'
import { codeOf, isUint8Array, messageOf } from '../../../kinds.js'
import { invalid } from '../../../validate.js'
import { hasReturn, withNewlines } from './line-ends.js'
import { TextDecoderOfPieces, type TextEncoding } from './text-encoding.js'
import type { TextPiece } from './text-piece.js'

/** A path, or the content of a file: a Node stream, or any async iterable of strings or bytes. */
export type TextInput = string | Readable | AsyncIterable<string | Uint8Array>

const PIECE = 256 * 1024
/** Enough to know a byte order mark and the formats that are no text. */
const FIRST_BYTES = 8

/** Files that come in place of a CSV file, by how they begin. */
const OTHERS: readonly (readonly [start: string, what: string])[] = [
  ['PK\u0003\u0004', 'a zip file (as .xlsx and .npz are): unpack it, or save the sheet as CSV'],
  ['PAR1', 'a Parquet file: use readParquet'],
  ['ARROW1', 'an Arrow file: use readArrow'],
  ['\u0093NUMPY', 'a .npy file: use readNpy'],
  ['SQLite ', 'an SQLite database'],
  ['\u00d0\u00cf\u0011\u00e0', 'an Excel file (.xls): save the sheet as CSV'],
  ['%PDF-', 'a PDF'],
  ['\u0089PNG', 'a picture'],
  ['\u00ff\u00d8\u00ff', 'a picture'],
  ['\u0089HDF', 'an HDF5 file: write its table as CSV or Parquet'],
  ['BZh', 'a bzip2 file: unpack it'],
  ['\u00fd7zXZ', 'an xz file: unpack it'],
  ['7z\u00bc\u00af', 'a 7z file: unpack it'],
  ['(\u00b5/\u00fd', 'a zstd file: unpack it'],
  ['ORC\u0011', 'an ORC file: write its table as Parquet'],
  ['Obj\u0001', 'an Avro file: write its table as CSV or Parquet'],
]

export class TextSource {
  readonly path: string | undefined
  /** Bytes read so far, as the file has them: packed, if it is packed. */
  bytes = 0
  /** Bytes there are, where that is known. */
  totalBytes: number | undefined
  /** Whether the bytes were taken for windows-1252, since they are not UTF-8. */
  isGuessed = false
  readonly #input: AsyncIterable<string | Uint8Array>

  private constructor(
    path: string | undefined,
    input: AsyncIterable<string | Uint8Array>,
    totalBytes: number | undefined,
  ) {
    this.path = path
    this.#input = input
    this.totalBytes = totalBytes
  }

  /** @throws FileProblem where a path leads to no file that can be read */
  static async open(source: TextInput): Promise<TextSource> {
    if (typeof source !== 'string') return new TextSource(undefined, source, undefined)
    const status = await stat(source).catch(asProblem)
    if (status.isDirectory()) throw new FileProblem('it is a folder')
    return new TextSource(source, readPath(source), status.isFile() ? status.size : undefined)
  }

  async *pieces(encoding: TextEncoding | undefined): AsyncGenerator<TextPiece, void, undefined> {
    const decoder = new TextDecoderOfPieces(encoding)
    let first = true
    let heldReturn = ''
    for await (const piece of unpacked(this.#counted())) {
      let text = typeof piece === 'string' ? piece : decoder.decode(piece)
      this.isGuessed = decoder.isGuessed
      if (first && text.length > 0) {
        first = false
        text = withoutMark(text)
      }
      if (heldReturn !== '') text = joined(heldReturn, text)
      // What follows a carriage return tells whether they are one line end or two.
      heldReturn = returnsBehind(text)
      if (heldReturn !== '') text = cutTo(text, text.length - heldReturn.length)
      if (text.length > 0) yield hasReturn(text) ? withNewlines(text) : text
    }
    const rest = heldReturn + decoder.end()
    this.isGuessed = decoder.isGuessed
    if (rest !== '') yield withNewlines(rest)
  }

  async *#counted(): AsyncGenerator<string | Uint8Array, void, undefined> {
    for await (const piece of itemsOf('source', this.#input)) {
      if (!(typeof piece === 'string' || isUint8Array(piece))) {
        throw invalid('source', 'strings or bytes (Uint8Array) from the stream', piece)
      }
      // Pieces may be whole files: what is done with one must not take long.
      for (let at = 0; at < piece.length; at += PIECE) {
        const part = piece.length <= PIECE ? piece : cut(piece, at)
        this.bytes += typeof part === 'string' ? Buffer.byteLength(part) : part.length
        yield part
      }
    }
  }
}

function cut(piece: string | Uint8Array, at: number): string | Uint8Array {
  return typeof piece === 'string' ? piece.slice(at, at + PIECE) : piece.subarray(at, at + PIECE)
}

const RETURN = 13

function withoutMark(piece: TextPiece): TextPiece {
  if (typeof piece === 'string') return piece.startsWith('\ufeff') ? piece.slice(1) : piece
  return piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? piece.subarray(3) : piece
}

function joined(returns: string, piece: TextPiece): TextPiece {
  return typeof piece === 'string' ? returns + piece : Buffer.concat([Buffer.from(returns), piece])
}

/** One or two carriage returns that end a piece. */
function returnsBehind(piece: TextPiece): string {
  const isReturn = (at: number) => (typeof piece === 'string' ? piece.charCodeAt(at) : piece[at]) === RETURN
  if (!isReturn(piece.length - 1)) return ''
  return isReturn(piece.length - 2) ? '\r\r' : '\r'
}

function cutTo(piece: TextPiece, length: number): TextPiece {
  return typeof piece === 'string' ? piece.slice(0, length) : piece.subarray(0, length)
}

export function isTextInput(source: unknown): source is TextInput {
  return typeof source === 'string' || (typeof source === 'object' && source !== null && Symbol.asyncIterator in source)
}

async function* readPath(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path, { highWaterMark: PIECE })
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) yield piece
  } catch (error) {
    asProblem(error)
  }
}

/** Bytes as they are, or unpacked where they are those of a gzip file; the first piece is not too short to tell. */
async function* unpacked(
  pieces: AsyncGenerator<string | Uint8Array, void, undefined>,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  let start: string | Uint8Array = new Uint8Array(0)
  try {
    while (start.length < FIRST_BYTES) {
      const next: IteratorResult<string | Uint8Array, void> = await pieces.next()
      if (next.done === true) break
      if (typeof next.value === 'string') {
        // Texts are texts: nothing is packed, and no encoding to be found.
        if (start.length > 0) yield start
        start = next.value
        break
      }
      start = Buffer.concat([start as Uint8Array, next.value])
    }
    if (typeof start !== 'string' && start[0] === 0x1f && start[1] === 0x8b) {
      yield* gunzipped(start, pieces)
      return
    }
    if (typeof start !== 'string') refuseOthers(start)
    if (start.length > 0) yield start
    yield* pieces
  } finally {
    await pieces.return()
  }
}

async function* gunzipped(
  packedStart: Uint8Array,
  rest: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const packed = Readable.from(
    (async function* () {
      yield packedStart
      yield* rest
    })(),
    { objectMode: false },
  )
  const plain = createGunzip({ chunkSize: PIECE })
  packed.on('error', (error) => plain.destroy(error))
  packed.pipe(plain)
  let start: Buffer | undefined = Buffer.alloc(0)
  try {
    for await (const piece of plain as AsyncIterable<Buffer>) {
      if (start === undefined) {
        yield piece
        continue
      }
      start = Buffer.concat([start, piece])
      if (start.length < FIRST_BYTES) continue
      refuseOthers(start)
      yield start
      start = undefined
    }
    if (start !== undefined && start.length > 0) {
      refuseOthers(start)
      yield start
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined || !code.startsWith('Z_')) throw error
    throw new FileProblem(`it is a damaged gzip file: ${messageOf(error)}`, { cause: error })
  } finally {
    plain.destroy()
    packed.destroy()
  }
}

function refuseOthers(start: Uint8Array): void {
  const text = Buffer.from(start.subarray(0, FIRST_BYTES)).toString('latin1')
  const other = OTHERS.find(([magic]) => text.startsWith(magic))
  if (other !== undefined) throw new FileProblem(`it is not a text but ${other[1]}`)
}

function asProblem(error: unknown): never {
  if (error instanceof FileProblem) throw error
  throw new FileProblem(messageOf(error), { cause: error })
}
