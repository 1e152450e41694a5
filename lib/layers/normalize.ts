import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import { elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { RunningMoments } from '../statistics.js'
import { invalid, knownOptions, positiveInteger } from '../validate.js'
import type { Backward, Cache, Forward, Layer } from './layer.js'
import { SameShape } from './same-shape.js'

/** Rows to take statistics of; a Dataset is one. */
export interface FeatureRows {
  readonly rows: number
  readonly features: number
  /** The inputs by name, in the order of their columns; undefined where columns have no names. */
  readonly inputs?: readonly { readonly name: string; readonly columns: number }[] | undefined
  row(index: number): Float32Array
}

export interface NormalizeOptions {
  /** Mean of every feature. With `standardDeviation` it takes the place of `adapt`. */
  readonly mean?: ArrayLike<number>
  /** Standard deviation of every feature; 0 counts as 1. */
  readonly standardDeviation?: ArrayLike<number>
}

/**
 * Brings every feature to mean 0 and variance 1 with statistics that are fixed before training: the mean and standard
 * deviation of a data set. They belong to the model, so whoever loads it gives raw rows.
 *
 *     output = (x - mean) / standardDeviation
 *
 * The deviation divides by the number of rows (as scikit-learn's StandardScaler does); a feature that does not vary is
 * only shifted. Take the statistics of the training rows alone: the test rows stand for data that is not known yet.
 *
 * Input shape (batch, inputs); output shape the same. Not trained: mean and standardDeviation, each (inputs).
 *
 * @example
 * new Sequential([Normalize.fit(train), new Dense(1)], { inputs: train.features })
 */
export class Normalize extends SameShape {
  readonly type = 'Normalize'
  #mean: Float32Array | undefined
  #deviation: Float32Array | undefined
  /** Number of features; set without statistics for a layer that waits for those of a file. */
  #features: number | undefined
  #parameters: readonly Parameter[] = []

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a mean without a deviation, or of another length */
  constructor(options?: NormalizeOptions) {
    super()
    const { mean, standardDeviation } = knownOptions<NormalizeOptions>('Normalize', options, [
      'mean',
      'standardDeviation',
    ])
    if (mean === undefined && standardDeviation === undefined) return
    this.#mean = numbers('mean', mean)
    this.#deviation = numbers('standardDeviation', standardDeviation).map((value) => (value === 0 ? 1 : value))
    this.#features = this.#mean.length
    if (this.#deviation.length !== this.#mean.length) {
      throw invalid('standardDeviation', `${this.#mean.length} numbers, as mean has`, standardDeviation)
    }
  }

  /**
   * Makes a layer with the statistics of these rows.
   *
   * @param columns which to look at: the name of an input, or how many from the first on. Default all.
   */
  static fit(data: FeatureRows, columns?: number | string): Normalize {
    return new Normalize().adapt(data, columns)
  }

  /** The statistics that this layer was made with; undefined for one that waits for those of a file. */
  get statistics(): { readonly mean: Float32Array; readonly standardDeviation: Float32Array } | undefined {
    if (this.#mean === undefined || this.#deviation === undefined) return undefined
    return { mean: this.#mean.slice(), standardDeviation: this.#deviation.slice() }
  }

  /** A layer of this many features that waits for the statistics that a file holds. */
  static restored(inputs: number): Normalize {
    const layer = new Normalize()
    layer.#features = positiveInteger('inputs', inputs)
    return layer
  }

  /**
   * Takes mean and standard deviation of the rows. Call it before the layer is given to a model, which copies the
   * layer.
   *
   * @param columns which to look at: the name of an input, or how many from the first on. Default all.
   * @returns this layer
   */
  adapt(data: FeatureRows, columns?: number | string): this {
    if (typeof data?.row !== 'function') throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x }).')
    const { from, count } = chosen(data, columns)
    if (this.inputs !== undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected a Normalize that belongs to no model yet for adapt. Adapt the layer first, then build the model; ' +
          'later its numbers are set with setWeights.',
      )
    }
    const moments = Array.from({ length: count }, () => new RunningMoments())
    for (let row = 0; row < data.rows; row++) {
      const values = data.row(row)
      for (let c = 0; c < count; c++) moments[c]!.add(values[from + c]!)
    }
    this.#mean = Float32Array.from(moments, ({ mean }) => mean)
    this.#features = count
    this.#deviation = Float32Array.from(moments, ({ deviation }) => Math.fround(deviation) || 1)
    return this
  }

  override get parameters(): readonly Parameter[] {
    return this.#parameters
  }

  override bind(inputs: number): Layer {
    const seen = this.#features
    if (seen === undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected a Normalize that has seen data. Make it with Normalize.fit(train), or call adapt(train) before the ' +
          'model is built.',
      )
    }
    if (seen !== inputs) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${seen} features for Normalize, as the data that it has seen, but it gets ${inputs}.`,
      )
    }
    return super.bind(inputs)
  }

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor): Forward {
    const [mean, deviation] = this.#parameters.map((one) => record.parameter(one)) as [Tensor, Tensor]
    const output = record.empty(x.columns)
    record.map({ inputs: { x, mean, deviation }, outputs: { output } }, (given) => ({
      output: given.x.minus(given.mean).over(given.deviation),
    }))
    return { output, cache: {} }
  }

  backward(record: Recorder, _cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    if (!wantInputGradient) return { inputGradient: undefined }
    const deviation = record.parameter(this.#parameters[1]!)
    const inputGradient = record.empty(outputGradient.columns)
    record.map({ inputs: { outputGradient, deviation }, outputs: { inputGradient } }, (given) => ({
      inputGradient: given.outputGradient.times(elementOf(1).over(given.deviation)),
    }))
    return { inputGradient }
  }

  options(): Record<string, Json> {
    return { inputs: this.#features ?? 0 }
  }

  protected copy(): Normalize {
    const layer = new Normalize()
    layer.#mean = this.#mean
    layer.#deviation = this.#deviation
    layer.#features = this.#features
    return layer
  }

  protected override build(inputs: number): void {
    const vector = (role: string, values: Float32Array | undefined, other: number) =>
      new Parameter(role, [inputs], 0, { kind: 'constant', a: other, b: 0, ...(values && { values }) }, false)
    this.#parameters = [vector('mean', this.#mean, 0), vector('standardDeviation', this.#deviation, 1)]
  }
}

function chosen(data: FeatureRows, columns: number | string = data.features): { from: number; count: number } {
  if (typeof columns === 'number') {
    const count = positiveInteger('columns', columns)
    if (count <= data.features) return { from: 0, count }
    throw invalid('columns', `at most ${data.features}, the features of the data`, columns)
  }
  let from = 0
  for (const { name, columns: count } of data.inputs ?? []) {
    if (name === columns) return { from, count }
    from += count
  }
  const names = data.inputs?.map(({ name }) => name).join(', ')
  throw invalid('columns', names === undefined ? 'number: the data has no names' : `one of ${names}`, columns)
}

function numbers(argument: string, value: ArrayLike<number> | undefined): Float32Array {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) throw invalid(argument, 'list of numbers', value)
  const list = Float32Array.from(value as ArrayLike<number>)
  const bad = list.findIndex((one) => !Number.isFinite(one))
  if (list.length === 0 || bad >= 0) throw invalid(argument, 'finite numbers, one per feature', value)
  return list
}
