// The largest resident set while `wide` trains, less that of a process that has only imported the package and made the
// data, against what training cannot do without: parameters, gradients, two moments, one batch and its activations.
import { dataOf } from '../data.mjs'
import { parametersOf, workload } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const MIB = 2 ** 20

export default {
  name: 'memory',
  title: 'peak memory of wide',
  async run() {
    const net = workload('wide')
    const values = net.layers.reduce((sum, units) => sum + units, net.inputs) * net.batch
    const needed = 4 * (4 * parametersOf(net) + values)
    const { before, peak, after } = await inWorker(import.meta.url, 'measure')
    const grown = peak - before
    const text =
      `${Math.round(grown / MIB)} MiB, ${(grown / needed).toFixed(2)} times the ${Math.round(needed / MIB)} MiB of ` +
      `parameters, gradients, moments and one batch's activations; grew by ${Math.round(after / MIB)} MiB from step 4 to 12`
    return [{ name: '', text, bytes: grown, needed }]
  },
}

export async function measure() {
  const { datasetOf, fitOptions, modelOf } = await import('../contenders/deepblas.mjs')
  const net = workload('wide')
  const data = datasetOf(net, dataOf(net))
  const before = process.memoryUsage.rss()
  const model = modelOf(net)
  let atFour
  const watch = {
    needs: 'epoch',
    onEpochEnd({ epoch }) {
      if (epoch === 1) atFour = process.memoryUsage.rss()
    },
  }
  await model.fit(data, fitOptions(net, 3, { callbacks: [watch] }))
  return { before, peak: process.resourceUsage().maxRSS * 1024, after: process.memoryUsage.rss() - atFour }
}
