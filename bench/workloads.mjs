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
 */

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
  {
    name: 'digits',
    inputs: 784,
    layers: [128, 64, 10],
    rows: 19_200,
    batch: 64,
    optimizer: 'adam',
    loss: 'crossEntropy',
    type: 'float32',
  },
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
]

/** @returns {Workload} */
export const workload = (name) => workloads.find((one) => one.name === name)

export const LEARNING_RATE = { sgd: 0.01, adam: 1e-3 }

export const parametersOf = ({ inputs, layers, members = 1 }) =>
  members * layers.reduce((sum, outputs, layer) => sum + outputs * ((layer === 0 ? inputs : layers[layer - 1]) + 1), 0)

/** Floating-point operations of a step's matrix products. */
export const flopOf = ({ inputs, layers, batch, members = 1 }) =>
  members *
  batch *
  layers.reduce((sum, outputs, layer) => {
    const from = layer === 0 ? inputs : layers[layer - 1]
    return sum + 2 * from * outputs * (layer === 0 ? 2 : 3)
  }, 0)

/** "784-128-64-10, batch 64, Adam" */
export const describe = ({ inputs, layers, rows, batch, optimizer, type, members }) =>
  [
    `${members === undefined ? '' : `${members} x `}${[inputs, ...layers].join('-')}`,
    `batch ${batch}${batch >= rows ? ' (all)' : ''}`,
    optimizer === 'adam' ? 'Adam' : 'SGD',
    ...(type === 'uint8' ? ['uint8 data'] : []),
  ].join(', ')
