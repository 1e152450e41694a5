// Valid calls of the public API, made anew each time: { call, args }. The fuzzer changes the arguments.
import * as d from 'deepblas'

const x = () => [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
]
const data = () => ({ x: x(), y: [0, 1, 1, 0], sampleWeights: Float32Array.of(1, 1, 2, 1) })
const rows = () => ({ data: new Float32Array(8), shape: [4, 2] })
const dataset = () => d.Dataset.from({ x: x(), y: [0, 1, 1, 0] })
const model = () =>
  new d.Sequential([new d.Dense(3, { activation: 'relu' }), new d.Dense(2, { activation: 'softmax' })], {
    inputs: 2,
    seed: 1,
  })
const population = () => new d.Population([new d.Dense(2)], { inputs: 2, members: 2, seed: 1 })
const table = () =>
  d.Table.fromRows([
    { a: 1, b: 'x', t: 'no' },
    { a: 2, b: 'y', t: 'yes' },
    { a: 3, b: 'x', t: 'no' },
  ])
const encoder = () => d.Encoder.fitSync(table(), { target: 't' })
const fitOptions = () => ({
  loss: 'crossEntropy',
  optimizer: new d.Adam({ learningRate: 0.01 }),
  epochs: 1,
  batchSize: 2,
  metrics: ['accuracy'],
  seed: 1,
})

const call = (called, ...args) => ({ call: called, args })
const make = (Class, ...args) => ({ call: (...given) => new Class(...given), args })
const method = (object, name, ...args) => {
  if (typeof object[name] !== 'function') throw new Error(`There is no method ${name}`)
  return { call: (...given) => object[name](...given), args }
}

