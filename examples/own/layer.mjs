// A layer of one's own: x · sigmoid(β x) with a learned β for every feature ("Swish": Ramachandran et al., 2017), recorded
// from element-wise rules, checked, trained, saved and loaded.
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Adam, checkGradient, Dataset, Dense, datasets, Layer, Parameter, registerLayer, Sequential } from 'deepblas'

/**
 * @import { Backward, Cache, Forward, Recorder, Tensor } from 'deepblas'
 */

class Swish extends Layer {
  type = 'Swish'
  /** @type {number | undefined} */
  #features
  /** @type {Parameter | undefined} */
  #beta

  get inputs() {
    return this.#features
  }

  get outputs() {
    return this.#features
  }

  /** @override */
  get parameters() {
    return this.#beta === undefined ? [] : [this.#beta]
  }

  /** @param {number} inputs */
  bind(inputs) {
    const bound = new Swish()
    bound.#features = inputs
    bound.#beta = Parameter.vector('beta', inputs, 1)
    bound.trainable = this.trainable
    return bound
  }

  /**
   * x (batch, features), β (1, features), which is broadcast over the rows
   *
   * @param {Recorder} record
   * @param {Tensor} x
   * @returns {Forward}
   */
  forward(record, x) {
    const output = record.empty(x.columns)
    const beta = record.parameter(/** @type {Parameter} */ (this.#beta))
    record.map({ inputs: { x, beta }, outputs: { output } }, ({ x, beta }) => ({
      output: x.times(x.times(beta).sigmoid()),
    }))
    return { output, cache: { x } }
  }

  /**
   * With s = sigmoid(βx): dx = dA (s + βx s (1 - s)), and dβ is the sum over the rows of dA x² s (1 - s).
   *
   * @param {Recorder} record
   * @param {Cache} cache
   * @param {Tensor} outputGradient
   * @returns {Backward}
   */
  backward(record, cache, outputGradient) {
    const x = /** @type {Tensor} */ (cache.x)
    const parameter = /** @type {Parameter} */ (this.#beta)
    const beta = record.parameter(parameter)
    const inputGradient = record.empty(x.columns)
    const share = record.empty(x.columns)
    record.map(
      { inputs: { x, beta, outputGradient }, outputs: { inputGradient, share } },
      ({ x, beta, outputGradient }) => {
        const s = x.times(beta).sigmoid()
        const slope = s.times(s.negated().plus(1))
        return {
          inputGradient: outputGradient.times(s.plus(x.times(beta).times(slope))),
          share: outputGradient.times(x.squared()).times(slope),
        }
      },
    )
    if (this.trainable) record.reduceColumns({ output: record.gradient(parameter), x: share, kind: 0 })
    return { inputGradient }
  }

  options() {
    return {}
  }
}

const error = checkGradient(new Swish(), { inputs: 5, rows: 4, seed: 1 })
console.log(`largest relative error of the gradient: ${error.toExponential(1)}`)

const data = Dataset.from(datasets.spirals({ samples: 600, seed: 1 }))
const model = new Sequential(
  [new Dense(32), new Swish(), new Dense(32), new Swish(), new Dense(3, { activation: 'softmax' })],
  { inputs: 2, seed: 3 },
)
console.log(model.summary())
await model.fit(data, {
  loss: 'crossEntropy',
  optimizer: new Adam({ learningRate: 0.005 }),
  epochs: 150,
  metrics: ['accuracy'],
})
const { accuracy = 0 } = await model.evaluate(data)
console.log(`accuracy ${(100 * accuracy).toFixed(1)} %`)

// Whoever loads the file must say what its type means.
registerLayer('Swish', () => new Swish())
const path = join(tmpdir(), `own-layer-${process.pid}.safetensors`)
await model.save(path)
const loaded = await Sequential.load(path)
await rm(path)
const [before, after] = [model, loaded].map((one) => one.predictSync([[0.3, -0.2]]).data.join())
console.log(`loaded: ${before === after ? 'the same prediction' : 'another prediction'}`)
