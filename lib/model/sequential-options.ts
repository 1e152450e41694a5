import type { NamedInputs } from '../inputs.js'
import type { SetWeightsOptions } from './network/weights.js'
import type { Rename } from './network/weights-from-file.js'

/** Options of `save` of a model that tells how it was made. */
export interface SaveOptions {
  /**
   * How the model was made, as plain JSON: the file keeps it, and `made` of the loaded model gives it. Default none.
   */
  readonly made?: Readonly<Record<string, unknown>>
}

export interface SequentialOptions<Inputs extends number | NamedInputs = number | NamedInputs> {
  /**
   * Number of features in a row; or inputs by name, with categories beside the numbers: { numeric: 12, city:
   * categorical(500) }. Default: the inputs of the first layer.
   */
  readonly inputs?: Inputs
  /** Seed of the initial weights, and of a `fit` that is given no seed. Default 0. */
  readonly seed?: number
  /** Names of the classes, in the order of the outputs. Default those of the first data set that has any. */
  readonly labels?: readonly string[]
}

export interface FromSafetensorsOptions extends SequentialOptions, SetWeightsOptions {
  /**
   * Gives the name of the model's weight for the name of a tensor in the file, or undefined to skip the tensor.
   * Default: accepts the names of PyTorch's `nn.Sequential` and of deepblas.
   */
  readonly rename?: Rename
}
