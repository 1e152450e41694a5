// What each detail of the preset 'good' is worth, and what else was tried: the rows to learn from are divided once more, and
// no test row is looked at.
//
//   node bench/tables/choose.mjs <folder of data sets> [--variants all,plain] [--only wine,taxis] [--seeds 2] [--folds 4]
//        [--epochs 128] [--log choices.jsonl]
//
// A variant is the recipe with some of its numbers replaced. Prints each table's error beside the first variant's, and the
// geometric mean of the ratios: above 1, the replaced detail helps. Needs a build (npm run build).
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  Adam,
  binaryCrossEntropy,
  Concatenate,
  coslog,
  crossEntropy,
  Dense,
  Dropout,
  EarlyStopping,
  Embedding,
  Encoder,
  metrics,
  NumericEmbedding,
  normal,
  oneCycle,
  ParametricActivation,
  Population,
  readCsv,
  Scale,
} from '../../dist/index.mjs'
import { errorOf, geometricMean, tablesIn, writeSplit } from './development.mjs'

const recipe = {
  units: 128,
  depth: 3,
  activation: 'relu',
  parametric: false,
  embedding: { kind: 'pbld' },
  scaleRate: 6,
  neuralTangent: true,
  biasRate: 0.1,
  scaling: 'robust',
  oneHotLevels: 9,
  dropout: 0.1,
  batchSize: 64,
  learningRate: 0.06,
  beta2: 0.95,
  schedule: 'coslog',
  labelSmoothing: 0,
  decidedBy: 'score',
}
const variants = {
  all: {},
  'no numeric embedding': { embedding: undefined },
  'plr in place of pbld': { embedding: { kind: 'plr' } },
  'no scaling layer': { scaleRate: 0 },
  'standard parametrization': { neuralTangent: false, learningRate: 0.003 },
  'bias rate 1': { biasRate: 1 },
  'mean and deviation': { scaling: 'standardize' },
  'one-hot up to 12': { oneHotLevels: 12 },
  'no dropout': { dropout: 0 },
  'beta2 0.999': { beta2: 0.999 },
  'one cycle': { schedule: 'oneCycle' },
  'best by loss': { decidedBy: 'loss' },
  'last epoch': { decidedBy: 'nothing' },
  'label smoothing 0.1': { labelSmoothing: 0.1 },
  'parametric selu or mish': { parametric: true },
  'rate 0.03': { learningRate: 0.03 },
  'rate 0.12': { learningRate: 0.12 },
  '256 units': { units: 256 },
}

