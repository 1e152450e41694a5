// The nets that are timed. One step = gather the rows of a batch, forward, loss, backward, update.
//
// Hidden layers are ReLU; the output is what the loss wants: softmax, or sigmoid. `rows` is a multiple of `batch`, and
// large enough, where the net is small, that a batch of shuffled rows does not come from the first-level cache.

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {number} inputs
 * @property {number[]} layers units of each layer
 * @property {number} rows
 * @property {number} batch rows of a step
 * @property {'sgd' | 'adam'} optimizer
 * @property {'binaryCrossEntropy' | 'crossEntropy'} loss
 * @property {'float32' | 'uint8'} type of x
 * @property {number} [members] nets trained at once
 * @property {number} [folds] member i trains on all rows but those of fold i modulo this
 * @property {number} [tabM] members of a TabM-mini ensemble: hidden layers shared, factors of the inputs and heads their own
 * @property {number[]} [dropout] rate behind each hidden layer
 * @property {number} [clipNorm] the gradient's norm is clipped to this
 */

const digits = {
  inputs: 784,
  layers: [128, 64, 10],
  rows: 19_200,
  batch: 64,
  optimizer: 'adam',
  loss: 'crossEntropy',
  type: 'float32',
}

/** @type {Workload[]} */
export const workloads = [
  {
    name: 'planar',
    inputs: 2,
    layers: [4, 1],
    rows: 400,
    batch: 400,
    optimizer: 'sgd',
    loss: 'binaryCrossEntropy',
    type: 'float32',
  },
  {
    name: 'tabular',
    inputs: 104,
    layers: [64, 32, 1],
    rows: 32_000,
    batch: 32,
    optimizer: 'adam',
    loss: 'binaryCrossEntropy',
    type: 'float32',
  },
  { name: 'digits', ...digits },
  { name: 'digits-dropout', ...digits, dropout: [0.5, 0.2] },
  { name: 'digits-clip', ...digits, clipNorm: 1 },
  {
    name: 'digits-wide',
    inputs: 784,
    layers: [800, 800, 10],
    rows: 10_240,
    batch: 256,
    optimizer: 'adam',
    loss: 'crossEntropy',
    type: 'float32',
  },
  {
    name: 'wide',
    inputs: 1024,
    layers: [4096, 4096, 1000],
    rows: 2048,
    batch: 512,
    optimizer: 'adam',
    loss: 'crossEntropy',
    type: 'float32',
  },
  {
    name: 'cat',
    inputs: 12_288,
    layers: [20, 7, 5, 1],
    rows: 209,
    batch: 209,
    optimizer: 'sgd',
    loss: 'binaryCrossEntropy',
    type: 'float32',
  },
  {
    name: 'cat-uint8',
    inputs: 12_288,
    layers: [20, 7, 5, 1],
    rows: 209,
    batch: 209,
    optimizer: 'sgd',
    loss: 'binaryCrossEntropy',
    type: 'uint8',
  },
  {
    name: 'population',
    inputs: 14,
    layers: [16, 8, 1],
    rows: 3200,
    batch: 32,
    optimizer: 'adam',
    loss: 'binaryCrossEntropy',
    type: 'float32',
    members: 256,
  },
  {
    name: 'folds',
    inputs: 14,
    layers: [32, 16, 1],
    rows: 4000,
    batch: 32,
    optimizer: 'adam',
    loss: 'binaryCrossEntropy',
    type: 'float32',
    members: 40,
    folds: 5,
  },
  {
    name: 'realmlp',
    inputs: 32,
    layers: [256, 256, 256, 1],
    rows: 8192,
    batch: 256,
    optimizer: 'adam',
    loss: 'binaryCrossEntropy',
    type: 'float32',
  },
  {
    name: 'tabm-mini',
    inputs: 32,
    layers: [256, 256, 1],
    rows: 8192,
    batch: 256,
    optimizer: 'adam',
    loss: 'binaryCrossEntropy',
    type: 'float32',
    tabM: 16,
  },
]

/** @returns {Workload} */
export const workload = (name) => workloads.find((one) => one.name === name)

export const LEARNING_RATE = { sgd: 0.01, adam: 1e-3 }

/** Rows that one net sees in an epoch. */
export const rowsOf = ({ rows, folds }) => (folds === undefined ? rows : rows - rows / folds)

export const stepsPerEpoch = (workload) => Math.ceil(rowsOf(workload) / workload.batch)

/** Which rows a member trains on: those of its own fold are held out. */
export function rowsOfMember({ rows, folds }, member) {
  const all = Int32Array.from({ length: rows }, (_, row) => row)
  if (folds === undefined) return all
  const size = rows / folds
  const from = (member % folds) * size
  return all.filter((row) => row < from || row >= from + size)
}

/** The layers' sizes as pairs [inputs, outputs]. */
const pairs = ({ inputs, layers }) => layers.map((outputs, at) => [at === 0 ? inputs : layers[at - 1], outputs])

export function parametersOf(workload) {
  const { inputs, members = 1, tabM } = workload
  const each = pairs(workload).map(([from, to]) => to * (from + 1))
  if (tabM === undefined) return members * each.reduce((sum, one) => sum + one)
  // A factor of each input for each member, and a last layer for each.
  return tabM * (inputs + each.at(-1)) + each.slice(0, -1).reduce((sum, one) => sum + one)
}

/** Floating-point operations of a step's matrix products. */
export function flopOf(workload) {
  const { batch, members = 1, tabM } = workload
  // The inputs of a net have no gradient; the factors of TabM's do.
  const passes = (at) => (at === 0 && tabM === undefined ? 2 : 3)
  const ofRow = pairs(workload).reduce((sum, [from, to], at) => sum + 2 * from * to * passes(at), 0)
  return members * (tabM ?? 1) * batch * ofRow
}

/** "784-128-64-10, batch 64, Adam" */
export const describe = ({ inputs, layers, rows, batch, optimizer, type, members, folds, tabM, dropout, clipNorm }) =>
  [
    `${members === undefined ? '' : `${members} x `}${[inputs, ...layers].join('-')}`,
    ...(folds === undefined ? [] : [`${folds} folds`]),
    ...(tabM === undefined ? [] : [`TabM-mini of ${tabM}`]),
    `batch ${batch}${batch >= rows ? ' (all)' : ''}`,
    optimizer === 'adam' ? 'Adam' : 'SGD',
    ...(type === 'uint8' ? ['uint8 data'] : []),
    ...(dropout === undefined ? [] : [`dropout ${dropout.join(' and ')}`]),
    ...(clipNorm === undefined ? [] : [`clipped to norm ${clipNorm}`]),
  ].join(', ')
