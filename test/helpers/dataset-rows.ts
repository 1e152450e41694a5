import type { Dataset } from '../../lib/index.js'

/** All that a row carries: features, targets, and its sample weight where there are weights. */
export function rowsOf(data: Dataset): { x: number[]; y: readonly number[]; weight: number | undefined }[] {
  return Array.from({ length: data.rows }, (_, row) => ({
    x: [...data.row(row)],
    y: data.hasTargets ? data.target(row) : [],
    weight: data.sampleWeights()?.[row],
  }))
}

/** The first feature of every row: enough to tell the rows apart where it counts them. */
export function firstFeatures(data: Dataset): number[] {
  return Array.from({ length: data.rows }, (_, row) => data.row(row)[0]!)
}
