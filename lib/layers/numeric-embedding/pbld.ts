import { requireSize } from '../../memory.js'
import { Parameter } from '../../recording/parameter.js'
import type { Recorder } from '../../recording/recorder.js'
import type { Tensor } from '../../recording/tensor.js'
import type { Cache } from '../layer.js'
import { type ColumnEmbedding, linearStart } from './column-embedding.js'

const TURN = 2 * Math.PI

/**
 * Periodic bias linear DenseNet (RealMLP): weight · cos(2π frequency x + phase) + bias for every column. The column
 * itself, which makes it DenseNet, passes beside it.
 */
export class Pbld implements ColumnEmbedding {
  readonly outputs: number
  readonly parameters: readonly Parameter[]
  readonly #groups: number
  readonly #waves: number
  readonly #frequency: Parameter
  readonly #phase: Parameter
  readonly #weight: Parameter
  readonly #bias: Parameter

  /** dimensions: numbers of one column, without the column itself. */
  constructor(columns: number, dimensions: number, frequencies: number, deviation: number, rateFactor: number) {
    const waves = columns * frequencies
    const outputs = columns * dimensions
    requireSize(
      `the weight of ${dimensions} dimensions of ${frequencies} frequencies of ${columns} columns`,
      outputs * frequencies,
    )
    const start = linearStart(frequencies)
    this.#groups = columns
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
    this.#phase = Parameter.vector('phase', waves, { kind: 'uniform', a: -Math.PI, b: Math.PI }, true, rateFactor)
    this.#weight = new Parameter('weight', [outputs, frequencies], 0, start, true, rateFactor)
    this.#bias = Parameter.vector('bias', outputs, start, true, rateFactor)
    this.parameters = [this.#frequency, this.#phase, this.#weight, this.#bias]
  }

  forward(record: Recorder, x: Tensor): { output: Tensor; cache: Cache } {
    const groups = this.#groups
    const turns = record.empty(this.#waves)
    record.groupedForward({ output: turns, x, weight: record.parameter(this.#frequency), groups })
    const waves = record.empty(this.#waves)
    record.map({ inputs: { turns, phase: record.parameter(this.#phase) }, outputs: { waves } }, (given) => ({
      waves: given.turns.times(TURN).plus(given.phase).cosine(),
    }))
    const output = record.empty(this.outputs)
    const [weight, bias] = [record.parameter(this.#weight), record.parameter(this.#bias)]
    record.groupedForward({ output, x: waves, weight, bias, groups })
    return { output, cache: { x, turns, waves } }
  }

  backward(
    record: Recorder,
    { x, turns, waves }: Cache,
    outputGradient: Tensor,
    wanted: { readonly inputGradient: boolean; readonly parameterGradients: boolean },
  ): Tensor | undefined {
    const groups = this.#groups
    const wavesGradient = record.empty(this.#waves)
    const weight = record.parameter(this.#weight)
    record.groupedBackwardInput({ inputGradient: wavesGradient, preActivationGradient: outputGradient, weight, groups })
    // Of the angle in radians, which is the phase's as well.
    const angleGradient = record.empty(this.#waves)
    const inputs = { turns: turns!, phase: record.parameter(this.#phase), wavesGradient }
    record.map({ inputs, outputs: { angleGradient } }, (given) => ({
      angleGradient: given.turns.times(TURN).plus(given.phase).sine().times(given.wavesGradient).negated(),
    }))
    if (wanted.parameterGradients) {
      record.groupedBackwardWeight({
        weightGradient: record.gradient(this.#weight),
        biasGradient: record.gradient(this.#bias),
        x: waves!,
        preActivationGradient: outputGradient,
        groups,
      })
      const frequencyGradient = record.gradient(this.#frequency)
      record.groupedBackwardWeight({
        weightGradient: frequencyGradient,
        biasGradient: record.gradient(this.#phase),
        x: x!,
        preActivationGradient: angleGradient,
        groups,
      })
      scaleByTurn(record, frequencyGradient, frequencyGradient)
    }
    if (!wanted.inputGradient) return undefined
    const perTurn = record.empty(groups)
    const frequency = record.parameter(this.#frequency)
    record.groupedBackwardInput({
      inputGradient: perTurn,
      preActivationGradient: angleGradient,
      weight: frequency,
      groups,
    })
    const inputGradient = record.empty(groups)
    scaleByTurn(record, perTurn, inputGradient)
    return inputGradient
  }
}

/** From the gradient by turns to that by radians. */
function scaleByTurn(record: Recorder, turns: Tensor, scaled: Tensor): void {
  record.map({ inputs: { turns }, outputs: { scaled } }, (given) => ({ scaled: given.turns.times(TURN) }))
}
