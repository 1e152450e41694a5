import { type Activation, type ActivationName, activation } from '../activations/activation.js'
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import {
  defaultInitializer,
  type Initializer,
  type InitializerName,
  initializer,
  initialValues,
} from '../initializers/initializer.js'
import { native } from '../native/addon.js'
import { Parameter } from '../native/parameter.js'
import type { Recorder } from '../native/recorder.js'
import type { Tensor } from '../native/tensor.js'
import { ofMember, type PerMember, requireMembers } from '../per-member.js'
import { type Regularizer, regularizer } from '../regularizers/regularizer.js'
import { boolean, knownOptions, positiveInteger } from '../validate.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'

export interface DenseOptions<Inputs extends number = number> {
  /** Default 'linear'. */
  readonly activation?: ActivationName
  /** Features of one row. May be left out: the layer before, or the model's `inputs`, says it. */
  readonly inputs?: Inputs
  /** Default true. */
  readonly bias?: boolean
  /** How the weight starts. Default 'heNormal' for relu and gelu, 'glorotUniform' otherwise. Biases start at 0. */
  readonly initializer?: InitializerName | Initializer
  /** A penalty on the weight, such as l2(1e-4). */
  readonly regularizer?: Regularizer
  /** Whether `fit` changes the parameters. Default true. */
  readonly trainable?: boolean
}

/** More than any machine holds, and few enough for sizes in bytes to be exact. */
const LARGEST_WEIGHT = 2 ** 40

const optionNames = ['activation', 'inputs', 'bias', 'initializer', 'regularizer', 'trainable'] as const

/**
 * A fully connected layer: `A = g(x · Wᵀ + b)`, the course's `Z = W A + b` with samples as rows.
 *
 * Input shape (batch, inputs); output shape (batch, units). Weight (units, inputs), bias (units).
 * Derivation: docs/math/dense.md; course 1, week 4.
 *
 * @example
 * new Dense(128, { activation: 'relu', regularizer: l2(1e-4) })
 */
export class Dense<const Units extends number = number, const Inputs extends number = number> extends Layer {
  readonly type = 'Dense'
  readonly units: Units
  readonly inputs: Inputs | undefined
  readonly activation: Activation
  readonly initializer: Initializer
  readonly regularizer: Regularizer | undefined
  readonly useBias: boolean
  readonly weight: Parameter | undefined
  readonly bias: Parameter | undefined
  readonly #byBlas: boolean

