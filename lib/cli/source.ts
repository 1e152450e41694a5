/*
 * Where a command's table comes from: a file, or a stream that can be read once.
 */
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { TextInput } from '../data/readers/bytes/text-source.js'
import { KeptStream } from '../strategy/tables/kept-stream.js'
import { type Terminal, UsageError } from './terminal.js'

/** A file, standard input (`-`) or another stream, such as a pipe. Its beginning can be looked at before it is read. */
export class Source {
  /** For messages: the path as it was given, or 'standard input'. */
  readonly name: string
  /** Undefined for a stream. */
  readonly path: string | undefined
  readonly #stream: KeptStream<string | Uint8Array> | undefined

  private constructor(name: string, path: string | undefined, stream?: KeptStream<string | Uint8Array>) {
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
      return new Source('standard input', undefined, new KeptStream('standard input', stdin, signal))
    }
    const streamed = status?.isFIFO() === true || status?.isCharacterDevice() === true || status?.isSocket() === true
    return streamed
      ? new Source(path, undefined, new KeptStream(path, createReadStream(path), signal))
      : new Source(path, path)
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
}
