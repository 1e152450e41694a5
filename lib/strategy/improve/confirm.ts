/*
 * The one look at the test rows: the recommended training and the one it is compared with, once each.
 */
import type { Callback } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { layerFrom } from '../../layers/registry.js'
import { Sequential } from '../../model/sequential.js'
import { RateFactors } from '../experiments/rate-factor.js'
import type { Combination } from './combine.js'
import { type Improvement, MOST_TIMES_SEEDS } from './improvement.js'
import type { ConfirmedResult } from './result.js'
import { type Entry, rateOf } from './selection.js'
import { entryWords } from './words.js'

/**
 * Trains both once more on the training rows, with one seed that nothing has been tried with, and measures them on the
 * test rows. Undefined where time is up, or one of them fails.
 *
 * @param against the tuned baseline; where the rate is all that helps, the baseline as given
 */
export async function confirmed(
  improvement: Improvement,
  winner: Combination,
  against: Entry,
  test: Dataset,
): Promise<ConfirmedResult | undefined> {
  const { lab, options } = improvement
  lab.stage = 'confirm'
  if (lab.deadline !== undefined) lab.deadline.keptBack = 0
  const seed = improvement.judgingSeed((MOST_TIMES_SEEDS + 1) * options.seeds)
  const value = await measured(improvement, winner.entry, seed, test)
  const same = winner.entry === against
  const baseline = same ? value : await measured(improvement, against, seed, test)
  if (value === undefined || baseline === undefined) return undefined
  const sign = options.metric.higherIsBetter === true ? 1 : -1
  const { levers, entry } = winner
  return { levers, best: entryWords(entry), value, baseline, change: sign * (value - baseline) }
}

async function measured(
  { lab, options }: Improvement,
  entry: Entry,
  seed: number,
  test: Dataset,
): Promise<number | undefined> {
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
      validation: options.dev,
      metrics: [options.metric],
      callbacks: [new RateFactors([rateOf(entry)]), watch, ...callbacks],
      signal: stopped.signal,
    })
  } catch (error) {
    if (stopped.signal.aborted) return undefined
    if (error instanceof DeepblasError && error.code === 'ERR_DEEPBLAS_NOT_FINITE') return undefined
    throw error
  }
  const scores = await model.evaluate(test, { metrics: [options.metric] })
  return scores[options.metric.name] as number
}
