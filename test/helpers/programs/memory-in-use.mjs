// Native memory that the process holds, in bytes: exact, where resident memory depends on the allocator and the collector.
// Programs that settle it run with --expose-gc.
import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'

export const { memoryInUse } = createRequire(import.meta.url)('../../../build/Release/deepblas.node')

/** Lets finalizers of what nobody holds run, and says what is left. */
export async function settledMemory() {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc()
    await setImmediate()
  }
  return memoryInUse()
}
