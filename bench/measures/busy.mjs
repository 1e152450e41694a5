// A step while another process takes one core for itself, beside the same step without it.
import { spawn } from 'node:child_process'
import { setThreads } from '../../dist/index.mjs'
import { datasetOf, fitOptions, modelOf } from '../contenders/deepblas.mjs'
import { factor, time } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const SAMPLE_SECONDS = 0.5

export default {
  name: 'busy-machine',
  title: 'a step while another process takes one core',
  async run({ threads, rounds }) {
    const rows = []
    for (const name of ['tabular', 'digits', 'digits-wide']) {
      const { quiet, busy } = await inWorker(import.meta.url, 'measure', { name, threads, rounds: Math.min(rounds, 5) })
      rows.push({ name, text: `${time(quiet)} alone, ${time(busy)} beside it: x ${factor(busy / quiet)}`, quiet, busy })
    }
    return rows
  },
}

export async function measure({ name, threads, rounds }) {
  setThreads(threads)
  const net = workload(name)
  const data = datasetOf(net)
  const model = modelOf(net)
  const stepsPerEpoch = Math.ceil(net.rows / net.batch)
  const secondsOfStep = async (epochs) => {
    const start = performance.now()
    await model.fit(data, fitOptions(net, epochs))
    return (performance.now() - start) / 1000 / (epochs * stepsPerEpoch)
  }
  await secondsOfStep(1)
  const epochs = Math.max(1, Math.ceil(SAMPLE_SECONDS / ((await secondsOfStep(1)) * stepsPerEpoch)))
  const quiet = []
  const busy = []
  for (let round = 0; round < rounds; round++) {
    quiet.push(await secondsOfStep(epochs))
    const other = spawn(process.execPath, ['-e', 'for (;;);'])
    busy.push(await secondsOfStep(epochs))
    other.kill('SIGKILL')
  }
  return { quiet: summary(quiet).median, busy: summary(busy).median }
}
