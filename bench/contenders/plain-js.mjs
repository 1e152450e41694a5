// A training step in plain JavaScript as one would write it with care: typed arrays allocated once, products blocked so
// that several sums share each load, softmax and sigmoid fused with their loss, Adam in one pass.
import { asFloats, batches, dataOf, weightsOf } from '../data.mjs'
import { LEARNING_RATE } from '../workloads.mjs'

export async function open(workload) {
  const { x, y } = dataOf(workload)
  const data = { x: asFloats(x), y }
  const weights = Array.from({ length: workload.members ?? 1 }, (_, member) => weightsOf(workload, member))
  const makeNets = () => weights.map((own) => new Net(workload, own, workload.optimizer))
  const orders = (shuffled) => weights.map((_, member) => batches(workload, shuffled, member))
  const train = (nets, steps, next) => {
    let loss = 0
    for (let step = 0; step < steps; step++) {
      loss = 0
      for (const [member, net] of nets.entries()) loss += net.step(data, next[member]())
    }
    return loss / nets.length
  }
  return {
    about: { version: `V8 ${process.versions.v8}`, threads: 1 },
    async run(steps) {
      const nets = makeNets()
      const next = orders(true)
      const start = performance.now()
      const loss = train(nets, steps, next)
      return { seconds: (performance.now() - start) / 1000, steps, loss }
    },
    async check(steps) {
      const nets = makeNets()
      const next = orders(false)
      const losses = Array.from({ length: steps }, () => train(nets, 1, next))
      const full = workload.batch >= workload.rows
      return { loss: full ? losses.at(-1) : losses.reduce((sum, loss) => sum + loss) / steps }
    },
    async predictOne() {
      const [net] = makeNets()
      const row = data.x.slice(0, workload.inputs)
      return (count) => {
        for (let i = 0; i < count; i++) net.predict(row)
      }
    },
  }
}

class Net {
  constructor({ inputs, layers, batch, loss }, weights, optimizer) {
    this.batch = batch
    this.inputs = inputs
    this.loss = loss
    this.optimizer = optimizer
    this.x = new Float32Array(batch * inputs)
    this.y = new Int32Array(batch)
    this.steps = 0
    this.layers = layers.map((outputs, at) => ({
      inputs: weights[at].inputs,
      outputs,
      weight: weights[at].weight.slice(),
      bias: weights[at].bias.slice(),
      output: new Float32Array(batch * outputs),
      gradient: new Float32Array(batch * outputs),
      weightGradient: new Float32Array(weights[at].weight.length),
      biasGradient: new Float32Array(outputs),
      moments: ['weight', 'weight', 'bias', 'bias'].map((name) => new Float32Array(weights[at][name].length)),
    }))
  }

  step({ x, y }, rows) {
    const { batch, inputs, layers } = this
    let input = x
    let target = y
    if (rows !== undefined) {
      for (let r = 0; r < batch; r++) {
        this.x.set(x.subarray(rows[r] * inputs, (rows[r] + 1) * inputs), r * inputs)
        this.y[r] = y[rows[r]]
      }
      input = this.x
      target = this.y
    }
    this.forward(input, batch)
    const last = layers.length - 1
    const top = layers[last]
    const loss =
      this.loss === 'crossEntropy'
        ? softmaxCrossEntropy(top.output, target, top.gradient, batch, top.outputs)
        : sigmoidCrossEntropy(top.output, target, top.gradient, batch)
    for (let at = last; at >= 0; at--) {
      const layer = layers[at]
      const below = at === 0 ? input : layers[at - 1].output
      weightGradient(layer.weightGradient, layer.gradient, below, batch, layer.outputs, layer.inputs)
      sumRows(layer.biasGradient, layer.gradient, batch, layer.outputs)
      if (at === 0) continue
      const to = layers[at - 1].gradient
      inputGradient(to, layer.gradient, layer.weight, batch, layer.outputs, layer.inputs)
      for (let i = 0; i < to.length; i++) if (!(below[i] > 0)) to[i] = 0
    }
    this.steps++
    for (const layer of layers) this.update(layer)
    return loss
  }

  forward(input, rows) {
    let from = input
    for (const [at, layer] of this.layers.entries()) {
      dense(layer.output, from, layer.weight, layer.bias, rows, layer.outputs, layer.inputs)
      if (at < this.layers.length - 1) {
        const { output } = layer
        const count = rows * layer.outputs
        for (let i = 0; i < count; i++) if (output[i] < 0) output[i] = 0
      }
      from = layer.output
    }
  }

