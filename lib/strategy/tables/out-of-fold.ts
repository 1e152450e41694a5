/*
 * What networks say of rows that they have not seen, and what follows from it: metrics, intervals, calibration.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import type { Population } from '../../model/population.js'
import { bringInUnits, inUnits, predictedValue } from '../../outputs/units.js'
import { inTurns, type Steps } from '../../turns.js'
import type { ThresholdGoal } from '../choose-threshold.js'
import { labelIntervals, type MetricInterval, valueIntervals } from './bootstrap.js'
import { applyTemperature, type Calibration, fittedTemperature, residualsOf } from './calibration.js'
import { quantileCalibration, setCalibration } from './conformal-calibration.js'
import { type Choice, chosenOn } from './decide.js'
import type { FoldRows } from './division.js'
import { labelScores, quantileScores, type TableScores, targetsOf, valueScores } from './scores.js'

/** Predictions of rows by networks that had not seen them. */
export interface OutOfFold extends TableScores {
  /**
   * The fold of every row that has a target, in the order of the source: its predictions are those of networks that were
   * trained without this fold. -1 for the earliest rows with `time`, which no fold holds out. With `repeats` so many for
   * every row, [repeats, rows], and the folds of each division are counted on from those before.
   */
  readonly folds: Int32Array
  /** The target of every row: the place of its class in `model.labels`, or its value. */
  readonly targets: Float64Array
  /**
   * Mean over the networks of the row's folds, [rows, outputs], row-major: probabilities, brought to the temperature of the
   * other folds' rows, so that no row counts for its own, or values in
   * the target's units. NaN for rows that no fold holds out.
   */
  readonly predictions: { readonly data: Float64Array; readonly shape: readonly [rows: number, outputs: number] }
}

export interface OutOfFoldResult {
  readonly outOfFold: OutOfFold
  readonly intervals: Readonly<Record<string, MetricInterval>>
  readonly calibration: Calibration
  readonly choice: Choice
}

/** The rows to be predicted, and by what. */
export interface OutOfFoldParts {
  readonly data: Dataset
  readonly encoder: Encoder
  readonly folds: readonly FoldRows[]
  /** How many divisions the folds are of, one behind the other. */
  readonly repeats: number
  /** Whether the folds are windows of time, the earliest first. */
  readonly ofTime: boolean
  /** Data sets of the folds' rows. */
  readonly held: readonly Dataset[]
  /** Member i belongs to fold i modulo the number of folds. */
  readonly population: Population
  readonly seed: number
  readonly groupOfRow: Int32Array | undefined
  /** What the outputs are, where they are quantiles. */
  readonly quantiles: readonly number[] | undefined
  readonly goal: ThresholdGoal | undefined
}

export async function outOfFoldOf(parts: OutOfFoldParts): Promise<OutOfFoldResult> {
  const { data, encoder, population, seed, groupOfRow, quantiles, goal } = parts
  const { outputs } = population
  const foldOf = foldsOfRows(parts)
  const predicted = await meanPredictions(parts)
  const targets = await inTurns(targetsOf(data))
  const { targetScale, labels } = encoder
  if (targetScale !== undefined) {
    await inTurns(bringInUnits(targets, targetScale, inUnits))
    await inTurns(bringInUnits(predicted, targetScale, predictedValue))
  }
  const known = Int32Array.from(targets, (_, row) => row).filter((row) => foldOf[row]! >= 0)
  const some = Float64Array.from(known, (row) => targets[row]!)
  const given = new Float64Array(known.length * outputs)
  for (const [at, row] of known.entries())
    given.set(predicted.subarray(row * outputs, (row + 1) * outputs), at * outputs)
  const options = { seed, groupOfRow: groupOfRow && (known.map((row) => groupOfRow[row]!) as Int32Array) }
  const predictions = { data: predicted, shape: [data.rows, outputs] as const }
  const all = { rows: known.length, folds: foldOf, targets, predictions }
  if (labels === undefined) {
    const scores = quantiles === undefined ? valueScores(some, given) : quantileScores(some, given, quantiles)
    const metrics = await inTurns(scores)
    const intervals = await inTurns(valueIntervals(some, given, quantiles, options))
    const calibration =
      quantiles === undefined
        ? { residuals: residualsOf(some.map((target, at) => target - given[at]!)) }
        : quantileCalibration(some, given, outputs)
    return { outOfFold: { metrics, ...all }, intervals, calibration, choice: {} }
  }
  const temperature = await inTurns(fittedTemperature(some, given, outputs))
  // By the fold of the first division, of which every row has one.
  const foldOfKnown = Int32Array.from(known, (row) => foldOf[row]!)
  await inTurns(crossTempering(some, given, outputs, foldOfKnown, parts.ofTime))
  for (const [at, row] of known.entries()) {
    predicted.set(given.subarray(at * outputs, (at + 1) * outputs), row * outputs)
  }
  const choice = goal === undefined ? {} : chosenOn(some, given, goal, 'out-of-fold')
  const threshold = choice.threshold?.threshold
  return {
    outOfFold: { ...(await inTurns(labelScores(some, given, labels, threshold))), ...all },
    intervals: await inTurns(labelIntervals(some, given, labels.length, { ...options, threshold })),
    calibration: {
      temperature,
      ...setCalibration(some, given, outputs),
      ...(threshold === undefined ? {} : { threshold }),
    },
    choice,
  }
}

