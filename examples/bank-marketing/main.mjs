// Bank marketing (Moro et al., 2014): who subscribes? An embedding per categorical column, class weights, early stopping.
//   node examples/bank-marketing/main.mjs bank-full.csv --seeds 3
// bench/peers/bank_marketing.py trains scikit-learn's MLPClassifier on the same split.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import {
  AdamW,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Dropout,
  EarlyStopping,
  Embedding,
  Sequential,
} from 'deepblas'

const NUMBERS = ['age', 'balance', 'day', 'duration', 'campaign', 'pdays', 'previous']
const CATEGORIES = ['job', 'marital', 'education', 'default', 'housing', 'loan', 'contact', 'month', 'poutcome']
const HELD_OUT = 0.2

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, epochs: { type: 'string', default: '40' } },
  allowPositionals: true,
})
const rows = positionals[0] === undefined ? invented(4000) : await read(positionals[0])
const seeds = Number(values.seeds)
console.log(`${rows.length} rows, ${rows.filter(({ y }) => y === 'yes').length} of them yes`)

const scores = []
for (let seed = 0; seed < seeds; seed++) {
  const test = rows.map((_, row) => isHeldOut(row, seed))
  const encoder = encoderOf(rows.filter((_, row) => !test[row]))
  const [train, held] = [false, true].map((wanted) => encoder.encode(rows.filter((_, row) => test[row] === wanted)))
  const embeddings = Object.fromEntries(
    CATEGORIES.map((name) => [name, new Embedding(Math.min(8, Math.ceil(encoder.levels[name] / 2)))]),
  )
  const model = new Sequential(
    [
      new Concatenate(embeddings),
      new Dense(128, { activation: 'relu' }),
      new Dropout(0.3),
      new Dense(64, { activation: 'relu' }),
      new Dropout(0.3),
      new Dense(1, { activation: 'sigmoid' }),
    ],
    { inputs: encoder.inputs, seed },
  )
  const history = await model.fit(train, {
    loss: 'binaryCrossEntropy',
    optimizer: new AdamW({ learningRate: 1e-3, weightDecay: 1e-2 }),
    epochs: Number(values.epochs),
    batchSize: 256,
    classWeights: 'balanced',
    validation: 0.1,
    metrics: ['rocAuc'],
    callbacks: [new EarlyStopping({ monitor: 'validation.rocAuc', patience: 6 })],
  })
  const { rocAuc, averagePrecision } = await model.evaluate(held, { metrics: ['rocAuc', 'averagePrecision'] })
  scores.push(rocAuc)
  console.log(
    `seed ${seed}: ROC AUC ${rocAuc.toFixed(4)}, average precision ${averagePrecision.toFixed(4)} on ${held.rows} rows, ` +
      `best of ${history.epochs.length} epochs was ${history.best?.epoch}`,
  )
}
console.log(`mean of ${seeds}: ${(scores.reduce((sum, one) => sum + one, 0) / seeds).toFixed(4)}`)

/** The same rows as in bench/peers/bank_marketing.py: a multiplicative hash of the row's number. */
function isHeldOut(row, seed) {
  return (Math.imul(row + 7919 * seed + 1, 2654435761) >>> 0) / 2 ** 32 < HELD_OUT
}

/** Numbers standardised (after a logarithm that keeps the sign: balances and durations have long tails), codes from 1. */
function encoderOf(train) {
  const squeeze = (value) => Math.sign(value) * Math.log1p(Math.abs(value))
  const scales = NUMBERS.map((name) => {
    const all = train.map((row) => squeeze(Number(row[name])))
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length
    return { mean, deviation: Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length) || 1 }
  })
  const codes = Object.fromEntries(
    CATEGORIES.map((name) => [
      name,
      new Map([...new Set(train.map((row) => row[name]))].sort().map((v, i) => [v, i + 1])),
    ]),
  )
  const levels = Object.fromEntries(CATEGORIES.map((name) => [name, codes[name].size + 1]))
  return {
    levels,
    inputs: {
      numeric: NUMBERS.length,
      ...Object.fromEntries(CATEGORIES.map((name) => [name, categorical(levels[name])])),
    },
    encode: (some) =>
      Dataset.from({
        x: some.map((row) => [
          ...NUMBERS.map((name, i) => (squeeze(Number(row[name])) - scales[i].mean) / scales[i].deviation),
          ...CATEGORIES.map((name) => codes[name].get(row[name]) ?? 0),
        ]),
        y: some.map(({ y }) => Number(y === 'yes')),
      }),
  }
}

/** UCI's file: semicolons, texts in quotes that hold neither. */
async function read(path) {
  const [header, ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/)
  const fields = (line) => line.split(';').map((field) => field.replace(/^"|"$/g, ''))
  const names = fields(header)
  return lines.map((line) => Object.fromEntries(fields(line).map((field, i) => [names[i], field])))
}

/** Rows of the same columns where duration and outcome decide, for a run without the file. */
function invented(count) {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 48271) >>> 0) % 2147483647
    return state / 2147483647
  }
  return Array.from({ length: count }, () => {
    const row = Object.fromEntries([
      ...NUMBERS.map((name) => [name, Math.floor(random() * 300)]),
      ...CATEGORIES.map((name) => [name, `level ${Math.floor(random() * 4)}`]),
    ])
    const chance = 1 / (1 + Math.exp(4 - row.duration / 50 - (row.poutcome === 'level 3' ? 3 : 0)))
    return { ...row, y: random() < chance ? 'yes' : 'no' }
  })
}
