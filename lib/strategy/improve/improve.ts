/*
 * Which lever? The first lesson of the third course, by experiment.
 */

import { DeepblasError } from '../../errors.js'
import { layerFrom } from '../../layers/registry.js'
import { Sequential } from '../../model/sequential.js'
import { meanOf } from '../../statistics.js'
import type { ModelErrors } from '../diagnose/model-errors.js'
import type { TrialResult } from '../experiments/trial.js'
import { baselineErrorsOf } from './baseline-errors.js'
import { bestAlone, type Combination, combined, judgedCombination } from './combine.js'
import { confirmed } from './confirm.js'
import { Improvement } from './improvement.js'
import { needsWords } from './needs.js'
import { type CheckedOptions, checkedOptions, type ImproveData, type ImproveOptions } from './options.js'
import { bestOfThem, Report, rankingOf, recommendationOf, worthOf } from './report.js'
import type { CombinedResult, ConfirmedResult, ImproveResult, LeverName, LeverResult } from './result.js'
import { rateOf } from './selection.js'
import { improveText } from './text.js'

/**
 * Tells by experiment which lever moves a model's figure on the dev rows, by how much, how surely and at which price: more
 * or more varied data, longer training, the optimizer, the learning rate, scaled inputs, a bigger, smaller or deeper
 * network, dropout, L2, another activation, other hidden units.
 *
 * Every value of a lever gets its own learning rates and is judged at its best one. Settings and rates are chosen on three
 * seeds of their own; the comparison with the baseline at its best rate is paired on other seeds. The model itself stays
 * as it is: its layers are trained from fresh initial weights. Procedure and statistics: docs/guide/improve.md,
 * docs/guide/experiment-statistics.md.
 *
 * Trainings come in an order fixed by seed and options. `budget` and `signal` decide after how many it ends; the result is
 * what is known by then. With `tries` it repeats exactly.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or wrong, or where `fit` is neither given nor
 *   known, or with `confirm` without test rows; ERR_DEEPBLAS_DATA, _SHAPE for rows that do not fit, or whose dev rows give
 *   no figure; ERR_DEEPBLAS_FILE for a journal of other settings
 * @example
 * const { ranking, text } = await improve(model, { train, dev }, { fit: { loss: 'crossEntropy', epochs: 20 }, budget: 60_000 })
 * console.log(text)
 */
export async function improve(model: Sequential, data: ImproveData, options?: ImproveOptions): Promise<ImproveResult> {
  const given = checkedOptions(model, data, options)
  await requireFigure(given)
  const improvement = new Improvement(given)
  await improvement.tune()
  await improvement.select()
  await improvement.judge()
  const report = new Report(improvement)
  const levers = given.levers.map((name) => report.lever(name))
  const ranking = rankingOf(levers)
  const errors = given.baselineErrors ? await baselineErrorsOf(improvement) : undefined
  const best = await togetherOf(improvement, levers, ranking)
  const test = await confirmationOf(improvement, levers, ranking, best?.combination)
  return resultOf(improvement, report, { levers, ranking, combined: best?.combined, confirmed: test, errors })
}

