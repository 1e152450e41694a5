import type { Json } from '../files/strict-json.js'
import type { Parameter } from '../native/parameter.js'
import type { Recorder } from '../native/recorder.js'
import type { Tensor } from '../native/tensor.js'

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
  /** Whether random layers draw: false where `trace` and `gradients` look at one and the same cost. */
  readonly random: boolean
}

/**
 * A layer is a description: nothing of a recording lives on it, so one model can be recorded in several ways side by
 * side. `bind` gives a copy that knows its inputs and has parameters.
 */
export abstract class Layer {
  /** The class's name in files and tables. */
  abstract readonly type: string
  /** Whether `fit` changes its parameters. */
  trainable = true

  /** Features of one row that go in; undefined until the layer belongs to a model. */
  abstract readonly inputs: number | undefined
  /** Features of one row that come out; undefined until the layer belongs to a model, where it depends on the inputs. */
  abstract readonly outputs: number | undefined
  abstract readonly parameters: readonly Parameter[]

  /** A copy of this layer for a model, with the inputs that the layer before gives. */
  abstract bind(inputs: number): Layer
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
    _record: Recorder,
    _accumulator: Tensor,
    _weightSum: Tensor | undefined,
    _costRows: Float64Array | undefined,
  ): void {}
  /** Whether that penalty depends on the number of rows. */
  get penaltyPerRow(): boolean {
    return false
  }
  /** Refuses strengths that are lists of another length than the population has members. */
  requireMembers(_members: number): void {}
  /** This layer with one member's strengths. */
  forMember(_member: number): Layer {
    return this
  }
  /** The options that make this layer anew. */
  abstract options(): Record<string, Json>
  /** The activation a loss may fuse with, if this layer is the last one. */
  abstract readonly activationName: string
  /** Short form for tables and messages: 'Dense 4'. */
  abstract describe(): string

  /** [rows, features]; null stands for the rows of a batch. */
  get outputShape(): readonly [null, number] | undefined {
    return this.outputs === undefined ? undefined : [null, this.outputs]
  }

  /** Trainable numbers. */
  get parameterCount(): number {
    return this.parameters.reduce((sum, parameter) => sum + parameter.size, 0)
  }
}