/** With valid arguments of their own. */
const special = {
  Sequential: () =>
    make(d.Sequential, [new d.Dense(3), new d.Dropout(0.1)], { inputs: 2, seed: 1, labels: ['a', 'b', 'c'] }),
  Population: () => make(d.Population, [new d.Dense(3)], { inputs: 2, members: 2, seed: 1 }),
  Dense: () =>
    make(d.Dense, 3, { activation: 'relu', inputs: 2, bias: true, initializer: 'heNormal', regularizer: d.l2(0.1) }),
  Embedding: () => make(d.Embedding, 3, { levels: 4, padding: true }),
  NumericEmbedding: () =>
    make(d.NumericEmbedding, { kind: 'pbld', dimensions: 4, frequencies: 3, deviation: 0.2, columns: [0, 1] }),
  OneHot: () => make(d.OneHot, { levels: 4 }),
  Concatenate: () => make(d.Concatenate, { a: new d.Embedding(2), b: [new d.Dense(2)] }),
  Residual: () => make(d.Residual, [new d.Dense(2)]),
  Normalize: () => make(d.Normalize, { mean: [0, 1], deviation: [1, 1] }),
  BatchNorm: () => make(d.BatchNorm, { momentum: 0.9, epsilon: 1e-5 }),
  LayerNorm: () => make(d.LayerNorm, { epsilon: 1e-5 }),
  Dropout: () => make(d.Dropout, 0.5),
  'Dropout by a schedule': () => make(d.Dropout, d.flatCosine({ learningRate: 0.5, steps: 3 })),
  GaussianNoise: () => make(d.GaussianNoise, 0.5),
  Activation: () => make(d.Activation, 'relu'),
  ParametricActivation: () => make(d.ParametricActivation, 'selu', { learningRateFactor: 0.1 }),
  Scale: () => make(d.Scale, { learningRateFactor: 6, trainable: true }),
  Parameter: () =>
    make(d.Parameter, 'w', [2, 3], 0, { kind: 'uniform', a: 0, b: 1, values: new Float32Array(6), zeroRows: 1 }, true),
  'Parameter.vector': () => method(d.Parameter, 'vector', 'b', 3, { kind: 'normal', a: 0, b: 1 }, true),
  'Parameter.weight': () => method(d.Parameter, 'weight', 'w', 3, 2, 0.5),
  Table: () => make(d.Table, 1, []),
  'Table.fromRows': () =>
    method(
      d.Table,
      'fromRows',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
      {},
    ),
  'Table.of': () => method(d.Table, 'of', [{ name: 'a', type: 'number', values: Float64Array.of(1, 2) }]),
  'table.select': () => method(table(), 'select', ['a', 'b']),
  'table.without': () => method(table(), 'without', ['a']),
  'table.split': () => method(table(), 'split', 0.3, { seed: 1 }),
  'Encoder.fit': () => method(d.Encoder, 'fit', table(), { target: 't' }),
  'Encoder.fromJSON': () => method(d.Encoder, 'fromJSON', JSON.parse(JSON.stringify(encoder()))),
  'encoder.decode': () => method(encoder(), 'decode', { data: Float32Array.of(0.1, 0.9), shape: [2, 1] }),
  'encoder.encode': () => method(encoder(), 'encode', table()),
  'Dataset.from': () => method(d.Dataset, 'from', data(), { scale: 1 }),
  'Dataset.from shape': () =>
    method(d.Dataset, 'from', { x: rows(), y: { data: new Float32Array(4), shape: [4, 1] } }, { featureShape: [1, 2] }),
  'dataset.split': () => method(dataset(), 'split', 0.5, { seed: 1, stratify: true }),
  'dataset.map': () => method(dataset(), 'map', ({ x: row, y }) => ({ x: row, y })),
  'dataset.take': () => method(dataset(), 'take', 2),
  'model.predictSync': () => method(model(), 'predictSync', x(), {}),
  'model.predictSync array': () => method(model(), 'predictSync', rows()),
  'model.predict': () => method(model(), 'predict', x()),
  'model.fitSync': () => method(model(), 'fitSync', dataset(), fitOptions()),
  'model.fit': () => method(model(), 'fit', dataset(), { ...fitOptions(), validation: 0.5, classWeights: [1, 2] }),
  'model.partialFitSync': () => method(model(), 'partialFitSync', dataset(), { loss: 'crossEntropy' }),
  'model.evaluateSync': () =>
    method(model(), 'evaluateSync', dataset(), { loss: 'crossEntropy', metrics: ['accuracy'] }),
  'model.trace': () => method(model(), 'trace', dataset(), { loss: 'crossEntropy' }),
  'model.gradients': () => method(model(), 'gradients', dataset(), { loss: 'crossEntropy' }),
  'model.explain': () => method(model(), 'explain', { batchSize: 2 }),
  'model.setWeights': () => method(model(), 'setWeights', model().getWeights(), { partial: true }),
  'model.summary': () => method(model(), 'summary', { width: 60 }),
  'population.fitSync': () => method(population(), 'fitSync', dataset(), { loss: 'meanSquaredError', epochs: 1 }),
  'population.predictSync': () => method(population(), 'predictSync', x()),
  'population.member': () => method(population(), 'member', 1),
  renderTable: () =>
    call(
      d.renderTable,
      ['a', { heading: 'b', align: 'left', wrap: true }],
      [
        ['x', 1],
        [{ value: 2, style: 'bold' }, 'y'],
      ],
      { colour: true, ascii: false, width: 40 },
    ),
  renderLearningCurve: () =>
    call(d.renderLearningCurve, [{ name: 'loss', values: [3, 2, 1] }], {
      width: 60,
      height: 8,
      xLabel: 'epoch',
      firstX: 1,
      colour: true,
      ascii: false,
    }),
  renderConfusionMatrix: () =>
    call(
      d.renderConfusionMatrix,
      [
        [3, 1],
        [0, 4],
      ],
      { labels: ['a', 'b'], colour: true, ascii: false, width: 60 },
    ),
  setThreads: () =>
    call((n) => {
      const before = d.getThreads()
      try {
        d.setThreads(n)
      } finally {
        d.setThreads(before)
      }
    }, 2),
  tabularLayers: () => call(d.tabularLayers, encoder(), {}),
  writeNpy: () => call((path, ...rest) => d.writeNpy(`/proc/self/${typeof path}`, ...rest), 'no', rows()),
  classificationReport: () => call(d.classificationReport, [0, 1, 1], [0, 1, 0], { labels: ['a', 'b'] }),
  NonCrossing: () => make(d.NonCrossing, { center: 1 }),
  quantile: () => call(d.quantile, { quantiles: [0.1, 0.5, 0.9] }),
  conformalQuantile: () => call(d.conformalQuantile, [3, 1, 2], { coverage: 0.5 }),
  splitConformal: () => call(d.splitConformal, [1, 2, 3], [1, 3, 2], { coverage: 0.5 }),
  conformalizedQuantiles: () =>
    call(d.conformalizedQuantiles, [1, 2], { lower: [0, 1], upper: [2, 2] }, { coverage: 0.5 }),
  predictionIntervals: () =>
    call(d.predictionIntervals, { coverage: 0.5, rows: 3, margin: 1 }, { lower: [0, 1], upper: [2, 2] }),
  conformalSets: () =>
    call(
      d.conformalSets,
      ['a', 'b'],
      [
        [0.5, 0.5],
        [0.25, 0.75],
      ],
      { coverage: 0.5, method: 'adaptive', labels: ['a', 'b'] },
    ),
  predictionSets: () =>
    call(d.predictionSets, { method: 'threshold', coverage: 0.5, rows: 3, score: 0.5 }, [[0.5, 0.5]], {
      labels: ['a', 'b'],
    }),
  chooseThreshold: () =>
    call(d.chooseThreshold, [0, 1, 1], [0.2, 0.6, 0.4], {
      cost: { falsePositive: 1, falseNegative: 2 },
      sampleWeights: [1, 2, 3],
    }),
  suspiciousColumns: () => call(d.suspiciousColumns, table(), { target: 't' }),
  targetAdvice: () => call(d.targetAdvice, table(), { target: 'a' }),
  batches: () => call(d.batches, rows(), { size: 2 }),
  augmented: () => call(d.augmented, dataset(), { batchSize: 2 }),
  // By its defaults, which an object without keys stands for, it takes half a minute.
  whyDeep: () => {
    const short = () => ({ bits: 2, trainedBits: 2, fewestBits: 1, depths: [1], seeds: 2, steps: 3 })
    return call((given) => d.whyDeep(Object.keys(Object(given)).length === 0 ? short() : given), short())
  },
  categorical: () => call(d.categorical, 3),
  constant: () => call(d.constant, 0.5),
  uniform: () => call(d.uniform, { low: 0, high: 1 }),
  normal: () => call(d.normal, { mean: 0, deviation: 1 }),
}

