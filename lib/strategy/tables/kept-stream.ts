/*
 * A stream can be read once. Its beginning can be looked at before: what it gave for the look is kept, and given again.
 */
import { openIterator, resultOf } from '../../iteration.js'

export class KeptStream<Piece> {
  readonly #argument: string
  readonly #iterator: AsyncIterator<Piece, unknown> | Iterator<Piece, unknown>
  readonly #aborted: Promise<never>
  readonly #listening = new AbortController()
  #kept: Piece[] = []

  /** @param argument the name that the user knows the stream by */
  constructor(argument: string, stream: AsyncIterable<Piece> | Iterable<Piece>, signal: AbortSignal | undefined) {
    this.#argument = argument
    this.#iterator = openIterator(argument, stream)
    // A stream may have nothing to give for hours: an abort must not wait for it.
    this.#aborted = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: this.#listening.signal })
    })
    this.#aborted.catch(() => undefined)
  }

  /** From the beginning, as often as one likes, before `rest`. Whoever breaks off leaves the stream open. */
  async *peek(): AsyncGenerator<Piece, void, undefined> {
    yield* [...this.#kept]
    for (let next = await this.#next(); next.done !== true; next = await this.#next()) {
      this.#kept.push(next.value)
      yield next.value
    }
  }

  /** All of it, once; whoever breaks off ends the stream. */
  async *rest(): AsyncGenerator<Piece, void, undefined> {
    const kept = this.#kept
    this.#kept = []
    let ended = false
    try {
      yield* kept
      for (let next = await this.#next(); next.done !== true; next = await this.#next()) yield next.value
      ended = true
    } finally {
      this.#listening.abort()
      // Not awaited: a stream that has nothing to give would never answer.
      if (!ended) Promise.resolve(this.#iterator.return?.()).catch(() => undefined)
    }
  }

  async #next(): Promise<IteratorResult<Piece, unknown>> {
    return resultOf(this.#argument, await Promise.race([this.#iterator.next(), this.#aborted]))
  }
}
