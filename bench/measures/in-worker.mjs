// Runs an exported function of a measure's file in a process of its own, so that no measure meets another's caches,
// threads or memory.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '../process.mjs'
import { QUIET_CORES, untilQuiet, withForeign } from '../quiet.mjs'

const worker = join(dirname(dirname(fileURLToPath(import.meta.url))), 'worker.mjs')

/** Seconds to wait for a quiet machine before each process. */
const PATIENCE = 5
let disturbed = false

/** Whether other work ran beside any process since the last call. */
export function wasDisturbed() {
  const was = disturbed
  disturbed = false
  return was
}

async function quietly(child, work) {
  try {
    await untilQuiet(PATIENCE)
    const { result, foreign } = await withForeign(child.pid, work)
    if (foreign !== undefined && foreign >= QUIET_CORES) disturbed = true
    return result
  } finally {
    child.close()
  }
}

export function inWorker(file, name, given = {}) {
  const child = new Worker(process.execPath, [worker])
  return quietly(child, () => child.ask({ do: 'call', module: file, name, given }))
}

/** A function of a Python peer, or undefined where it is not installed or not wanted. */
export async function inPeer(contenders, peer, workload, threads, name, given) {
  const contender = contenders.find((one) => one.name === peer)
  if (contender === undefined) return undefined
  const child = contender.start(workload, threads)
  return quietly(child, () => child.call(name, given, 600))
}

/** The Python peers that these measures are also made with. */
export const pythonPeers = (contenders) =>
  contenders.filter(({ name }) => name === 'pytorch' || name === 'pytorch-system')