/** Refuses dev rows on which the metric is no number, such as R² where all targets are equal, before anything is trained. */
async function requireFigure({ baseline, dev, metric }: CheckedOptions): Promise<void> {
  const { layers, inputs, labels, loss, train } = baseline
  const named = labels ?? train.labels
  const fresh = new Sequential(
    layers.map(({ type, options: own }) => layerFrom(type, own)),
    { inputs, ...(named && { labels: named }) },
  )
  const scores = await fresh.evaluate(dev, { loss, metrics: [metric] })
  if (typeof scores[metric.name] === 'number' && !Number.isNaN(scores[metric.name])) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected dev rows on which ${metric.name} is a number but it is none. Their targets may all be equal; choose another ` +
      "metric, such as metric: 'meanSquaredError' for values or 'accuracy' for classes.",
  )
}

interface Best {
  readonly combination: Combination
  readonly combined: CombinedResult | undefined
}

/** The helpful levers together. */
async function togetherOf(
  improvement: Improvement,
  levers: readonly LeverResult[],
  ranking: readonly LeverName[],
): Promise<Best | undefined> {
  // Rows that are not there, and the rate, which the baseline has already, cannot be added.
  const helpful = ranking.filter(
    (name) =>
      name !== 'moreData' && name !== 'learningRate' && levers.find((one) => one.name === name)!.verdict === 'helps',
  )
  const combination = (await combined(improvement, helpful)) ?? bestAlone(improvement, helpful)
  if (combination === undefined) return undefined
  if (combination.levers.length < 2) return { combination, combined: undefined }
  const judged = await judgedCombination(improvement, combination)
  // What nothing has judged is not recommended.
  if (judged === undefined) return { combination: bestAlone(improvement, helpful)!, combined: undefined }
  const best = bestOfThem(levers, combination.levers)
  if (judged.change > worthOf(best)) return { combination, combined: judged }
  return { combination: bestAlone(improvement, [best.name])!, combined: judged }
}

async function confirmationOf(
  improvement: Improvement,
  levers: readonly LeverResult[],
  ranking: readonly LeverName[],
  combination: Combination | undefined,
): Promise<ConfirmedResult | undefined> {
  const { options, tuned, baseline } = improvement
  if (options.test === undefined || combination === undefined || tuned === undefined) return undefined
  if (combination.levers.length > 0) return confirmed(improvement, combination, tuned, options.test)
  const rate = levers.some(({ name, verdict }) => name === 'learningRate' && verdict === 'helps')
  if (rate) return confirmed(improvement, { levers: ['learningRate'], entry: tuned }, baseline[0]!, options.test)
  // Dev rows that are too few to tell leave the question to the test rows, which have chosen nothing and so may answer it.
  const first = ranking.find((name) => improvement.contenders.has(name) && promises(improvement, levers, name))
  const likeliest = first && bestAlone(improvement, [first])
  if (likeliest !== undefined) return confirmed(improvement, likeliest, tuned, options.test)
  return confirmed(improvement, { levers: [], entry: baseline[0]! }, baseline[0]!, options.test)
}

/** Whether a lever was judged, and looks like more than what matters, though it may be chance. */
function promises({ matters }: Improvement, levers: readonly LeverResult[], name: LeverName): boolean {
  const { change, seeds } = levers.find((lever) => lever.name === name)!
  return seeds > 1 && change !== null && change >= matters
}

interface Findings {
  readonly levers: readonly LeverResult[]
  readonly ranking: readonly LeverName[]
  readonly combined: CombinedResult | undefined
  readonly confirmed: ConfirmedResult | undefined
  readonly errors: ModelErrors | null | undefined
}

function resultOf(improvement: Improvement, report: Report, findings: Findings): ImproveResult {
  const { options, lab, baseline, tuned, given, best } = improvement
  const { levers, ranking, combined: together, confirmed: test, errors } = findings
  const first = baseline[0]
  const stopped = stoppedBy(improvement)
  const needs = stopped === 'completed' ? undefined : needsWords(improvement)
  const result: Omit<ImproveResult, 'text'> = {
    metric: options.metric.name,
    higherIsBetter: options.metric.higherIsBetter === true,
    baseline: {
      ...report.figure(given, first && [first]),
      values: report.values(given),
      curves: curvesOf(
        given.some((one) => one !== undefined) ? given : (first?.results ?? []),
        (value) => report.natural(value) ?? Number.NaN,
      ),
    },
    tuned: {
      rateFactor: tuned === undefined ? 1 : rateOf(tuned),
      ...report.figure(best, tuned && [tuned]),
      values: report.values(best),
      settings: report.settings(baseline),
    },
    levers,
    ranking,
    recommendation: recommendationOf(levers, ranking, options.metric.name, needs),
    ...(together && { combined: together }),
    ...(test && { confirmed: test }),
    ...(options.test !== undefined &&
      test === undefined && { notConfirmed: 'There was no time to confirm it, or it failed.' }),
    ...(errors !== undefined && { baselineErrors: errors }),
    tries: lab.tried,
    devRows: options.dev.rows,
    seeds: options.seeds,
    stopped,
    seconds: lab.seconds,
  }
  return { ...result, text: improveText(result) }
}

function stoppedBy({ lab, options }: Improvement): ImproveResult['stopped'] {
  if (lab.aborted) return 'aborted'
  if (lab.outOfTries || lab.tried >= (options.tries ?? Number.POSITIVE_INFINITY)) return 'tries'
  return lab.over ? 'budget' : 'completed'
}

/** Means over the seeds, as far as all of them go. */
function curvesOf(results: readonly (TrialResult | undefined)[], natural: (value: number) => number) {
  const measured = results.filter((one) => one !== undefined)
  const mean = (of: (result: TrialResult) => readonly number[]) => {
    const lists = measured.map(of)
    const epochs = lists.length === 0 ? 0 : Math.min(...lists.map((list) => list.length))
    return Array.from({ length: epochs }, (_, epoch) => meanOf(lists.map((list) => list[epoch]!)))
  }
  return {
    trainLoss: mean(({ trainLoss }) => trainLoss),
    devLoss: mean(({ devLoss }) => devLoss),
    devValue: mean(({ devValue }) => devValue).map(natural),
  }
}
