import type { Json } from '../files/strict-json.js'
import { reductions } from '../native/generated/enums.js'
import { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import { type Element, elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { boolean, finiteNumber, knownOptions } from '../validate.js'
import type { Backward, Cache, Forward } from './layer.js'
import { SameShape } from './same-shape.js'

export interface LayerNormOptions {
  /** Added to the variance before its root. Default 1e-5. */
  readonly epsilon?: number
  /** Whether `fit` changes the parameters. Default true. */
  readonly trainable?: boolean
}

/**
 * Layer normalization (Ba, Kiros and Hinton, 2016) by PyTorch's definition: every row is brought to mean 0 and variance
 * 1 over its own features, then multiplied by a learned weight and shifted by a learned bias. It uses no other row, so it
 * does the same in training and prediction, and a batch may have one row.
 *
 *     output = weight · (x - mean) / √(variance + epsilon) + bias
 *
 * Input shape (batch, inputs); output shape the same. Parameters weight and bias, each (inputs). Derivation:
 * docs/math/normalization.md.
 *
 * @example
 * new Sequential([new Dense(64), new LayerNorm(), new Dense(1)], { inputs: 8 })
 */
export class LayerNorm extends SameShape {
  readonly type = 'LayerNorm'
  readonly epsilon: number
  #parameters: readonly Parameter[] = []

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: LayerNormOptions) {
    super()
    const given = knownOptions<LayerNormOptions>('LayerNorm', options, ['epsilon', 'trainable'])
    this.epsilon = finiteNumber('epsilon', given.epsilon ?? 1e-5, { exclusiveMin: 0 })
    this.trainable = boolean('trainable', given.trainable ?? true)
  }

  override get parameters(): readonly Parameter[] {
    return this.#parameters
  }

  override get columnByColumn(): boolean {
    return false
  }

  forward(record: Recorder, x: Tensor): Forward {
    const [mean, variance, inverse] = [record.empty(1), record.empty(1), record.empty(1)]
    const [squares, output] = [record.empty(x.columns), record.empty(x.columns)]
    const [weight, bias] = this.#parameters.map((one) => record.parameter(one)) as Pair
    record.reduceRows({ output: mean, x, kind: reductions.mean })
    record.map({ inputs: { x, mean }, outputs: { squares } }, (given) => ({
      squares: given.x.minus(given.mean).squared(),
    }))
    record.reduceRows({ output: variance, x: squares, kind: reductions.mean })
    record.map({ inputs: { variance }, outputs: { inverse } }, (given) => ({
      inverse: elementOf(1).over(given.variance.plus(this.epsilon).squareRoot()),
    }))
    record.map({ inputs: { x, mean, inverse, weight, bias }, outputs: { output } }, (given) => ({
      output: normalized(given).times(given.weight).plus(given.bias),
    }))
    return { output, cache: { x, mean, inverse } }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    const x = cache.x!
    const rows = { x, mean: cache.mean!, inverse: cache.inverse!, outputGradient }
    if (this.trainable) {
      const product = record.empty(x.columns)
      const [weightGradient, biasGradient] = this.#parameters.map((one) => record.gradient(one)) as Pair
      record.map({ inputs: rows, outputs: { product } }, (given) => ({
        product: given.outputGradient.times(normalized(given)),
      }))
      record.reduceColumns({ output: weightGradient, x: product, kind: reductions.sum })
      record.reduceColumns({ output: biasGradient, x: outputGradient, kind: reductions.sum })
    }
    if (!wantInputGradient) return { inputGradient: undefined }
    const weight = record.parameter(this.#parameters[0]!)
    const [scaled, product, inputGradient] = [0, 1, 2].map(() => record.empty(x.columns)) as [Tensor, Tensor, Tensor]
    const [scaledMean, productMean] = [record.empty(1), record.empty(1)]
    record.map({ inputs: { ...rows, weight }, outputs: { scaled, product } }, (given) => {
      const value = given.outputGradient.times(given.weight)
      return { scaled: value, product: value.times(normalized(given)) }
    })
    record.reduceRows({ output: scaledMean, x: scaled, kind: reductions.mean })
    record.reduceRows({ output: productMean, x: product, kind: reductions.mean })
    const { mean, inverse } = rows
    record.map(
      { inputs: { x, mean, inverse, scaled, scaledMean, productMean }, outputs: { inputGradient } },
      (given) => ({
        inputGradient: given.scaled
          .minus(given.scaledMean)
          .minus(normalized(given).times(given.productMean))
          .times(given.inverse),
      }),
    )
    return { inputGradient }
  }

  options(): Record<string, Json> {
    return { epsilon: this.epsilon, ...(this.trainable ? {} : { trainable: false }) }
  }

  protected copy(): LayerNorm {
    return new LayerNorm({ epsilon: this.epsilon })
  }

  protected override build(inputs: number): void {
    this.#parameters = [
      new Parameter('weight', [inputs], 0, { kind: 'constant', a: 1, b: 0 }),
      new Parameter('bias', [inputs], 0, { kind: 'constant', a: 0, b: 0 }),
    ]
  }
}

type Pair = [Tensor, Tensor]

function normalized({ x, mean, inverse }: Readonly<Record<'x' | 'mean' | 'inverse', Element>>): Element {
  return x.minus(mean).times(inverse)
}
