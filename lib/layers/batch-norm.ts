import type { Json } from '../files/strict-json.js'
import { reductions } from '../native/generated/enums.js'
import { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import { batchRows, type Element, elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { boolean, finiteNumber, knownOptions } from '../validate.js'
import type { Backward, Cache, Forward, RecordOptions } from './layer.js'
import { SameShape } from './same-shape.js'

export interface BatchNormOptions {
  /**
   * Weight of the batch's statistics in the update of the running ones, PyTorch's convention (0.1 here is Keras's 0.9).
   * Default 0.1.
   */
  readonly momentum?: number
  /** Added to the variance before its root. Default 1e-5. */
  readonly epsilon?: number
  /** Whether `fit` changes the parameters and the running statistics. Default true. */
  readonly trainable?: boolean
}

const optionNames = ['momentum', 'epsilon', 'trainable'] as const

/**
 * Batch normalization (Ioffe and Szegedy, 2015; course 2, week 3) by PyTorch's definition: every feature is brought to
 * mean 0 and variance 1 over the batch, then multiplied by a learned weight and shifted by a learned bias.
 *
 *     output = weight · (x - mean) / √(variance + epsilon) + bias
 *
 * A training step uses the batch's mean and (biased) variance, and moves `runningMean` and `runningVariance` toward
 * them by the share `momentum` (the running variance uses the unbiased one). Predictions, evaluations and a frozen
 * layer use the running statistics. So does a training batch of a single row, which has no variance; it does not change
 * them. `gradients` and `trace` use the batch's statistics and do not change the running ones.
 *
 * Input shape (batch, inputs); output shape the same. Trained parameters: weight and bias, each (inputs). Not trained:
 * runningMean and runningVariance, each (inputs). Derivation: docs/math/normalization.md.
 *
 * @example
 * new Sequential([new Dense(64, { bias: false }), new BatchNorm(), new Dense(1)], { inputs: 8 })
 */
export class BatchNorm extends SameShape {
  readonly type = 'BatchNorm'
  readonly momentum: number
  readonly epsilon: number
  #parameters: readonly Parameter[] = []

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: BatchNormOptions) {
    super()
    const given = knownOptions<BatchNormOptions>('BatchNorm', options, optionNames)
    this.momentum = finiteNumber('momentum', given.momentum ?? 0.1, { min: 0, max: 1 })
    this.epsilon = finiteNumber('epsilon', given.epsilon ?? 1e-5, { exclusiveMin: 0 })
    this.trainable = boolean('trainable', given.trainable ?? true)
  }

  override get parameters(): readonly Parameter[] {
    return this.#parameters
  }

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor, { training }: RecordOptions): Forward {
    const { columns } = x
    const { weight, bias, runningMean, runningVariance } = this.#tensors(record)
    const inverse = record.scratch(columns, columns)
    const output = record.empty(columns)
    let cache: Cache = { x, mean: runningMean, inverse }
    if (training && this.trainable) {
      const [batchMean, batchVariance, mean] = [0, 1, 2].map(() => record.scratch(columns, columns)) as Triple
      const squares = record.empty(columns)
      record.reduceColumns({ output: batchMean, x, kind: reductions.mean })
      record.map({ inputs: { x, batchMean }, outputs: { squares } }, (given) => ({
        squares: given.x.minus(given.batchMean).squared(),
      }))
      record.reduceColumns({ output: batchVariance, x: squares, kind: reductions.mean })
      record.map(
        { inputs: { batchMean, batchVariance, runningMean, runningVariance }, outputs: { mean, inverse } },
        (given) => ({
          mean: oneRow().select(given.runningMean, given.batchMean),
          inverse: this.#inverse(oneRow().select(given.runningVariance, given.batchVariance)),
        }),
      )
      cache = { x, mean, inverse, batchMean, batchVariance }
    } else {
      record.map({ inputs: { runningVariance }, outputs: { inverse } }, (given) => ({
        inverse: this.#inverse(given.runningVariance),
      }))
    }
    record.map({ inputs: { x, mean: cache.mean!, inverse, weight, bias }, outputs: { output } }, (given) => ({
      output: normalized(given).times(given.weight).plus(given.bias),
    }))
    return { output, cache }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    { random }: RecordOptions,
  ): Backward {
    const { batchMean, batchVariance } = cache
    const x = cache.x!
    const rows = { x, mean: cache.mean!, inverse: cache.inverse!, outputGradient }
    const { weight } = this.#tensors(record)
    const [weightGradient, biasGradient] = this.#parameters.map((one) => record.gradient(one)) as Triple
    if (this.trainable) {
      const product = record.empty(x.columns)
      record.map({ inputs: rows, outputs: { product } }, (given) => ({
        product: given.outputGradient.times(normalized(given)),
      }))
      record.reduceColumns({ output: weightGradient, x: product, kind: reductions.sum })
      record.reduceColumns({ output: biasGradient, x: outputGradient, kind: reductions.sum })
    }
    let inputGradient: Tensor | undefined
    if (wantInputGradient) {
      inputGradient = record.empty(x.columns)
      if (batchMean === undefined) {
        const { inverse } = rows
        record.map({ inputs: { outputGradient, inverse, weight }, outputs: { inputGradient } }, (given) => ({
          inputGradient: given.outputGradient.times(given.weight.times(given.inverse)),
        }))
      } else {
        record.map(
          { inputs: { ...rows, weight, weightGradient, biasGradient }, outputs: { inputGradient } },
          (given) => {
            const share = oneRow().select(0, elementOf(1).over(batchRows()))
            const common = given.biasGradient.plus(normalized(given).times(given.weightGradient)).times(share)
            return { inputGradient: given.outputGradient.minus(common).times(given.weight.times(given.inverse)) }
          },
        )
      }
    }
    // Recorded in the backward block: a step whose loss is not finite must not change the statistics.
    if (random && batchMean !== undefined) this.#moveStatistics(record, batchMean, batchVariance!)
    return { inputGradient }
  }

  options(): Record<string, Json> {
    return { momentum: this.momentum, epsilon: this.epsilon, ...(this.trainable ? {} : { trainable: false }) }
  }

  protected copy(): BatchNorm {
    return new BatchNorm({ momentum: this.momentum, epsilon: this.epsilon })
  }

  protected override build(inputs: number): void {
    const vector = (role: string, value: number, trainable: boolean) =>
      new Parameter(role, [inputs], 0, { kind: 'constant', a: value, b: 0 }, trainable)
    this.#parameters = [
      vector('weight', 1, true),
      vector('bias', 0, true),
      vector('runningMean', 0, false),
      vector('runningVariance', 1, false),
    ]
  }

  #tensors(record: Recorder) {
    const [weight, bias, runningMean, runningVariance] = this.#parameters.map((one) => record.parameter(one)) as Four
    return { weight, bias, runningMean, runningVariance }
  }

  #inverse(variance: Element): Element {
    return elementOf(1).over(variance.plus(this.epsilon).squareRoot())
  }

  #moveStatistics(record: Recorder, batchMean: Tensor, batchVariance: Tensor): void {
    const { runningMean, runningVariance } = this.#tensors(record)
    record.map(
      { inputs: { batchMean, batchVariance, runningMean, runningVariance }, outputs: { runningMean, runningVariance } },
      (given) => {
        const unbiased = given.batchVariance.times(batchRows().over(batchRows().minus(1)))
        const moved = (running: Element, batch: Element) =>
          oneRow().select(running, running.times(1 - this.momentum).plus(batch.times(this.momentum)))
        return {
          runningMean: moved(given.runningMean, given.batchMean),
          runningVariance: moved(given.runningVariance, unbiased),
        }
      },
    )
  }
}

type Triple = [Tensor, Tensor, Tensor]
type Four = [Tensor, Tensor, Tensor, Tensor]

/** 1 where the batch has one row, and so no variance; else 0. */
function oneRow(): Element {
  return batchRows().lessThan(2)
}

function normalized({ x, mean, inverse }: Readonly<Record<'x' | 'mean' | 'inverse', Element>>): Element {
  return x.minus(mean).times(inverse)
}
