import type { ActivationFunction } from '../activations/activation-function.js'
import type { Json } from '../files/strict-json.js'
import { initialValues } from '../initializers/initializer.js'
import type { InputLayout } from '../inputs.js'
import { reductions } from '../native/generated/enums.js'
import { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { recordPenalty, recordPenaltyGradient } from '../regularizers/record.js'
import { invalid, knownOptions, oneOf, positiveInteger } from '../validate.js'
import { Dense, type DenseOptions, denseOptionNames } from './dense.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'
import { featuresOf, membersOf, sameForAll } from './members.js'

/** What of a SharedDense layer each member has of its own. */
export type Adapters = 'none' | 'output' | 'both'

export interface SharedDenseOptions extends Omit<DenseOptions, 'inputs'> {
  /**
   * What each member has of its own beside the shared weight. 'none': nothing (TabM-mini). 'output': factors of the outputs
   * and the bias; 'both': factors of the inputs too (TabM). Factors start at 1, biases alike for all members. Default 'none'.
   */
  readonly adapters?: Adapters
  /** Number of members. Default that of the layers before. */
  readonly members?: number
}

const optionNames = [...denseOptionNames.filter((name) => name !== 'inputs'), 'adapters', 'members'] as const
const adapterNames: readonly Adapters[] = ['none', 'output', 'both']

/**
 * A dense layer that all members of a TabM ensemble share: every member's columns go through the same weight, behind a
 * MemberScaling layer. With adapters each member scales inputs and outputs by factors of its own and has a bias of its own:
 * `A_j = g(s_j ⊙ ((x_j ⊙ r_j) · Wᵀ) + b_j)` (Wen, Tran and Ba, "BatchEnsemble", 2020).
 *
 * Input shape (batch, members · inputs); output shape (batch, members · units). Parameters weight (units, inputs) and bias
 * (units), with adapters bias (members, units), outputScale (members, units) and inputScale (members, inputs). Options as
 * those of Dense. With one member and no adapters it is Dense, to the bit. Derivation: docs/math/tabm.md.
 *
 * @example
 * new SharedDense(256, { activation: 'relu', adapters: 'both' })
 */
export class SharedDense extends Layer {
  readonly type = 'SharedDense'
  readonly units: number
  readonly adapters: Adapters
  /** Number of members; undefined until it is told or belongs to a model. */
  readonly members: number | undefined
  readonly #given: DenseOptions
  /** The layer of one member: its options, and without adapters its parameters. */
  readonly #dense: Dense
  /** With adapters: the product by itself. */
  #product: Dense | undefined
  #features: number | undefined
  #bias: Parameter | undefined
  #outputScale: Parameter | undefined
  #inputScale: Parameter | undefined

  /**
   * @param units number of outputs of each member
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(units: number, options?: SharedDenseOptions)
  constructor(units: number, options?: SharedDenseOptions, features?: number) {
    super()
    const {
      adapters = 'none',
      members,
      ...dense
    } = knownOptions<SharedDenseOptions>('SharedDense', options, optionNames)
    this.adapters = oneOf('adapters', adapters, adapterNames)
    this.members = members === undefined ? undefined : positiveInteger('members', members)
    this.#given = dense
    const described = new Dense(units, dense)
    this.units = described.units
    if (!described.activation.elementWise) {
      throw invalid(
        'activation',
        'activation of single numbers',
        described.activation.name,
        'It would mix the columns of the members. It is the activation of MemberHeads, the last layer.',
      )
    }
    this.#features = features
    this.#dense = features === undefined || this.adapters !== 'none' ? described : described.bind(features)
    if (features !== undefined && this.adapters !== 'none') this.#adapt(features, this.members!)
  }

  get inputs(): number | undefined {
    return this.#features === undefined ? undefined : this.#features * this.members!
  }

  get outputs(): number | undefined {
    return this.members === undefined ? undefined : this.units * this.members
  }

  get activation(): ActivationFunction {
    return this.#dense.activation
  }

  override get parameters(): readonly Parameter[] {
    const own = [this.#bias, this.#outputScale, this.#inputScale].filter((parameter) => parameter !== undefined)
    return [...(this.#product ?? this.#dense).parameters, ...own]
  }

  override get trainable(): boolean {
    return this.#dense.trainable
  }

  override set trainable(value: boolean) {
    this.#dense.trainable = value
    if (this.#product !== undefined) this.#product.trainable = value
  }

  override get activationName(): string {
    return this.activation.name
  }

  override membersBehind(members: number | undefined): number {
    return membersOf(this.describe(), this.members, members)
  }

  bind(inputs: number, _layout?: InputLayout, given?: number): SharedDense {
    const members = membersOf(this.describe(), this.members, given)
    const features = featuresOf(this.describe(), inputs, members)
    const Bound = SharedDense as unknown as new (
      units: number,
      options: SharedDenseOptions,
      features: number,
    ) => SharedDense
    return new Bound(this.units, { ...this.#options(), members }, features)
  }

  forward(record: Recorder, x: Tensor, options: RecordOptions): Forward {
    const shared = { ...options, members: this.members! }
    if (this.#product === undefined) return this.#dense.forward(record, x, shared)
    const scaled = this.#inputScale === undefined ? x : this.#scaled(record, x, this.#inputScale)
    const { output: product, cache: ofProduct } = this.#product.forward(record, scaled, shared)
    const z = record.empty(product.columns)
    const inputs: Record<string, Tensor> = { product, scale: asRow(record, 'parameter', this.#outputScale!) }
    if (this.#bias !== undefined) inputs.bias = asRow(record, 'parameter', this.#bias)
    record.map({ inputs, outputs: { z } }, (given) => {
      const value = given.product!.times(given.scale!)
      return { z: given.bias === undefined ? value : value.plus(given.bias) }
    })
    if (this.activation.kernel === 'linear')
      return { output: z, cache: { x, multiplied: ofProduct.x, product }, preActivation: z }
    const output = record.empty(z.columns)
    this.activation.recordForward(record, z, output)
    const { derivativeNeedsInput, derivativeNeedsOutput } = this.activation
    const cache = {
      x,
      multiplied: ofProduct.x,
      product,
      preActivation: derivativeNeedsInput ? z : undefined,
      output: derivativeNeedsOutput ? output : undefined,
    }
    return { output, cache, preActivation: z }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward {
    const members = this.members!
    const shared = { ...options, members }
    if (this.#product === undefined) {
      return this.#dense.backward(record, cache, outputGradient, wantInputGradient, shared)
    }
    const preActivationGradient = this.#throughActivation(record, cache, outputGradient)
    if (this.trainable) this.#learn(record, cache.product!, preActivationGradient)
    const gradient = this.#scaled(record, preActivationGradient, this.#outputScale!)
    const wanted = wantInputGradient || (this.trainable && this.#inputScale !== undefined)
    const { inputGradient: ofScaled } = this.#product.backward(
      record,
      { x: cache.multiplied },
      gradient,
      wanted,
      shared,
    )
    if (this.#inputScale === undefined || ofScaled === undefined)
      return { inputGradient: ofScaled, preActivationGradient }
    if (this.trainable) {
      const scaleGradient = record.gradient(this.#inputScale)
      record.memberScaleBackwardScale({ scaleGradient, outputGradient: ofScaled, x: cache.x!, members })
    }
    const inputGradient = wantInputGradient ? this.#scaled(record, ofScaled, this.#inputScale) : undefined
    return { inputGradient, preActivationGradient }
  }

  override recordPenalty(
    record: Recorder,
    accumulator: Tensor,
    weightSum: Tensor | undefined,
    costRows: Float64Array | undefined,
  ): void {
    const layer = this.#product ?? this.#dense
    layer.recordPenalty(record, accumulator, weightSum, costRows)
    const { biasRegularizer } = this.#dense
    if (this.#bias === undefined || biasRegularizer === undefined) return
    recordPenalty(record, biasRegularizer, {
      parameter: record.parameter(this.#bias),
      accumulator,
      weightSum,
      costRows,
    })
  }

  override recordConstraint(record: Recorder): void {
    const layer = this.#product ?? this.#dense
    layer.recordConstraint(record)
  }

  override get penaltyPerRow(): boolean {
    return this.#dense.penaltyPerRow
  }

  override requireMembers(members: number): void {
    this.#dense.requireMembers(members)
  }

  override forMember(member: number): SharedDense {
    const own = this.#dense.forMember(member)
    if (own === this.#dense) return this
    const { regularizer, biasRegularizer, constraint } = own
    return new SharedDense(this.units, {
      ...this.#options(),
      ...(regularizer && { regularizer }),
      ...(biasRegularizer && { biasRegularizer }),
      ...(constraint && { constraint }),
    })
  }

  override withMembers(members: number): SharedDense {
    return new SharedDense(this.units, { ...this.#options(), members })
  }

  options(): Record<string, Json> {
    return { ...this.#dense.options(), ...this.#membersGiven() } as unknown as Record<string, Json>
  }

  override describe(): string {
    return `SharedDense ${this.units}`
  }

  /** The parameters that every member has of its own, beside the product that all share. */
  #adapt(features: number, members: number): void {
    const { units } = this
    const { biasInitializer: _, biasRegularizer: __, ...options } = this.#given
    const { initializer, trainable } = this.#dense
    this.#product = new Dense(units, {
      ...options,
      initializer,
      trainable,
      activation: 'linear',
      bias: false,
    }).bind(features)
    const ones = { kind: 'constant', a: 1, b: 0 } as const
    if (this.#dense.useBias) {
      const initial = sameForAll(initialValues(this.#dense.biasInitializer, features, units), members)
      // Row by row either way; penalties read panels.
      const panel = this.#dense.biasRegularizer === undefined ? 0 : 1
      this.#bias = new Parameter('bias', [members, units], panel, initial, true, this.#dense.biasLearningRateFactor)
    }
    this.#outputScale = new Parameter('outputScale', [members, units], 0, ones)
    if (this.adapters === 'both') this.#inputScale = new Parameter('inputScale', [members, features], 0, ones)
  }

  #scaled(record: Recorder, x: Tensor, scale: Parameter): Tensor {
    const output = record.empty(x.columns)
    record.memberScale({ output, x, scale: record.parameter(scale), members: this.members! })
    return output
  }

  #learn(record: Recorder, product: Tensor, preActivationGradient: Tensor): void {
    const scaleGradient = record.gradient(this.#outputScale!)
    record.memberScaleBackwardScale({
      scaleGradient,
      outputGradient: preActivationGradient,
      x: product,
      members: this.members!,
    })
    if (this.#bias === undefined) return
    const output = asRow(record, 'gradient', this.#bias)
    record.reduceColumns({ output, x: preActivationGradient, kind: reductions.sum })
    const { biasRegularizer } = this.#dense
    if (biasRegularizer === undefined) return
    recordPenaltyGradient(record, biasRegularizer, record.parameter(this.#bias), record.gradient(this.#bias))
  }

  #throughActivation(record: Recorder, { preActivation, output }: Cache, outputGradient: Tensor): Tensor {
    if (this.activation.kernel === 'linear') return outputGradient
    const inputGradient = record.empty(outputGradient.columns)
    this.activation.recordBackward(record, { inputGradient, outputGradient, x: preActivation, output })
    return inputGradient
  }

  /** As they were given, with activations of the user's own. */
  #options(): SharedDenseOptions {
    return { ...this.#given, trainable: this.trainable, ...this.#membersGiven() }
  }

  #membersGiven(): Pick<SharedDenseOptions, 'adapters' | 'members'> {
    const { members } = this
    return {
      ...(this.adapters === 'none' ? {} : { adapters: this.adapters }),
      ...(members === undefined ? {} : { members }),
    }
  }
}

/** From the options that a file holds. */
export function sharedDenseFrom({ units, ...options }: SharedDenseOptions & { readonly units: number }): SharedDense {
  return new SharedDense(units, options)
}

/** All numbers of a parameter (members, columns) as one row, which goes with every row of the batch. */
function asRow(record: Recorder, storage: 'parameter' | 'gradient', { offset, size }: Parameter): Tensor {
  return record.range(storage, offset, size)
}
