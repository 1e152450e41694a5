/*
 * Learning curves: over the amount of data, with trainings of as many updates each, so that rows are not confounded with
 * training time; what twice the rows would give; and over time.
 */
import type { RandomStream } from '../../random/stream.js'
import { meanOf } from '../../statistics.js'
import { extrapolate } from '../experiments/curves.js'
import { type Allowance, workOf } from './allowance.js'
import { batchOf } from './probes.js'
import type { CurvePoint, Curves, EpochPoint, TwiceTheRows } from './result.js'
import { figureOf, type Outcome, type Repetition, repeat } from './trainings.js'

/** Shares of the rows beside all of them. */
const SHARES = [1 / 8, 1 / 4, 1 / 2]
const FEWEST_ROWS = 10
/** Points that a law of three numbers is fitted to. */
const FEWEST_POINTS = 3

interface Point {
  readonly rows: number
  readonly outcome: Outcome
}

/** @param whole what came of all rows */
export async function learningCurves(
  repetition: Repetition,
  whole: Outcome,
  random: RandomStream,
  allowance: Allowance,
): Promise<Curves> {
  const { train, heldOut } = repetition
  const points = [...(await onFewerRows(repetition, random, allowance)), { rows: train.rows, outcome: whole }]
  const rows = points.map(({ rows, outcome }): CurvePoint => {
    const { train: onTrain, heldOut: onHeldOut } = outcome
    return { rows, train: onTrain, heldOut: onHeldOut, error: figureOf(outcome, heldOut).error }
  })
  return { rows, twice: twiceTheRows(points, repetition), epochs: overTime(whole) }
}

async function onFewerRows(repetition: Repetition, random: RandomStream, allowance: Allowance): Promise<Point[]> {
  const { train, subject, fit, heldOut, seeds } = repetition
  const order = random.shuffle(Int32Array.from({ length: train.rows }, (_, row) => row))
  const updates = fit.epochs! * Math.ceil(train.rows / batchOf(fit.batchSize, train.rows))
  const points: Point[] = []
  for (const share of SHARES) {
    const rows = Math.round(share * train.rows)
    if (rows < FEWEST_ROWS) continue
    const epochs = Math.max(1, Math.round(updates / Math.ceil(rows / batchOf(fit.batchSize, rows))))
    const variation = { layers: subject.layers, train: train.subset(order.slice(0, rows)), heldOut, epochs }
    const outcome = await allowance.run([`${rows} rows`], seeds * workOf(repetition, variation), (signal) =>
      repeat({ ...repetition, signal }, variation),
    )
    if (outcome !== undefined) points.push({ rows, outcome })
  }
  return points
}

function twiceTheRows(points: readonly Point[], { seeds, seed }: Repetition): TwiceTheRows | undefined {
  const finite = Array.from({ length: seeds }, (_, one) => one).filter((one) =>
    points.every(({ outcome }) => Number.isFinite(outcome.heldOutBySeed[one]!)),
  )
  if (points.length < FEWEST_POINTS || finite.length === 0) return undefined
  const errors = points.map(({ rows, outcome }) => ({
    at: rows,
    errors: finite.map((one) => outcome.heldOutBySeed[one]!),
  }))
  const rows = 2 * points.at(-1)!.rows
  const { value, band } = extrapolate(errors, rows, { seed })
  return { rows, heldOut: value, band }
}

/** Seeds that failed are left out, and epochs that not all others have. */
function overTime({ losses }: Outcome): EpochPoint[] {
  const epochs = losses.length === 0 ? 0 : Math.min(...losses.map((own) => own.length))
  return Array.from({ length: epochs }, (_, at) => ({
    epoch: at + 1,
    train: meanOf(losses.map((own) => own[at]!.train)),
    heldOut: meanOf(losses.map((own) => own[at]!.heldOut ?? Number.NaN)),
  }))
}
