import type { Json } from '../files/strict-json.js'
import type { InputLayout } from '../inputs.js'
import type { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'

/** What a layer's backward block needs from its forward block. */
export type Cache = Readonly<Record<string, Tensor | undefined>>

export interface Forward {
  readonly output: Tensor
  readonly cache: Cache
  /** Z, where the layer has one and the recording holds it apart from the output. */
  readonly preActivation?: Tensor | undefined
}

export interface Backward {
  /** Undefined where it was not wanted. */
  readonly inputGradient: Tensor | undefined
  /** dZ, where the layer has one. */
  readonly preActivationGradient?: Tensor | undefined
}

export interface RecordOptions {
  /** The loss takes logits: the last layer leaves out its activation, and its derivative on the way back. */
  readonly logits: boolean
  /** For `trace`: Z and dZ are wanted as tensors of their own, also where training can do without. */
  readonly keepAll: boolean
  /** Whether the recording trains: a normalisation takes the batch's own statistics then. */
  readonly training: boolean
  /**
   * Whether this is a step of a fit: random layers draw, running statistics move. False where `trace` and `gradients`
   * look at one and the same cost.
   */
  readonly random: boolean
}

/**
 * A layer is a description: nothing of a recording lives on it, so one model can be recorded in several ways side by
 * side. `bind` gives a copy that knows its inputs and has parameters.
 *
 * A layer of your own extends this class: `type`, `inputs`, `outputs`, `bind`, `forward`, `backward`, `options`, and
 * `parameters` where it has some. It does not compute: it records kernel calls, which then run natively for every batch,
 * member and thread. `checkGradient` compares its two blocks. See docs/guide/layers.md.
 */
export abstract class Layer {
  /** The class's name in files and tables. */
  abstract readonly type: string
  #trainable = true

  /** Features of one row that go in; undefined until the layer belongs to a model. */
  abstract readonly inputs: number | undefined
  /** Features of one row that come out; undefined until the layer belongs to a model, where it depends on the inputs. */
  abstract readonly outputs: number | undefined

  /** Whether its input holds codes of categories: such a layer is the first one. Default false. */
  get takesCodes(): boolean {
    return false
  }

  /** Layers inside this one, each with its part of a parameter's name, such as 'block.0'. Default none. */
  get children(): readonly (readonly [path: string, layer: Layer])[] {
    return []
  }

  /** All numbers of the layer, those of layers inside it too. Default theirs alone. */
  get parameters(): readonly Parameter[] {
    return this.children.flatMap(([, child]) => child.parameters)
  }

  /**
   * Whether `fit` changes its parameters. A frozen normalisation keeps its statistics too, and uses them. Set on a layer
   * of layers it is set on all of them.
   */
  get trainable(): boolean {
    const { children } = this
    return children.length === 0 ? this.#trainable : children.some(([, child]) => child.trainable)
  }

  set trainable(value: boolean) {
    this.#trainable = value
    for (const [, child] of this.children) child.trainable = value
  }

  /** The parameters that an optimizer updates: none of a frozen layer, and no running statistics. */
  get trainableParameters(): readonly Parameter[] {
    const { children } = this
    const inner = children.flatMap(([, child]) => child.parameters)
    const own = this.trainable ? this.parameters.filter((one) => one.trainable && !inner.includes(one)) : []
    return [...own, ...children.flatMap(([, child]) => child.trainableParameters)]
  }

  /**
   * A copy of this layer for a model, with the inputs that the layer before gives. `layout`: of a first layer, what the
   * columns are, where the model's inputs have names.
   */
  abstract bind(inputs: number, layout?: InputLayout): Layer
  /** Forward block: x (batch, inputs) -> output (batch, outputs). */
  abstract forward(record: Recorder, x: Tensor, options: RecordOptions): Forward
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
  /** Adds this layer's penalties to the loss. `costRows`: the m of a penalty per row, one a member, where it is not the batch's rows. */
  recordPenalty(
    record: Recorder,
    accumulator: Tensor,
    weightSum: Tensor | undefined,
    costRows: Float64Array | undefined,
  ): void {
    for (const [, child] of this.children) child.recordPenalty(record, accumulator, weightSum, costRows)
  }
  /** Records what holds its parameters within bounds, behind the optimizer's update of them. */
  recordConstraint(record: Recorder): void {
    for (const [, child] of this.children) child.recordConstraint(record)
  }
  /** Whether that penalty depends on the number of rows. */
  get penaltyPerRow(): boolean {
    return this.children.some(([, child]) => child.penaltyPerRow)
  }
  /** Refuses strengths that are lists of another length than the population has members. */
  requireMembers(members: number): void {
    for (const [, child] of this.children) child.requireMembers(members)
  }
  /** This layer with one member's strengths. */
  forMember(_member: number): Layer {
    return this
  }
  /** The options that make this layer anew. */
  abstract options(): Record<string, Json>
  /** The activation a loss may fuse with, if this layer is the last one. Default 'linear'. */
  get activationName(): string {
    return 'linear'
  }
  /** Short form for tables and messages: 'Dense 4'. Default the type. */
  describe(): string {
    return this.type
  }

  /** [rows, features]; null stands for the rows of a batch. */
  get outputShape(): readonly [null, number] | undefined {
    return this.outputs === undefined ? undefined : [null, this.outputs]
  }

  /** Trainable numbers: running statistics are none. */
  get parameterCount(): number {
    return this.parameters.reduce((sum, { trainable, size }) => sum + (trainable ? size : 0), 0)
  }
}
