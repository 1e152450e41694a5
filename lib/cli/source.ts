/*
 * Where a command's table comes from: a file, or a stream that can be read once.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { TextInput } from '../data/readers/bytes/text-source.js'
import { isUint8Array } from '../kinds.js'
import { type Terminal, UsageError } from './terminal.js'

/**
 * A file, standard input (`-`) or another stream, such as a pipe. Its beginning can be looked at before it is read: what a
 * stream gave for the look is kept, and given again.
 */
export class Source {
  /** For messages: the path as it was given, or 'standard input'. */
  readonly name: string
  /** Undefined for a stream. */
  readonly path: string | undefined
  readonly #stream: KeptStream | undefined

  private constructor(name: string, path: string | undefined, stream: KeptStream | undefined) {
    this.name = name
    this.path = path
    this.#stream = stream
  }

  /** @throws UsageError where standard input is asked for and there is none */
  static of(path: string, terminal: Terminal): Source {
    const status = statSync(path, { throwIfNoEntry: false })
    const { signal } = terminal
    if (path === '-' && status === undefined) {
      // Not before it is asked for: a process that listens to its input does not end by itself.
      const { stdin } = terminal
      if (stdin === undefined) throw new UsageError('There is no standard input to read.')
      return new Source('standard input', undefined, new KeptStream(stdin, signal))
    }
    const streamed = status?.isFIFO() === true || status?.isCharacterDevice() === true || status?.isSocket() === true
    return streamed
      ? new Source(path, undefined, new KeptStream(createReadStream(path), signal))
      : new Source(path, path, undefined)
  }

  /** The last part of the name, without the folder. */
  get shortName(): string {
    return this.path === undefined ? this.name : basename(this.path)
  }

  /** For a look at the beginning, as often as one likes; before `read`. */
  peek(): TextInput {
    return this.#stream?.peek() ?? this.path!
  }

  /** All of it. A stream gives it once. */
  read(): TextInput {
    return this.#stream?.rest() ?? this.path!
  }

  /** SHA-256 of its bytes in hexadecimal digits, as `sha256sum` tells it; of a stream once it has been read. */
  async sha256(): Promise<string> {
    if (this.#stream !== undefined) return this.#stream.hash.digest('hex')
    const hash = createHash('sha256')
    for await (const piece of createReadStream(this.path!, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer)
    return hash.digest('hex')
  }
}

type Piece = string | Uint8Array

class KeptStream {
  readonly hash: Hash = createHash('sha256')
  readonly #iterator: AsyncIterator<Piece>
  readonly #aborted: Promise<never>
  #kept: Piece[] = []

  constructor(stream: AsyncIterable<Piece>, signal: AbortSignal) {
    this.#iterator = stream[Symbol.asyncIterator]()
    // A stream may have nothing to give for hours: Ctrl+C must not wait for it.
    this.#aborted = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    this.#aborted.catch(() => undefined)
  }

  /** From the beginning. Whoever breaks off leaves the stream open. */
  async *peek(): AsyncGenerator<Piece, void, undefined> {
    yield* [...this.#kept]
    for (let next = await this.#next(); next.done !== true; next = await this.#next()) {
      this.#kept.push(next.value)
      yield next.value
    }
  }

  async *rest(): AsyncGenerator<Piece, void, undefined> {
    const kept = this.#kept
    this.#kept = []
    for (const piece of kept) yield this.#hashed(piece)
    for (let next = await this.#next(); next.done !== true; next = await this.#next()) yield this.#hashed(next.value)
  }

  #hashed(piece: Piece): Piece {
    this.hash.update(isUint8Array(piece) ? piece : Buffer.from(piece))
    return piece
  }

  #next(): Promise<IteratorResult<Piece, undefined>> {
    return Promise.race([this.#iterator.next(), this.#aborted]) as Promise<IteratorResult<Piece, undefined>>
  }
}
