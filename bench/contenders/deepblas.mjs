// deepblas itself: epochs of `fit`, shuffled, as a user writes it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dataOf, tabMWeightsOf, weightsOf } from '../data.mjs'
import { LEARNING_RATE, rowsOf, rowsOfMember, stepsPerEpoch } from '../workloads.mjs'

/** This checkout's build, or that of another one (`--against-build`). */
const { DEEPBLAS_BENCH_BUILD: other } = process.env
const index = other === undefined ? new URL('../../dist/index.mjs', import.meta.url) : pathToFileURL(resolve(other))
export const deepblas = await import(index.href)

const { Adam, Dataset, Dense, Dropout, getThreads, info, Population, Sequential, SGD, setThreads, tabM } = deepblas

export const optimizerOf = ({ optimizer, clipNorm }) => {
  const clipping = clipNorm === undefined ? {} : { clipNorm }
  return optimizer === 'adam'
    ? new Adam({ learningRate: LEARNING_RATE.adam, ...clipping })
    : new SGD({ learningRate: LEARNING_RATE.sgd, momentum: 0, ...clipping })
}

export function layersOf({ layers, loss, dropout = [], tabM: members }) {
  const outputActivation = loss === 'crossEntropy' ? 'softmax' : 'sigmoid'
  if (members !== undefined)
    return tabM({ hidden: layers.slice(0, -1), members, outputs: layers.at(-1), outputActivation })
  return layers.flatMap((units, at) => {
    const last = at === layers.length - 1
    const dense = new Dense(units, { activation: last ? outputActivation : 'relu' })
    return dropout[at] > 0 ? [dense, new Dropout(dropout[at])] : [dense]
  })
}

export const modelOf = (workload, seed = 1) => new Sequential(layersOf(workload), { inputs: workload.inputs, seed })

export function datasetOf(workload, { x, y } = dataOf(workload)) {
  const given = { x: { data: x, shape: [x.length / workload.inputs, workload.inputs] }, y }
  return Dataset.from(given, workload.type === 'uint8' ? { scale: 1 / 255 } : {})
}

export const fitOptions = (workload, epochs, more = {}) => ({
  loss: workload.loss,
  optimizer: optimizerOf(workload),
  epochs,
  batchSize: workload.batch >= rowsOf(workload) ? 'full' : workload.batch,
  ...more,
})

export function namedWeights(workload, member = 0) {
  if (workload.tabM !== undefined) return tabMWeightsOf(workload)
  const { dropout = [] } = workload
  // Layers of dropout have numbers too.
  const place = (at) => at + dropout.slice(0, at).filter((rate) => rate > 0).length
  return weightsOf(workload, member).flatMap(({ inputs, outputs, weight, bias }, at) => [
    { name: `layers.${place(at)}.weight`, shape: [outputs, inputs], data: weight },
    { name: `layers.${place(at)}.bias`, shape: [outputs], data: bias },
  ])
}

export const about = () => ({
  version: `${info().instructionSet}`,
  blas: info().openblas.split(' ').slice(0, 2).join(' '),
  threads: getThreads(),
})

export async function open(workload, { threads }) {
  if (threads !== undefined) setThreads(threads)
  const data = datasetOf(workload)
  const perEpoch = stepsPerEpoch(workload)
  const one = workload.members === undefined ? single(workload, data) : population(workload, data)
  return {
    about: about(),
    async run(steps) {
      const epochs = Math.max(1, Math.round(steps / perEpoch))
      await one.reset()
      const start = performance.now()
      const loss = await one.fit(epochs, { shuffle: true })
      return { seconds: (performance.now() - start) / 1000, steps: epochs * perEpoch, loss }
    },
    /**
     * From the same weights and in the order of the rows, as every contender does it to be compared. Masks of dropout
     * are each library's own: it is left out.
     */
    async check(steps) {
      const plain = { ...workload, dropout: undefined }
      const part = { ...plain, rows: Math.min(workload.rows, steps * workload.batch), folds: undefined }
      const rows = ({ length }) => Int32Array.from({ length }, (_, row) => row)
      const taken = rows({ length: part.rows })
      const all = dataOf(workload)
      const few = ofMembers(workload, (member) =>
        datasetOf(plain, all).subset(rowsOfMember(workload, member).subarray(0, part.rows)),
      )
      const epochs = Math.round((steps * workload.batch) / part.rows)
      const checked = workload.members === undefined ? single(plain, data) : population(plain, data)
      await checked.reset(true)
      return { loss: await checked.fit(epochs, { shuffle: false }, few ?? data.subset(taken), part) }
    },
  }
}

/** A data set for each member, one for all members of a fold; undefined where all train on the same. */
function ofMembers({ members, folds }, make) {
  if (folds === undefined) return undefined
  const sets = Array.from({ length: folds }, (_, fold) => make(fold))
  return Array.from({ length: members }, (_, member) => sets[member % folds])
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

function population(workload, data) {
  const { inputs, members } = workload
  const sets = ofMembers(workload, (member) => data.subset(rowsOfMember(workload, member)))
  let many
  return {
    /** Fresh nets; for a check those of every contender, which a population takes from a file. */
    async reset(given = false) {
      many = new Population(layersOf(workload), { inputs, members, seed: 1 })
      if (given) many = await withWeights(many, (member) => namedWeights(workload, member))
    },
    async fit(epochs, more, rows = sets ?? data, part = workload) {
      const { members: histories } = await many.fit(rows, fitOptions(part, epochs, more))
      return histories.reduce((sum, { epochs }) => sum + epochs.at(-1).loss, 0) / members
    },
  }
}

async function withWeights(many, weightsOfMember) {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-bench-'))
  try {
    const file = join(folder, 'population.safetensors')
    await many.save(file)
    // safetensors: the length of the header, the header as JSON, the tensors.
    const content = readFileSync(file)
    const begin = 8 + Number(content.readBigUInt64LE(0))
    const header = JSON.parse(content.subarray(8, begin).toString())
    for (let member = 0; member < many.members; member++) {
      for (const { name, data } of weightsOfMember(member)) {
        const [from, to] = header[`members.${member}.${name}`].data_offsets
        content.set(new Uint8Array(data.buffer, data.byteOffset, to - from), begin + from)
      }
    }
    writeFileSync(file, content)
    return await Population.load(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
