// How long a timer waits while a fit runs, against an idle process; and the share of time that the event loop is busy.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { datasetOf, fitOptions, modelOf } from '../contenders/deepblas.mjs'
import { workload } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const SECONDS = 2

export default {
  name: 'event-loop',
  title: 'event loop during a fit',
  async run() {
    const rows = []
    for (const name of [undefined, 'tabular', 'digits', 'digits-wide']) {
      const { p50, p99, max, busy } = await inWorker(import.meta.url, 'measure', { name })
      const milliseconds = (value) => `${(value / 1e6).toFixed(2)} ms`
      rows.push({
        name: name ?? 'idle',
        text:
          `delay median ${milliseconds(p50)}, 99 % ${milliseconds(p99)}, most ${milliseconds(max)} (timer of 1 ms ` +
          `included); loop busy ${(100 * busy).toFixed(1)} %`,
        p99,
        busy,
      })
    }
    return rows
  },
}

export async function measure({ name }) {
  let work = (signal) => setTimeout(SECONDS * 1000, undefined, { signal })
  if (name !== undefined) {
    const net = workload(name)
    const data = datasetOf(net)
    const model = modelOf(net)
    await model.fit(data, fitOptions(net, 1))
    work = async (signal) => {
      await model.fit(data, fitOptions(net, 1_000_000, { signal }))
    }
  }
  const stop = new AbortController()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const before = performance.eventLoopUtilization()
  delay.enable()
  const timer = setTimeout(SECONDS * 1000 - 100).then(() => stop.abort())
  await work(stop.signal).catch((error) => {
    if (!stop.signal.aborted) throw error
  })
  delay.disable()
  await timer
  const { utilization } = performance.eventLoopUtilization(before)
  return { p50: delay.percentile(50), p99: delay.percentile(99), max: delay.max, busy: utilization }
}
