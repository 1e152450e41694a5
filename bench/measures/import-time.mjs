// A fresh process until the package is imported, and until its addon is loaded.
import { time } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { inWorker } from './in-worker.mjs'

const SAMPLES = 11

export default {
  name: 'import',
  title: "import 'deepblas'",
  async run() {
    const all = []
    for (let i = 0; i < SAMPLES; i++) all.push(await inWorker(import.meta.url, 'measure'))
    const median = (name) => summary(all.map((one) => one[name])).median
    return [
      { name: 'import', text: time(median('imported')), seconds: median('imported') },
      { name: 'first use: the addon loads', text: time(median('loaded')), seconds: median('loaded') },
    ]
  },
}

export async function measure() {
  const start = performance.now()
  const { info } = await import('../../dist/index.mjs')
  const imported = performance.now()
  info()
  return { imported: (imported - start) / 1000, loaded: (performance.now() - imported) / 1000 }
}
