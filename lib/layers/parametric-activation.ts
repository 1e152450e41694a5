import { type ActivationOption, activation } from '../activations/activation.js'
import type { ActivationFunction } from '../activations/activation-function.js'
import type { Json } from '../files/strict-json.js'
import { reductions } from '../native/generated/enums.js'
import { Parameter, rateFactor } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import { elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { boolean, invalid, knownOptions } from '../validate.js'
import type { Backward, Cache, Forward } from './layer.js'
import { SameShape } from './same-shape.js'

export interface ParametricActivationOptions {
  /** The learning rate of alpha is the optimizer's times this, above 0. Default 1; RealMLP has 0.1. */
  readonly learningRateFactor?: number
  /** Whether `fit` changes alpha. Default true. */
  readonly trainable?: boolean
}

/**
 * An activation of which every unit learns how much it has: all of it at `alpha = 1`, where it starts, none at 0
 * (RealMLP; Holzmüller et al., 2024).
 *
 *     output = x + alpha · (g(x) - x)
 *
 * Input shape (batch, inputs); output shape the same. Parameter alpha (inputs). Derivation: docs/math/activations.md.
 *
 * @example
 * new Sequential([new Dense(64), new ParametricActivation('selu', { learningRateFactor: 0.1 }), new Dense(1)], { inputs: 8 })
 */
export class ParametricActivation extends SameShape {
  readonly type = 'ParametricActivation'
  readonly activation: ActivationFunction
  readonly learningRateFactor: number
  #alpha: Parameter | undefined

  /**
   * @param given a name, an activation with options such as leakyRelu({ slope: 0.2 }), or a rule of your own; one whose
   *   outputs depend on one input each, so not softmax
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one, an activation of whole rows,
   *   or an option that is unknown or out of range
   */
  constructor(given: ActivationOption, options?: ParametricActivationOptions) {
    super()
    const names = ['learningRateFactor', 'trainable'] as const
    const known = knownOptions<ParametricActivationOptions>('ParametricActivation', options, names)
    this.activation = activation('activation', given)
    if (!this.activation.elementWise) {
      const hint = 'Every unit has an alpha of its own: use Activation for one that reads whole rows.'
      throw invalid('activation', 'activation of one element', this.activation.name, hint)
    }
    this.learningRateFactor = rateFactor('learningRateFactor', known.learningRateFactor ?? 1)
    this.trainable = boolean('trainable', known.trainable ?? true)
  }

  override get parameters(): readonly Parameter[] {
    return this.#alpha === undefined ? [] : [this.#alpha]
  }

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor): Forward {
    const [activated, output] = [record.empty(x.columns), record.empty(x.columns)]
    const alpha = record.parameter(this.#alpha!)
    this.activation.recordForward(record, x, activated)
    record.map({ inputs: { x, activated, alpha }, outputs: { output } }, (given) => ({
      output: given.x.plus(given.alpha.times(given.activated.minus(given.x))),
    }))
    return { output, cache: { x, activated } }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    const [x, activated] = [cache.x!, cache.activated!]
    const { columns } = x
    if (this.trainable) {
      const product = record.empty(columns)
      record.map({ inputs: { x, activated, outputGradient }, outputs: { product } }, (given) => ({
        product: given.outputGradient.times(given.activated.minus(given.x)),
      }))
      record.reduceColumns({ output: record.gradient(this.#alpha!), x: product, kind: reductions.sum })
    }
    if (!wantInputGradient) return { inputGradient: undefined }
    const [through, inputGradient] = [record.empty(columns), record.empty(columns)]
    const alpha = record.parameter(this.#alpha!)
    const { derivativeNeedsInput, derivativeNeedsOutput } = this.activation
    this.activation.recordBackward(record, {
      inputGradient: through,
      outputGradient,
      x: derivativeNeedsInput ? x : undefined,
      output: derivativeNeedsOutput ? activated : undefined,
    })
    record.map({ inputs: { outputGradient, through, alpha }, outputs: { inputGradient } }, (given) => {
      const rest = given.outputGradient.times(elementOf(1).minus(given.alpha))
      return { inputGradient: rest.plus(given.through.times(given.alpha)) }
    })
    return { inputGradient }
  }

  options(): Record<string, Json> {
    return {
      activation: this.activation.saved(),
      ...(this.learningRateFactor === 1 ? {} : { learningRateFactor: this.learningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }

  override describe(): string {
    return `ParametricActivation ${this.activation.name}`
  }

  protected copy(): ParametricActivation {
    return new ParametricActivation(this.activation, { learningRateFactor: this.learningRateFactor })
  }

  protected override build(inputs: number): void {
    this.#alpha = Parameter.vector('alpha', inputs, 1, true, this.learningRateFactor)
  }
}
