/*
 * Inputs as numbers of mean 0 and variance 1; and which of them are far from it.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { RunningMoments } from '../../statistics.js'
import { inTurns, type Steps } from '../../turns.js'

/** The values of a feature. */
export class FeatureMoments extends RunningMoments {
  /** Rows in which it is not 0, and the sum of the squares of its values. */
  notZero = 0
  squaresOfValues = 0
  /** Whether all values so far are 0 or 1. */
  isMark = true

  override add(value: number): void {
    super.add(value)
    if (value === 0) return
    if (value !== 1) this.isMark = false
    this.notZero++
    this.squaresOfValues += value * value
  }

  /**
   * How large its values are: the deviation; of a feature that is 0 in most rows (counts, the rims of pictures) the root of
   * the mean square of its other values, since such a feature says something in few rows, and there it is as large as that,
   * however few they are; 1 of one that is 0 or 1 (a mark of a category or of missing values).
   */
  get size(): number {
    if (this.isMark) return this.notZero === 0 || this.notZero === this.count ? 0 : 1
    if (this.notZero === 0 || 2 * this.notZero > this.count) return this.deviation
    return Math.sqrt(this.squaresOfValues / this.notZero)
  }
}

/** Mean and deviation of every feature over the training rows. */
export async function momentsOf(data: Dataset): Promise<readonly FeatureMoments[]> {
  return await inTurns(collecting(data))
}

function* collecting(data: Dataset): Steps<readonly FeatureMoments[]> {
  const moments = Array.from({ length: data.features }, () => new FeatureMoments())
  for (let row = 0; row < data.rows; row++) {
    const values = data.row(row)
    for (let feature = 0; feature < values.length; feature++) moments[feature]!.add(values[feature]!)
    if (row % 64 === 0) yield
  }
  return moments
}

/** The features that are numbers; codes of categories are not. */
export function numericFeatures(data: Dataset, levels: (name: string) => boolean): readonly number[] {
  const { inputs } = data
  if (inputs === undefined) return Array.from({ length: data.features }, (_, feature) => feature)
  const found: number[] = []
  let from = 0
  for (const { name, columns } of inputs) {
    if (!levels(name)) for (let at = 0; at < columns; at++) found.push(from + at)
    from += columns
  }
  return found
}

/** The rows with these features standardized by the moments of the training rows; features that do not vary become 0. */
export function standardized(data: Dataset, moments: readonly RunningMoments[], features: readonly number[]): Dataset {
  const own = new Set(features)
  return data.map((values) =>
    Float32Array.from(values, (value, feature) => {
      if (!own.has(feature)) return value
      const { mean, deviation } = moments[feature]!
      return deviation > 0 ? (value - mean) / deviation : 0
    }),
  )
}

/** Whether rows have the same weights, which `map` keeps. */
export function hasWeights(data: Dataset): boolean {
  return forRuns(data).weights !== undefined
}
