import { activationNamed } from '../activations/activation.js'
import type { OutputActivation } from '../activations/activation-function.js'
import type { Json } from '../files/strict-json.js'
import type { InputLayout } from '../inputs.js'
import type { Parameter } from '../recording/parameter.js'
import type { Precision } from '../recording/precision.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import type { Schedule } from '../schedules/schedule.js'
import { invalid } from '../validate.js'

/** The tensors that a layer's backward block needs from its forward block, by name. */
export type Cache = Readonly<Record<string, Tensor | undefined>>

/** The result of a layer's `forward`. */
export interface Forward {
  readonly output: Tensor
  readonly cache: Cache
  /** Z (batch, outputs), where the layer has one and the recording holds it apart from the output. */
  readonly preActivation?: Tensor | undefined
}

/** The result of a layer's `backward`. */
export interface Backward {
  /** (batch, inputs); undefined where it was not wanted. */
  readonly inputGradient: Tensor | undefined
  /** dZ (batch, outputs), where the layer has one. */
  readonly preActivationGradient?: Tensor | undefined
}

/** What a recording is for, as `forward` and `backward` of a layer are told. */
export interface RecordOptions {
  /** Whether the loss takes logits: the last layer then leaves out its activation and that activation's derivative. */
  readonly logits: boolean
  /** For `trace`: whether Z and dZ are wanted as tensors of their own, also where training does not need them. */
  readonly keepAll: boolean
  /** Whether the recording trains, so that a normalization uses the batch's own statistics. */
  readonly training: boolean
  /**
   * Whether this is a step of a fit, in which random layers draw and running statistics move. False for `trace` and
   * `gradients`, which look at one and the same cost.
   */
  readonly random: boolean
  /** What the products of dense layers compute with. Left out: 'float32'. */
  readonly precision?: Precision
  /**
   * Into how many members' columns, one member's behind the other's, the rows are divided, where a dense layer is shared
   * by them. Left out: the rows are of one network. @internal
   */
  readonly members?: number
}

/**
 * A layer is a description: it holds nothing of a recording, so one model can be recorded in several ways side by side.
 * `bind` gives a copy that knows its inputs and has parameters.
 *
 * A layer of your own extends this class and gives `type`, `inputs`, `outputs`, `bind`, `forward`, `backward`,
 * `options`, and `parameters` where it has some. It does not compute: it records kernel calls, which then run natively
 * for every batch and member. `checkGradient` compares its backward block with differences of its forward block. See
 * docs/guide/layers.md.
 */
export abstract class Layer {
  /** The name of the class in files and tables. */
  abstract readonly type: string
  #trainable = true

  /** Features of one input row; undefined until the layer belongs to a model. */
  abstract readonly inputs: number | undefined
  /**
   * Features of one output row; undefined until the layer belongs to a model, where the number depends on the inputs.
   */
  abstract readonly outputs: number | undefined

  /** Whether the input holds codes of categories. Such a layer can only be the first one. Default false. */
  get takesCodes(): boolean {
    return false
  }

  /**
   * Whether the forward block may be given bytes, which stand for an element times the data's scale, in place of the
   * floats that a gather makes of them. Default false. @internal
   */
  get readsBytes(): boolean {
    return false
  }

  /** The layers inside this one, each with its part of a parameter's name, such as 'block.0'. Default none. */
  get children(): readonly (readonly [path: string, layer: Layer])[] {
    return []
  }

  /** All parameters of the layer, including those of layers inside it. Default only those of layers inside it. */
  get parameters(): readonly Parameter[] {
    return this.children.flatMap(([, child]) => child.parameters)
  }

  /**
   * Whether `fit` changes the parameters. A frozen normalization uses its running statistics and does not change them.
   * Setting it on a layer that holds layers sets it on all of them.
   */
  get trainable(): boolean {
    const { children } = this
    return children.length === 0 ? this.#trainable : children.some(([, child]) => child.trainable)
  }

  set trainable(value: boolean) {
    this.#trainable = value
    for (const [, child] of this.children) child.trainable = value
  }

  /** The parameters that an optimizer updates. They do not include running statistics, and a frozen layer has none. */
  get trainableParameters(): readonly Parameter[] {
    const { children } = this
    const inner = children.flatMap(([, child]) => child.parameters)
    const own = this.trainable ? this.parameters.filter((one) => one.trainable && !inner.includes(one)) : []
    return [...own, ...children.flatMap(([, child]) => child.trainableParameters)]
  }

