/*
 * Inputs as numbers of mean 0 and variance 1; and which of them are far from it.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { RunningMoments } from '../../statistics.js'
import { inTurns, type Steps } from '../../turns.js'

/** Mean and deviation of every feature over the training rows. */
export async function momentsOf(data: Dataset): Promise<readonly RunningMoments[]> {
  return await inTurns(collecting(data))
}

function* collecting(data: Dataset): Steps<readonly RunningMoments[]> {
  const moments = Array.from({ length: data.features }, () => new RunningMoments())
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
