// One call many times, and the native memory that the process holds: before them, the most after a call, and when all is
// settled; beside it the resident memory, after a tenth of the calls and at the end. The long form of all:
// for call in $(node test/helpers/programs/repeated-calls.mjs); do
//   node --expose-gc test/helpers/programs/repeated-calls.mjs $call 500; done
import { setImmediate } from 'node:timers/promises'
import { checkGradient, crossValidate, Dataset, Dense, findLearningRate, LBFGS, Population, Sequential } from 'deepblas'
import { memoryInUse, settledMemory } from './memory-in-use.mjs'

const rows = 4000
const columns = 100
const loss = 'binaryCrossEntropy'
const metrics = ['rocAuc']
const numbers = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i))
const x = { data: numbers, shape: [rows, columns] }
const few = () => ({ data: numbers.slice(0, 512 * columns), shape: [512, columns] })
const y = Float32Array.from({ length: rows }, (_, i) => i % 2)
const data = Dataset.from({ x, y })
const layers = () => [new Dense(64, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
const make = () => new Sequential(layers(), { inputs: columns })
const model = make()
const wide = new Dense(4000, { initializer: 'zeros' })
const many = new Population(layers(), { inputs: columns, members: 4 })
const short = { loss, epochs: 1, metrics, validation: data, batchSize: 500 }

const calls = {
  fit: () => model.fit(data, short),
  fitSync: () => model.fitSync(data, short),
  stream: () => model.fit(() => [{ x, y }], { loss, epochs: 1, metrics, validation: data }),
  lbfgs: () => model.fit(data, { loss, epochs: 1, optimizer: new LBFGS() }),
  lbfgsSync: () => model.fitSync(data, { loss, epochs: 1, optimizer: new LBFGS() }),
  partialFit: () => model.partialFit({ x, y }, { loss }),
  partialFitSync: () => model.partialFitSync(data, { loss }),
  predict: () => model.predict(x),
  predictData: () => model.predict(data),
  predictFew: () => Promise.all([few(), few(), few()].map((some) => model.predict(some))),
  predictSync: () => model.predictSync(data),
  activations: () => model.activations(x, 0),
  evaluate: () => model.evaluate(data, { loss, metrics }),
  evaluateSync: () => model.evaluateSync(data, { loss, metrics }),
  gradients: () => model.gradients(data, { loss }),
  trace: () => model.trace(data, { loss }),
  explain: () => model.explain({ batchSize: 128 }),
  clone: () => model.clone(),
  cloneSync: () => model.clone(),
  modelSync: () => new Sequential([wide, new Dense(1)], { inputs: columns }),
  datasetSync: () => Dataset.from({ x, y }),
  datasetSplitSync: () => data.split(0.5),
  weights: () => model.setWeights(model.getWeights()),
  checkGradient: () => checkGradient(new Dense(2), { inputs: 2, rows: 2 }),
  findLearningRate: () => findLearningRate(model, data, { loss, steps: 5 }),
  crossValidate: () => crossValidate(make, data, { loss, epochs: 1, folds: 2, batchSize: 500 }),
  populationFit: () => many.fit(data, { ...short, batchSize: 1000 }),
  populationFitSync: () => many.fitSync(data, { ...short, batchSize: 1000 }),
  populationPredict: () => many.predict(x),
  populationPredictMeanSync: () => many.predictMeanSync(x),
  populationEvaluate: () => many.evaluate(data, { loss, metrics }),
}

/** Calls from one look of the collector to the next: what objects held that were made and dropped goes then. */
const COLLECTION = 10

const [name, count = '100', collection] = process.argv.slice(2)
if (name === undefined) console.log(Object.keys(calls).join('\n'))
else {
  const sync = name.endsWith('Sync')
  const call = async () => {
    const result = calls[name]()
    // A call that gives no promise is not awaited: no finalizer runs then.
    if (typeof result?.then === 'function') await result
    else if (!sync) await setImmediate()
  }
  for (let i = 0; i < 3; i++) await call()
  const before = await settledMemory()
  const resident = []
  let most = 0
  for (let i = 1; i <= Number(count); i++) {
    // `await` of no promise lets microtasks run, but no turn of the event loop, and with it no finalizer.
    await call()
    most = Math.max(most, memoryInUse())
    // As the collector does by itself, sooner or later, when it is told of more memory.
    if (collection !== 'unasked' && i % COLLECTION === 0) globalThis.gc()
    if (i === Math.floor(Number(count) / 10) || i === Number(count)) resident.push(process.memoryUsage.rss())
  }
  console.log(JSON.stringify({ before, most, after: await settledMemory(), resident }))
}
