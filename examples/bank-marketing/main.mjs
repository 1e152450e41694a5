// Bank marketing (Moro et al., 2014): who subscribes? An embedding per categorical column, class weights, early stopping.
//   node examples/bank-marketing/main.mjs bank-full.csv --seeds 3
// bench/peers/bank_marketing.py trains scikit-learn's MLPClassifier on the same split.
import { parseArgs } from 'node:util'
import { AdamW, EarlyStopping, Encoder, readCsv, Sequential, Table, tabularLayers } from 'deepblas'

const NUMBERS = ['age', 'balance', 'day', 'duration', 'campaign', 'pdays', 'previous']
const CATEGORIES = ['job', 'marital', 'education', 'default', 'housing', 'loan', 'contact', 'month', 'poutcome']
// Balances and durations have long tails, which ranks do not stretch.
const LONG_TAILS = ['balance', 'duration', 'campaign', 'pdays', 'previous']
const HELD_OUT = 0.2

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, epochs: { type: 'string', default: '40' } },
  allowPositionals: true,
})
const table = positionals[0] === undefined ? Table.fromRows(invented(4000)) : await readCsv(positionals[0])
const rows = Array.from({ length: table.rows }, (_, row) => row)
const seeds = Number(values.seeds)
console.log(`${table.rows} rows, columns ${table.names.join(', ')}`)

const scores = []
for (let seed = 0; seed < seeds; seed++) {
  // The encoder is fitted on the training part alone: means, quantiles and levels of the rows held out stay unknown to it.
  const part = (wanted) => table.select(rows.filter((row) => isHeldOut(row, seed) === wanted))
  const encoder = await Encoder.fit(part(false), {
    target: 'y',
    scaling: Object.fromEntries(LONG_TAILS.map((name) => [name, 'quantile'])),
    embeddings: true,
  })
  const [train, held] = [encoder.encode(part(false)), encoder.encode(part(true))]
  const layers = tabularLayers(encoder, { hidden: [128, 64], dropout: 0.3 })
  const model = new Sequential(layers, { inputs: encoder.inputs, seed })
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
