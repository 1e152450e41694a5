/*
 * A table on its way to a training: read, divided, encoded.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { Encoder } from '../../data/encoder/encoder.js'
import type { EncoderCheck } from '../../data/encoding/check-rows.js'
import type { DroppedColumn } from '../../data/encoding/column-encoding.js'
import type { Scaling } from '../../data/encoding/fit/options.js'
import type { Table } from '../../data/table/table.js'
import { sumOf } from '../../statistics.js'
import { inTurns, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'
import { scalingFor } from './column-scaling.js'
import { type Division, divided, type FoldRows } from './division.js'
import { type Groups, groupsOf } from './group-folds.js'
import { ignored } from './held-out.js'
import type { DataDescription } from './made.js'
import { foldParts } from './measured-model.js'
import type { CheckedTrainTableOptions } from './options.js'
import { foldsFor, recipeFor, seedsFor } from './presets.js'
import { type ClassCount, classCounts, type TableProfile } from './profile.js'
import type { TableProgress } from './progress.js'
import { type LearnableTable, learnableTable, testTable } from './read-tables.js'
import type { TableRecipe } from './recipe.js'
import { encodedRows } from './scores.js'
import type { TableSource } from './table-source.js'
import { timeOrder } from './time-folds.js'
import { type TimeNote, timeNotes } from './time-notes.js'
import type { Part } from './trained-networks.js'

/** What was asked for, with the folds that the preset brings and the networks for each. */
export interface DividedOptions extends CheckedTrainTableOptions {
  readonly seeds: number
}

export interface PreparedTable {
  readonly given: DividedOptions
  readonly kind: TableSource['kind']
  readonly description: DataDescription
  readonly profile: TableProfile
  readonly timeNotes: readonly TimeNote[] | undefined
  readonly recipe: TableRecipe
  /** Of the columns that are not standardized, or were asked for. */
  readonly scaling: Readonly<Record<string, Scaling>>
  readonly encoder: Encoder
  /** What is told of it, once it is known to be what is trained on. */
  readonly encoded: Extract<TableProgress, { stage: 'encoded' }>
  /** All rows that the encoder was fitted on. */
  readonly data: Dataset
  readonly folds: readonly FoldRows[] | undefined
  /** One for all networks; of folds one for each. */
  readonly parts: readonly Part[]
  /** The group of every row that is measured on, from 0: those of the folds, or those held out. */
  readonly groupOfRow: Int32Array | undefined
  /** Rows of `test`, their groups where it has the column, and what of them the encoder has not seen. */
  readonly testing: Dataset | undefined
  readonly groupOfTest: Int32Array | undefined
  readonly unlike: EncoderCheck | undefined
}

/** What has been read, before it is known how its rows are divided. */
export interface ReadTables extends LearnableTable {
  readonly groups: Groups | undefined
  readonly tests: Awaited<ReturnType<typeof testTable>> | undefined
}

/** @throws DeepblasError for a table that nothing can be learned from as asked */
export async function readTables(source: unknown, asked: CheckedTrainTableOptions): Promise<ReadTables> {
  const { group, test, signal, onProgress } = asked
  signal?.throwIfAborted()
  const read = await learnableTable(source, asked)
  const groups = group === undefined ? undefined : await inTurns(groupsOf(read.table.column(group)))
  const tests = test === undefined ? undefined : await testTable(test, read.table, asked)
  onProgress({ stage: 'profiled', profile: read.profile })
  return { ...read, groups, tests }
}

/** @throws DeepblasError for a table that cannot be divided or encoded as asked */
export async function preparedTable(read: ReadTables, asked: CheckedTrainTableOptions): Promise<PreparedTable> {
  const { target, signal } = asked
  const { table, kind, profile, data: description, groups, tests } = read
  const { task } = profile
  const given = { ...asked, ...foldsOf(asked, table.rows, groups) }
  const division = await inTurns(divided(table, task, given))
  const { kept, held, folds } = division
  const leftOut = leftOutOf(profile.suspicious, given.group)
  const notes = given.time === undefined ? undefined : await inTurns(notesOnTime(table, given.time, division, target))
  const { heldRows } = division
  const groupOfRow = heldRows === undefined ? groups?.ofRow : groups && heldRows.map((row) => groups.ofRow[row]!)
  const recipe = recipeOf(asked, division, table.rows)
  const scaling = await inTurns(scalingFor(kept, target, given.scaling, recipe.scaling))
  const encoder = await Encoder.fit(kept, {
    target,
    task,
    ignore: leftOut,
    keep: given.keep,
    scaling,
    oneHotLevels: recipe.oneHotLevels,
    clampPredictions: recipe.clampPredictions && task === 'regression',
  })
  signal?.throwIfAborted()
  const encoded = {
    stage: 'encoded',
    encoder,
    rows: kept.rows,
    hasFolds: folds !== undefined,
    heldOut: held?.rows ?? sumOf(folds!.map((fold) => fold.held.length)) / given.repeats,
    ...(notes && { timeNotes: notes }),
    notHeldOut: task === 'classification' && held !== undefined ? await inTurns(notHeldOut(table, held, target)) : [],
  } as const
  const data = await encoder.encodeAsync(kept)
  const parts =
    folds === undefined
      ? [{ training: data, validation: await encoder.encodeAsync(held!) }]
      : await inTurns(foldParts(data, folds))
  // Before the training: a label that the model does not know is told at once.
  const testing = tests && (await encodedRows(encoder, tests.table, tests.place))
  const groupOfTest = tests && (await inTurns(groupsOfTest(tests.table, given.group)))
  const unlike = tests && (await encoder.checkAsync(tests.table))
  const about = { given, kind, description, profile, timeNotes: notes, recipe, scaling, encoded }
  return { ...about, encoder, data, folds, parts, groupOfRow, testing, groupOfTest, unlike }
}

/** Those asked for, or the preset's where nothing else says how the rows are divided. */
function foldsOf(
  { preset, folds, seeds, asked, time, repeats }: CheckedTrainTableOptions,
  rows: number,
  groups: Groups | undefined,
): Pick<DividedOptions, 'folds' | 'seeds'> {
  const divides = folds !== undefined || asked.members !== undefined || time !== undefined
  const found = divides ? folds : foldsAmong(groups, foldsFor(preset, rows))
  if (found === undefined && repeats > 1) {
    const hint = 'Give folds too: without them the rows are not divided.'
    throw invalid('repeats', '1 where there are no folds', repeats, hint)
  }
  return { folds: found, seeds: seeds ?? (divides || found === undefined ? 1 : seedsFor(rows)) }
}

/** No more than there are groups; none of one group, which is told by whoever divides the rows. */
function foldsAmong(groups: Groups | undefined, folds: number | undefined): number | undefined {
  if (folds === undefined || groups === undefined) return folds
  return groups.count < 2 ? undefined : Math.min(folds, groups.count)
}

/** The preset's numbers, and those that were asked for in their place. */
function recipeOf(
  { preset, seeds, asked }: CheckedTrainTableOptions,
  { kept, folds }: Division,
  allRows: number,
): TableRecipe {
  const rows = folds === undefined ? kept.rows : Math.max(...folds.map(({ training }) => training.length))
  const recipe = { ...recipeFor(preset, { rows, allRows }), ...asked }
  return folds === undefined && seeds !== undefined ? { ...recipe, members: seeds } : recipe
}

/** Undefined where there are no groups, or the rows to test on have none. */
function* groupsOfTest(table: Table, group: string | undefined): Steps<Int32Array | undefined> {
  return group === undefined || !table.has(group) ? undefined : (yield* groupsOf(table.column(group))).ofRow
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
