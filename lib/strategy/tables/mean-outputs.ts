/*
 * The mean of what the members of a population give for rows in any form.
 */
import type { ArrayWithShape, NumberArray, Rows } from '../../data/arrays/rows.js'
import type { NamedRows } from '../../data/contents/named-rows.js'
import { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import { insideOf } from '../../model/inside.js'
import { floatsFor } from '../../model/network/inputs.js'
import type { Population, PopulationPrediction } from '../../model/population.js'
import { encodedNumbers, type PredictionInput } from '../../model/prediction/predict.js'
import { atOnce, ELEMENTS_OF_STEP, inTurns, type Steps } from '../../turns.js'

/** Outputs of all members that are held at once, in numbers, where there are many rows. */
const MOST_OUTPUTS = 1 << 22
/** Up to this many multiply-adds run on the calling thread: less than handing them to another thread and back. */
const QUICK_MULTIPLY_ADDS = 1_000_000

/** The mean of the members' outputs, in float64. */
export interface MeanOutputs {
  /** [rows, outputs], row-major. */
  readonly data: Float64Array
  readonly rows: number
}

type NumberRows = Rows | NumberArray | NamedRows

export async function meanOutputs(many: Population, encoder: Encoder, given: PredictionInput): Promise<MeanOutputs> {
  const { network } = insideOf(many)
  const rows = await inTurns(encodedNumbers({ encoder, network }, given))
  if (!(rows instanceof Dataset)) {
    const quick = quickly(many, rows)
    if (quick !== undefined) return quick
  }
  const most = Math.max(1, Math.floor(MOST_OUTPUTS / (many.members * many.outputs)))
  const data = rows instanceof Dataset ? rows : isLong(rows, most) ? Dataset.from({ x: rows }) : undefined
  if (data === undefined || data.rows <= most) return await inTurns(meanOf(await many.predict(rows)))
  const means = new Float64Array(data.rows * many.outputs)
  let at = 0
  for (const part of data.batch(most)) {
    const { data: own } = await inTurns(meanOf(await many.predict(part)))
    means.set(own, at)
    at += own.length
  }
  return { data: means, rows: data.rows }
}

export function meanOutputsSync(many: Population, encoder: Encoder, given: PredictionInput): MeanOutputs {
  const { network } = insideOf(many)
  const rows = atOnce(encodedNumbers({ encoder, network }, given))
  const quick = rows instanceof Dataset ? undefined : quickly(many, rows)
  return quick ?? atOnce(meanOf(many.predictSync(rows)))
}

/** Whether these are encoded rows, of more than so many. */
function isLong(rows: NumberRows, most: number): rows is ArrayWithShape {
  return 'shape' in rows && 'data' in rows && Number((rows as ArrayWithShape).shape[0]) > most
}

/** A few rows, on this thread; undefined where there are more. */
function quickly(many: Population, given: NumberRows): MeanOutputs | undefined {
  const { network, reader } = insideOf(many)
  const { members, outputs } = many
  const { data, rows } = floatsFor(given, network)
  if (rows * members * network.length > QUICK_MULTIPLY_ADDS) return undefined
  const all = reader.predictMembersNow(data, rows, members)
  return atOnce(meanOf({ data: all, shape: [members, rows, outputs] }))
}

/** Summed in the order of the members. */
export function* meanOf({ data, shape: [members, rows, outputs] }: PopulationPrediction): Steps<MeanOutputs> {
  const size = rows * outputs
  const means = new Float64Array(size)
  const placesOfStep = Math.ceil(ELEMENTS_OF_STEP / members)
  for (let at = 0; at < size; at++) {
    if (at % placesOfStep === placesOfStep - 1) yield
    let sum = 0
    for (let member = 0; member < members; member++) sum += data[member * size + at]!
    means[at] = sum / members
  }
  return { data: means, rows }
}
