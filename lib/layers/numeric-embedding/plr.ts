import { requireSize } from '../../memory.js'
import { Parameter } from '../../recording/parameter.js'
import type { Recorder } from '../../recording/recorder.js'
import type { Tensor } from '../../recording/tensor.js'
import type { Cache } from '../layer.js'
import { type ColumnEmbedding, linearStart } from './column-embedding.js'

const TURN = 2 * Math.PI

/**
 * Periodic, linear, relu (Gorishniy et al., 2022): relu(cosineWeight · cos(2π frequency x) + sineWeight · sin(2π
 * frequency x) + bias) for every column; without the relu where `rectified` is false.
 */
export class Plr implements ColumnEmbedding {
  readonly outputs: number
  readonly parameters: readonly Parameter[]
  readonly #groups: number
  readonly #waves: number
  readonly #frequency: Parameter
  readonly #cosineWeight: Parameter
  readonly #sineWeight: Parameter
  readonly #bias: Parameter
  readonly #rectified: boolean

  constructor(
    columns: number,
    dimensions: number,
    frequencies: number,
    deviation: number,
    rectified: boolean,
    rateFactor: number,
  ) {
    const waves = columns * frequencies
    const outputs = columns * dimensions
    requireSize(
      `the weight of ${dimensions} dimensions of ${frequencies} frequencies of ${columns} columns`,
      outputs * frequencies,
    )
    const start = linearStart(2 * frequencies)
    const weight = (role: string) => new Parameter(role, [outputs, frequencies], 0, start, true, rateFactor)
    this.#groups = columns
    this.#rectified = rectified
    this.#waves = waves
    this.outputs = outputs
    this.#frequency = new Parameter(
      'frequency',
      [waves, 1],
      0,
      { kind: 'normal', a: 0, b: deviation },
      true,
      rateFactor,
    )
    this.#cosineWeight = weight('cosineWeight')
    this.#sineWeight = weight('sineWeight')
    this.#bias = Parameter.vector('bias', outputs, start, true, rateFactor)
    this.parameters = [this.#frequency, this.#cosineWeight, this.#sineWeight, this.#bias]
  }

  forward(record: Recorder, x: Tensor): { output: Tensor; cache: Cache } {
    const groups = this.#groups
    const [turns, cosine, sine] = [this.#waves, this.#waves, this.#waves].map((columns) => record.empty(columns)) as [
      Tensor,
      Tensor,
      Tensor,
    ]
    record.groupedForward({ output: turns, x, weight: record.parameter(this.#frequency), groups })
    record.map({ inputs: { turns }, outputs: { cosine, sine } }, (given) => {
      const angle = given.turns.times(TURN)
      return { cosine: angle.cosine(), sine: angle.sine() }
    })
    const [ofCosine, ofSine] = [record.empty(this.outputs), record.empty(this.outputs)]
    const bias = record.parameter(this.#bias)
    record.groupedForward({ output: ofCosine, x: cosine, weight: record.parameter(this.#cosineWeight), bias, groups })
    record.groupedForward({ output: ofSine, x: sine, weight: record.parameter(this.#sineWeight), groups })
    const output = record.empty(this.outputs)
    record.map({ inputs: { ofCosine, ofSine }, outputs: { output } }, (given) => {
      const sum = given.ofCosine.plus(given.ofSine)
      return { output: this.#rectified ? sum.atLeast(0) : sum }
    })
    return { output, cache: { x, cosine, sine, output } }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wanted: { readonly inputGradient: boolean; readonly parameterGradients: boolean },
  ): Tensor | undefined {
    const groups = this.#groups
    const [cosine, sine] = [cache.cosine!, cache.sine!]
    const preActivationGradient = this.#rectified ? this.#throughRelu(record, cache, outputGradient) : outputGradient
    const turnsGradient = this.#turnsGradient(record, cosine, sine, preActivationGradient)
    if (wanted.parameterGradients) {
      const weights = (weight: Parameter, bias: Parameter | undefined, x: Tensor, gradient: Tensor) =>
        record.groupedBackwardWeight({
          weightGradient: record.gradient(weight),
          biasGradient: bias && record.gradient(bias),
          x,
          preActivationGradient: gradient,
          groups,
        })
      weights(this.#cosineWeight, this.#bias, cosine, preActivationGradient)
      weights(this.#sineWeight, undefined, sine, preActivationGradient)
      weights(this.#frequency, undefined, cache.x!, turnsGradient)
    }
    if (!wanted.inputGradient) return undefined
    const inputGradient = record.empty(groups)
    const frequency = record.parameter(this.#frequency)
    record.groupedBackwardInput({ inputGradient, preActivationGradient: turnsGradient, weight: frequency, groups })
    return inputGradient
  }

  #throughRelu(record: Recorder, { output }: Cache, outputGradient: Tensor): Tensor {
    const inputGradient = record.empty(this.outputs)
    record.activationBackward({ inputGradient, outputGradient, output, activation: 'relu' })
    return inputGradient
  }

  #turnsGradient(record: Recorder, cosine: Tensor, sine: Tensor, preActivationGradient: Tensor): Tensor {
    const through = (parameter: Parameter): Tensor => {
      const inputGradient = record.empty(this.#waves)
      const weight = record.parameter(parameter)
      record.groupedBackwardInput({ inputGradient, preActivationGradient, weight, groups: this.#groups })
      return inputGradient
    }
    const [ofCosine, ofSine] = [through(this.#cosineWeight), through(this.#sineWeight)]
    const turnsGradient = record.empty(this.#waves)
    record.map({ inputs: { cosine, sine, ofCosine, ofSine }, outputs: { turnsGradient } }, (given) => ({
      turnsGradient: given.cosine.times(given.ofSine).minus(given.sine.times(given.ofCosine)).times(TURN),
    }))
    return turnsGradient
  }
}
