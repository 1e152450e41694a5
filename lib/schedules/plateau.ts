import { boolean, finiteNumber, fraction, knownOptions, nonNegativeInteger } from '../validate.js'

export interface PlateauOptions {
  /** What the rate is multiplied by. Default 0.1. */
  readonly factor?: number
  /** Values without progress that are let pass. Default 10. */
  readonly patience?: number
  /** Progress is a value below `best · (1 - threshold)` (PyTorch's relative threshold). Default 1e-4. */
  readonly threshold?: number
  /** Values after a fall that do not count. Default 0. */
  readonly cooldown?: number
  /** The product of all factors stays at least this. Default 0. */
  readonly minimumFactor?: number
  /** Whether more is better. Default false. */
  readonly maximize?: boolean
}

/** The rule of "reduce on plateau" (PyTorch's ReduceLROnPlateau): from values of a loss to a factor of the rate. */
export class Plateau {
  readonly #options: Required<PlateauOptions>
  #best: number
  #waited = 0
  #cooling = 0
  #factor = 1

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: PlateauOptions) {
    const names = ['factor', 'patience', 'threshold', 'cooldown', 'minimumFactor', 'maximize'] as const
    const given = knownOptions<PlateauOptions>('Plateau', options, names)
    this.#options = {
      factor: fraction('factor', given.factor ?? 0.1),
      patience: nonNegativeInteger('patience', given.patience ?? 10),
      threshold: finiteNumber('threshold', given.threshold ?? 1e-4, { min: 0 }),
      cooldown: nonNegativeInteger('cooldown', given.cooldown ?? 0),
      minimumFactor: finiteNumber('minimumFactor', given.minimumFactor ?? 0, { min: 0 }),
      maximize: boolean('maximize', given.maximize ?? false),
    }
    this.#best = this.#options.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }

  /** Takes the next value, and gives what the first rate is multiplied by from now on. */
  factorAfter(value: number): number {
    const { factor, patience, threshold, cooldown, minimumFactor, maximize } = this.#options
    const better = maximize ? value > this.#best * (1 + threshold) : value < this.#best * (1 - threshold)
    if (better) this.#best = value
    this.#waited = better ? 0 : this.#waited + 1
    if (this.#cooling > 0) {
      this.#cooling--
      this.#waited = 0
    }
    if (this.#waited > patience) {
      this.#factor = Math.max(this.#factor * factor, minimumFactor)
      this.#cooling = cooldown
      this.#waited = 0
    }
    return this.#factor
  }
}
