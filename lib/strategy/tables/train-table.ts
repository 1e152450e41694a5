/*
 * From a table to a model that has learned it: what `deepblas train` does.
 */
import { Encoder } from '../../data/encoder/encoder.js'
import type { DroppedColumn } from '../../data/encoding/column-encoding.js'
import type { Table } from '../../data/table/table.js'
import type { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import { sumOf } from '../../statistics.js'
import { inTurns, type Steps } from '../../turns.js'
import type { ChosenThreshold } from '../choose-threshold.js'
import { leftOfBudget } from '../experiments/checks.js'
import { epochsWithin, trainedWithin } from './budgeted.js'
import { scalingFor } from './column-scaling.js'
import { type Division, divided } from './division.js'
import { groupsOf } from './group-folds.js'
import { ignored } from './held-out.js'
import { madeOf } from './made.js'
import { foldParts, intervalsOn, type MetricIntervals, measuredModel } from './measured-model.js'
import { type CheckedTrainTableOptions, checkedOptions, type TrainTableOptions } from './options.js'
import type { OutOfFold } from './out-of-fold.js'
import { secondsOfEpoch } from './pace.js'
import { foldsFor, recipeFor } from './presets.js'
import { type ClassCount, classCounts, type TableProfile } from './profile.js'
import { learnableTable, testTable } from './read-tables.js'
import type { TableRecipe } from './recipe.js'
import { scoresOn } from './score-model.js'
import { encodedRows, type TableScores } from './scores.js'
import { TableModel } from './table-model.js'
import type { TableInput } from './table-source.js'
import { timeOrder } from './time-folds.js'
import { type TimeNote, timeNotes } from './time-notes.js'
import { trainedNetworks, untrained } from './trained-networks.js'

/** The result of a training on a table. */
export interface TableTraining<Model extends Sequential | TableModel = Sequential | TableModel> {
  /**
   * The trained model: a `TableModel` where it is made of several networks. It predicts from rows as objects;
   * `model.encoder` lists the columns that it uses and those that it does not.
   */
  readonly model: Model
  /** Metrics of the rows of `test` if given, otherwise of the held-out rows. */
  readonly metrics: TableScores['metrics']
  /**
   * 95 % intervals of `metrics`, by name: how far they would move with other rows of the same kind (bootstrap over rows,
   * or over groups with `group`). Only where the model is a `TableModel`.
   */
  readonly intervals?: MetricIntervals
  /**
   * Scores of the held-out rows; with `folds` of all of them, each predicted by networks that have not seen it. They
   * decided when to stop, so these scores look a little too good.
   */
  readonly heldOut: TableScores
  /** With `folds`: the predictions behind `heldOut`, row by row. */
  readonly outOfFold?: OutOfFold
  readonly test?: TableScores
  /** With `time`: columns to look at, such as the target of another row. */
  readonly timeNotes?: readonly TimeNote[]
  /** The description of the rows that have a target, as `profileTable` gives it. */
  readonly profile: TableProfile
  /** The history of the training; of the first network where there are several. */
  readonly history: History
  /** The epoch whose parameters were kept; of the first network where there are several. */
  readonly epoch: number
  /** The threshold that was chosen and what it does on the held-out rows, where `threshold` was asked for. */
  readonly threshold?: ChosenThreshold
  /** Every network of the model, in the order of `model.member(i)`. */
  readonly members: readonly TrainedMember[]
}

/** One network of a training on a table. */
export interface TrainedMember {
  readonly seed: number
  /** The fold that was held out of it. Undefined without folds. */
  readonly fold?: number
  /** The epoch whose parameters were kept. */
  readonly epoch: number
  readonly history: History
}

/** Options by which one network is trained. */
interface OneNetwork {
  readonly preset: 'fast'
  readonly members?: 1
  readonly quantiles?: undefined
  readonly threshold?: undefined
  readonly folds?: undefined
  readonly budget?: undefined
}

/**
 * Trains a network on a table, from reading to metrics: it reads the table, leaves out identifiers and constants, holds
 * out 15 % of the rows (of each class alike), scales and encodes the columns, chooses network and settings by the
 * number of rows, stops when the held-out rows get no better, and computes the metrics. `deepblas train` does the same:
 * the same data, options and seed give the same model, bit for bit, and `model.save(path)` the same file.
 *
 * Rows without a target are left out. Nothing is printed: `callbacks: [new ProgressBar()]` shows the training, and
 * `onProgress` is called with the results of each stage before it.
 *
 * @param source a path (CSV, Parquet or Arrow), a stream, rows as objects, or a `Table`. A stream is read once.
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or wrong; ERR_DEEPBLAS_FILE for a file that
 *   cannot be read; ERR_DEEPBLAS_DATA for a column that is not there, fewer than ten rows with a target, or a target that
 *   cannot be learned; and as `fit`. With an aborted `signal` its reason
 * @example
 * const { model, metrics } = await trainTable('customers.csv', { target: 'churned' })
 * console.log(metrics.rocAuc)
 * await model.save('customers.safetensors')
 */
export function trainTable(
  source: TableInput,
  options: TrainTableOptions & OneNetwork,
): Promise<TableTraining<Sequential>>
export function trainTable(source: TableInput, options: TrainTableOptions): Promise<TableTraining>
export async function trainTable(source: TableInput, options: TrainTableOptions): Promise<TableTraining> {
  const begun = performance.now()
  const asked = checkedOptions(options)
  const { target, keep, signal, onProgress, seed, budget } = asked
  signal?.throwIfAborted()
  const { table, kind, profile, data: description } = await learnableTable(source, asked)
  const given = { ...asked, folds: foldsOf(asked, table.rows) }
  const { task, suspicious } = profile
  const tests = given.test === undefined ? undefined : await testTable(given.test, table, given)
  onProgress({ stage: 'profiled', profile })

  const division = await inTurns(divided(table, task, given))
  const { kept, held, folds } = division
  const leftOut = leftOutOf(suspicious, given.group)
  const notes = given.time === undefined ? undefined : await inTurns(notesOnTime(table, given.time, division, target))
  const groupOfRow = given.group === undefined ? undefined : (await inTurns(groupsOf(table.column(given.group)))).ofRow
  const columns = table.columns.length - 1 - leftOut.length
  const rows = folds === undefined ? kept.rows : Math.max(...folds.map(({ training }) => training.length))
  let recipe: TableRecipe = { ...recipeFor(given.preset, { rows, columns, task }), ...given.asked }
  if (folds === undefined && given.seeds > 1) recipe = { ...recipe, members: given.seeds }
  const scaling = await inTurns(scalingFor(kept, target, given.scaling, recipe.scaling))
  const { oneHotLevels } = recipe
  const clampPredictions = recipe.clampPredictions && task === 'regression'
  const fitting = { target, task, ignore: leftOut, keep, scaling, oneHotLevels, clampPredictions }
  const encoder = await Encoder.fit(kept, fitting)
  signal?.throwIfAborted()
  onProgress({
    stage: 'encoded',
    encoder,
    rows: kept.rows,
    heldOut: held?.rows ?? sumOf(folds!.map((fold) => fold.held.length)),
    ...(notes && { timeNotes: notes }),
    notHeldOut: task === 'classification' && held !== undefined ? await inTurns(notHeldOut(table, held, target)) : [],
  })
  const data = await encoder.encodeAsync(kept)
  const parts =
    folds === undefined
      ? [{ training: data, validation: await encoder.encodeAsync(held!) }]
      : await inTurns(foldParts(data, folds))
  // Before the training: a label that the model does not know is told at once.
  const testing = tests && (await encodedRows(encoder, tests.table, tests.place))
  const unlike = tests && (await encoder.checkAsync(tests.table))
  const members = folds === undefined ? recipe.members : folds.length * given.seeds
  const goal = given.threshold
  const isPlain =
    folds === undefined &&
    (members === 1 || budget !== undefined) &&
    recipe.quantiles.length === 0 &&
    goal === undefined
  // Of a budget the first round: one network for each part.
  const firstMembers = isPlain ? undefined : budget === undefined ? members : parts.length
  const make = () => untrained(encoder, recipe, firstMembers, given)
  const ofEpoch = await secondsOfEpoch(make(), encoder, parts, recipe, signal)
  if (budget !== undefined) recipe = { ...recipe, epochs: epochsWithin(begun + budget, ofEpoch, recipe.epochs) }
  const first = make()
  signal?.throwIfAborted()
  const estimatedSeconds = budget === undefined ? ofEpoch * recipe.epochs : leftOfBudget(budget, begun) / 1000
  onProgress({ stage: 'training', model: first, settings: recipe, estimatedSeconds, ...(unlike && { unlike }) })

  const trained =
    budget === undefined
      ? { model: first, each: undefined, ...(await trainedNetworks(first, encoder, parts, recipe, given)) }
      : await trainedWithin(first, { encoder, parts, recipe, given, deadline: begun + budget })
  const { model, each } = trained
  if (each !== undefined && folds === undefined) recipe = { ...recipe, members: each }
  const measured = await measuredModel({ model, encoder, data, parts, folds, seed, groupOfRow, recipe, goal })
  const test = testing && (await scoresOn(measured.model, encoder, testing))
  signal?.throwIfAborted()
  const { history, epoch } = trained.members[0]!
  const { outOfFold, heldOut, threshold } = measured
  const result = { epoch, heldOut, ...(outOfFold && { outOfFold }), ...(test && { test }) }
  measured.model.made = madeOf(
    { ...given, seeds: each ?? given.seeds },
    { task, recipe, scaling },
    kind,
    description,
    result,
  )
  const ofTest = testing !== undefined && measured.model instanceof TableModel
  const intervals = ofTest ? await intervalsOn(measured.model as TableModel, testing, seed) : measured.intervals
  return {
    model: measured.model,
    metrics: (test ?? heldOut).metrics,
    ...(intervals && { intervals }),
    ...result,
    ...(threshold && { threshold }),
    ...(notes && { timeNotes: notes }),
    profile,
    history,
    members: trained.members.map((one, at) => (folds === undefined ? one : { ...one, fold: at % folds.length })),
  }
}

/** Those asked for, or the preset's where nothing else says how the rows are divided. */
function foldsOf({ preset, folds, asked, group, time }: CheckedTrainTableOptions, rows: number): number | undefined {
  const divides = folds !== undefined || asked.members !== undefined || group !== undefined || time !== undefined
  return divides ? folds : foldsFor(preset, rows)
}

/** The columns that are no features from the start. */
function leftOutOf(suspicious: TableProfile['suspicious'], group: string | undefined): DroppedColumn[] {
  const others = ignored(suspicious).filter(({ name }) => name !== group)
  return group === undefined ? others : [...others, { name: group, reason: 'group' }]
}

function* notesOnTime(table: Table, time: string, { kept, folds }: Division, target: string): Steps<TimeNote[]> {
  const before = folds === undefined ? kept.rows : folds[0]!.training.length
  return yield* timeNotes(table, yield* timeOrder(table.column(time)), before, { target, time })
}

/** Classes of which the part held out has no row: nothing that is measured on it is of them. */
function* notHeldOut(table: Table, held: Table, target: string): Steps<ClassCount[]> {
  const there = new Set((yield* classCounts(held.column(target))).map(({ label }) => label))
  return (yield* classCounts(table.column(target))).filter(({ label }) => !there.has(label))
}