  predict(row) {
    this.forward(row, 1)
    const { output, outputs } = this.layers.at(-1)
    const result = output.slice(0, outputs)
    if (this.loss === 'crossEntropy') {
      let sum = 0
      const max = Math.max(...result)
      for (let c = 0; c < outputs; c++) sum += result[c] = Math.exp(result[c] - max)
      for (let c = 0; c < outputs; c++) result[c] /= sum
    } else result[0] = 1 / (1 + Math.exp(-result[0]))
    return result
  }

  update({ weight, weightGradient: dw, bias, biasGradient: db, moments }) {
    if (this.optimizer === 'sgd') {
      const rate = LEARNING_RATE.sgd
      for (let i = 0; i < weight.length; i++) weight[i] -= rate * dw[i]
      for (let i = 0; i < bias.length; i++) bias[i] -= rate * db[i]
      return
    }
    const stepSize = LEARNING_RATE.adam / (1 - 0.9 ** this.steps)
    const correction = 1 / Math.sqrt(1 - 0.999 ** this.steps)
    adam(weight, dw, moments[0], moments[1], stepSize, correction)
    adam(bias, db, moments[2], moments[3], stepSize, correction)
  }
}

function adam(parameter, gradient, first, second, stepSize, correction) {
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]
    const m = 0.9 * first[i] + 0.1 * g
    const v = 0.999 * second[i] + 0.001 * g * g
    first[i] = m
    second[i] = v
    parameter[i] -= (stepSize * m) / (Math.sqrt(v) * correction + 1e-8)
  }
}

// output (rows, outputs) = x (rows, inputs) · weightᵀ + bias: tiles of 2 rows and 4 outputs, eight sums in registers.
function dense(output, x, weight, bias, rows, outputs, inputs) {
  let r = 0
  for (; r + 1 < rows; r += 2) {
    const x0 = r * inputs
    const x1 = x0 + inputs
    let o = 0
    for (; o + 3 < outputs; o += 4) {
      const w0 = o * inputs
      const w1 = w0 + inputs
      const w2 = w1 + inputs
      const w3 = w2 + inputs
      let s00 = 0
      let s01 = 0
      let s02 = 0
      let s03 = 0
      let s10 = 0
      let s11 = 0
      let s12 = 0
      let s13 = 0
      for (let k = 0; k < inputs; k++) {
        const a = x[x0 + k]
        const b = x[x1 + k]
        const p = weight[w0 + k]
        const q = weight[w1 + k]
        const s = weight[w2 + k]
        const t = weight[w3 + k]
        s00 += a * p
        s01 += a * q
        s02 += a * s
        s03 += a * t
        s10 += b * p
        s11 += b * q
        s12 += b * s
        s13 += b * t
      }
      const at = r * outputs + o
      output[at] = s00 + bias[o]
      output[at + 1] = s01 + bias[o + 1]
      output[at + 2] = s02 + bias[o + 2]
      output[at + 3] = s03 + bias[o + 3]
      const under = at + outputs
      output[under] = s10 + bias[o]
      output[under + 1] = s11 + bias[o + 1]
      output[under + 2] = s12 + bias[o + 2]
      output[under + 3] = s13 + bias[o + 3]
    }
    for (; o < outputs; o++) {
      output[r * outputs + o] = dot(x, x0, weight, o * inputs, inputs) + bias[o]
      output[(r + 1) * outputs + o] = dot(x, x1, weight, o * inputs, inputs) + bias[o]
    }
  }
  for (; r < rows; r++) {
    let o = 0
    for (; o + 3 < outputs; o += 4) {
      const w0 = o * inputs
      let s0 = 0
      let s1 = 0
      let s2 = 0
      let s3 = 0
      for (let k = 0; k < inputs; k++) {
        const a = x[r * inputs + k]
        s0 += a * weight[w0 + k]
        s1 += a * weight[w0 + inputs + k]
        s2 += a * weight[w0 + 2 * inputs + k]
        s3 += a * weight[w0 + 3 * inputs + k]
      }
      const at = r * outputs + o
      output[at] = s0 + bias[o]
      output[at + 1] = s1 + bias[o + 1]
      output[at + 2] = s2 + bias[o + 2]
      output[at + 3] = s3 + bias[o + 3]
    }
    for (; o < outputs; o++) output[r * outputs + o] = dot(x, r * inputs, weight, o * inputs, inputs) + bias[o]
  }
}

