import { type ActivationOption, activation } from '../activations/activation.js'
import { type ActivationFunction, recordActivation } from '../activations/activation-function.js'
import type { Json } from '../files/strict-json.js'
import { initializer, initialValues } from '../initializers/initializer.js'
import type { Initializer, InitializerName } from '../initializers/names.js'
import { requireSize } from '../memory.js'
import { native } from '../native/addon.js'
import { ofMember, requireMembers } from '../per-member.js'
import { type InitialValues, Parameter, rateFactor } from '../recording/parameter.js'
import {
  recordBfloat16Forward,
  recordBfloat16InputGradient,
  recordBfloat16WeightGradient,
  takesBfloat16,
} from '../recording/precision.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { type Constraint, constraint, maxNorm, recordConstraint } from '../regularizers/constraint.js'
import { recordPenalty, recordPenaltyGradient } from '../regularizers/record.js'
import { type Regularizer, regularizer, regularizerOfMember } from '../regularizers/regularizer.js'
import { boolean, invalid, knownOptions, oneOf, positiveInteger } from '../validate.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'

/**
 * What the weight is multiplied by. 'standard': by nothing. 'neuralTangent': by `1/√inputs`, so that layers of any width
 * learn at one learning rate.
 */
export type Parametrization = 'standard' | 'neuralTangent'

const parametrizations: readonly Parametrization[] = ['standard', 'neuralTangent']

export interface DenseOptions<Inputs extends number = number> {
  /** A name, an activation with options such as leakyRelu({ slope: 0.2 }), or a rule of your own. Default 'linear'. */
  readonly activation?: ActivationOption
  /** Features of one row. Default: the outputs of the layer before, or the model's `inputs`. */
  readonly inputs?: Inputs
  /** Whether the layer adds a bias. Default true. */
  readonly bias?: boolean
  /**
   * How the weight starts, or, with 'neuralTangent', the weight times 1/√inputs. Default 'heNormal' for the relu family,
   * 'lecunNormal' for selu and with 'neuralTangent' (whose weight then starts with a variance of 1), 'glorotUniform'
   * otherwise.
   */
  readonly initializer?: InitializerName | Initializer
  /** How the bias starts. Default 'zeros'. */
  readonly biasInitializer?: InitializerName | Initializer
  /** A penalty on the weight, such as l2(1e-4). Default none. */
  readonly regularizer?: Regularizer
  /** A penalty on the bias. Default none. */
  readonly biasRegularizer?: Regularizer
  /** A bound on the weight, such as maxNorm(3), enforced after every update. Default none. */
  readonly constraint?: Constraint
  /** Default 'standard'. */
  readonly parametrization?: Parametrization
  /** The weight's learning rate is the optimizer's times this, above 0. Default 1. */
  readonly learningRateFactor?: number
  /** The bias's learning rate is the optimizer's times this, above 0. Default 1. */
  readonly biasLearningRateFactor?: number
  /** Whether `fit` changes the parameters. Default true. */
  readonly trainable?: boolean
}

/** Their names. */
export const denseOptionNames = [
  'activation',
  'inputs',
  'bias',
  'initializer',
  'biasInitializer',
  'regularizer',
  'biasRegularizer',
  'constraint',
  'parametrization',
  'learningRateFactor',
  'biasLearningRateFactor',
  'trainable',
] as const

/**
 * A fully connected layer: `A = g(x · Wᵀ + b)`, the course's `Z = W A + b` with samples as rows.
 *
 * With the neural tangent parametrization (Jacot et al., 2018) `A = g(x · Wᵀ / √inputs + b)`, for every optimizer.
 *
 * Input shape (batch, inputs); output shape (batch, units). Weight (units, inputs), bias (units).
 * Derivation: docs/math/dense.md; course 1, week 4.
 *
 * @example
 * new Dense(128, { activation: 'relu', regularizer: l2(1e-4) })
 * new Dense(256, { activation: 'selu', parametrization: 'neuralTangent', biasLearningRateFactor: 0.1 })
 */
