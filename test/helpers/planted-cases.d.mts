import type * as deepblas from '../../lib/index.js'

/** A made case: an untrained model, data, the options of its training, and what a diagnosis may say. */
export interface PlantedCase {
  readonly model: deepblas.Sequential
  readonly train: deepblas.Dataset
  /** Rows like those of `train` that it does not hold, where `dev` is from elsewhere. */
  readonly trainDev?: deepblas.Dataset
  readonly dev: deepblas.Dataset
  readonly test?: deepblas.Dataset
  /** The best that can be reached, accuracy or R², where it is known. */
  readonly target?: number
  readonly fit: deepblas.FitOptions
  /** What may be said to dominate. */
  readonly dominant: readonly string[]
  /** Levers that may come first; none where nothing is to be gained. */
  readonly levers: readonly string[]
}

export const usualSizes: readonly number[]

export const plantedCases: readonly {
  readonly name: string
  readonly kind: string
  readonly task: 'two classes' | 'three classes' | 'regression'
  /**
   * @param size factor of the rows
   * @param library the deepblas that is tested: `lib/index.js` or `dist/index.mjs`
   */
  make(seed: number, size: number, library: typeof deepblas): PlantedCase
}[]
