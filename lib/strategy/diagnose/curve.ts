/*
 * Learning curves: over the amount of data, with trainings of as many updates each, so that rows are not confounded with
 * training time.
 */
import type { RandomStream } from '../../random/stream.js'
import { batchOf } from './probes.js'
import type { CurvePoint } from './result.js'
import { figureOf, type Outcome, type Repetition, repeat } from './trainings.js'

/** Shares of the rows beside all of them. */
const SHARES = [1 / 8, 1 / 4, 1 / 2]
const FEWEST_ROWS = 10

/** @param whole what came of all rows */
export async function learningCurve(
  repetition: Repetition,
  whole: Outcome,
  random: RandomStream,
): Promise<CurvePoint[]> {
  const { train, subject, fit, heldOut } = repetition
  const order = random.shuffle(Int32Array.from({ length: train.rows }, (_, row) => row))
  const point = (rows: number, outcome: Outcome): CurvePoint => ({
    rows,
    train: outcome.train,
    heldOut: outcome.heldOut,
    error: figureOf(outcome, heldOut).error,
  })
  const updates = fit.epochs! * Math.ceil(train.rows / batchOf(fit.batchSize, train.rows))
  const points: CurvePoint[] = []
  for (const share of SHARES) {
    const rows = Math.round(share * train.rows)
    if (rows < FEWEST_ROWS) continue
    repetition.signal?.throwIfAborted()
    const epochs = Math.max(1, Math.round(updates / Math.ceil(rows / batchOf(fit.batchSize, rows))))
    const some = train.subset(order.slice(0, rows))
    const variation = { layers: subject.layers, train: some, heldOut, epochs }
    points.push(point(rows, await repeat(repetition, variation)))
  }
  return [...points, point(train.rows, whole)]
}
