import { Parameter } from '../../recording/parameter.js'
import type { Recorder } from '../../recording/recorder.js'
import type { Tensor } from '../../recording/tensor.js'
import type { Cache } from '../layer.js'
import { type ColumnEmbedding, linearStart } from './column-embedding.js'

/** Beyond every number of float32 but infinity. */
const LARGEST = 3.4028234663852886e38

/** A linear layer of every column behind its encoding. */
interface Linear {
  readonly dimensions: number
  readonly rectified: boolean
  readonly weight: Parameter
  readonly bias: Parameter
}

/**
 * Piecewise linear encoding (Gorishniy et al., 2022): bin t of a column, from edge a to edge b, becomes (x - a) / (b - a) cut
 * to 0 … 1; the first bin is not cut below, the last one not above. Then, where dimensions are given, a linear layer of
 * every column, with relu if `rectified`.
 */
export class PiecewiseLinear implements ColumnEmbedding {
  readonly outputs: number
  readonly parameters: readonly Parameter[]
  readonly #groups: number
  readonly #bins: Parameter
  readonly #linear: Linear | undefined

  /** edges: of every column, ascending, at least two. */
  constructor(
    edges: readonly (readonly number[])[],
    dimensions: number | undefined,
    rectified: boolean,
    rateFactor: number,
  ) {
    this.#groups = edges.length
    const most = edges.reduce((most, { length }) => Math.max(most, length - 1), 0)
    // A product by groups wants as many bins of every column; those that a column lacks are always 0.
    const counts = edges.map(({ length }) => (dimensions === undefined ? length - 1 : most))
    const values = binTable(edges, counts)
    const bins = values.length / 5
    this.#bins = new Parameter('bins', [5, bins], 0, { kind: 'constant', a: 0, b: 0, values }, false)
    if (dimensions !== undefined) {
      const outputs = edges.length * dimensions
      const start = linearStart(most)
      this.#linear = {
        dimensions,
        rectified,
        weight: new Parameter('weight', [outputs, most], 0, start, true, rateFactor),
        bias: Parameter.vector('bias', outputs, start, true, rateFactor),
      }
    }
    this.outputs = this.#linear === undefined ? bins : this.#linear.bias.size
    this.parameters = this.#linear === undefined ? [this.#bins] : [this.#bins, this.#linear.weight, this.#linear.bias]
  }

  forward(record: Recorder, x: Tensor): { output: Tensor; cache: Cache } {
    const bins = record.parameter(this.#bins)
    const encoded = record.empty(this.#bins.columns)
    record.piecewiseLinear({ output: encoded, x, bins })
    if (this.#linear === undefined) return { output: encoded, cache: { x } }
    const [weight, bias] = [record.parameter(this.#linear.weight), record.parameter(this.#linear.bias)]
    const output = record.empty(this.outputs)
    record.groupedForward({ output, x: encoded, weight, bias, groups: this.#groups })
    if (!this.#linear.rectified) return { output, cache: { x, encoded } }
    const rectified = record.empty(this.outputs)
    record.activationForward({ output: rectified, x: output, activation: 'relu' })
    return { output: rectified, cache: { x, encoded, rectified } }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wanted: { readonly inputGradient: boolean; readonly parameterGradients: boolean },
  ): Tensor | undefined {
    const encodedGradient = this.#throughLinear(record, cache, outputGradient, wanted)
    if (encodedGradient === undefined) return undefined
    const inputGradient = record.empty(this.#groups)
    const bins = record.parameter(this.#bins)
    record.piecewiseLinearBackward({ inputGradient, outputGradient: encodedGradient, x: cache.x!, bins })
    return inputGradient
  }

  #throughLinear(
    record: Recorder,
    { encoded, rectified }: Cache,
    outputGradient: Tensor,
    wanted: { readonly inputGradient: boolean; readonly parameterGradients: boolean },
  ): Tensor | undefined {
    if (this.#linear === undefined) return wanted.inputGradient ? outputGradient : undefined
    const groups = this.#groups
    let preActivationGradient = outputGradient
    if (rectified !== undefined) {
      preActivationGradient = record.empty(this.outputs)
      const output = rectified
      record.activationBackward({ inputGradient: preActivationGradient, outputGradient, output, activation: 'relu' })
    }
    if (wanted.parameterGradients) {
      record.groupedBackwardWeight({
        weightGradient: record.gradient(this.#linear.weight),
        biasGradient: record.gradient(this.#linear.bias),
        x: encoded!,
        preActivationGradient,
        groups,
      })
    }
    if (!wanted.inputGradient) return undefined
    const inputGradient = record.empty(this.#bins.columns)
    const weight = record.parameter(this.#linear.weight)
    record.groupedBackwardInput({ inputGradient, preActivationGradient, weight, groups })
    return inputGradient
  }
}

/** Five rows, as `piecewiseLinear` reads them: the bin's column, its lower edge, its width, and between what it is cut. */
function binTable(edges: readonly (readonly number[])[], counts: readonly number[]): Float32Array {
  const bins = counts.reduce((sum, count) => sum + count, 0)
  const table = new Float32Array(5 * bins)
  let at = 0
  for (const [column, own] of edges.entries()) {
    for (let bin = 0; bin < counts[column]!; bin++) {
      const [from, to] = [own[bin], own[bin + 1]]
      const missing = from === undefined || to === undefined
      const numbers = missing
        ? [column, 0, LARGEST, 0, 0]
        : [column, from, to - from, bin === 0 ? -LARGEST : 0, bin === own.length - 2 ? LARGEST : 1]
      for (const [row, value] of numbers.entries()) table[row * bins + at] = value
      at++
    }
  }
  return table
}
