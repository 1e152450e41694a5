/*
 * The one look at the test rows: the recommended training and the one it is compared with, once each.
 */
import type { Callback } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { layerFrom } from '../../layers/registry.js'
import { loss as lossOf } from '../../losses/names.js'
import { accuracy } from '../../metrics/accuracy.js'
import type { Metric } from '../../metrics/metric.js'
import { Sequential } from '../../model/sequential.js'
import { taskOf } from '../../outputs/meaning.js'
import { meanOf } from '../../statistics.js'
import { compare, intervalOf } from '../experiments/intervals.js'
import { RateFactors } from '../experiments/rate-factor.js'
import type { Combination } from './combine.js'
import { type Improvement, MOST_TIMES_SEEDS } from './improvement.js'
import type { ConfirmedFigures, ConfirmedResult } from './result.js'
import { type Entry, rateOf } from './selection.js'
import { entryWords } from './words.js'

/**
 * Trains each once more on the training rows for every seed, none of which has been tried with, and measures it on the
 * test rows, as many seeds as there is time for. Undefined where there is none for the first, or one of them fails there.
 *
 * @param against the tuned baseline; where the rate is all that helps, the baseline as given
 */
export async function confirmed(
  improvement: Improvement,
  winner: Combination,
  against: Entry,
  test: Dataset,
): Promise<ConfirmedResult | undefined> {
  const { lab, options, baseline } = improvement
  lab.stage = 'confirm'
  if (lab.deadline !== undefined) lab.deadline.keptBack = 0
  const entries = [winner.entry, against, baseline[0]!]
  const scores: Scores[][] = []
  for (let at = 0; at < options.confirm; at++) {
    const seed = improvement.judgingSeed((MOST_TIMES_SEEDS + 1) * options.seeds + at)
    const ofSeed = await measuredOnce(improvement, entries, seed, test)
    // What time cuts off is left out whole.
    if (!ofSeed.every((one) => one !== undefined)) break
    scores.push(ofSeed)
  }
  if (scores.length === 0) return undefined
  const other = metricsOf(options)[1]
  return {
    levers: winner.levers,
    best: entryWords(winner.entry),
    ...figuresOf(scores, options.metric),
    ...(other && { accuracy: figuresOf(scores, other) }),
    seeds: scores.length,
  }
}

/** Metrics on the test rows, by name. */
type Scores = Readonly<Record<string, unknown>>

/** The metric, and beside another one of classes accuracy, which is what most ask of them. */
function metricsOf({ metric, baseline }: Improvement['options']): readonly Metric[] {
  const values = taskOf(lossOf('loss', baseline.loss).targetKind) === 'values'
  return values || metric.name === accuracy.name ? [metric] : [metric, accuracy]
}

/** @param scores by seed: with the levers, of what they are compared with, as given */
function figuresOf(scores: readonly (readonly Scores[])[], { name, higherIsBetter }: Metric): ConfirmedFigures {
  const [own, other, given] = [0, 1, 2].map((place) => scores.map((ofSeed) => ofSeed[place]![name] as number))
  const sign = higherIsBetter === true ? 1 : -1
  const [change, fromGiven] = [other!, given!].map((list) => own!.map((value, at) => sign * (value - list[at]!)))
  return {
    value: meanOf(own!),
    baseline: meanOf(other!),
    given: meanOf(given!),
    change: meanOf(change!),
    changeFromGiven: meanOf(fromGiven!),
    interval: overSeeds(change!),
    intervalFromGiven: overSeeds(fromGiven!),
  }
}

/** The interval of a mean difference over the seeds alone: the test rows are what they are. */
function overSeeds(differences: readonly number[]): readonly [low: number, high: number] | null {
  if (differences.length < 2) return null
  return intervalOf(compare({ whole: differences, groups: differences.map((one) => [one]) }))
}

/** Scores of each entry; one that stands there twice is trained once. */
async function measuredOnce(
  improvement: Improvement,
  entries: readonly Entry[],
  seed: number,
  test: Dataset,
): Promise<(Scores | undefined)[]> {
  const once = new Map<Entry, Promise<Scores | undefined>>()
  for (const entry of new Set(entries)) {
    const scores = measured(improvement, entry, seed, test)
    once.set(entry, scores)
    // Networks train at once, but not with the same callbacks, which keep notes of one fit.
    if (entry.candidate.recipe.callbacks?.length) await scores
  }
  return Promise.all(entries.map((entry) => once.get(entry)!))
}

async function measured(
  { lab, options }: Improvement,
  entry: Entry,
  seed: number,
  test: Dataset,
): Promise<Scores | undefined> {
  const { layers, inputs, labels, train, callbacks = [], weightDecay: _, ...training } = entry.candidate.recipe
  const model = new Sequential(
    layers.map(({ type, options: own }) => layerFrom(type, own)),
    { inputs, seed, ...(labels && { labels }) },
  )
  const stopped = new AbortController()
  const watch: Callback = {
    onProgress() {
      if (lab.deadline?.passed === true || lab.aborted) stopped.abort()
    },
  }
  try {
    await model.fit(train, {
      ...training,
      // The test rows alone are told of: only a callback may ask for more.
      ...(callbacks.length > 0 && { validation: options.dev, metrics: [options.metric] }),
      callbacks: [new RateFactors([rateOf(entry)]), watch, ...callbacks],
      signal: stopped.signal,
    })
  } catch (error) {
    if (stopped.signal.aborted) return undefined
    if (error instanceof DeepblasError && error.code === 'ERR_DEEPBLAS_NOT_FINITE') return undefined
    throw error
  }
  return model.evaluate(test, { metrics: metricsOf(options) })
}
