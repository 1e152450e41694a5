/*
 * A trained model with its measures on the rows that were held out.
 */

import { selectingParts } from '../../data/contents/contents.js'
import { DataForRuns } from '../../data/contents/for-runs.js'
import { asDataset, type Dataset, forRuns } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import { joining } from '../../model/joined-population.js'
import { Population } from '../../model/population.js'
import type { Sequential } from '../../model/sequential.js'
import { bringInUnits, inUnits } from '../../outputs/units.js'
import { inTurns, type Steps } from '../../turns.js'
import type { ChosenThreshold, ThresholdGoal } from '../choose-threshold.js'
import { labelIntervals, type MetricInterval, valueIntervals } from './bootstrap.js'
import type { Calibration } from './calibration.js'
import { withThreshold } from './decide.js'
import type { FoldRows } from './division.js'
import { type OutOfFold, outOfFoldOf } from './out-of-fold.js'
import type { TableRecipe } from './recipe.js'
import { predictedValues, scoresOn } from './score-model.js'
import { type TableScores, targetsOf } from './scores.js'
import { type TableModel, tableModelOf } from './table-model.js'
import type { Part } from './trained-networks.js'

export type MetricIntervals = Readonly<Record<string, MetricInterval>>

export interface MeasuredModel {
  readonly model: Sequential | TableModel
  /** Which of the networks the model is made of, where it is not all of them. */
  readonly kept?: readonly number[]
  readonly heldOut: TableScores
  readonly outOfFold?: OutOfFold
  /** Of the metrics of `heldOut`; undefined for one network. */
  readonly intervals?: MetricIntervals
  readonly threshold?: ChosenThreshold
  /** Why there is none, where one was asked for. */
  readonly thresholdMissed?: string
}

interface Trained {
  readonly model: Sequential | Population
  readonly encoder: Encoder
  /** All rows that the encoder was fitted on. */
  readonly data: Dataset
  readonly parts: readonly Part[]
  readonly folds: readonly FoldRows[] | undefined
  readonly repeats: number
  /** Whether the folds are windows of time, of which the last has learned from the others' rows too. */
  readonly ofTime: boolean
  readonly seed: number
  /** The group of every row of the folds, or of those held out, from 0. */
  readonly groupOfRow: Int32Array | undefined
  readonly recipe: Pick<TableRecipe, 'quantiles'>
  /** What the threshold of two classes is chosen by. */
  readonly goal: ThresholdGoal | undefined
}

export async function measuredModel(trained: Trained): Promise<MeasuredModel> {
  const { model, encoder, data, parts, folds, repeats, ofTime, seed, groupOfRow, recipe, goal } = trained
  const { validation } = parts[0]!
  if (!(model instanceof Population)) return { model, heldOut: await scoresOn(model, encoder, validation) }
  if (folds === undefined) {
    const mean = tableModelOf({ population: model, encoder, calibration: quantilesOf(recipe) })
    const decided = goal && (await withThreshold(mean, validation, goal))
    const own = decided?.model ?? mean
    return {
      model: own,
      heldOut: await scoresOn(own, encoder, validation),
      intervals: await intervalsOn(own, validation, seed, groupOfRow),
      ...decided?.choice,
    }
  }
  const held = parts.map((part) => part.validation)
  const own = quantilesOf(recipe)
  const { quantiles } = own
  const of = { data, encoder, folds, repeats, ofTime, held, population: model, seed, groupOfRow, quantiles, goal }
  const { outOfFold, intervals, calibration, choice } = await outOfFoldOf(of)
  const { rows, metrics, report } = outOfFold
  const kept = ofTime ? membersOfLast(model, folds.length) : undefined
  const population = kept === undefined ? model : await inTurns(joining(kept.map((member) => model.member(member))))
  return {
    model: tableModelOf({ population, encoder, calibration: { ...own, ...calibration } }),
    ...(kept && { kept }),
    heldOut: { rows, metrics, ...(report && { report }) },
    outOfFold,
    intervals,
    ...choice,
  }
}

/** The networks of the last window: those of earlier ones know less of the present. */
function membersOfLast({ members }: Population, folds: number): number[] {
  const all = Array.from({ length: members }, (_, member) => member)
  return all.filter((member) => member % folds === folds - 1)
}

function quantilesOf({ quantiles }: Pick<TableRecipe, 'quantiles'>): Pick<Calibration, 'quantiles'> {
  return quantiles.length === 0 ? {} : { quantiles }
}

/** 95 % intervals of the metrics of a mean on some rows, over other rows of the same kind. */
export async function intervalsOn(
  model: TableModel,
  data: Dataset,
  seed: number,
  groupOfRow: Int32Array | undefined,
): Promise<MetricIntervals> {
  const targets = await inTurns(targetsOf(data))
  const { targetScale, labels } = model.encoder
  if (targetScale === undefined) {
    const { data: outputs } = await model.predict(data)
    return await inTurns(
      labelIntervals(targets, outputs, labels!.length, { seed, groupOfRow, threshold: model.threshold }),
    )
  }
  await inTurns(bringInUnits(targets, targetScale, inUnits))
  const values = await predictedValues(model, model.encoder, data)
  return await inTurns(valueIntervals(targets, values, model.quantiles, { seed, groupOfRow }))
}

/** The data sets of the folds' rows. */
export function* foldParts(data: Dataset, folds: readonly FoldRows[]): Steps<Part[]> {
  const parts: Part[] = []
  for (const { training, held } of folds) {
    parts.push({ training: yield* selected(data, training), validation: yield* selected(data, held) })
  }
  return parts
}

function* selected(data: Dataset, rows: Int32Array): Steps<Dataset> {
  return asDataset(new DataForRuns(yield* selectingParts(forRuns(data).parts, rows, 'inSteps')))
}
