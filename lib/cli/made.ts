/*
 * What a model file tells of its making: all that decides the result, and nothing that does not (paths, names of outputs,
 * threads, times), so that the same command on the same data writes the same bytes.
 */
import type { Scaling, Task } from '../data/encoder/fit/options.js'
import type { Json } from '../files/strict-json.js'
import { packageVersion } from '../package-root.js'
import type { Defaults } from './defaults.js'
import type { Judgement } from './predictions.js'
import type { ReaderSettings } from './read-table.js'
import { reportJson, scoresJson } from './scores.js'
import type { Settings } from './train-settings.js'

interface Decided {
  readonly task: Task
  readonly keep: readonly string[]
  readonly reader: ReaderSettings
  readonly chosen: Defaults
  /** Of the columns that are not standardised, or were asked for. */
  readonly scaling: Readonly<Record<string, Scaling>>
  readonly weightDecay: number
}

/** The file that was learnt from. */
export interface DataDescription {
  /** Of its bytes. */
  readonly sha256: string
  readonly rows: number
  readonly columns: number
}

interface Result {
  /** The epoch whose parameters were kept. */
  readonly epoch: number
  readonly heldOut: Judgement
  readonly test?: Judgement
}

export interface Made {
  readonly [name: string]: Json
  readonly version: string
  readonly epoch: number
}

export function madeOf(settings: Settings, decided: Decided, data: DataDescription, result: Result): Made {
  const { chosen, reader, keep, scaling, task, weightDecay } = decided
  const options = {
    target: settings.target,
    task,
    seed: settings.seed,
    ...chosen,
    hidden: [...chosen.hidden],
    weightDecay,
    l2: settings.l2,
    classWeights: settings.balanced ? 'balanced' : null,
    keep: [...keep],
    scaling: { ...scaling },
    // Of the reader, what was asked for: the rest is recognised from the data.
    ...(JSON.parse(JSON.stringify(reader)) as { [name: string]: Json }),
  }
  return {
    version: packageVersion(),
    options,
    data: { ...data },
    epoch: result.epoch,
    metrics: {
      heldOut: judgementJson(result.heldOut),
      ...(result.test === undefined ? {} : { test: judgementJson(result.test) }),
    },
  }
}

function judgementJson({ rows, scores, report }: Judgement): { [name: string]: Json } {
  const { balancedAccuracy, majority } = reportJson(report)
  return {
    rows,
    ...scoresJson(scores),
    ...(report === undefined ? {} : { balancedAccuracy: balancedAccuracy!, majority: majority! }),
  }
}
