// jax-js on WebAssembly: loss, gradients and update of a step in one jit-compiled function. Its threads are browser
// workers, which it is given here; whether it is faster with them is tried.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { asFloats, batches, dataOf, weightsOf } from '../data.mjs'
import { LEARNING_RATE } from '../workloads.mjs'
import { installWebWorkers } from './web-worker.mjs'

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), '..', 'peers', 'package.json'))

export async function open(workload, { threads }) {
  // One thread without workers, which it takes for a browser that has none.
  if (threads > 1) installWebWorkers(threads)
  const file = require.resolve('@jax-js/jax').replace(/\.cjs$/, '.js')
  const jax = await import(pathToFileURL(file).href)
  const { numpy: np, nn, jit, valueAndGrad } = jax
  const devices = await jax.init('wasm')
  if (!devices.includes('wasm')) throw new Error('jax-js has no wasm device here')
  jax.defaultDevice('wasm')
  const { inputs, layers, rows, batch, loss, optimizer } = workload
  const outputs = layers.at(-1)
  const given = dataOf(workload)
  const x = asFloats(given.x)
  const y = new Float32Array(rows * outputs)
  for (let r = 0; r < rows; r++) {
    if (loss === 'crossEntropy') y[r * outputs + given.y[r]] = 1
    else y[r] = given.y[r]
  }
  const rate = LEARNING_RATE[optimizer]

  // Parameters as one list: weight (inputs, outputs) and bias of each layer. Functions own what they are given; `ref`
  // keeps one more.
  const cost = (parameters, input, target) => {
    let z = input
    for (let layer = 0; layer < layers.length; layer++) {
      z = np.matmul(z, parameters[2 * layer]).add(parameters[2 * layer + 1])
      if (layer < layers.length - 1) z = nn.relu(z)
    }
    if (loss === 'crossEntropy')
      return nn
        .logSoftmax(z)
        .mul(target)
        .sum()
        .mul(-1 / batch)
    const rest = np.log1p(np.exp(np.abs(z.ref).mul(-1)))
    return nn
      .relu(z.ref)
      .sub(z.mul(target))
      .add(rest)
      .sum()
      .mul(1 / batch)
  }
  const sgd = jit((parameters, input, target) => {
    const [value, gradients] = valueAndGrad(cost)(
      parameters.map((one) => one.ref),
      input,
      target,
    )
    return [value, parameters.map((one, i) => one.sub(gradients[i].mul(rate)))]
  })
  const adam = jit((parameters, first, second, input, target, stepSize, correction) => {
    const [value, gradients] = valueAndGrad(cost)(
      parameters.map((one) => one.ref),
      input,
      target,
    )
    const means = first.map((one, i) => one.mul(0.9).add(gradients[i].ref.mul(0.1)))
    const squares = second.map((one, i) => one.mul(0.999).add(np.square(gradients[i]).mul(0.001)))
    const updated = parameters.map((one, i) =>
      one.sub(means[i].ref.mul(stepSize.ref).div(np.sqrt(squares[i].ref).mul(correction.ref).add(1e-8))),
    )
    stepSize.dispose()
    correction.dispose()
    return [value, updated, means, squares]
  })

  const initial = () =>
    weightsOf(workload).flatMap(({ inputs: from, outputs: to, weight, bias }) => [
      np.array(weight.slice()).reshape([to, from]).transpose(),
      np.array(bias.slice()),
    ])
  const zeros = () =>
    weightsOf(workload).flatMap(({ inputs: from, outputs: to }) => [np.zeros([from, to]), np.zeros([to])])
  const batchOf = (all, columns, taken) => {
    const data = new Float32Array(batch * columns)
    for (let r = 0; r < batch; r++) {
      const from = taken === undefined ? r : taken[r]
      data.set(all.subarray(from * columns, (from + 1) * columns), r * columns)
    }
    return np.array(data).reshape([batch, columns])
  }

  async function train(steps, next, everyLoss) {
    let parameters = initial()
    let [first, second] = optimizer === 'adam' ? [zeros(), zeros()] : []
    const fixed = batch >= rows ? [batchOf(x, inputs), batchOf(y, outputs)] : undefined
    const losses = []
    const start = performance.now()
    for (let step = 1; step <= steps; step++) {
      const taken = next()
      const [input, target] = fixed?.map((one) => one.ref) ?? [batchOf(x, inputs, taken), batchOf(y, outputs, taken)]
      let value
      if (optimizer === 'adam') {
        const stepSize = np.array(rate / (1 - 0.9 ** step))
        const correction = np.array(1 / Math.sqrt(1 - 0.999 ** step))
        ;[value, parameters, first, second] = adam(parameters, first, second, input, target, stepSize, correction)
      } else {
        ;[value, parameters] = sgd(parameters, input, target)
      }
      if (everyLoss || step === steps) losses.push((await value.data())[0])
      else value.dispose()
    }
    await Promise.all(parameters.map((one) => one.blockUntilReady()))
    const seconds = (performance.now() - start) / 1000
    for (const one of [...parameters, ...(first ?? []), ...(second ?? []), ...(fixed ?? [])]) one.dispose()
    return { seconds, losses }
  }

  return {
    about: {
      version: require(`${dirname(dirname(file))}/package.json`).version,
      threads,
    },
    async run(steps) {
      const { seconds, losses } = await train(steps, batches(workload), false)
      return { seconds, steps, loss: losses.at(-1) }
    },
    async check(steps) {
      const { losses } = await train(steps, batches(workload, false), true)
      return { loss: batch >= rows ? losses.at(-1) : losses.reduce((sum, one) => sum + one) / steps }
    },
  }
}
