// From arrays in memory to the end of the first training step: what one waits for before anything happens.

import { modelOf } from '../contenders/deepblas.mjs'
import { classes } from '../data.mjs'
import { factor, time } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inPeer, inWorker, pythonPeers } from './in-worker.mjs'

const ROWS = 60_000
const SAMPLES = 5

const large = () => ({ ...workload('digits'), rows: ROWS, type: 'uint8' })

export default {
  name: 'load',
  title: `${ROWS} x 784 uint8: data set and first step`,
  async run({ contenders, threads }) {
    const own = []
    for (let i = 0; i < SAMPLES; i++) own.push(await inWorker(import.meta.url, 'deepblas'))
    const total = summary(own.map((one) => one.dataset + one.step)).median
    const part = (name) => time(summary(own.map((one) => one[name])).median)
    const rows = [
      {
        name: 'deepblas',
        text: `${time(total)}: data set ${part('dataset')}, first step ${part('step')}`,
        seconds: total,
      },
    ]
    for (const peer of pythonPeers(contenders)) {
      const seconds = await inPeer(contenders, peer.name, { ...large(), rows: 640 }, threads, 'load', { rows: ROWS })
      rows.push({
        name: peer.title,
        text: `${time(seconds)} (x ${factor(seconds / total)}), on the caller's array without a copy`,
        seconds,
      })
    }
    return rows
  },
}

/** In a fresh process, so that nothing is warm. */
export async function deepblas() {
  const { Dataset, info } = await import('../../dist/index.mjs')
  info()
  const pixels = new Uint8Array(ROWS * 784)
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 2_654_435_761) >>> 13
  const y = classes(ROWS, 10, 2)
  const model = modelOf(large())
  const start = performance.now()
  const data = Dataset.from({ x: { data: pixels, shape: [ROWS, 784] }, y }, { scale: 1 / 255 })
  const loaded = performance.now()
  let first
  const watch = {
    needs: 'step',
    onStepEnd(_, training) {
      first ??= performance.now()
      training.stop()
    },
  }
  await model.fit(data, { loss: 'crossEntropy', epochs: 1, batchSize: 64, callbacks: [watch] })
  return { dataset: (loaded - start) / 1000, step: (first - loaded) / 1000 }
}