const { values, positionals } = parseArgs({
  options: {
    variants: { type: 'string' },
    only: { type: 'string' },
    seeds: { type: 'string', default: '2' },
    folds: { type: 'string', default: '4' },
    epochs: { type: 'string', default: '128' },
    log: { type: 'string' },
  },
  allowPositionals: true,
})
const [data] = positionals
if (data === undefined) {
  console.error('usage: node bench/tables/choose.mjs <folder of data sets> [--variants all,plain] [--only wine]')
  process.exit(2)
}
const [folds, epochs] = [Number(values.folds), Number(values.epochs)]
const chosen = values.variants?.split(',') ?? Object.keys(variants)
const folder = mkdtempSync(join(tmpdir(), 'deepblas-choices-'))
const ratios = new Map(chosen.map((name) => [name, []]))
try {
  for (const table of tablesIn(data, values.only?.split(','))) {
    const errors = new Map(chosen.map((name) => [name, []]))
    for (let seed = 0; seed < Number(values.seeds); seed++) {
      const tables = await readTables(table, seed)
      for (const name of chosen)
        errors.get(name).push(await errorWith({ ...recipe, ...variants[name] }, table, tables, seed))
    }
    const base = mean(errors.get(chosen[0]))
    for (const [name, list] of errors) {
      const ratio = mean(list) / base
      if (base > 0 && mean(list) > 0) ratios.get(name).push(ratio)
      console.log(table.name.padEnd(20), name.padEnd(26), mean(list).toPrecision(5).padStart(8), ratio.toFixed(3))
      if (values.log)
        appendFileSync(values.log, `${JSON.stringify({ table: table.name, variant: name, errors: list })}\n`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`\nerror beside '${chosen[0]}', geometric mean; tables with a larger error`)
for (const [name, list] of ratios) {
  console.log(
    name.padEnd(26),
    geometricMean(list).toFixed(3),
    `${list.filter((one) => one > 1).length} of ${list.length}`,
  )
}

async function readTables(table, seed) {
  const { target, delimiter, ignore } = table
  const files = writeSplit(table, data, { seed, inner: true, into: folder })
  const options = { delimiter, ignore }
  return Promise.all(
    [files.train, files.test].map(async (file) => {
      const read = await readCsv(file, options)
      const known = Array.from({ length: read.rows }, (_, row) => row).filter((row) => read.cell(row, target) != null)
      return read.select(known.filter((row) => !Number.isNaN(read.cell(row, target))))
    }),
  )
}

async function errorWith(given, { target, task, metric }, [train, test], seed) {
  const { scaling, oneHotLevels, labelSmoothing, decidedBy, batchSize } = given
  const encoder = await Encoder.fit(train, { target, task, scaling, oneHotLevels })
  const parts = foldsOf(train, target, task, seed).map((rows) => rows.map((part) => encoder.encode(train.select(part))))
  const many = new Population(layersOf(encoder, given), { inputs: encoder.inputs, members: folds, seed })
  const steps = epochs * Math.ceil(parts[0][0].rows / batchSize)
  const rate = { learningRate: given.learningRate, steps }
  const learningRate = given.schedule === 'coslog' ? coslog(rate) : oneCycle(rate)
  const isClass = task === 'classification'
  const score = isClass && decidedBy === 'score' ? (encoder.outputs > 1 ? 'accuracy' : 'rocAuc') : undefined
  const best = new EarlyStopping({
    monitor: `validation.${score ?? 'loss'}`,
    patience: epochs + 1,
    ties: score ? 'last' : 'first',
  })
  await many.fit(
    parts.map(([training]) => training),
    {
      loss: isClass ? (encoder.outputs > 1 ? 'crossEntropy' : 'binaryCrossEntropy') : 'meanSquaredError',
      ...(labelSmoothing > 0 && isClass && { loss: smoothed(encoder, labelSmoothing) }),
      optimizer: new Adam({ learningRate, beta2: given.beta2 }),
      epochs,
      batchSize,
      validation: parts.map(([, held]) => held),
      ...(score && { metrics: [score] }),
      callbacks: decidedBy === 'nothing' ? [] : [best],
    },
  )
  const rows = encoder.encode(test)
  const { data: outputs } = await many.predictMean(rows)
  const truth = Float64Array.from({ length: rows.rows }, (_, row) => rows.target(row)[0])
  if (!isClass) return errorOf(metric, metrics.rootMeanSquaredError(truth, outputs) * encoder.targetScale.deviation)
  if (encoder.outputs === 1) return errorOf(metric, metrics.rocAuc(truth, outputs))
  const taken = truth.map((_, row) => {
    const own = outputs.subarray(row * encoder.outputs, (row + 1) * encoder.outputs)
    return own.indexOf(Math.max(...own))
  })
  return errorOf(metric, metrics.accuracy(truth, taken))
}

function layersOf(encoder, given) {
  const { units, depth, activation, parametric, embedding, scaleRate, neuralTangent, biasRate, dropout } = given
  const isClass = encoder.task === 'classification'
  const dense = neuralTangent ? { parametrization: 'neuralTangent', biasLearningRateFactor: biasRate } : {}
  const hidden = { ...dense, ...(neuralTangent && { biasInitializer: normal({ standardDeviation: 1 }) }) }
  const own = isClass ? 'selu' : 'mish'
  const output = encoder.outputs > 1 ? 'softmax' : 'sigmoid'
  const layer = () => [
    new Dense(units, { activation: parametric ? 'linear' : activation, ...hidden }),
    ...(parametric ? [new ParametricActivation(own, { learningRateFactor: 0.1 })] : []),
    ...(dropout > 0 ? [new Dropout(dropout)] : []),
  ]
  return [
    ...inputsOf(encoder, embedding),
    ...(scaleRate > 0 ? [new Scale({ learningRateFactor: scaleRate })] : []),
    ...Array.from({ length: depth }, layer).flat(),
    new Dense(encoder.outputs, { activation: isClass ? output : 'linear', ...dense, initializer: 'zeros' }),
  ]
}

function inputsOf({ columns }, embedding) {
  const places = []
  let at = 0
  for (const column of columns) {
    if (column.kind === 'embedding') continue
    if (column.kind !== 'oneHot' && column.kind !== 'boolean') places.push(at)
    at += widthOf(column)
  }
  const numeric =
    embedding && places.length > 0
      ? new NumericEmbedding({ ...embedding, columns: places, learningRateFactor: 0.1 })
      : undefined
  const codes = columns.filter(({ kind }) => kind === 'embedding')
  if (codes.length === 0) return numeric ? [numeric] : []
  const embedded = codes.map(({ input, levels, unknown }) => {
    return [input, new Embedding(Math.min(8, levels.length + 1), { padding: !unknown })]
  })
  return [new Concatenate({ ...(numeric && { numeric }), ...Object.fromEntries(embedded) })]
}

function widthOf(column) {
  if (column.kind === 'oneHot') return column.levels.length + Number(column.unknown)
  if (column.kind === 'date') return 7 + 2 * Number(column.hour) + Number(column.indicator)
  return 1 + Number(column.indicator)
}

function smoothed({ outputs }, labelSmoothing) {
  return outputs > 1 ? crossEntropy({ labelSmoothing }) : binaryCrossEntropy({ labelSmoothing })
}

/** Of every fold the rows to learn from and those held out, of each class alike; by a generator of their own. */
function foldsOf(table, target, task, seed) {
  const byClass = new Map()
  for (const row of rowsOf(table)) {
    const name = task === 'classification' ? `${table.cell(row, target)}` : ''
    if (!byClass.has(name)) byClass.set(name, [])
    byClass.get(name).push(row)
  }
  let state = 12345 + seed
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state / 2 ** 32
  }
  const foldOf = new Int32Array(table.rows)
  for (const rows of byClass.values()) {
    for (let i = rows.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[rows[i], rows[j]] = [rows[j], rows[i]]
    }
    for (const [i, row] of rows.entries()) foldOf[row] = i % folds
  }
  return Array.from({ length: folds }, (_, fold) => [
    rowsOf(table).filter((row) => foldOf[row] !== fold),
    rowsOf(table).filter((row) => foldOf[row] === fold),
  ])
}

function rowsOf({ rows }) {
  return Array.from({ length: rows }, (_, row) => row)
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length
}
