/*
 * Checksums by which a resume detects changed data: of the targets and of the row weights. Features are left out, since
 * there may be gigabytes of them.
 */
import { type Dataset, forRuns } from '../../../data/dataset/dataset.js'
import { littleEndianPieces } from '../../../files/byte-order.js'
import { crc32c } from '../../../files/crc32c.js'
import type { Json } from '../../../files/strict-json.js'

/** The name in errors: class weights have been multiplied into the row weights. */
const WEIGHTS = 'sampleWeights times classWeights'

/**
 * @param train the training data: one data set for all members, or one for each; empty for a stream
 * @returns a function that computes the checksums at its first call, since only a fit that saves or resumes needs them
 */
export function dataChecksums(
  train: readonly Dataset[],
  validation: readonly Dataset[] | undefined,
): () => Record<string, Json> {
  let known: Record<string, Json> | undefined
  return () => {
    known ??= {
      ...checksumsOf(train),
      ...(validation === undefined ? {} : { validation: checksumsOf(validation) }),
    }
    return known
  }
}

function checksumsOf(data: readonly Dataset[]): Record<string, Json> {
  if (data.length === 0) return {}
  // Computed in float32, as in training: the same classes may come as an Int32Array or as a list of numbers.
  return {
    targets: ofEach(data, (one) => checksum(Float32Array.from(forRuns(one).targets!.data))),
    [WEIGHTS]: ofEach(data, (one) => {
      const weights = one.sampleWeights()
      return weights === undefined ? 'none' : checksum(weights)
    }),
  }
}

/** One checksum where all are equal: one data set for all members trains as the same data set given to each. */
function ofEach(data: readonly Dataset[], of: (one: Dataset) => string): Json {
  const known = new Map([...new Set(data)].map((one) => [one, of(one)]))
  const all = data.map((one) => known.get(one)!)
  return new Set(all).size === 1 ? all[0]! : all
}

function checksum(values: Float32Array): string {
  const sum = crc32c(Buffer.concat([...littleEndianPieces(values, 4)]))
  return `checksum ${sum.toString(16).padStart(8, '0')}`
}
