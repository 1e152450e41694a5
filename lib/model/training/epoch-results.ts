/*
 * The results of epochs: from the native accumulators (a sum and a weight for each score) to the entries of histories.
 */

import type { EpochResult, HistoryView, Scores } from '../../callbacks/callback.js'
import type { MetricValue } from '../../metrics/metric.js'
import type { Chunk } from '../../native/addon.js'
import type { Precision } from '../../recording/precision.js'
import { meanOf } from '../../statistics.js'
import type { RowScore, Scoring } from '../programs/compile.js'
import { type Accumulators, addScores, readScores } from '../scoring/accumulators.js'
import type { MeasuredEpoch } from './metric-passes.js'
import type { FitSettings } from './settings.js'

/** Every epoch's loss and metrics, in order. */
export interface History extends HistoryView {
  readonly epochs: EpochResult[]
  /** 'failed' only for a member of a population whose loss, or an update of whose parameters, was not finite. */
  stopped: 'completed' | 'early' | 'failed'
  /**
   * Why the fit ended, in a sentence: all epochs ran, a callback ended it and why, or what failed. Empty until the end.
   * A fit that rejects, because of an error or its signal, has no history: its error is the reason.
   */
  reason: string
  /** 'bfloat16' where the fit was asked for it and some layer is large enough to take it; left out for float32. */
  precision?: 'bfloat16'
}

/** @param precision that some products compute with */
export function newHistory(precision: Precision): History {
  return { epochs: [], stopped: 'completed', reason: '', ...(precision === 'float32' ? {} : { precision }) }
}

/** The parts from which the members' results of one epoch are made. */
export interface ResultParts {
  /** Index of the epoch, from 0. */
  readonly epoch: number
  /** The scores of the accumulators, in order. */
  readonly scores: readonly RowScore[]
  readonly scoring: Scoring
  readonly training: Accumulators
  readonly validation: Accumulators | undefined
  /** Metrics of all scores at once, on the training data and on the validation. */
  readonly values?: readonly (Readonly<Record<string, MetricValue>> | undefined)[]
  readonly learningRate: number
  readonly seconds: number
}

/** The result of one member. */
export function epochResult(parts: ResultParts): EpochResult {
  const { epoch, scores, scoring, training, validation, values = [], learningRate, seconds } = parts
  const result: Record<string, unknown> = { epoch: epoch + 1 }
  addScores(result, training, scores, scoring, values[0])
  if (validation !== undefined) result.validation = readScores<Scores>(validation, scores, scoring, values[1])
  result.learningRate = learningRate
  result.seconds = seconds
  return result as unknown as EpochResult
}

/**
 * For every epoch that ended in the chunk, the results of the members that took part.
 *
 * @param measured by passes after the chunk, which then ends with an epoch
 */
export function readEpochs(
  chunk: Chunk,
  scores: readonly RowScore[],
  { scoring, validation, seeds }: Pick<FitSettings, 'scoring' | 'validation' | 'seeds'>,
  measured: MeasuredEpoch | undefined,
  active: readonly number[],
  rateOf: (epoch: number, member: number) => number,
): Map<number, EpochResult>[] {
  const finished: Map<number, EpochResult>[] = []
  const perMember = (chunk.resultWidth - 1) / seeds.length
  const width = 2 * scores.length
  const first = chunk.epoch - chunk.results.length / chunk.resultWidth
  for (let at = 0; at < chunk.results.length; at += chunk.resultWidth) {
    const epoch = first + at / chunk.resultWidth
    const results = new Map<number, EpochResult>()
    for (const member of active) {
      if (chunk.failures.some((failure) => failure.member === member && failure.epoch <= epoch)) continue
      const from = at + 1 + member * perMember
      const beside = measured?.sums && { array: measured.sums, from: member * width }
      const result = epochResult({
        epoch,
        scores,
        scoring,
        training: { array: chunk.results, from },
        validation: validation && (beside ?? { array: chunk.results, from: from + width }),
        ...(measured && { values: measured.values.get(member)! }),
        learningRate: rateOf(epoch, member),
        seconds: chunk.results[at]! + (measured?.seconds ?? 0),
      })
      results.set(member, result)
    }
    finished.push(results)
  }
  return finished
}

/** The mean of the members' results, for callbacks that watch all members. */
export function together(results: ReadonlyMap<number, EpochResult>): EpochResult | undefined {
  const all = [...results.values()]
  const first = all[0]
  if (first === undefined) return undefined
  // Results from a checkpoint may lack numbers that others have.
  const average = (of: (result: EpochResult) => Scores | EpochResult | undefined) =>
    Object.fromEntries(
      Object.keys(of(first) ?? {}).flatMap((name) => {
        const values = all.map((result) => of(result)?.[name])
        return values.every((value) => typeof value === 'number') ? [[name, meanOf(values)]] : []
      }),
    )
  return {
    ...(average((result) => result) as unknown as EpochResult),
    ...(first.validation === undefined ? {} : { validation: average((result) => result.validation) as Scores }),
  }
}

/** Every epoch so far, as `together` gave it. */
export function meanHistory(histories: readonly History[]): EpochResult[] {
  const byEpoch = new Map<number, Map<number, EpochResult>>()
  for (const [member, { epochs }] of histories.entries()) {
    for (const result of epochs) {
      const results = byEpoch.get(result.epoch) ?? new Map<number, EpochResult>()
      byEpoch.set(result.epoch, results.set(member, result))
    }
  }
  const inOrder = [...byEpoch].sort(([a], [b]) => a - b)
  return inOrder.map(([, results]) => together(results)).filter((result) => result !== undefined)
}

/** The loss of the present epoch so far, as the mean over the members. */
export function runningLoss(running: Float64Array, members: number): number | undefined {
  const width = running.length / members
  return meanOfKnown(
    Array.from({ length: members }, (_, member) =>
      running[member * width + 1]! > 0 ? running[member * width]! / running[member * width + 1]! : undefined,
    ),
  )
}

/** The mean of the numbers that are known; undefined where none is. */
export function meanOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : meanOf(known)
}
