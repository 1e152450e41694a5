/*
 * From a table to a model that has learned it: what `deepblas train` does.
 */
import { Encoder } from '../../data/encoder/encoder.js'
import type { Table } from '../../data/table/table.js'
import type { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import { inTurns, type Steps } from '../../turns.js'
import type { ChosenThreshold } from '../choose-threshold.js'
import { scalingFor } from './column-scaling.js'
import { withThreshold } from './decide.js'
import { ignored, splitTable } from './held-out.js'
import { madeOf } from './made.js'
import { checkedOptions, type TrainTableOptions } from './options.js'
import { recipeFor } from './presets.js'
import { type ClassCount, classCounts, type TableProfile } from './profile.js'
import { learnableTable, testTable } from './read-tables.js'
import { scoresOn } from './score-model.js'
import { encodedRows, type TableScores } from './scores.js'
import type { TableModel } from './table-model.js'
import type { TableInput } from './table-source.js'
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
  /** Scores of the held-out rows. They decided when to stop, so these scores look a little too good. */
  readonly heldOut: TableScores
  readonly test?: TableScores
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
  /** The epoch whose parameters were kept. */
  readonly epoch: number
  readonly history: History
}

/** Options by which one network is trained. */
interface OneNetwork {
  readonly preset?: 'fast'
  readonly members?: 1
  readonly quantiles?: undefined
  readonly threshold?: undefined
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
  const given = checkedOptions(options)
  const { target, keep, signal, onProgress, seed } = given
  signal?.throwIfAborted()
  const { table, kind, profile, data } = await learnableTable(source, given)
  const { task, suspicious } = profile
  const tests = given.test === undefined ? undefined : await testTable(given.test, table, given)
  onProgress({ stage: 'profiled', profile })

  const [kept, held] = await inTurns(splitTable(table, { target, task, seed }))
  const leftOut = ignored(suspicious)
  const columns = table.columns.length - 1 - leftOut.length
  const recipe = { ...recipeFor(given.preset, { rows: kept.rows, columns, task }), ...given.asked }
  const scaling = await inTurns(scalingFor(kept, target, given.scaling, recipe.scaling))
  const { oneHotLevels } = recipe
  const encoder = await Encoder.fit(kept, { target, task, ignore: leftOut, keep, scaling, oneHotLevels })
  signal?.throwIfAborted()
  onProgress({
    stage: 'encoded',
    encoder,
    rows: kept.rows,
    heldOut: held.rows,
    notHeldOut: task === 'classification' ? await inTurns(notHeldOut(table, held, target)) : [],
  })
  const part = { training: await encoder.encodeAsync(kept), validation: await encoder.encodeAsync(held) }
  // Before the training: a label that the model does not know is told at once.
  const testing = tests && (await encodedRows(encoder, tests.table, tests.place))
  const unlike = tests && (await encoder.checkAsync(tests.table))
  const model = untrained(encoder, recipe, given)
  signal?.throwIfAborted()
  onProgress({ stage: 'training', model, settings: recipe, ...(unlike && { unlike }) })

  const trained = await trainedNetworks(model, encoder, [part], recipe, given)
  const decided =
    given.threshold && (await withThreshold(trained.model as TableModel, part.validation, given.threshold))
  const trainedModel = decided?.model ?? trained.model
  const heldOut = await scoresOn(trainedModel, encoder, part.validation)
  const test = testing && (await scoresOn(trainedModel, encoder, testing))
  signal?.throwIfAborted()
  const { members } = trained
  const { history, epoch } = members[0]!
  const result = { epoch, heldOut, ...(test && { test }) }
  trainedModel.made = madeOf(given, { task, recipe, scaling }, kind, data, result)
  const threshold = decided && { threshold: decided.threshold }
  const { metrics } = test ?? heldOut
  return { model: trainedModel, metrics, ...result, ...threshold, profile, history, members }
}

/** Classes of which the part held out has no row: nothing that is measured on it is of them. */
function* notHeldOut(table: Table, held: Table, target: string): Steps<ClassCount[]> {
  const there = new Set((yield* classCounts(held.column(target))).map(({ label }) => label))
  return (yield* classCounts(table.column(target))).filter(({ label }) => !there.has(label))
}