/**
 * Brings the rows of every fold to the temperature that those of the others have, in place: none counts for itself.
 *
 * @param ofTime whether later folds are the future: those before count alone
 */
function* crossTempering(
  targets: Float64Array,
  probabilities: Float64Array,
  outputs: number,
  foldOf: Int32Array,
  ofTime: boolean,
): Steps<void> {
  const own = probabilities.slice()
  for (const fold of new Set(foldOf)) {
    const [inside, others] = [[] as number[], [] as number[]]
    for (const [row, one] of foldOf.entries()) {
      if (one === fold) inside.push(row)
      else if (!ofTime || one < fold) others.push(row)
    }
    if (others.length === 0) continue
    const rowsOf = (rows: readonly number[]) => {
      const some = new Float64Array(rows.length * outputs)
      for (const [at, row] of rows.entries()) some.set(own.subarray(row * outputs, (row + 1) * outputs), at * outputs)
      return some
    }
    yield
    const known = Float64Array.from(others, (row) => targets[row]!)
    const temperature = yield* fittedTemperature(known, rowsOf(others), outputs)
    const tempered = rowsOf(inside)
    yield* applyTemperature(tempered, outputs, temperature)
    for (const [at, row] of inside.entries()) {
      probabilities.set(tempered.subarray(at * outputs, (at + 1) * outputs), row * outputs)
    }
    yield
  }
}

/** The fold of every row, division by division. */
function foldsOfRows({ data, folds, repeats }: OutOfFoldParts): Int32Array {
  const foldOf = new Int32Array(data.rows * repeats).fill(-1)
  const each = folds.length / repeats
  for (const [fold, { held }] of folds.entries()) {
    const before = Math.floor(fold / each) * data.rows
    for (const row of held) foldOf[before + row] = fold
  }
  return foldOf
}

/** For every row the mean over the networks of the folds that hold it out; NaN where there is none. */
async function meanPredictions(parts: OutOfFoldParts): Promise<Float64Array> {
  const { data, folds, repeats, population } = parts
  const { outputs } = population
  const sums = new Float64Array(data.rows * outputs).fill(Number.NaN)
  for (let fold = 0; fold < folds.length; fold++) {
    const means = await meanOfFold(parts, fold)
    const isFirst = fold < folds.length / repeats
    for (const [at, row] of folds[fold]!.held.entries()) {
      for (let output = 0; output < outputs; output++) {
        const place = row * outputs + output
        sums[place] = means[at * outputs + output]! + (isFirst ? 0 : sums[place]!)
      }
    }
  }
  return repeats === 1 ? sums : sums.map((sum) => sum / repeats)
}

/** Mean outputs of the networks of a fold for the rows that it holds out. */
async function meanOfFold({ population, folds, held }: OutOfFoldParts, fold: number): Promise<Float64Array> {
  const rows = held[fold]!
  const means = new Float64Array(rows.rows * population.outputs)
  let members = 0
  for (let member = fold; member < population.members; member += folds.length) {
    const { data } = await population.member(member).predict(rows)
    for (let at = 0; at < means.length; at++) means[at]! += data[at]!
    members++
  }
  return means.map((sum) => sum / members)
}
