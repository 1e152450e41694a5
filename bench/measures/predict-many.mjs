// Many rows at once, given as one typed array: the array's way into the library and the results' way out included.

import { modelOf } from '../contenders/deepblas.mjs'
import { uniform } from '../data.mjs'
import { factor, time } from '../format.mjs'
import { summary, timesOf } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inPeer, inWorker, pythonPeers } from './in-worker.mjs'

const ROWS = 20_000
const SAMPLES = 9

export default {
  name: 'predict-many',
  title: `predict of ${ROWS} rows`,
  async run({ contenders, threads }) {
    const rows = []
    for (const name of ['digits', 'digits-wide']) {
      const own = await inWorker(import.meta.url, 'deepblas', { name, threads })
      const ownSeconds = summary(own.async).median
      const each = (seconds) => `${time(seconds)}, ${Math.round(ROWS / seconds / 1000)} thousand rows a second`
      rows.push({ name: `${name}, deepblas predict`, text: each(ownSeconds), seconds: ownSeconds })
      const sync = summary(own.sync).median
      rows.push({ name: `${name}, deepblas predictSync`, text: each(sync), seconds: sync })
      for (const peer of pythonPeers(contenders)) {
        const given = { rows: ROWS, samples: SAMPLES, threads }
        const samples = await inPeer(contenders, peer.name, workload(name), threads, 'predict_many', given)
        const seconds = summary(samples).median
        rows.push({
          name: `${name}, ${peer.title}`,
          text: `${each(seconds)} (x ${factor(seconds / ownSeconds)})`,
          seconds,
        })
      }
    }
    return rows
  },
}

export async function deepblas({ name, threads }) {
  const { setThreads } = await import('../../dist/index.mjs')
  setThreads(threads)
  const net = workload(name)
  const model = modelOf(net)
  const rows = { data: uniform(ROWS * net.inputs, 3), shape: [ROWS, net.inputs] }
  return {
    async: await timesOf(SAMPLES, () => model.predict(rows)),
    sync: await timesOf(SAMPLES, () => model.predictSync(rows)),
  }
}
