/*
 * Reads batches from a stream, epoch by epoch: one batch ahead while another is computed, never more.
 */
import type { DatasetInput } from '../../data/contents/from-arrays.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { isIterable, openIterator, resultOf } from '../../iteration.js'
import { Turns } from '../../turns.js'
import { invalid, isCallable } from '../../validate.js'

/** Any number of rows: one step of a training that reads a stream. */
export type Batch = Dataset | DatasetInput

/** Batches in order: a generator, a Node stream in object mode, anything that can be iterated. */
export type BatchStream = AsyncIterable<Batch> | Iterable<Batch>

/** A stream, which is one epoch; or a function that opens a stream for every epoch, counted from 1. */
export type BatchSource = BatchStream | ((epoch: number) => BatchStream | Promise<BatchStream>)

export function isBatchSource(value: unknown): value is BatchSource {
  return isCallable(value) || isStream(value)
}

function isStream(value: unknown): value is BatchStream {
  return isIterable(value) && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

export interface EpochBatchesSettings {
  readonly source: BatchSource
  readonly epochs: number
  /** Number of batches in an epoch; undefined: an epoch ends with its stream. */
  readonly stepsPerEpoch: number | undefined
  readonly signal: AbortSignal | undefined
  /** Makes a data set from what the stream gave, or throws. */
  readonly accept: (batch: unknown) => Dataset
}

type BatchIterator = AsyncIterator<unknown> | Iterator<unknown>

export class EpochBatches {
  readonly #settings: EpochBatchesSettings
  #stream: BatchStream | undefined
  #iterator: BatchIterator | undefined
  #ahead: Promise<Dataset | undefined> | undefined
  #epoch = 0
  /** Batches taken in this epoch, and from the stream that is open. */
  #taken = 0
  #givenByStream = 0
  /** Batches read in all, for messages. */
  #given = 0
  #ended = false
  #reject: ((reason: unknown) => void) | undefined
  readonly #aborted = () => this.#reject?.(this.#settings.signal!.reason)

  constructor(settings: EpochBatchesSettings) {
    this.#settings = settings
    settings.signal?.addEventListener('abort', this.#aborted)
  }

  /** Whether there can be no other epoch, because the only stream has ended. */
  get ended(): boolean {
    return this.#ended
  }

  /** Opens the epoch, counted from 0, after the batches of it that a resumed training has already had. */
  async begin(epoch: number, done: number): Promise<void> {
    const { source, stepsPerEpoch } = this.#settings
    this.#epoch = epoch
    const reopened = stepsPerEpoch === undefined && typeof source === 'function'
    if (reopened) {
      this.close()
      this.#settings.signal?.addEventListener('abort', this.#aborted)
    }
    const first = this.#iterator === undefined
    // One stream serves all epochs, so the batches of earlier epochs are skipped.
    const skipped = first ? done + (reopened ? 0 : epoch * (stepsPerEpoch ?? 0)) : 0
    const turns = new Turns()
    for (let i = 0; i < skipped; i++) {
      await turns.giveWay()
      if ((await this.#read()).done === true) {
        throw new DeepblasError(
          'ERR_DEEPBLAS_DATA',
          `Expected a stream that gives the ${skipped} batches again that the training has had but it ended after ${i}.`,
        )
      }
    }
    this.#taken = done
  }

  /** The next batch; undefined at the end of the epoch. */
  async next(): Promise<Dataset | undefined> {
    const { stepsPerEpoch, epochs } = this.#settings
    if (this.#taken === stepsPerEpoch) return undefined
    const ahead = this.#ahead ?? this.#readBatch()
    this.#ahead = undefined
    const batch = await ahead
    if (batch === undefined) return undefined
    this.#taken++
    const last = this.#taken === stepsPerEpoch && this.#epoch === epochs - 1
    if (!last) {
      this.#ahead = this.#readBatch()
      // The error reaches whoever takes the batch; a fit that ends before does not see it.
      this.#ahead.catch(() => undefined)
    }
    return batch
  }

  /** Closes the stream, also before its end. */
  close(): void {
    const [iterator, stream] = [this.#iterator, this.#stream]
    this.#iterator = undefined
    this.#stream = undefined
    this.#ahead = undefined
    this.#settings.signal?.removeEventListener('abort', this.#aborted)
    if (stream !== undefined) letGo(stream, iterator)
  }

  async #readBatch(): Promise<Dataset | undefined> {
    const result = await this.#read()
    if (result.done === true) {
      this.#ended = typeof this.#settings.source !== 'function'
      return undefined
    }
    this.#given++
    try {
      return this.#settings.accept(result.value)
    } catch (cause) {
      if (!(cause instanceof DeepblasError)) throw cause
      throw new DeepblasError(cause.code, `Batch ${this.#given} of the stream: ${cause.message}`, { cause })
    }
  }

  async #read(): Promise<IteratorResult<unknown>> {
    const { source, stepsPerEpoch } = this.#settings
    this.#iterator ??= await this.#open()
    const result = resultOf<unknown>('stream', await this.#orAborted(this.#iterator.next()))
    if (result.done !== true) {
      this.#givenByStream++
      return result
    }
    // Epochs of so many batches go on with the next stream.
    if (typeof source !== 'function' || stepsPerEpoch === undefined || this.#givenByStream === 0) return result
    this.#iterator = await this.#open()
    return this.#read()
  }

  async #open(): Promise<BatchIterator> {
    const { source } = this.#settings
    // A function that opens a file or a connection may be asynchronous.
    const stream: unknown = typeof source === 'function' ? await this.#opened(source) : source
    // An array as an argument of fit means the data sets of a population's members.
    if (!isStream(stream) && !Array.isArray(stream)) {
      throw invalid('stream', 'AsyncIterable of batches, such as an async generator or a Node stream', stream)
    }
    this.#stream = stream as BatchStream
    this.#givenByStream = 0
    return openIterator('stream', this.#stream)
  }

  async #opened(source: (epoch: number) => BatchStream | Promise<BatchStream>): Promise<BatchStream> {
    const opening = source(this.#epoch + 1)
    try {
      return await this.#orAborted(opening)
    } catch (error) {
      // What comes after an abort is a stream that nobody will read.
      Promise.resolve(opening).then(letGo, () => undefined)
      throw error
    }
  }

  #orAborted<Value>(value: Value | Promise<Value>): Promise<Value> {
    const { signal } = this.#settings
    if (signal === undefined) return Promise.resolve(value)
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason)
      this.#reject = reject
      Promise.resolve(value).then(resolve, reject)
    })
  }
}

/** Closes a stream that may not have been read to its end. Closing may wait and fail; the result is ignored. */
function letGo(stream: BatchStream, begun?: BatchIterator): void {
  try {
    // A Node stream that waits for data would not hear of the iterator's end.
    const { destroy } = stream as { destroy?: unknown }
    if (typeof destroy === 'function') (stream as unknown as { destroy(): void }).destroy()
    const iterator = begun ?? openIterator('stream', stream)
    Promise.resolve(iterator.return?.()).catch(() => undefined)
  } catch {
    // As above.
  }
}
