// Four models that fit at the same time, against the same four one after the other.
import { datasetOf, fitOptions, modelOf } from '../contenders/deepblas.mjs'
import { factor } from '../format.mjs'
import { summary } from '../statistics.mjs'
import { workload } from '../workloads.mjs'
import { inWorker } from './in-worker.mjs'

const MODELS = 4

export default {
  name: 'concurrent-fits',
  title: `${MODELS} fits at once`,
  async run({ threads }) {
    const rows = []
    for (const [name, epochs] of [
      ['tabular', 10],
      ['digits', 2],
    ]) {
      const { together, inTurn } = await inWorker(import.meta.url, 'measure', { name, epochs, threads })
      const text =
        `${Math.round(together)} steps a second together, ${Math.round(inTurn)} one after the other: ` +
        `x ${factor(together / inTurn)}`
      rows.push({ name, text, together, inTurn })
    }
    return rows
  },
}

export async function measure({ name, epochs, threads }) {
  const { setThreads } = await import('../../dist/index.mjs')
  setThreads(threads)
  const net = workload(name)
  const data = datasetOf(net)
  const models = Array.from({ length: MODELS }, (_, member) => modelOf(net, member))
  const steps = (MODELS * epochs * net.rows) / net.batch
  const rate = async (work) => {
    const start = performance.now()
    await work()
    return steps / ((performance.now() - start) / 1000)
  }
  const train = (model) => model.fit(data, fitOptions(net, epochs))
  const together = []
  const inTurn = []
  await train(models[0])
  for (let round = 0; round < 5; round++) {
    together.push(await rate(() => Promise.all(models.map(train))))
    inTurn.push(
      await rate(async () => {
        for (const model of models) await train(model)
      }),
    )
  }
  return { together: summary(together).median, inTurn: summary(inTurn).median }
}
