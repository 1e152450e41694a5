// One thread against all, in turns within one process.
import { setThreads } from '../../dist/index.mjs'
import { datasetOf, fitOptions, modelOf } from '../contenders/deepblas.mjs'
import { factor, time } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { workload, workloads } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const SAMPLE_SECONDS = 0.25

export default {
  name: 'scaling',
  title: 'one thread against all',
  async run({ threads, rounds }) {
    const rows = []
    for (const { name, members } of workloads) {
      if (members !== undefined) continue
      const { one, all } = await inWorker(import.meta.url, 'measure', { name, threads, rounds: Math.min(rounds, 5) })
      const text = `${time(one)} with 1 thread, ${time(all)} with ${threads}: x ${factor(one / all)}`
      rows.push({ name, text, one, all })
    }
    return rows
  },
}

export async function measure({ name, threads, rounds }) {
  const net = workload(name)
  const data = datasetOf(net)
  const model = modelOf(net)
  const stepsPerEpoch = Math.ceil(net.rows / net.batch)
  const secondsOfStep = async (count, epochs) => {
    setThreads(count)
    const start = performance.now()
    await model.fit(data, fitOptions(net, epochs))
    return (performance.now() - start) / 1000 / (epochs * stepsPerEpoch)
  }
  await secondsOfStep(threads, 1)
  const epochs = Math.max(1, Math.ceil(SAMPLE_SECONDS / ((await secondsOfStep(threads, 1)) * stepsPerEpoch)))
  const one = []
  const all = []
  for (let round = 0; round < rounds; round++) {
    one.push(await secondsOfStep(1, epochs))
    all.push(await secondsOfStep(threads, epochs))
  }
  return { one: summary(one).median, all: summary(all).median }
}
