import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { Recorder } from '../recording/recorder.js'
import { elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { knownOptions, nonNegativeInteger } from '../validate.js'
import type { Backward, Cache, Forward } from './layer.js'
import { SameShape } from './same-shape.js'

export interface NonCrossingOptions {
  /** Index, from 0, of the output that is free. Default the middle one, of an even number the lower of the two. */
  readonly center?: number
}

/**
 * Keeps outputs in order, as quantiles are: the one in the center is its input as it is; each of those above it is the
 * one below plus `softplus` of its own input, and each of those below it is the one above less `softplus` of its own. So
 * no output is above the next one, also in float32. The center is free because it is what the training rows tell best,
 * and because the network begins with outputs on both sides of it.
 *
 * Input shape (batch, features); output shape the same. No parameters. It is the last layer, behind a 'linear' one, for
 * the loss `quantile`. Derivation: docs/math/quantiles.md.
 *
 * @example
 * new Sequential([new Dense(32, { activation: 'relu' }), new Dense(3), new NonCrossing()], { inputs: 8 })
 */
export class NonCrossing extends SameShape {
  readonly type = 'NonCrossing'
  readonly #center: number | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: NonCrossingOptions) {
    super()
    const { center } = knownOptions<NonCrossingOptions>('NonCrossing', options, ['center'])
    this.#center = center === undefined ? undefined : nonNegativeInteger('center', center)
  }

  /** Index of the output that is free; undefined until it is known how many there are. */
  get center(): number | undefined {
    return this.#center ?? (this.inputs === undefined ? undefined : Math.floor((this.inputs - 1) / 2))
  }

  override get columnByColumn(): boolean {
    return false
  }

  protected override build(inputs: number): void {
    if (this.center! < inputs) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected a center below the number of outputs of NonCrossing, ${inputs}, but received ${this.center}.`,
    )
  }

  forward(record: Recorder, x: Tensor): Forward {
    const { columns } = x
    const output = record.empty(columns)
    const center = columnOf(record, x, this.center!)
    place(record, center, output, this.center!)
    for (const direction of [1, -1]) {
      let nearer = center
      for (let column = this.center! + direction; column >= 0 && column < columns; column += direction) {
        const own = columnOf(record, x, column)
        const next = record.empty(1)
        // Added one after another: sums of their own could round to another order.
        record.map({ inputs: { nearer, own }, outputs: { next } }, (given) => ({
          next: given.nearer.plus(given.own.softplus().times(direction)),
        }))
        place(record, next, output, column)
        nearer = next
      }
    }
    return { output, cache: { x } }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    if (!wantInputGradient) return { inputGradient: undefined }
    const { columns } = outputGradient
    const inputGradient = record.empty(columns)
    let whole = columnOf(record, outputGradient, this.center!)
    for (const direction of [1, -1]) {
      // An input moves its own output and all that lie beyond: their gradients add up from the outermost one inwards.
      let beyond: Tensor | undefined
      const outermost = direction === 1 ? columns - 1 : 0
      for (let column = outermost; column !== this.center!; column -= direction) {
        const own = columnOf(record, outputGradient, column)
        beyond = beyond === undefined ? own : sumOf(record, beyond, own)
        const gradient = record.empty(1)
        record.map({ inputs: { x: columnOf(record, cache.x!, column), beyond }, outputs: { gradient } }, (given) => ({
          gradient: given.x.sigmoid().times(given.beyond).times(elementOf(direction)),
        }))
        place(record, gradient, inputGradient, column)
      }
      if (beyond !== undefined) whole = sumOf(record, whole, beyond)
    }
    place(record, whole, inputGradient, this.center!)
    return { inputGradient }
  }

  options(): Record<string, Json> {
    return this.#center === undefined ? {} : { center: this.#center }
  }

  protected copy(): NonCrossing {
    return new NonCrossing(this.options() as NonCrossingOptions)
  }
}

function columnOf(record: Recorder, x: Tensor, column: number): Tensor {
  const output = record.empty(1)
  record.copyColumns({ output, x, from: column, to: 0, count: 1 })
  return output
}

function place(record: Recorder, x: Tensor, output: Tensor, column: number): void {
  record.copyColumns({ output, x, from: 0, to: column, count: 1 })
}

function sumOf(record: Recorder, a: Tensor, b: Tensor): Tensor {
  const sum = record.empty(1)
  record.map({ inputs: { a, b }, outputs: { sum } }, (given) => ({ sum: given.a.plus(given.b) }))
  return sum
}
