// The members of a population as models of their own, fitted one after the other: what Population is measured against.
import { setThreads } from '../../dist/index.mjs'
import { about, datasetOf, fitOptions, modelOf } from './deepblas.mjs'

export async function open(workload, { threads }) {
  if (threads !== undefined) setThreads(threads)
  const data = datasetOf(workload)
  const stepsPerEpoch = Math.ceil(workload.rows / workload.batch)
  return {
    about: about(),
    async run(steps) {
      const epochs = Math.max(1, Math.round(steps / stepsPerEpoch))
      const models = Array.from({ length: workload.members }, (_, member) => modelOf(workload, 1 + member))
      const start = performance.now()
      for (const model of models) await model.fit(data, fitOptions(workload, epochs))
      return { seconds: (performance.now() - start) / 1000, steps: epochs * stepsPerEpoch }
    },
  }
}