  /**
   * @param units outputs of the layer
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(units: Units, options?: DenseOptions<Inputs>)
  constructor(units: Units, options?: DenseOptions<Inputs>, bound = false) {
    super()
    const given = knownOptions<DenseOptions<Inputs>>('Dense', options, optionNames)
    this.units = positiveInteger('units', units) as Units
    this.activation = activation('activation', given.activation ?? 'linear')
    this.inputs = given.inputs === undefined ? undefined : (positiveInteger('inputs', given.inputs) as Inputs)
    this.useBias = boolean('bias', given.bias ?? true)
    this.initializer =
      given.initializer === undefined
        ? defaultInitializer(this.activation.name)
        : initializer('initializer', given.initializer)
    this.regularizer = given.regularizer === undefined ? undefined : regularizer('regularizer', given.regularizer)
    this.trainable = boolean('trainable', given.trainable ?? true)
    this.#byBlas = false
    if (!bound) return
    const inputs = this.inputs!
    if (units * inputs > LARGEST_WEIGHT) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected a weight of at most 2^40 numbers for Dense but ${units} units of ${inputs} inputs have more.`,
      )
    }
    const layout = native().weightLayout(inputs, units)
    this.#byBlas = layout.byBlas
    this.weight = new Parameter('weight', [units, inputs], layout.panel, initialValues(this.initializer, inputs, units))
    if (this.useBias) this.bias = new Parameter('bias', [units], 0, { kind: 'constant', a: 0, b: 0 })
  }

  get outputs(): Units {
    return this.units
  }

  override get parameters(): readonly Parameter[] {
    return [this.weight, this.bias].filter((parameter) => parameter !== undefined)
  }

  override get activationName(): string {
    return this.activation.name
  }

  bind(inputs: number): Dense {
    const Bound = Dense as unknown as new (units: number, options: DenseOptions, bound: boolean) => Dense
    return new Bound(this.units, { ...this.#given(), inputs }, true)
  }

  forward(record: Recorder, x: Tensor, { logits, keepAll }: RecordOptions): Forward {
    const { kernel = 'linear', derivativeNeedsInput, name } = this.activation
    const output = record.empty(this.units)
    const preActivation = (derivativeNeedsInput || keepAll) && !logits ? record.empty(this.units) : undefined
    record.denseForward({
      output,
      preActivation,
      x,
      weight: record.parameter(this.weight!),
      bias: this.bias && record.parameter(this.bias),
      activation: logits ? 'linear' : kernel,
    })
    if (name !== 'softmax' || logits) {
      return {
        output,
        cache: { x, output, preActivation: derivativeNeedsInput ? preActivation : undefined },
        preActivation: logits || name === 'linear' ? output : preActivation,
      }
    }
    const probabilities = record.empty(this.units)
    record.softmaxForward({ output: probabilities, x: output })
    return { output: probabilities, cache: { x, output: probabilities }, preActivation: output }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward {
    const x = cache.x!
    const weight = record.parameter(this.weight!)
    const preActivationGradient = options.logits
      ? outputGradient
      : this.#throughActivation(record, cache, outputGradient)
    if (this.trainable) {
      const weightGradient = record.gradient(this.weight!)
      record.denseBackwardWeight({
        weightGradient,
        biasGradient: this.bias && record.gradient(this.bias),
        x,
        preActivationGradient,
      })
      if (this.regularizer !== undefined) {
        const { l1, l2, perRow } = this.regularizer
        record.penaltyGradient({
          weightGradient,
          weight,
          l1: record.scalar(l1),
          l2: record.scalar(l2),
          perRow: Number(perRow),
        })
      }
    }
    if (!wantInputGradient) return { inputGradient: undefined, preActivationGradient }
    const inputGradient = record.empty(x.columns)
    record.denseBackwardInput({
      inputGradient,
      preActivationGradient,
      weight,
      weightTransposed: this.#transposed(record, weight),
    })
    return { inputGradient, preActivationGradient }
  }

  override recordPenalty(
    record: Recorder,
    accumulator: Tensor,
    weightSum: Tensor | undefined,
    costRows: Float64Array | undefined,
  ): void {
    if (this.regularizer === undefined) return
    const { l1, l2, perRow } = this.regularizer
    const weight = record.parameter(this.weight!)
    const share = (strength: PerMember): PerMember => {
      if (!perRow || costRows === undefined) return strength
      const shares = Array.from(costRows, (rows, member) => ofMember(strength, member) / rows)
      return shares.every((one) => one === shares[0]) ? shares[0]! : shares
    }
    record.penalty({
      accumulator,
      weight,
      weightSum,
      l1: record.scalar(share(l1)),
      l2: record.scalar(share(l2)),
      perRow: Number(perRow && costRows === undefined),
    })
  }

  override get penaltyPerRow(): boolean {
    return this.regularizer?.perRow === true
  }

  override requireMembers(members: number): void {
    if (this.regularizer === undefined) return
    requireMembers(`the l1 strength of ${this.describe()}`, this.regularizer.l1, members)
    requireMembers(`the l2 strength of ${this.describe()}`, this.regularizer.l2, members)
  }

  override forMember(member: number): Dense {
    if (this.regularizer === undefined) return this
    const { l1, l2, perRow } = this.regularizer
    return new Dense<number, number>(this.units, {
      ...this.#given(),
      ...(this.inputs === undefined ? {} : { inputs: this.inputs }),
      regularizer: { l1: ofMember(l1, member), l2: ofMember(l2, member), perRow },
    })
  }

  options(): Record<string, Json> {
    return { units: this.units, ...this.#given() } as unknown as Record<string, Json>
  }

  override describe(): string {
    return `Dense ${this.units}`
  }

  #throughActivation(record: Recorder, cache: Cache, outputGradient: Tensor): Tensor {
    const { name, kernel, derivativeNeedsInput } = this.activation
    if (name === 'linear') return outputGradient
    const inputGradient = record.empty(this.units)
    const { output, preActivation } = cache
    if (kernel === undefined) {
      record.softmaxBackward({ inputGradient, outputGradient, output: output! })
    } else {
      record.activationBackward({
        inputGradient,
        outputGradient,
        output: derivativeNeedsInput ? undefined : output,
        preActivation: derivativeNeedsInput ? preActivation : undefined,
        activation: kernel,
      })
    }
    return inputGradient
  }

  /**
   * The weight with inputs as panels: the register tiles read it in order. OpenBLAS transposes as it packs, and a weight
   * of few outputs is kept so.
   */
  #transposed(record: Recorder, weight: Tensor): Tensor | undefined {
    if (this.#byBlas || this.weight!.panel === 1) return undefined
    const panel = native().registerPanel(this.inputs!)
    const elements = Math.ceil(this.inputs! / panel) * panel * this.units
    const output = record.scratch(elements, this.units, panel)
    record.transposeWeight({ output, weight })
    return output
  }

  #given(): DenseOptions {
    return {
      activation: this.activation.name,
      bias: this.useBias,
      initializer: this.initializer,
      ...(this.regularizer === undefined ? {} : { regularizer: this.regularizer }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }
}
