// One row through `predictSync`: what a server does for each request.

import { modelOf } from '../contenders/deepblas.mjs'
import { open as openPlain } from '../contenders/plain-js.mjs'
import { uniform } from '../data.mjs'
import { factor, time } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inPeer, inWorker, pythonPeers } from './in-worker.mjs'

const SAMPLES = 15

export default {
  name: 'predict-one',
  title: 'predictSync of one row',
  async run({ contenders, threads }) {
    const rows = []
    for (const name of ['tabular', 'digits']) {
      const own = summary(await inWorker(import.meta.url, 'deepblas', { name })).median
      rows.push({ name: `${name}, deepblas`, text: time(own), seconds: own })
      const others = {}
      if (contenders.some((one) => one.name === 'plain-js')) {
        others['plain JS'] = await inWorker(import.meta.url, 'plainJs', { name })
      }
      for (const peer of pythonPeers(contenders)) {
        const given = { samples: SAMPLES, calls: 500 }
        others[peer.title] = await inPeer(contenders, peer.name, workload(name), threads, 'predict_one', given)
      }
      for (const [other, samples] of Object.entries(others)) {
        const seconds = summary(samples).median
        rows.push({ name: `${name}, ${other}`, text: `${time(seconds)} (x ${factor(seconds / own)})`, seconds })
      }
    }
    return rows
  },
}

function samplesOf(call) {
  const calls = 2000
  for (let i = 0; i < calls; i++) call()
  return Array.from({ length: SAMPLES }, () => {
    const start = performance.now()
    for (let i = 0; i < calls; i++) call()
    return (performance.now() - start) / 1000 / calls
  })
}

export function deepblas({ name }) {
  const net = workload(name)
  const model = modelOf(net)
  const row = uniform(net.inputs, 3)
  return samplesOf(() => model.predictSync(row))
}

export async function plainJs({ name }) {
  const predict = await (await openPlain({ ...workload(name), rows: workload(name).batch })).predictOne()
  return samplesOf(() => predict(1))
}
