// What the machine allows: the least that a step could take, by its arithmetic and its optimizer alone.
import { flopOf, parametersOf } from './workloads.mjs'

const FLOAT = 4
/** Numbers of a parameter that an optimizer's step reads and writes (parameter, gradient, moments), and that it holds. */
const optimizers = { sgd: { moved: 3, held: 2 }, adam: { moved: 7, held: 4 } }

/**
 * Seconds of a step's multiply-adds at the measured peak of the cores, and of one pass of the optimizer at the bandwidth
 * measured where its arrays lie: the cache or memory that holds so many bytes.
 *
 * @param {import('./workloads.mjs').Workload} workload
 * @param {{ allGflops: number, bandwidths?: { bytes: number, gigabytesPerSecond: number }[] }} peak of deepblas_floor
 * @returns {{ seconds: number, arithmetic: number, optimizer: number } | undefined} undefined where no bandwidths were measured
 */
export function limitOf(workload, { allGflops, bandwidths }) {
  if (bandwidths === undefined) return undefined
  const parameters = parametersOf(workload)
  const { moved, held } = optimizers[workload.optimizer]
  const arithmetic = flopOf(workload) / (allGflops * 1e9)
  const optimizer = (FLOAT * moved * parameters) / (bandwidthAt(FLOAT * held * parameters, bandwidths) * 1e9)
  return { seconds: arithmetic + optimizer, arithmetic, optimizer }
}

/** GB/s of arrays of so many bytes: what fits is no slower than anything larger; beyond the largest size it is memory. */
function bandwidthAt(bytes, bandwidths) {
  const same = bandwidths.filter((one) => one.bytes >= bytes)
  const taken = same.length > 0 ? same : [bandwidths.at(-1)]
  return Math.max(...taken.map(({ gigabytesPerSecond }) => gigabytesPerSecond))
}
