import type { ActivationName } from '../../activations/names.js'
import type { ParityForm } from './parity-network.js'
import type { ParityTraining } from './train-parity.js'

export interface WhyDeepProgress {
  readonly stage: 'construct' | 'depths' | 'fewest'
  readonly bits: number
  /** Units of the hidden layers of the networks at work. */
  readonly hidden: readonly number[]
}

/** A network with weights by construction, and what it told of the rows. */
export interface ConstructedParity {
  readonly form: ParityForm
  readonly bits: number
  readonly hidden: readonly number[]
  readonly hiddenUnits: number
  /** Rows that were asked; 0 for a network that is counted but too large to be built. */
  readonly rows: number
  /** Whether these are all 2^bits rows; otherwise they are drawn. */
  readonly all: boolean
  /** Rows told wrongly. */
  readonly wrong: number
}

/** The smallest hidden layer with which some seed told all rows. */
export interface FewestUnits {
  readonly bits: number
  /** Undefined where none of the widths tried was enough. */
  readonly units: number | undefined
  /** The last width tried. */
  readonly triedUpTo: number
  /** The training at that width. */
  readonly training: ParityTraining
}

export interface WhyDeep {
  readonly constructed: readonly ConstructedParity[]
  /** What training finds, by bits and number of hidden layers. */
  readonly depths: readonly ParityTraining[]
  readonly fewest: readonly FewestUnits[]
  readonly activation: ActivationName
  readonly seeds: number
  readonly steps: number
  readonly seed: number
  readonly stopped: 'completed' | 'aborted'
  /** All of it as tables, a plot and sentences. */
  readonly text: string
}