function dot(a, aAt, b, bAt, count) {
  let sum = 0
  for (let k = 0; k < count; k++) sum += a[aAt + k] * b[bAt + k]
  return sum
}

// dw (outputs, inputs) = gradientᵀ · x: four rows of the batch for each pass over a row of dw, a block of inputs at a time
// so that the block of x stays in the cache for every output.
function weightGradient(dw, gradient, x, rows, outputs, inputs) {
  dw.fill(0)
  const BLOCK = 512
  for (let begin = 0; begin < inputs; begin += BLOCK) {
    const end = Math.min(inputs, begin + BLOCK)
    let r = 0
    for (; r + 3 < rows; r += 4) {
      const x0 = r * inputs
      const x1 = x0 + inputs
      const x2 = x1 + inputs
      const x3 = x2 + inputs
      for (let o = 0; o < outputs; o++) {
        const g0 = gradient[r * outputs + o]
        const g1 = gradient[(r + 1) * outputs + o]
        const g2 = gradient[(r + 2) * outputs + o]
        const g3 = gradient[(r + 3) * outputs + o]
        const to = o * inputs
        for (let k = begin; k < end; k++) {
          dw[to + k] += g0 * x[x0 + k] + g1 * x[x1 + k] + g2 * x[x2 + k] + g3 * x[x3 + k]
        }
      }
    }
    for (; r < rows; r++) {
      for (let o = 0; o < outputs; o++) {
        const g = gradient[r * outputs + o]
        for (let k = begin; k < end; k++) dw[o * inputs + k] += g * x[r * inputs + k]
      }
    }
  }
}

// dx (rows, inputs) = gradient · weight: four outputs for each pass over a row of dx.
function inputGradient(dx, gradient, weight, rows, outputs, inputs) {
  for (let r = 0; r < rows; r++) {
    const to = r * inputs
    dx.fill(0, to, to + inputs)
    let o = 0
    for (; o + 3 < outputs; o += 4) {
      const from = r * outputs + o
      const g0 = gradient[from]
      const g1 = gradient[from + 1]
      const g2 = gradient[from + 2]
      const g3 = gradient[from + 3]
      const w0 = o * inputs
      const w1 = w0 + inputs
      const w2 = w1 + inputs
      const w3 = w2 + inputs
      for (let k = 0; k < inputs; k++) {
        dx[to + k] += g0 * weight[w0 + k] + g1 * weight[w1 + k] + g2 * weight[w2 + k] + g3 * weight[w3 + k]
      }
    }
    for (; o < outputs; o++) {
      const g = gradient[r * outputs + o]
      for (let k = 0; k < inputs; k++) dx[to + k] += g * weight[o * inputs + k]
    }
  }
}

function sumRows(sums, gradient, rows, outputs) {
  sums.fill(0)
  for (let r = 0; r < rows; r++) for (let o = 0; o < outputs; o++) sums[o] += gradient[r * outputs + o]
}

function softmaxCrossEntropy(logits, target, gradient, rows, outputs) {
  let loss = 0
  for (let r = 0; r < rows; r++) {
    const at = r * outputs
    let max = logits[at]
    for (let o = 1; o < outputs; o++) if (logits[at + o] > max) max = logits[at + o]
    let sum = 0
    for (let o = 0; o < outputs; o++) {
      const power = Math.exp(logits[at + o] - max)
      gradient[at + o] = power
      sum += power
    }
    const factor = 1 / (sum * rows)
    for (let o = 0; o < outputs; o++) gradient[at + o] *= factor
    gradient[at + target[r]] -= 1 / rows
    loss += Math.log(sum) + max - logits[at + target[r]]
  }
  return loss / rows
}

function sigmoidCrossEntropy(logits, target, gradient, rows) {
  let loss = 0
  for (let r = 0; r < rows; r++) {
    const z = logits[r]
    gradient[r] = (1 / (1 + Math.exp(-z)) - target[r]) / rows
    loss += Math.max(z, 0) - z * target[r] + Math.log1p(Math.exp(-Math.abs(z)))
  }
  return loss / rows
}
