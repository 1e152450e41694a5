// brain.js updates after every row, so its "step" is the batch's rows one after the other; all layers share one
// activation and the loss is the squared error.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asFloats, dataOf } from '../data.mjs'
import { LEARNING_RATE } from '../workloads.mjs'

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), '..', 'peers', 'package.json'))

export async function open(workload) {
  const brain = require('brain.js')
  const { inputs, layers, rows, batch, loss, optimizer } = workload
  const { x, y } = dataOf(workload)
  const floats = asFloats(x)
  const outputs = layers.at(-1)
  const wanted = Math.min(rows, 4 * batch)
  const data = Array.from({ length: wanted }, (_, row) => ({
    input: floats.slice(row * inputs, (row + 1) * inputs),
    output: loss === 'crossEntropy' ? Array.from({ length: outputs }, (_, c) => Number(c === y[row])) : [y[row]],
  }))
  return {
    about: { version: require('brain.js/package.json').version, threads: 1, note: 'updates after every row' },
    async run(steps) {
      const net = new brain.NeuralNetwork({
        inputSize: inputs,
        hiddenLayers: layers.slice(0, -1),
        outputSize: outputs,
        activation: 'leaky-relu',
        learningRate: LEARNING_RATE[optimizer],
      })
      const epochs = Math.max(1, Math.round((steps * batch) / wanted))
      const options = { iterations: epochs, errorThresh: Number.MIN_VALUE, errorCheckInterval: epochs + 1, log: false }
      // What train does besides the epochs: looks at the data and allocates.
      const start = performance.now()
      net.train(data, options)
      return { seconds: (performance.now() - start) / 1000, steps: (epochs * wanted) / batch }
    },
  }
}
