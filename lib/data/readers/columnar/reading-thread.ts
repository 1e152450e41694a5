/*
 * A file of columns read on a thread of its own, where a limit of time and of memory can end it: a damaged one may send
 * the package that reads it round for ever. The limits follow from the size of the file.
 */
import { Worker } from 'node:worker_threads'
import { FileProblem } from '../../../files/file-error.js'
import { codeOf } from '../../../kinds.js'
import { ownFile } from '../../../package-root.js'
import { columnarWorker } from './reading-worker.js'

const MEBIBYTE = 1024 * 1024
/** To find and load a package; the file has not been looked at yet. */
const LOADING_MILLISECONDS = 60_000
const LEAST_MILLISECONDS = 10_000
/** Ten times and more what honest files take. */
const MILLISECONDS_PER_MEBIBYTE = 2000
/** An answer that has come while this thread was busy is taken before the watch strikes. */
const GRACE_MILLISECONDS = 250
const LEAST_HEAP_MEBIBYTES = 256
const HEAP_PER_FILE = 64

/** There is no thread, or no such package for it: the file is read on this one. */
export class NoThread extends Error {}

interface Answer {
  readonly ready?: boolean
  readonly described?: unknown
  readonly piece?: readonly unknown[]
  readonly done?: boolean
  readonly failure?: string
  readonly code?: string
}

export interface ColumnarFile {
  readonly format: 'arrow' | 'parquet'
  readonly path?: string
  readonly bytes?: Uint8Array
  /** Bytes of the file, from which the limits follow. */
  readonly size: number
}

export class ColumnarThread<Described> {
  readonly described: Described
  readonly #worker: Worker
  readonly #milliseconds: number

  private constructor(worker: Worker, described: Described, milliseconds: number) {
    this.#worker = worker
    this.described = described
    this.#milliseconds = milliseconds
  }

  /**
   * @throws NoThread where there can be none; FileProblem with what is wrong with the file, also where it took too long or
   *   too much memory
   */
  static async open<Described>({ format, path, bytes, size }: ColumnarFile): Promise<ColumnarThread<Described>> {
    const mebibytes = size / MEBIBYTE
    const milliseconds = LEAST_MILLISECONDS + MILLISECONDS_PER_MEBIBYTE * mebibytes
    let worker: Worker
    try {
      worker = new Worker(columnarWorker, {
        eval: true,
        workerData: { format, path, bytes, base: ownFile() ?? process.cwd() },
        resourceLimits: { maxOldGenerationSizeMb: Math.ceil(LEAST_HEAP_MEBIBYTES + HEAP_PER_FILE * mebibytes) },
      })
    } catch (cause) {
      throw new NoThread('no worker', { cause })
    }
    // What ends the thread is told to whoever waits for it.
    worker.on('error', () => undefined)
    try {
      const loaded = await answerOf(worker, LOADING_MILLISECONDS).catch((cause) => {
        throw new NoThread('no thread', { cause })
      })
      if (loaded.ready !== true) throw new NoThread(loaded.failure)
      const { described } = checked(await answerOf(worker, milliseconds))
      return new ColumnarThread(worker, described as Described, milliseconds)
    } catch (error) {
      await worker.terminate()
      throw error
    }
  }

  /** @throws FileProblem as `open` */
  async values(request: object): Promise<unknown[]> {
    const values: unknown[] = []
    const until = performance.now() + this.#milliseconds
    for (let asked: object | 'more' = request; ; asked = 'more') {
      const answer = answerOf(this.#worker, Math.max(1, until - performance.now()))
      this.#worker.postMessage(asked)
      const { piece = [], done } = checked(await answer)
      for (const value of piece) values.push(value)
      if (done === true) return values
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

function checked(answer: Answer): Answer {
  if (answer.failure !== undefined) throw new FileProblem(answer.failure)
  return answer
}

/** The next answer; until it is there the thread keeps the process alive, and otherwise not. */
function answerOf(worker: Worker, milliseconds: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => {
      timer = setTimeout(tooLong, GRACE_MILLISECONDS)
    }, milliseconds)
    const tooLong = () => {
      fail(`it is damaged, or made to hang its reader: reading was ended after ${Math.round(milliseconds)} ms`)
    }
    const settled = () => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      worker.unref()
    }
    const fail = (reason: string, cause?: unknown) => {
      settled()
      reject(new FileProblem(reason, { cause }))
    }
    const onMessage = (answer: Answer) => {
      settled()
      resolve(answer)
    }
    const onError = (error: Error) => {
      const memory = codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
      fail(memory ? 'it is damaged: reading it takes far more memory than its size' : error.message, error)
    }
    const onExit = () => fail('it is damaged: its reader came to an end')
    worker.ref()
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}
