import { DeepblasError } from '../errors.js'
import type { InputLayout } from '../inputs.js'
import { levelsOf } from '../inputs.js'
import { Layer } from './layer.js'

/** A layer on one column of codes. The number of categories comes from its option or from the model's inputs. */
export abstract class CodeLayer extends Layer {
  /** Number of categories; undefined for a layer that was not given one and does not yet belong to a model. */
  readonly levels: number | undefined

  constructor(levels: number | undefined) {
    super()
    this.levels = levels === undefined ? undefined : levelsOf('levels', levels)
  }

  get inputs(): number | undefined {
    return this.levels === undefined ? undefined : 1
  }

  override get takesCodes(): boolean {
    return true
  }

  /** The number of categories of the one input column. */
  protected levelsOfInput(inputs: number, layout: InputLayout | undefined): number {
    const known = layout?.parts[0]?.levels
    if (inputs !== 1) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected one column of codes for ${this.describe()} but it gets ${inputs} columns. ` +
          'For columns beside each other use new Concatenate({ city: new Embedding(8), … }).',
      )
    }
    if (known === undefined && this.levels === undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected the number of levels for ${this.describe()} but received none. Give it as an option, or name the ` +
          'input: inputs: { city: categorical(500) }.',
      )
    }
    if (known !== undefined && this.levels !== undefined && known !== this.levels) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${known} levels for ${this.describe()}, as the input ${layout!.parts[0]!.name} has, but received ${this.levels}.`,
      )
    }
    return (known ?? this.levels)!
  }
}