  /**
   * Gives a copy of this layer for a model, with as many inputs as the layer before has outputs. `layout` says what the
   * columns are, for the first layer of a model whose inputs have names; `members`, how many members of a TabM ensemble
   * the inputs belong to, as `membersBehind` of the layer before says it.
   */
  abstract bind(inputs: number, layout?: InputLayout, members?: number): Layer

  /**
   * Whether every column of the output depends on the same column of the input alone. Such a layer may stand between
   * layers that the members of a TabM ensemble share. Default false.
   */
  get columnByColumn(): boolean {
    return false
  }

  /**
   * The number of members (MemberScaling) whose columns this layer's output holds, one member's behind the other's, given
   * that of its input; undefined where there are none. Default as many as the input has.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a layer that would mix the columns of several members
   */
  membersBehind(members: number | undefined): number | undefined {
    if (members === undefined || this.columnByColumn) return members
    throw invalid(
      `a layer behind MemberScaling ${members}`,
      `layer that keeps the columns of the members apart`,
      this.describe(),
      'SharedDense is the dense layer that all members share, MemberHeads the last layer.',
    )
  }
  /** Forward block: x (batch, inputs) -> output (batch, outputs). */
  abstract forward(record: Recorder, x: Tensor, options: RecordOptions): Forward
  /**
   * Records the output of an input x to which the forward block, without its activation, gave `logits`. Default: the
   * forward block once more, with it. @internal
   */
  recordActivated(record: Recorder, { x }: { x: Tensor; logits: Tensor }, options: RecordOptions): Tensor {
    return this.forward(record, x, options).output
  }
  /**
   * Backward block: outputGradient (batch, outputs) -> inputGradient (batch, inputs), and the parameters' gradients.
   * The first layer is asked for no input gradient.
   */
  abstract backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward
  /**
   * Records this layer's penalties, which are added to the loss. `costRows`: number of rows that a penalty per row
   * divides by, one per member; undefined: the rows of the batch.
   */
  recordPenalty(
    record: Recorder,
    accumulator: Tensor,
    weightSum: Tensor | undefined,
    costRows: Float64Array | undefined,
  ): void {
    for (const [, child] of this.children) child.recordPenalty(record, accumulator, weightSum, costRows)
  }
  /** Records the layer's constraints, which bound its parameters after the optimizer's update. */
  recordConstraint(record: Recorder): void {
    for (const [, child] of this.children) child.recordConstraint(record)
  }
  /** Whether the penalty depends on the number of rows. */
  get penaltyPerRow(): boolean {
    return this.children.some(([, child]) => child.penaltyPerRow)
  }
  /** Refuses lists of rates or strengths whose length is not the population's number of members. */
  requireMembers(members: number): void {
    for (const [, child] of this.children) child.requireMembers(members)
  }
  /** This layer with the rates and strengths of one member of a population. */
  forMember(_member: number): Layer {
    return this
  }
  /** Schedules of its numbers, which count updates. Default those of layers inside it. */
  get schedules(): readonly Schedule[] {
    return this.children.flatMap(([, child]) => child.schedules)
  }
  /** This layer, or one like it, for an ensemble (MemberScaling) of so many members. @internal */
  withMembers(_members: number): Layer {
    return this
  }
  /** The options from which the same layer can be made again; a model file holds them. */
  abstract options(): Record<string, Json>
  /** Name of the activation that a loss may fuse with, if this layer is the last one. Default 'linear'. */
  get activationName(): string {
    return 'linear'
  }
  /** That activation, and what its outputs mean. Default what is known of `activationName`. */
  get outputActivation(): OutputActivation {
    return activationNamed(this.activationName)
  }
  /** A short text for tables and messages, such as 'Dense 4'. Default the type. */
  describe(): string {
    return this.type
  }

  /** [null, outputs], where null stands for the rows of a batch; undefined until the layer belongs to a model. */
  get outputShape(): readonly [null, number] | undefined {
    return this.outputs === undefined ? undefined : [null, this.outputs]
  }

  /** Number of trainable numbers; running statistics do not count. */
  get parameterCount(): number {
    return this.parameters.reduce((sum, { trainable, size }) => sum + (trainable ? size : 0), 0)
  }
}
