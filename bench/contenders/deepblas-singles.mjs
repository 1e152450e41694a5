// The members of a population as models of their own, fitted one after the other: what Population is measured against.
import { rowsOfMember, stepsPerEpoch } from '../workloads.mjs'
import { about, datasetOf, deepblas, fitOptions, modelOf } from './deepblas.mjs'

export async function open(workload, { threads }) {
  if (threads !== undefined) deepblas.setThreads(threads)
  const all = datasetOf(workload)
  const { folds, members } = workload
  const sets = Array.from({ length: folds ?? 1 }, (_, fold) =>
    folds === undefined ? all : all.subset(rowsOfMember(workload, fold)),
  )
  const perEpoch = stepsPerEpoch(workload)
  return {
    about: about(),
    async run(steps) {
      const epochs = Math.max(1, Math.round(steps / perEpoch))
      const models = Array.from({ length: members }, (_, member) => modelOf(workload, 1 + member))
      const start = performance.now()
      for (const [member, model] of models.entries()) {
        await model.fit(sets[member % sets.length], fitOptions(workload, epochs))
      }
      return { seconds: (performance.now() - start) / 1000, steps: epochs * perEpoch }
    },
  }
}
