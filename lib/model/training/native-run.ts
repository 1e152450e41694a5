/*
 * The native run of one fit: its program, its memory and its starting position.
 */

import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import { newArena } from '../network/network.js'
import { type Compiled, compileScoring } from '../programs/compile.js'
import { dataMode, rowsOf } from '../programs/data-binding.js'
import type { Opened } from '../programs/opened.js'
import { OpenTraining } from '../programs/passes.js'
import { seesAllRows } from '../scoring/all-rows-metrics.js'
import { scoringPass } from '../scoring/scoring-pass.js'
import type { BatchFitSettings } from './settings.js'
import type { TrainingStart } from './state.js'

/** What the second-level cache of a core holds, about. */
const CACHED_BYTES = 1 << 20

export interface Run {
  readonly training: OpenTraining
  readonly compiled: Compiled
  /** Steps in an epoch, for every member. */
  readonly ownSteps: readonly number[]
  /** Opens the same run at another position, without validation, for steps that are taken once more. */
  readonly again: (epoch: number, stepOfEpoch: number) => OpenTraining
}

/** DEEPBLAS_CHECK=1 runs every call by itself, on one thread, in the order of recording. */
export function checking(): boolean {
  return process.env.DEEPBLAS_CHECK === '1'
}

/** Prepares the run. What it opens is added to `opened`, which the caller releases. */
export function prepare(
  settings: BatchFitSettings,
  train: readonly Dataset[],
  start: TrainingStart,
  batch: number,
  opened: Opened,
): Run {
  const { network, parameters, validation, scoring, optimizer, seeds } = settings
  const rows = rowsOf(train, seeds.length)
  // A full batch has the same rows at every step, so it is neither shuffled nor gathered, and converted only once, if the
  // first layer does not read bytes. Floats that stay in a core's cache are multiplied faster than bytes.
  const full = batch >= largestOf(rows)
  const shuffled = settings.shuffle && !full
  const stay = largestOf(rows) * network.inputs * Float32Array.BYTES_PER_ELEMENT <= CACHED_BYTES
  const asFloats = full && (stay || !network.layers[0]!.readsBytes)
  const { mode, slots, own } = dataMode(train, scoring, network.outputs, { shuffled, asFloats })
  const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer, precision: settings.precision })
  const averages = optimizer.averageSlot === undefined ? undefined : start.states[optimizer.averageSlot]
  // Parameters that no update reaches, such as a frozen layer's, are their own average.
  if (start.stepsBefore.every((steps) => steps + start.stepOfEpoch === 0)) averages?.copyFrom(parameters)
  const ownSteps = Array.from(rows, (count) => Math.ceil(count / batch))
  for (const one of own) opened.add(one)
  const gradients = opened.add(newArena(network, seeds.length))
  // A native run gives sums alone: where outputs are wanted too, the validation is a pass beside it.
  const validates = validation !== undefined && !seesAllRows(scoring.metrics)
  const held = validates ? scoringPass(network, averages ?? parameters, validation, scoring, seeds.length) : undefined
  for (const one of held?.settings.own ?? []) opened.add(one)
  const common = {
    program: compiled.program,
    batch,
    keepAll: checking(),
    rows,
    seeds: Float64Array.from(seeds),
    shuffle: mode.shuffled,
    parameters,
    gradients,
    states: [...start.states],
    slots,
  }
  const open = {
    ...common,
    epoch: start.epoch,
    stepOfEpoch: start.stepOfEpoch,
    ...(start.accumulators === undefined ? {} : { accumulators: start.accumulators }),
    ...(held && { validation: held.settings }),
  }
  const again = (epoch: number, stepOfEpoch: number) =>
    new OpenTraining({ ...common, epoch, stepOfEpoch, lanes: false })
  return { training: opened.add(new OpenTraining(open)), compiled, ownSteps, again }
}

/** The number of rows in a step; 'full', or more rows than there are, means all rows. */
export function batchOf(batchSize: number | 'full', rows: Float64Array): number {
  const most = rows.reduce((a, b) => Math.max(a, b))
  return batchSize === 'full' ? most : Math.min(batchSize, most)
}