export class Dense<const Units extends number = number, const Inputs extends number = number> extends Layer {
  readonly type = 'Dense'
  readonly units: Units
  readonly inputs: Inputs | undefined
  readonly activation: ActivationFunction
  readonly initializer: Initializer
  readonly biasInitializer: Initializer
  readonly regularizer: Regularizer | undefined
  readonly biasRegularizer: Regularizer | undefined
  readonly constraint: Constraint | undefined
  readonly useBias: boolean
  readonly parametrization: Parametrization
  readonly learningRateFactor: number
  readonly biasLearningRateFactor: number
  readonly weight: Parameter | undefined
  readonly bias: Parameter | undefined

  /**
   * @param units number of outputs
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(units: Units, options?: DenseOptions<Inputs>)
  constructor(units: Units, options?: DenseOptions<Inputs>, bound = false) {
    super()
    const given = knownOptions<DenseOptions<Inputs>>('Dense', options, denseOptionNames)
    this.units = positiveInteger('units', units) as Units
    this.activation = activation('activation', given.activation ?? 'linear')
    this.inputs = given.inputs === undefined ? undefined : (positiveInteger('inputs', given.inputs) as Inputs)
    this.useBias = boolean('bias', given.bias ?? true)
    this.parametrization = oneOf('parametrization', given.parametrization ?? 'standard', parametrizations)
    const usual = this.#scaled ? 'lecunNormal' : this.activation.suggestedInitializer
    this.initializer = initializer('initializer', given.initializer === undefined ? usual : given.initializer)
    this.biasInitializer = initializer('biasInitializer', given.biasInitializer ?? 'zeros')
    if (this.biasInitializer.name === 'orthogonal') {
      throw invalid('biasInitializer', 'initializer of numbers on their own', 'orthogonal', 'A bias is no matrix.')
    }
    this.regularizer = given.regularizer === undefined ? undefined : regularizer('regularizer', given.regularizer)
    this.biasRegularizer =
      given.biasRegularizer === undefined ? undefined : regularizer('biasRegularizer', given.biasRegularizer)
    this.constraint = given.constraint === undefined ? undefined : constraint('constraint', given.constraint)
    this.learningRateFactor = rateFactor('learningRateFactor', given.learningRateFactor ?? 1)
    this.biasLearningRateFactor = rateFactor('biasLearningRateFactor', given.biasLearningRateFactor ?? 1)
    this.trainable = boolean('trainable', given.trainable ?? true)
    if (!bound) return
    const inputs = this.inputs!
    requireSize(`the weight of ${units} units with ${inputs} inputs`, units * inputs)
    const { panel } = native().weightLayout(inputs, units)
    const drawn = initialValues(this.initializer, inputs, units)
    const start = this.#scaled ? timesStart(drawn, Math.sqrt(inputs)) : drawn
    this.weight = new Parameter('weight', [units, inputs], panel, start, true, this.learningRateFactor)
    if (!this.useBias) return
    const biasStart = initialValues(this.biasInitializer, inputs, units)
    // Panels of width 1 make it one row, as kernels that accept any weight read it.
    this.bias = new Parameter('bias', [units], 1, biasStart, true, this.biasLearningRateFactor)
  }

  get outputs(): Units {
    return this.units
  }

  override get parameters(): readonly Parameter[] {
    return [this.weight, this.bias].filter((parameter) => parameter !== undefined)
  }

  /** Kernels convert bytes as they multiply where few outputs keep the weight row by row. @internal */
  override get readsBytes(): boolean {
    return this.weight?.panel === 1 && !this.#scaled
  }

  override get activationName(): string {
    return this.activation.name
  }

  override get outputActivation(): ActivationFunction {
    return this.activation
  }

