// A thousand one-row predictions asked for at once, as by a thousand requests; alone, and while another model fits.
import { datasetOf, fitOptions, modelOf } from '../contenders/deepblas.mjs'
import { uniform } from '../data.mjs'
import { time } from '../format.mjs'
import { summary, timesOf } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const COUNT = 1000

export default {
  name: 'concurrent-predictions',
  title: `${COUNT} one-row predictions at once (digits)`,
  async run() {
    const { alone, besideFit, sync } = await inWorker(import.meta.url, 'measure')
    const row = (name, samples) => {
      const seconds = summary(samples).median
      return { name, text: `${time(seconds)} for all, ${time(seconds / COUNT)} each`, seconds }
    }
    return [row('predict', alone), row('predict, while another model fits', besideFit), row('predictSync', sync)]
  },
}

export async function measure() {
  const net = workload('digits')
  const model = modelOf(net)
  const rows = Array.from({ length: COUNT }, (_, index) => uniform(net.inputs, index))
  const all = () => Promise.all(rows.map((row) => model.predict(row)))
  const alone = await timesOf(9, all)
  const sync = await timesOf(9, () => {
    for (const row of rows) model.predictSync(row)
  })
  const stop = new AbortController()
  const fit = modelOf(net, 2)
    .fit(datasetOf(net), fitOptions(net, 1_000_000, { signal: stop.signal }))
    .catch((error) => {
      if (!stop.signal.aborted) throw error
    })
  const besideFit = await timesOf(9, all)
  stop.abort()
  await fit
  return { alone, besideFit, sync }
}