/** Every other export by itself: functions are called, classes are made, with one object of options or a number. */
const left = Object.entries(d).filter(
  ([name, value]) =>
    typeof value === 'function' &&
    !(name in special) &&
    // Need files, data or hours, or are abstract.
    !/^(read|write|csvChunks|parquetChunks|crossValidate|findLearningRate|check|Layer$|Optimizer$|DeepblasError|info|getThreads|registerLayer|TensorBoard|CSVLog|Checkpoint|Encoder$|Dataset$|ActivationFunction)/.test(
      name,
    ),
)
const general = Object.fromEntries(
  left.map(([name, value]) => [name, () => (/^[A-Z]/.test(name) ? make(value, {}) : call(value, {}))]),
)

const generated = Object.fromEntries(
  Object.keys(d.datasets).map((name) => [
    `datasets.${name}`,
    () => method(d.datasets, name, name === 'parity' ? { bits: 3, samples: 4, seed: 1 } : { samples: 12, seed: 1 }),
  ]),
)

const truths = () => [0, 1, 1, 0]
const measured = Object.fromEntries(
  Object.keys(d.metrics).map((name) => [`metrics.${name}`, () => method(d.metrics, name, truths(), truths(), {})]),
)

const quantiles = {
  'metrics.pinball': () =>
    method(
      d.metrics,
      'pinball',
      [1, 2],
      [
        [0, 2],
        [1, 3],
      ],
      { quantiles: [0.1, 0.9], sampleWeights: [1, 2] },
    ),
  'metrics.coverage': () =>
    method(d.metrics, 'coverage', [1, 2], { lower: [0, 1], upper: [2, 3] }, { sampleWeights: [1, 2] }),
}

export const recipes = { ...special, ...general, ...generated, ...measured, ...quantiles }
