// The browser's `Worker`, of what jax-js needs of it, on Node's worker threads: a module from a blob's URL, messages both
// ways. With it the threads of its WebAssembly run in Node too.
import { resolveObjectURL } from 'node:buffer'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

const PRELUDE = `
  const { parentPort } = require('node:worker_threads')
  globalThis.self = globalThis
  globalThis.postMessage = (message) => parentPort.postMessage(message)
  parentPort.on('message', (data) => globalThis.onmessage({ data }))
`

class WebWorker {
  #waiting = []
  #worker

  constructor(url) {
    this.#start(resolveObjectURL(String(url)))
  }

  async #start(blob) {
    this.#worker = new Worker(PRELUDE + (await blob.text()), { eval: true })
    this.#worker.on('message', (data) => this.onmessage?.({ data }))
    this.#worker.on('error', (error) => this.onerror?.(error))
    for (const message of this.#waiting) this.#worker.postMessage(message)
    this.#waiting = undefined
  }

  postMessage(message) {
    if (this.#waiting !== undefined) this.#waiting.push(message)
    else this.#worker.postMessage(message)
  }
}

/** Gives this process a `Worker`, and `navigator.hardwareConcurrency` of so many threads. */
export function installWebWorkers(threads = availableParallelism()) {
  globalThis.Worker = WebWorker
  Object.defineProperty(globalThis, 'navigator', { value: { hardwareConcurrency: threads }, configurable: true })
}
