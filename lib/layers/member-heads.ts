import { type ActivationFunction, recordActivation } from '../activations/activation-function.js'
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { initialValues } from '../initializers/initializer.js'
import type { InputLayout } from '../inputs.js'
import { memberMeans } from '../native/generated/enums.js'
import { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { recordPenalty, recordPenaltyGradient } from '../regularizers/record.js'
import type { Regularizer } from '../regularizers/regularizer.js'
import { knownOptions, positiveInteger } from '../validate.js'
import { Dense, type DenseOptions, denseOptionNames, timesScale, timesStart } from './dense.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'
import { featuresOf, memberByMember, membersOf } from './members.js'

export interface MemberHeadsOptions extends Omit<DenseOptions, 'inputs' | 'constraint'> {
  /** Number of members. Default that of the layers before. */
  readonly members?: number
}

const optionNames = [
  ...denseOptionNames.filter((name) => name !== 'inputs' && name !== 'constraint'),
  'members',
] as const

/**
 * The last layer of a TabM ensemble: a dense layer of its own for every member, behind MemberScaling and SharedDense
 * layers. A prediction or an evaluation is the mean over the members: of their probabilities for 'sigmoid', 'softmax' and
 * 'logSoftmax' (whose logit or logarithm `predictRaw` then gives), of their outputs for all other activations. A training
 * minimizes the mean of the members' losses, not the loss of their mean, so that every member learns by itself; its loss
 * is that mean, its metrics are those of the mean prediction.
 *
 * Input shape (batch, members · inputs); output shape (batch, units). Parameters weight (members · units, inputs) and bias
 * (members · units), one member's units behind the other's. Options as those of Dense, without a constraint. It can only be
 * the last layer. With one member it is Dense, to the bit. Derivation: docs/math/tabm.md.
 *
 * @example
 * new MemberHeads(10, { activation: 'softmax' })
 */
export class MemberHeads extends Layer {
  readonly type = 'MemberHeads'
  readonly units: number
  /** Number of members; undefined until it is told or belongs to a model. */
  readonly members: number | undefined
  readonly #given: DenseOptions
  /** The layer of one member: its options, and its parameters where there is no other. */
  readonly #dense: Dense
  readonly #features: number | undefined
  #weight: Parameter | undefined
  #bias: Parameter | undefined

  /**
   * @param units number of outputs
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(units: number, options?: MemberHeadsOptions)
  constructor(units: number, options?: MemberHeadsOptions, features?: number) {
    super()
    const { members, ...dense } = knownOptions<MemberHeadsOptions>('MemberHeads', options, optionNames)
    this.members = members === undefined ? undefined : positiveInteger('members', members)
    this.#given = dense
    const described = new Dense(units, dense)
    this.units = described.units
    this.#features = features
    this.#dense = features !== undefined && this.members === 1 ? described.bind(features) : described
    if (features !== undefined && this.members! > 1) this.#makeHeads(features, this.members!)
  }

  get inputs(): number | undefined {
    return this.#features === undefined ? undefined : this.#features * this.members!
  }

  get outputs(): number {
    return this.units
  }

  get activation(): ActivationFunction {
    return this.#dense.activation
  }

  override get parameters(): readonly Parameter[] {
    if (this.#weight === undefined) return this.#dense.parameters
    return [this.#weight, this.#bias].filter((parameter) => parameter !== undefined)
  }

  override get trainable(): boolean {
    return this.#dense.trainable
  }

  override set trainable(value: boolean) {
    this.#dense.trainable = value
  }

  override get activationName(): string {
    return this.activation.name
  }

  override get outputActivation(): ActivationFunction {
    return this.activation
  }

  override membersBehind(members: number | undefined): undefined {
    membersOf(this.describe(), this.members, members)
  }

  bind(inputs: number, _layout?: InputLayout, given?: number): MemberHeads {
    const members = membersOf(this.describe(), this.members, given)
    const features = featuresOf(this.describe(), inputs, members)
    const Bound = MemberHeads as unknown as new (
      units: number,
      options: MemberHeadsOptions,
      features: number,
    ) => MemberHeads
    return new Bound(this.units, { ...this.#options(), members }, features)
  }

  /**
   * In a training the output is Z of all members (batch, members · units), from which the losses of the members are
   * recorded; otherwise the mean (batch, units).
   */
  forward(record: Recorder, given: Tensor, options: RecordOptions): Forward {
    if (this.#weight === undefined) return this.#dense.forward(record, given, options)
    const x = this.#timesScale(record, given)
    const output = record.empty(this.members! * this.units)
    record.groupedForward({
      output,
      x,
      weight: record.parameter(this.#weight),
      bias: this.#bias && record.parameter(this.#bias),
      groups: this.members!,
    })
    if (options.training) return { output, cache: { x }, preActivation: output }
    return { output: this.recordMean(record, output, options.logits), cache: { x } }
  }

  /** @internal */
  override recordActivated(record: Recorder, { logits }: { logits: Tensor }): Tensor {
    return this.recordActivation(record, logits)
  }

  /** From the gradient of Z of all members (batch, members · units). */
  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward {
    if (this.#weight === undefined) {
      return this.#dense.backward(record, cache, outputGradient, wantInputGradient, options)
    }
    if (!options.training) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected a recording that trains for the backward block of ${this.describe()} but received one that predicts. ` +
          "The losses of the members have gradients, their mean has none: leave out 'training: false'.",
      )
    }
    const x = cache.x!
    const groups = this.members!
    if (this.trainable) {
      record.groupedBackwardWeight({
        weightGradient: record.gradient(this.#weight),
        biasGradient: this.#bias && record.gradient(this.#bias),
        x,
        preActivationGradient: outputGradient,
        groups,
      })
      for (const [parameter, penalty] of this.#penalties()) {
        recordPenaltyGradient(record, penalty, record.parameter(parameter), record.gradient(parameter))
      }
    }
    if (!wantInputGradient) return { inputGradient: undefined, preActivationGradient: outputGradient }
    const inputGradient = record.empty(x.columns)
    const weight = record.parameter(this.#weight)
    record.groupedBackwardInput({ inputGradient, preActivationGradient: outputGradient, weight, groups })
    return { inputGradient: this.#timesScale(record, inputGradient), preActivationGradient: outputGradient }
  }

  /** What a sum of a head's inputs by its weight is multiplied by: 1 but for the neural tangent parametrization. @internal */
  get weightFactor(): number {
    return this.#isScaled ? 1 / Math.sqrt(this.#features!) : 1
  }

  /**
   * Records the mean over members of their Z (batch, members · units): what a prediction gives, or, with `logits`, what the
   * activation makes that of.
   *
   * @internal
   */
  recordMean(record: Recorder, z: Tensor, logits: boolean): Tensor {
    const { activation } = this
    const mean = (x: Tensor, of: keyof typeof memberMeans) => {
      const output = record.empty(this.units)
      record.memberMean({ output, x, members: this.members!, of: memberMeans[of] })
      return output
    }
    const of = averaged(activation)
    if (logits || of !== 'values') {
      const raw = mean(z, of)
      return logits ? raw : this.recordActivation(record, raw)
    }
    return mean(this.recordActivation(record, z), 'values')
  }

  /** Records the activation of Z (batch, units), or, where it is one of single numbers, of all members. @internal */
  recordActivation(record: Recorder, z: Tensor): Tensor {
    return recordActivation(record, this.activation, z)
  }

  override recordPenalty(
    record: Recorder,
    accumulator: Tensor,
    weightSum: Tensor | undefined,
    costRows: Float64Array | undefined,
  ): void {
    if (this.#weight === undefined) this.#dense.recordPenalty(record, accumulator, weightSum, costRows)
    for (const [parameter, penalty] of this.#penalties()) {
      recordPenalty(record, penalty, { parameter: record.parameter(parameter), accumulator, weightSum, costRows })
    }
  }

  override get penaltyPerRow(): boolean {
    return this.#dense.penaltyPerRow
  }

  override requireMembers(members: number): void {
    this.#dense.requireMembers(members)
  }

  override forMember(member: number): MemberHeads {
    const own = this.#dense.forMember(member)
    if (own === this.#dense) return this
    const { regularizer, biasRegularizer } = own
    return new MemberHeads(this.units, {
      ...this.#options(),
      ...(regularizer && { regularizer }),
      ...(biasRegularizer && { biasRegularizer }),
    })
  }

  override withMembers(members: number): MemberHeads {
    return new MemberHeads(this.units, { ...this.#options(), members })
  }

  options(): Record<string, Json> {
    const { members } = this
    return { ...this.#dense.options(), ...(members === undefined ? {} : { members }) }
  }

  override describe(): string {
    return `MemberHeads ${this.units}`
  }

  #makeHeads(features: number, members: number): void {
    const { units } = this
    const { initializer, biasInitializer, useBias, regularizer, biasRegularizer } = this.#dense
    const { learningRateFactor, biasLearningRateFactor } = this.#dense
    const drawn = initialValues(initializer, features, units)
    const start = memberByMember(this.#isScaled ? timesStart(drawn, Math.sqrt(features)) : drawn, members)
    // Row by row either way; penalties read panels.
    const panel = (penalty: Regularizer | undefined) => (penalty === undefined ? 0 : 1)
    const shape = [members * units, features]
    this.#weight = new Parameter('weight', shape, panel(regularizer), start, true, learningRateFactor)
    if (!useBias) return
    const biasStart = initialValues(biasInitializer, features, units)
    const biasPanel = panel(biasRegularizer)
    this.#bias = new Parameter('bias', [members * units], biasPanel, biasStart, true, biasLearningRateFactor)
  }

  get #isScaled(): boolean {
    return this.#dense.parametrization === 'neuralTangent'
  }

  #timesScale(record: Recorder, x: Tensor): Tensor {
    return this.#isScaled ? timesScale(record, x, this.#features!) : x
  }

  #penalties(): [Parameter, Regularizer][] {
    const { regularizer, biasRegularizer } = this.#dense
    const of = (parameter: Parameter | undefined, penalty: Regularizer | undefined): [Parameter, Regularizer][] =>
      parameter === undefined || penalty === undefined ? [] : [[parameter, penalty]]
    return [...of(this.#weight, regularizer), ...of(this.#bias, biasRegularizer)]
  }

  /** As they were given, with activations of the user's own. */
  #options(): MemberHeadsOptions {
    return {
      ...this.#given,
      trainable: this.trainable,
      ...(this.members === undefined ? {} : { members: this.members }),
    }
  }
}

/** What the kernel memberMean averages. */
function averaged({ name, gives, elementWise }: ActivationFunction): keyof typeof memberMeans {
  if (name === 'sigmoid') return 'sigmoid'
  const ofRows = (gives === 'probabilities' || gives === 'logProbabilities') && !elementWise
  return ofRows ? 'softmax' : 'values'
}