  bind(inputs: number): Dense {
    const Bound = Dense as unknown as new (units: number, options: DenseOptions, bound: boolean) => Dense
    return new Bound(this.units, { ...this.#given(), inputs }, true)
  }

  forward(record: Recorder, given: Tensor, options: RecordOptions): Forward {
    const { logits, keepAll, members } = options
    const { activation: g } = this
    const x = this.#timesScale(record, given)
    const kernel = logits ? 'linear' : g.kernel
    const columns = this.units * (members ?? 1)
    const output = record.empty(columns)
    const keepsInput = kernel !== undefined && !logits && (g.derivativeNeedsInput || keepAll)
    const beside = keepsInput ? record.empty(columns) : undefined
    const product = {
      output,
      preActivation: beside,
      x,
      bias: this.bias && record.parameter(this.bias),
      activation: kernel ?? 'linear',
    }
    if (this.#rounds(options)) recordBfloat16Forward(record, { ...product, weight: this.weight! })
    else record.denseForward({ ...product, weight: record.parameter(this.weight!), members })
    if (kernel !== undefined) {
      return {
        output,
        cache: { x, output, preActivation: g.derivativeNeedsInput ? beside : undefined },
        preActivation: kernel === 'linear' ? output : beside,
      }
    }
    const activated = record.empty(columns)
    g.recordForward(record, output, activated)
    const cache = {
      x,
      output: g.derivativeNeedsOutput ? activated : undefined,
      preActivation: g.derivativeNeedsInput ? output : undefined,
    }
    return { output: activated, cache, preActivation: output }
  }

  /** @internal */
  override recordActivated(record: Recorder, { logits }: { logits: Tensor }): Tensor {
    return recordActivation(record, this.activation, logits)
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward {
    const x = cache.x!
    const preActivationGradient = options.logits
      ? outputGradient
      : this.#throughActivation(record, cache, outputGradient)
    if (this.trainable) {
      const product = { biasGradient: this.bias && record.gradient(this.bias), x, preActivationGradient }
      if (this.#rounds(options)) recordBfloat16WeightGradient(record, { ...product, weight: this.weight! })
      else {
        const weightGradient = record.gradient(this.weight!)
        record.denseBackwardWeight({ ...product, weightGradient, members: options.members })
      }
      for (const [parameter, penalty] of this.#penalties()) {
        recordPenaltyGradient(record, penalty, record.parameter(parameter), record.gradient(parameter))
      }
    }
    if (!wantInputGradient) return { inputGradient: undefined, preActivationGradient }
    const inputGradient = this.#rounds(options)
      ? recordBfloat16InputGradient(record, this.weight!, preActivationGradient)
      : record.denseInputGradient(this.weight!, preActivationGradient, options.members)
    return { inputGradient: this.#timesScale(record, inputGradient), preActivationGradient }
  }

  override recordPenalty(
    record: Recorder,
    accumulator: Tensor,
    weightSum: Tensor | undefined,
    costRows: Float64Array | undefined,
  ): void {
    for (const [parameter, penalty] of this.#penalties()) {
      recordPenalty(record, penalty, { parameter: record.parameter(parameter), accumulator, weightSum, costRows })
    }
  }

  override recordConstraint(record: Recorder): void {
    if (!this.trainable || this.constraint === undefined) return
    recordConstraint(record, this.constraint, record.parameter(this.weight!))
  }

  override get penaltyPerRow(): boolean {
    return this.#regularizers.some(({ perRow }) => perRow)
  }

  override requireMembers(members: number): void {
    for (const { l1, l2 } of this.#regularizers) {
      requireMembers(`the l1 strength of ${this.describe()}`, l1, members)
      requireMembers(`the l2 strength of ${this.describe()}`, l2, members)
    }
    if (this.constraint !== undefined) {
      requireMembers(`the maxNorm limit of ${this.describe()}`, this.constraint.limit, members)
    }
  }

  override forMember(member: number): Dense {
    if (this.#regularizers.length === 0 && this.constraint === undefined) return this
    const given = this.#given()
    const { regularizer: ofWeight, biasRegularizer: ofBias, constraint: bound } = given
    return new Dense<number, number>(this.units, {
      ...given,
      ...(this.inputs === undefined ? {} : { inputs: this.inputs }),
      ...(ofWeight && { regularizer: regularizerOfMember(ofWeight, member) }),
      ...(ofBias && { biasRegularizer: regularizerOfMember(ofBias, member) }),
      ...(bound && { constraint: maxNorm(ofMember(bound.limit, member)) }),
    })
  }

  options(): Record<string, Json> {
    const given = { ...this.#given(), activation: this.activation.saved() }
    return { units: this.units, ...given } as unknown as Record<string, Json>
  }

  override describe(): string {
    return `Dense ${this.units}`
  }

  #throughActivation(record: Recorder, { preActivation, output }: Cache, outputGradient: Tensor): Tensor {
    if (this.activation.kernel === 'linear') return outputGradient
    const inputGradient = record.empty(outputGradient.columns)
    this.activation.recordBackward(record, { inputGradient, outputGradient, x: preActivation, output })
    return inputGradient
  }

  /** Whether the products take operands rounded to bfloat16. Those that members of a TabM ensemble share do not. */
  #rounds({ precision, members }: RecordOptions): boolean {
    return precision === 'bfloat16' && members === undefined && takesBfloat16(this.inputs!, this.units)
  }

  get #scaled(): boolean {
    return this.parametrization === 'neuralTangent'
  }

  #timesScale(record: Recorder, x: Tensor): Tensor {
    return this.#scaled ? timesScale(record, x, this.inputs!) : x
  }

  get #regularizers(): Regularizer[] {
    return [this.regularizer, this.biasRegularizer].filter((one) => one !== undefined)
  }

  /** The penalized parameters, each with its regularizer. */
  #penalties(): [Parameter, Regularizer][] {
    const of = (parameter: Parameter | undefined, penalty: Regularizer | undefined): [Parameter, Regularizer][] =>
      parameter === undefined || penalty === undefined ? [] : [[parameter, penalty]]
    return [...of(this.weight, this.regularizer), ...of(this.bias, this.biasRegularizer)]
  }

  #given(): DenseOptions {
    const { regularizer: ofWeight, biasRegularizer: ofBias, constraint: bound } = this
    return {
      activation: this.activation,
      bias: this.useBias,
      initializer: this.initializer,
      ...(this.biasInitializer.name === 'zeros' ? {} : { biasInitializer: this.biasInitializer }),
      ...(ofWeight && { regularizer: ofWeight }),
      ...(ofBias && { biasRegularizer: ofBias }),
      ...(bound && { constraint: bound }),
      ...(this.#scaled ? { parametrization: this.parametrization } : {}),
      ...(this.learningRateFactor === 1 ? {} : { learningRateFactor: this.learningRateFactor }),
      ...(this.biasLearningRateFactor === 1 ? {} : { biasLearningRateFactor: this.biasLearningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }
}

/**
 * The inputs of the neural tangent parametrization stand for the weight: scaled they give the same products, and the
 * weight's gradient has the factor too.
 */
export function timesScale(record: Recorder, x: Tensor, inputs: number): Tensor {
  const output = record.empty(x.columns)
  const factor = 1 / Math.sqrt(inputs)
  record.map({ inputs: { x }, outputs: { output } }, (values) => ({ output: values.x.times(factor) }))
  return output
}

/** Starting numbers that are `factor` times as large. */
export function timesStart({ adjust, ...initial }: InitialValues, factor: number): InitialValues {
  const times = { ...initial, a: initial.a * factor, b: initial.b * factor }
  if (adjust === undefined) return times
  // It makes its numbers anew from those drawn, whatever their size.
  return {
    ...initial,
    adjust(values, rows, columns) {
      adjust(values, rows, columns)
      for (let i = 0; i < values.length; i++) values[i]! *= factor
    },
  }
}
