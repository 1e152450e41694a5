import { DeepblasError } from '../../errors.js'
import type { NamedInputs } from '../../inputs.js'
import { Layer, type RecordOptions } from '../../layers/layer.js'
import { type Arena, type Matrix, native, type Program } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import type { Parameter } from '../../recording/parameter.js'
import { createRecorder, type Recorder } from '../../recording/recorder.js'
import { boolean, finiteNumber, invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import { readInputs } from '../network/inputs.js'
import { buildNetwork, initializeParameters, type Network, newArena } from '../network/network.js'
import { type PassSettings, usingPass } from '../programs/passes.js'

/** Options of `checkGradient`. */
export interface GradientCheckOptions {
  /** Number of features in a row, or the inputs by name. Default: the layer's own inputs. */
  readonly inputs?: number | NamedInputs
  /** Rows of the batch. Default 5. */
  readonly rows?: number
  /** Seed of the random numbers that the layer is tried on. Default 0. */
  readonly seed?: number
  /**
   * Whether to run as in a step of `fit` (Dropout drops, BatchNorm uses the batch's statistics), rather than as in a
   * prediction. Default true.
   */
  readonly training?: boolean
  /** The largest relative error that passes. Default 0.005, the accuracy of differences in float32. */
  readonly bound?: number
}

const optionNames = ['inputs', 'rows', 'seed', 'training', 'bound'] as const

/**
 * Step lengths: small enough for a straight line, large enough for float32. The second is for kinks within the first.
 */
const STEPS = [0.01, 0.0025]
/** Gradients smaller than this share of the largest are noise; their error is relative to this share of the largest. */
const NOISE = 0.01

/**
 * Compares a layer's backward block with central differences of its forward block, for every trainable parameter and
 * every input, on random numbers. Codes of categories have no gradient. A layer of your own needs `bind`, `forward` and
 * `backward` for it.
 *
 * @returns the largest error, relative to the largest gradient of the same tensor
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the element with the largest error, where it is above the bound
 *
 * @example
 * checkGradient(new LayerNorm(), { inputs: 6, rows: 4, seed: 1 }) // about 1e-4
 */
export function checkGradient(layer: Layer, options?: GradientCheckOptions): number {
  if (!(layer instanceof Layer)) throw invalid('layer', 'layer such as new Dense(10)', layer)
  const given = knownOptions<GradientCheckOptions>('checkGradient', options, optionNames)
  const rows = positiveInteger('rows', given.rows ?? 5)
  const seed = nonNegativeInteger('seed', given.seed ?? 0)
  const training = boolean('training', given.training ?? true)
  const bound = finiteNumber('bound', given.bound ?? 0.005, { exclusiveMin: 0 })
  const trial = new Trial(buildNetwork([layer], readInputs(given.inputs), { part: true }), rows, seed, training)
  const compared = comparedBy(trial)
  const largest = compared.reduce((max, { size }) => Math.max(max, size), 0)
  let worst = { error: 0, name: '', gradient: 0, difference: 0 }
  for (const { name, size, elements } of compared) {
    const scale = Math.max(size, NOISE * largest, Number.MIN_VALUE)
    for (const [at, { gradient, differences }] of elements.entries()) {
      const difference = nearest(gradient, differences)
      const error = Math.abs(gradient - difference) / scale
      // NaN is worse than any number, and stays.
      if (!(error <= worst.error)) worst = { error, name: `${name}[${at}]`, gradient, difference }
    }
  }
  if (worst.error <= bound) return worst.error
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a gradient of about ${worst.difference} for ${worst.name} of ${layer.describe()}, by differences of its ` +
      `forward block, but its backward block gives ${worst.gradient}: a relative error of ${worst.error}.`,
  )
}

function comparedBy(trial: Trial): Compared[] {
  try {
    return trial.compare()
  } finally {
    trial.release()
  }
}

interface Compared {
  readonly name: string
  /** The largest gradient, by either way. */
  readonly size: number
  readonly elements: readonly { readonly gradient: number; readonly differences: readonly number[] }[]
}

function nearest(gradient: number, differences: readonly number[]): number {
  return differences.reduce((best, one) => (Math.abs(one - gradient) < Math.abs(best - gradient) ? one : best))
}

/** One layer on one batch, and a cost that weighs its outputs by random numbers. */
class Trial {
  readonly #network: Network
  readonly #layer: Layer
  readonly #rows: number
  readonly #seed: number
  readonly #options: RecordOptions
  readonly #parameters: Arena
  readonly #x: Float32Array
  readonly #weights: Float32Array

  constructor(network: Network, rows: number, seed: number, training: boolean) {
    this.#network = network
    this.#layer = network.layers[0]!
    this.#rows = rows
    this.#seed = seed
    this.#options = { training, random: training, keepAll: false, logits: false }
    this.#parameters = newArena(network)
    initializeParameters(network, this.#parameters, [seed])
    const random = new RandomStream(seed, streams.gradientCheck)
    // Ones and zeros that parameters start with would hide mistakes.
    for (const parameter of this.#layer.trainableParameters) {
      const values = parameter.read(this.#parameters, 0)
      parameter.write(
        this.#parameters,
        0,
        values.map((value, i) => (i < fixedNumbers(parameter) ? value : value + 0.3 * random.normal())),
      )
    }
    this.#x = Float32Array.from({ length: rows * network.inputs }, () => random.normal())
    for (const { from, levels } of network.codes) {
      for (let row = 0; row < rows; row++) this.#x[row * network.inputs + from] = random.integer(levels!)
    }
    // In a training a layer may give more than it does in a prediction: what belongs to each member.
    const { columns } = this.#forward(createRecorder()).output
    this.#weights = Float32Array.from({ length: rows * columns }, () => random.normal())
  }

  release(): void {
    this.#parameters.release()
  }

  compare(): Compared[] {
    const { parameters, x } = this.#gradients()
    const cost = this.#costs()
    const compared = parameters.map(({ parameter, gradient }) => {
      const values = parameter.read(this.#parameters, 0)
      const changed = () => {
        parameter.write(this.#parameters, 0, values)
        return cost()
      }
      return compare(parameter.name, gradient, values, changed, fixedNumbers(parameter))
    })
    return x === undefined ? compared : [...compared, compare('x', x, this.#x, cost)]
  }

  /** By the backward block. */
  #gradients(): { parameters: { parameter: Parameter; gradient: Float32Array }[]; x: Float64Array | undefined } {
    const record = createRecorder()
    const { output, cache } = this.#forward(record)
    record.label = `${this.#layer.type} backward`
    const outputGradient = record.data(1, output.columns, 'float32')
    const { inputGradient } = this.#layer.backward(record, cache, outputGradient, true, this.#options)
    if (inputGradient === undefined && !this.#layer.takesCodes) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected an inputGradient from the backward block of ${this.#layer.describe()}, where it is wanted, but received none.`,
      )
    }
    // Running statistics move: in a copy.
    const parameters = newArena(this.#network)
    parameters.copyFrom(this.#parameters)
    const gradients = newArena(this.#network)
    const slots = [this.#matrix(this.#x), this.#matrix(this.#weights)]
    const own = [parameters, gradients, ...slots]
    return usingPass({ ...this.#pass(record, record.program(), parameters, slots), gradients, own }, (pass) => {
      pass.run('sync')
      return {
        parameters: this.#layer.trainableParameters.map((parameter) => ({
          parameter,
          gradient: parameter.read(gradients, 0),
        })),
        x: inputGradient && pass.readTensor(inputGradient.index, 0, this.#rows),
      }
    })
  }

  /** The cost of the present parameters and inputs. */
  #costs(): () => number {
    const record = createRecorder()
    const { output } = this.#forward(record)
    this.#layer.recordPenalty(record, record.accumulator(), undefined, undefined)
    const program = record.program()
    return () => {
      const own = [this.#matrix(this.#x)]
      return usingPass({ ...this.#pass(record, program, this.#parameters, own), own }, (pass) => {
        const [penalty = 0] = pass.run('sync')
        const outputs = pass.readTensor(output.index, 0, this.#rows)
        return outputs.reduce((sum, value, i) => sum + value * this.#weights[i]!, penalty / this.#rows)
      })
    }
  }

  #forward(record: Recorder) {
    record.label = `${this.#layer.type} forward`
    return this.#layer.forward(record, record.data(0, this.#network.inputs, 'float32'), this.#options)
  }

  #pass(record: Recorder, program: Program, parameters: Arena, slots: Matrix[]): PassSettings {
    const numbers = new Float64Array(record.stepNumberCount)
    if (record.randomColumns !== undefined) {
      numbers[record.randomColumns.seed] = this.#seed
      numbers[record.randomColumns.step] = 1
    }
    for (const { column, values } of record.memberNumbers) numbers[column] = values[0]!
    return {
      program,
      batch: this.#rows,
      keepAll: true,
      rows: Float64Array.of(this.#rows),
      numbers,
      parameters,
      slots: slots.map((matrix) => [matrix]),
    }
  }

  #matrix(values: Float32Array): Matrix {
    return new (native().Matrix)(values, this.#rows, values.length / this.#rows, elementTypes.float32, 1)
  }
}

/** Numbers at the top that a layer keeps at 0. */
function fixedNumbers({ initial, columns }: Parameter): number {
  return (initial.zeroRows ?? 0) * columns
}

function compare(
  name: string,
  gradients: Float32Array | Float64Array,
  values: Float32Array,
  cost: () => number,
  fixed = 0,
): Compared {
  const elements = Array.from(gradients, (gradient, at) => {
    if (at < fixed) return { gradient, differences: [0] }
    const value = values[at]!
    const differences = STEPS.map((step) => {
      values[at] = value + step
      const [above, costAbove] = [values[at]!, cost()]
      values[at] = value - step
      const [below, costBelow] = [values[at]!, cost()]
      return (costAbove - costBelow) / (above - below)
    })
    values[at] = value
    return { gradient, differences }
  })
  cost()
  const size = elements.reduce((max, { gradient, differences }) => {
    return Math.max(max, Math.abs(gradient), Math.abs(nearest(gradient, differences)))
  }, 0)
  return { name, size, elements }
}
