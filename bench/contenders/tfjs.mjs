// TensorFlow.js: `trainOnBatch` of a layers model, rows gathered as tensors.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { asFloats, batches, dataOf, weightsOf } from '../data.mjs'
import { LEARNING_RATE } from '../workloads.mjs'

const peers = join(dirname(fileURLToPath(import.meta.url)), '..', 'peers')
const require = createRequire(join(peers, 'package.json'))
const load = async (name) => (await import(pathToFileURL(require.resolve(name)))).default

export const open = (workload) => openOn('cpu', workload)

export async function openOn(backend, workload) {
  const tf = await load('@tensorflow/tfjs')
  if (backend === 'wasm') await load('@tensorflow/tfjs-backend-wasm')
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend ${backend} here`)
  await tf.ready()
  const { inputs, layers, rows, loss } = workload
  const outputs = layers.at(-1)
  const { x, y } = dataOf(workload)
  const xs = tf.tensor2d(asFloats(x), [rows, inputs])
  const ys =
    loss === 'crossEntropy'
      ? tf.tidy(() => tf.oneHot(tf.tensor1d(y, 'int32'), outputs).toFloat())
      : tf.tensor2d(Float32Array.from(y), [rows, 1])

  function makeModel(dropout = workload.dropout ?? []) {
    const model = tf.sequential()
    layers.forEach((units, layer) => {
      const last = layer === layers.length - 1
      model.add(
        tf.layers.dense({
          units,
          activation: last ? (loss === 'crossEntropy' ? 'softmax' : 'sigmoid') : 'relu',
          ...(layer === 0 ? { inputShape: [inputs] } : {}),
        }),
      )
      if (dropout[layer] > 0) model.add(tf.layers.dropout({ rate: dropout[layer] }))
    })
    tf.tidy(() => {
      const weights = weightsOf(workload).flatMap(({ inputs: from, outputs: to, weight, bias }) => [
        tf.tensor2d(weight, [to, from]).transpose(),
        tf.tensor1d(bias),
      ])
      model.setWeights(weights)
    })
    const rate = LEARNING_RATE[workload.optimizer]
    model.compile({
      optimizer: workload.optimizer === 'adam' ? tf.train.adam(rate, 0.9, 0.999, 1e-8) : tf.train.sgd(rate),
      loss: loss === 'crossEntropy' ? 'categoricalCrossentropy' : 'binaryCrossentropy',
    })
    return model
  }

  async function train(model, steps, next) {
    const losses = []
    for (let step = 0; step < steps; step++) {
      const taken = next()
      if (taken === undefined) {
        losses.push(await model.trainOnBatch(xs, ys))
        continue
      }
      const order = tf.tensor1d(taken, 'int32')
      const batch = [tf.gather(xs, order), tf.gather(ys, order)]
      losses.push(await model.trainOnBatch(...batch))
      tf.dispose([order, ...batch])
    }
    return losses
  }

  return {
    about: {
      version: tf.version_core,
      threads: backend === 'wasm' ? threadsOfWasm(await load('@tensorflow/tfjs-backend-wasm')) : 1,
    },
    async run(steps) {
      const model = makeModel()
      const next = batches(workload)
      const start = performance.now()
      const losses = await train(model, steps, next)
      const seconds = (performance.now() - start) / 1000
      model.dispose()
      return { seconds, steps, loss: losses.at(-1) }
    },
    async check(steps) {
      const losses = await train(makeModel([]), steps, batches(workload, false))
      const full = workload.batch >= rows
      return { loss: full ? losses.at(-1) : losses.reduce((sum, one) => sum + one) / steps }
    },
  }
}

/** In Node the threaded build of tfjs's WebAssembly needs browser workers: it runs on one thread. */
function threadsOfWasm(wasm) {
  try {
    return wasm.getThreadsCount()
  } catch {
    return 1
  }
}
