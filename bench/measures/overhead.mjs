// What a `fit` costs beside its steps: the time of a fit with one step less the time of a step, which is what each
// further step of a longer fit adds.
import { datasetOf, fitOptions, modelOf } from '../contenders/deepblas.mjs'
import { time } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const MORE_STEPS = 20
const REPEATS = 200

export default {
  name: 'overhead',
  title: "a fit's fixed cost",
  async run() {
    const rows = []
    for (const name of ['planar', 'tabular', 'digits']) {
      const { fixed, step } = await inWorker(import.meta.url, 'measure', { name })
      rows.push({ name, text: `${time(fixed)} beside steps of ${time(step)}`, seconds: fixed })
    }
    return rows
  },
}

export async function measure({ name }) {
  const net = workload(name)
  const batch = { ...net, rows: net.batch }
  const data = datasetOf(batch)
  const model = modelOf(batch)
  const timed = async (steps) => {
    const start = performance.now()
    await model.fit(data, fitOptions(batch, steps))
    return (performance.now() - start) / 1000
  }
  for (let i = 0; i < 20; i++) await timed(1 + MORE_STEPS)
  const one = []
  const more = []
  for (let i = 0; i < REPEATS; i++) {
    one.push(await timed(1))
    more.push(await timed(1 + MORE_STEPS))
  }
  const step = (summary(more).median - summary(one).median) / MORE_STEPS
  return { fixed: summary(one).median - step, step }
}
