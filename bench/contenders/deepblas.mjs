// deepblas itself: epochs of `fit`, shuffled, as a user writes it.
import * as deepblas from '../../dist/index.mjs'
import { dataOf, weightsOf } from '../data.mjs'
import { LEARNING_RATE } from '../workloads.mjs'

const { Adam, Dataset, Dense, getThreads, info, Sequential, SGD, setThreads } = deepblas

export const optimizerOf = ({ optimizer }) =>
  optimizer === 'adam'
    ? new Adam({ learningRate: LEARNING_RATE.adam })
    : new SGD({ learningRate: LEARNING_RATE.sgd, momentum: 0 })

export const layersOf = ({ layers, loss }) =>
  layers.map((units, layer) => {
    const last = layer === layers.length - 1
    return new Dense(units, { activation: last ? (loss === 'crossEntropy' ? 'softmax' : 'sigmoid') : 'relu' })
  })

export const modelOf = (workload, seed = 1) => new Sequential(layersOf(workload), { inputs: workload.inputs, seed })

export function datasetOf(workload, { x, y } = dataOf(workload)) {
  const given = { x: { data: x, shape: [x.length / workload.inputs, workload.inputs] }, y }
  return Dataset.from(given, workload.type === 'uint8' ? { scale: 1 / 255 } : {})
}

export const fitOptions = (workload, epochs, more = {}) => ({
  loss: workload.loss,
  optimizer: optimizerOf(workload),
  epochs,
  batchSize: workload.batch >= workload.rows ? 'full' : workload.batch,
  ...more,
})

export const namedWeights = (workload, member = 0) =>
  weightsOf(workload, member).flatMap(({ inputs, outputs, weight, bias }, layer) => [
    { name: `layers.${layer}.weight`, shape: [outputs, inputs], data: weight },
    { name: `layers.${layer}.bias`, shape: [outputs], data: bias },
  ])

export const about = () => ({
  version: `${info().instructionSet}`,
  blas: info().openblas.split(' ').slice(0, 2).join(' '),
  threads: getThreads(),
})

export async function open(workload, { threads }) {
  if (threads !== undefined) setThreads(threads)
  const data = datasetOf(workload)
  const stepsPerEpoch = Math.ceil(workload.rows / workload.batch)
  const one = workload.members === undefined ? single(workload, data) : await population(workload, data, stepsPerEpoch)
  return {
    about: about(),
    async run(steps) {
      const epochs = Math.max(1, Math.round(steps / stepsPerEpoch))
      one.reset()
      const start = performance.now()
      const loss = await one.fit(epochs, { shuffle: true })
      return { seconds: (performance.now() - start) / 1000, steps: epochs * stepsPerEpoch, loss }
    },
    /** From the same weights and in the order of the rows, as every contender does it to be compared. */
    async check(steps) {
      one.reset()
      const part = { ...workload, rows: Math.min(workload.rows, steps * workload.batch) }
      const rows = Int32Array.from({ length: part.rows }, (_, row) => row)
      const epochs = Math.round((steps * workload.batch) / part.rows)
      return { loss: await one.fit(epochs, { shuffle: false }, data.subset(rows), part) }
    },
  }
}

function single(workload, data) {
  const model = modelOf(workload)
  const weights = namedWeights(workload)
  return {
    reset: () => model.setWeights(weights),
    async fit(epochs, more, rows = data, part = workload) {
      const { epochs: results } = await model.fit(rows, fitOptions(part, epochs, more))
      return results.at(-1).loss
    },
  }
}

async function population(workload, data) {
  const { Population } = deepblas
  if (Population === undefined) throw new Error('this build of deepblas does not export Population yet')
  const { inputs, members } = workload
  const first = Array.from({ length: members }, (_, member) => member)
  let many
  return {
    // Fresh nets: a population has no setWeights of all members in this comparison's terms.
    reset() {
      many = new Population(layersOf(workload), { inputs, members: first.length, seed: 1 })
    },
    async fit(epochs, more, rows = data, part = workload) {
      await many.fit(rows, fitOptions(part, epochs, more))
      return undefined
    },
  }
}
