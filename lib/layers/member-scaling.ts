import type { Json } from '../files/strict-json.js'
import type { InputLayout } from '../inputs.js'
import { type InitialValues, Parameter, rateFactor } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { array, boolean, invalid, knownOptions, oneOf, positiveInteger } from '../validate.js'
import { type Backward, type Cache, type Forward, Layer } from './layer.js'

/** How the factors of MemberScaling start. */
export type ScalingStart = 'signs' | 'normal' | 'ones'

export interface MemberScalingOptions {
  /**
   * How the factors start, drawn for each member anew: 'signs', +1 or -1; 'normal', from a standard normal distribution,
   * which the paper takes behind embeddings of numbers; 'ones', all 1, so that members start alike. Default 'signs'.
   */
  readonly start?: ScalingStart
  /**
   * Columns that start with one number in common: as many as the first number says, then as many as the second, and so on.
   * The paper takes the columns of one feature's embedding together. Default each column by itself.
   */
  readonly sections?: readonly number[]
  /** The factors' learning rate is the optimizer's times this, above 0. Default 1. */
  readonly learningRateFactor?: number
  /** Whether `fit` changes the factors. Default true. */
  readonly trainable?: boolean
}

const optionNames = ['start', 'sections', 'learningRateFactor', 'trainable'] as const
const starts: readonly ScalingStart[] = ['signs', 'normal', 'ones']

/**
 * The first layer of a TabM ensemble (Gorishniy et al., "TabM: Advancing tabular deep learning with parameter-efficient
 * ensembling", 2024): every member gets the row multiplied by factors of its own, `x ⊙ r_j`. The layers behind are shared
 * by all members (SharedDense), up to MemberHeads, the last one. `tabM` makes all of these layers.
 *
 * Input shape (batch, inputs); output shape (batch, members · inputs), one member's columns behind the other's. Parameter
 * scale (members, inputs). Derivation: docs/math/tabm.md.
 *
 * @example
 * new Sequential([new MemberScaling(16), new SharedDense(256, { activation: 'relu' }), new MemberHeads(1)], { inputs: 12 })
 */
export class MemberScaling extends Layer {
  readonly type = 'MemberScaling'
  readonly members: number
  readonly start: ScalingStart
  readonly sections: readonly number[] | undefined
  readonly learningRateFactor: number
  #scale: Parameter | undefined

  /**
   * @param members number of members, at least 1
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(members: number, options?: MemberScalingOptions) {
    super()
    const given = knownOptions<MemberScalingOptions>('MemberScaling', options, optionNames)
    this.members = positiveInteger('members', members)
    this.start = oneOf('start', given.start ?? 'signs', starts)
    this.sections =
      given.sections &&
      array('sections', given.sections, 'numbers of columns').map((columns, at) =>
        positiveInteger(`sections[${at}]`, columns),
      )
    this.learningRateFactor = rateFactor('learningRateFactor', given.learningRateFactor ?? 1)
    this.trainable = boolean('trainable', given.trainable ?? true)
  }

  get inputs(): number | undefined {
    return this.#scale?.columns
  }

  get outputs(): number | undefined {
    return this.#scale?.size
  }

  override get parameters(): readonly Parameter[] {
    return this.#scale === undefined ? [] : [this.#scale]
  }

  override membersBehind(members: number | undefined): number {
    if (members === undefined) return this.members
    throw invalid(
      `a layer behind MemberScaling ${members}`,
      'layer that the members share, such as SharedDense',
      this.describe(),
      'The members are made once.',
    )
  }

  bind(inputs: number, _layout?: InputLayout): MemberScaling {
    const bound = new MemberScaling(this.members, this.#given())
    bound.trainable = this.trainable
    const sum = this.sections?.reduce((total, columns) => total + columns, 0) ?? inputs
    if (sum !== inputs) throw invalid('sections', `numbers whose sum is ${inputs}, the number of inputs`, this.sections)
    const start = this.#startingValues()
    bound.#scale = new Parameter('scale', [this.members, inputs], 0, start, true, this.learningRateFactor)
    return bound
  }

  forward(record: Recorder, x: Tensor): Forward {
    const { members } = this
    const output = record.empty(members * x.columns)
    record.memberScale({ output, x, scale: record.parameter(this.#scale!), members })
    return { output, cache: { x } }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    const { members } = this
    const x = cache.x!
    if (this.trainable) {
      record.memberScaleBackwardScale({ scaleGradient: record.gradient(this.#scale!), outputGradient, x, members })
    }
    if (!wantInputGradient) return { inputGradient: undefined }
    const inputGradient = record.empty(x.columns)
    const scale = record.parameter(this.#scale!)
    record.memberScaleBackwardInput({ inputGradient, outputGradient, scale, members })
    return { inputGradient }
  }

  override withMembers(members: number): MemberScaling {
    return new MemberScaling(members, this.#given())
  }

  options(): Record<string, Json> {
    return { members: this.members, ...this.#given() } as unknown as Record<string, Json>
  }

  override describe(): string {
    return `MemberScaling ${this.members}`
  }

  #given(): MemberScalingOptions {
    return {
      start: this.start,
      ...(this.sections && { sections: this.sections }),
      ...(this.learningRateFactor === 1 ? {} : { learningRateFactor: this.learningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }

  #startingValues(): InitialValues {
    const drawn: InitialValues = {
      ones: { kind: 'constant' as const, a: 1, b: 0 },
      normal: { kind: 'normal' as const, a: 0, b: 1 },
      signs: { kind: 'uniform' as const, a: -1, b: 1 },
    }[this.start]
    if (this.start === 'ones' || (this.start === 'normal' && this.sections === undefined)) return drawn
    return {
      ...drawn,
      adjust: (values, rows, columns) => {
        if (this.start === 'signs') for (const [at, value] of values.entries()) values[at] = value < 0 ? -1 : 1
        for (let row = 0; row < rows; row++) {
          let from = row * columns
          for (const width of this.sections ?? []) {
            values.fill(values[from]!, from, from + width)
            from += width
          }
        }
      },
    }
  }
}
