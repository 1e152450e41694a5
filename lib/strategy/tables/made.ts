/*
 * What a model tells of its making: all that decides the result, and nothing that does not (paths, names of outputs,
 * threads, times), so that the same training on the same data writes the same bytes.
 */
import type { Scaling, Task } from '../../data/encoding/fit/options.js'
import type { CsvOptions } from '../../data/readers/csv/options.js'
import type { Json } from '../../files/strict-json.js'
import { packageVersion } from '../../package-root.js'
import type { CheckedTrainTableOptions } from './options.js'
import { recipeJson, type TableRecipe } from './recipe.js'
import type { TableScores } from './scores.js'
import { reportJson, scoresJson } from './scores-json.js'
import type { TableSource } from './table-source.js'

interface Decided {
  readonly profile: { readonly task: Task }
  readonly recipe: TableRecipe
  /** Of the columns that are not standardized, or were asked for. */
  readonly scaling: Readonly<Record<string, Scaling>>
  readonly kind: TableSource['kind']
  readonly description: DataDescription
}

/** The table that was learned from. */
export interface DataDescription {
  /** Of the bytes of its file or stream. */
  readonly sha256?: string
  readonly rows: number
  readonly columns: number
}

interface Result {
  /** The epoch whose parameters were kept. */
  readonly epoch: number
  readonly heldOut: TableScores
  readonly outOfFold?: TableScores
  readonly test?: TableScores
}

/** How a model came to be, as its file keeps it. */
export interface TableTrainingRecord {
  readonly [name: string]: Json
  /** Of deepblas. */
  readonly version: string
  readonly options: { [name: string]: Json }
  readonly data: { [name: string]: Json }
  readonly epoch: number
  readonly metrics: { [name: string]: Json }
}

export function madeOf(
  given: CheckedTrainTableOptions & { readonly seeds: number },
  { profile: { task }, recipe, scaling, kind, description }: Decided,
  result: Result,
): TableTrainingRecord {
  const options = {
    target: given.target,
    task,
    seed: given.seed,
    // Files of before know no presets: theirs is this one.
    ...(given.preset === 'fast' ? {} : { preset: given.preset }),
    ...(given.folds === undefined ? {} : { folds: given.folds, seeds: given.seeds }),
    ...(given.repeats === 1 ? {} : { repeats: given.repeats }),
    ...(given.group === undefined ? {} : { group: given.group }),
    ...(given.time === undefined ? {} : { time: given.time }),
    // In every case: a preset would put its own number in the place of one that is not told.
    ...(given.folds === undefined && given.preset !== 'fast' ? { members: recipe.members } : {}),
    // Of folds, `seeds` tells how many networks there are.
    ...recipeJson(given.folds === undefined ? recipe : { ...recipe, members: 1 }),
    l2: given.l2,
    ...(given.threshold === undefined ? {} : { threshold: plain(given.threshold) }),
    classWeights: given.classWeights === undefined ? null : plain(given.classWeights),
    keep: [...given.keep],
    scaling: { ...scaling },
    ...readerJson(given.reader, kind),
  }
  return {
    version: packageVersion(),
    options,
    data: { ...description },
    epoch: result.epoch,
    metrics: {
      [result.outOfFold === undefined ? 'heldOut' : 'outOfFold']: scoresOnRows(result.heldOut),
      ...(result.test === undefined ? {} : { test: scoresOnRows(result.test) }),
    },
  }
}

/** In this order, whatever that of the caller; undefined where there is nothing to tell without it. */
const readerDefaults = {
  delimiter: undefined,
  quote: undefined,
  escape: undefined,
  encoding: undefined,
  skipRows: undefined,
  comment: undefined,
  dates: undefined,
  duplicateNames: undefined,
  dateFormats: {},
  ignoreCase: false,
  decimal: undefined,
  thousands: undefined,
  missing: undefined,
  alsoMissing: [],
  notMissing: [],
  readings: undefined,
  header: undefined,
  types: {},
  ignore: [],
  skipBadRows: false,
}

/** Of the reader, what was asked for: the rest is recognized from the data. */
function readerJson(reader: CsvOptions, kind: TableSource['kind']): { [name: string]: Json } {
  const values = Object.entries(readerDefaults).map(([name, usual]) => {
    const value = reader[name as keyof typeof readerDefaults]
    return [name, value ?? (kind === 'text' ? usual : undefined)] as const
  })
  return plain(Object.fromEntries(values)) as { [name: string]: Json }
}

/** As JSON has it; typed arrays are lists. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_, one) => (ArrayBuffer.isView(one) ? [...(one as Uint8Array)] : one)))
}

function scoresOnRows({ rows, metrics, report }: TableScores): { [name: string]: Json } {
  const { balancedAccuracy, majority } = reportJson(report)
  return {
    rows,
    ...scoresJson(metrics),
    ...(report === undefined ? {} : { balancedAccuracy: balancedAccuracy!, majority: majority! }),
  }
}
