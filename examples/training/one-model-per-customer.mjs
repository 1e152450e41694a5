// One model per customer: 500 customers, each with habits and a history of their own, 500 small networks trained in one
// call by Population, each on its customer's rows. Beside it the same networks fitted one after the other, which gives the
// same weights to the last bit, and one network for everybody, which knows no habits.
//   node examples/training/one-model-per-customer.mjs [CUSTOMERS]
import { Adam, Dataset, Dense, Population, Sequential } from 'deepblas'

const count = Number(process.argv[2] ?? 500)
if (!Number.isSafeInteger(count) || count < 1) {
  console.error('usage: node examples/training/one-model-per-customer.mjs [CUSTOMERS]')
  process.exit(2)
}
const FEATURES = 8 // price, discount, days since the last order and the like, standardized

/**
 * Numbers from 0 up to 1 that are the same in every run (mulberry32).
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Offers to one customer, 60 to 260 of them, and whether each was bought: what they like, and what puts them off, is theirs.
 * @param {number} customer
 */
function history(customer) {
  const random = randomNumbers(customer + 1)
  const rows = 60 + Math.floor(200 * random())
  const likes = Array.from({ length: FEATURES }, () => 4 * random() - 2)
  const x = Array.from({ length: rows }, () => Array.from({ length: FEATURES }, () => 2 * random() - 1))
  const y = x.map((offer) => {
    // Two properties only count together: a straight line does not tell the two classes apart.
    const score = offer.reduce((sum, value, i) => sum + likes[i] * value, 0) + 3 * offer[0] * offer[1]
    return score + 0.6 * (random() - 0.5) > 0 ? 1 : 0
  })
  return Dataset.from({ x, y }).split(0.25, { seed: customer })
}

const layers = () => [new Dense(16, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })]
const options = () => ({
  loss: /** @type {const} */ ('binaryCrossEntropy'),
  optimizer: new Adam({ learningRate: 0.01 }),
  epochs: 30,
  batchSize: 32,
})
const histories = Array.from({ length: count }, (_, customer) => history(customer))
const trains = histories.map(([train]) => train)
const tests = histories.map(([, test]) => test)
const rows = trains.map((train) => train.rows)
console.log(`${count} customers, ${Math.min(...rows)} to ${Math.max(...rows)} rows each to learn from`)

/** @param {() => Promise<unknown>} work */
async function seconds(work) {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const newPopulation = () => new Population(layers(), { inputs: FEATURES, members: count, seed: 1 })
const newSingle = (/** @type {number} */ customer) => new Sequential(layers(), { inputs: FEATURES, seed: 1 + customer })
let many = newPopulation()
let singles = [newSingle(0)]
// Turn by turn, so that whatever else the machine does meets both; the first turns also compile the code.
const turns = []
for (let turn = 0; turn < 4; turn++) {
  many = newPopulation()
  const inOneCall = await seconds(() => many.fit(trains, options()))
  singles = trains.map((_, customer) => newSingle(customer))
  const inALoop = await seconds(async () => {
    for (const [customer, model] of singles.entries()) await model.fit(trains[customer], options())
  })
  if (turn > 0) turns.push({ inOneCall, inALoop, ratio: inALoop / inOneCall })
}
console.log(
  `medians of 3 turns: one call ${median(turns.map(({ inOneCall }) => inOneCall)).toFixed(2)} s, ` +
    `a loop of single fits ${median(turns.map(({ inALoop }) => inALoop)).toFixed(2)} s, ` +
    `ratio ${median(turns.map(({ ratio }) => ratio)).toFixed(1)}`,
)

const same = singles.every((model, customer) => {
  const own = many.member(customer).getWeights()
  return model.getWeights().every(({ data }, i) => data.every((value, at) => Object.is(value, own[i].data[at])))
})
console.log(`the weights of both are ${same ? 'the same, to the last bit' : 'DIFFERENT'}`)

const [everybody, ...others] = trains
const one = new Sequential(layers(), { inputs: FEATURES, seed: 1 })
await one.fit(others.length === 0 ? everybody : everybody.concat(...others), { ...options(), epochs: 5 })

const each = await many.evaluate(tests, { metrics: ['accuracy'] })
const shared = await Promise.all(tests.map((test) => one.evaluate(test, { metrics: ['accuracy'] })))
const percent = (/** @type {typeof each} */ scores) =>
  ((100 * scores.reduce((sum, { accuracy }) => sum + accuracy, 0)) / count).toFixed(1)
console.log(`test accuracy, mean over customers: own models ${percent(each)} %, one model for all ${percent(shared)} %`)
