/*
 * From a table to a model that has learned it: what `deepblas train` does.
 */
import { EarlyStopping } from '../../callbacks/early-stopping.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { Encoder } from '../../data/encoder/encoder.js'
import type { DroppedColumn } from '../../data/encoding/column-encoding.js'
import type { Table } from '../../data/table/table.js'
import { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import { AdamW } from '../../optimizers/adam.js'
import { l2 } from '../../regularizers/regularizer.js'
import { oneCycle } from '../../schedules/one-cycle.js'
import { inTurns, type Steps } from '../../turns.js'
import type { SuspiciousColumn } from '../suspicious-columns.js'
import { tabularLayers } from '../tabular-layers.js'
import { scalingFor } from './column-scaling.js'
import { defaultsFor, type TableDefaults } from './defaults.js'
import { splitTable } from './held-out.js'
import { madeOf } from './made.js'
import { type CheckedTrainTableOptions, checkedOptions, type TrainTableOptions } from './options.js'
import { type ClassCount, classCounts, type TableProfile } from './profile.js'
import { learnableTable, testTable } from './read-tables.js'
import { encodedRows, scoresOn, type TableScores } from './scores.js'
import type { TableInput } from './table-source.js'

/** The result of a training on a table. */
export interface TableTraining {
  /**
   * The trained model. It predicts from rows as objects; `model.encoder` lists the columns that it uses and those that
   * it does not.
   */
  readonly model: Sequential
  /** Metrics of the rows of `test` if given, otherwise of the held-out rows. */
  readonly metrics: TableScores['metrics']
  /** Scores of the held-out rows. They decided when to stop, so these scores look a little too good. */
  readonly heldOut: TableScores
  readonly test?: TableScores
  /** The description of the rows that have a target, as `profileTable` gives it. */
  readonly profile: TableProfile
  readonly history: History
  /** The epoch whose parameters were kept. */
  readonly epoch: number
}

const WEIGHT_DECAY = 0.1

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
export async function trainTable(source: TableInput, options: TrainTableOptions): Promise<TableTraining> {
  const given = checkedOptions(options)
  const { target, keep, signal, onProgress, seed } = given
  signal?.throwIfAborted()
  const { table, kind, profile, data } = await learnableTable(source, given)
  const { task, suspicious } = profile
  const tests = given.test === undefined ? undefined : await testTable(given.test, table, given)
  onProgress({ stage: 'profiled', profile })

  const [kept, held] = await inTurns(splitTable(table, { target, task, seed }))
  const scaling = await inTurns(scalingFor(kept, target, given.scaling))
  const encoder = await Encoder.fit(kept, { target, task, ignore: ignored(suspicious), keep, scaling })
  signal?.throwIfAborted()
  onProgress({
    stage: 'encoded',
    encoder,
    rows: kept.rows,
    heldOut: held.rows,
    notHeldOut: task === 'classification' ? await inTurns(notHeldOut(table, held, target)) : [],
  })
  const [training, validation] = [await encoder.encodeAsync(kept), await encoder.encodeAsync(held)]
  // Before the training: a label that the model does not know is told at once.
  const testing = tests && (await encodedRows(encoder, tests.table, tests.place))
  const unlike = tests && (await encoder.checkAsync(tests.table))
  const settings = { ...defaultsFor(kept.rows), ...given.asked }
  const model = networkFor(encoder, settings, given)
  signal?.throwIfAborted()
  onProgress({ stage: 'training', model, settings, ...(unlike && { unlike }) })

  const history = await trained(model, training, validation, settings, given)
  const heldOut = await scoresOn(model, encoder, validation)
  const test = testing && (await scoresOn(model, encoder, testing))
  signal?.throwIfAborted()
  const epoch = history.best?.epoch ?? history.epochs.length
  const result = { epoch, heldOut, ...(test && { test }) }
  model.made = madeOf(given, { task, settings, scaling, weightDecay: WEIGHT_DECAY }, kind, data, result)
  return { model, metrics: (test ?? heldOut).metrics, ...result, profile, history }
}

function trained(
  model: Sequential,
  training: Dataset,
  validation: Dataset,
  settings: TableDefaults,
  { callbacks, signal, classWeights, resume }: CheckedTrainTableOptions,
): Promise<History> {
  return model.fit(training, {
    ...fitFor(training.encoder!, training.rows, settings),
    validation,
    callbacks: [new EarlyStopping({ patience: settings.patience }), ...callbacks],
    ...(signal === undefined ? {} : { signal }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(resume === undefined ? {} : { resume }),
  })
}

/** How a network for a table is trained, but for what stops it early. */
export function fitFor(encoder: Encoder, rows: number, { learningRate, epochs, batchSize }: TableDefaults) {
  const schedule = oneCycle({ learningRate, steps: epochs * Math.ceil(rows / batchSize) })
  return {
    loss: lossOf(encoder),
    optimizer: new AdamW({ learningRate: schedule, weightDecay: WEIGHT_DECAY }),
    epochs,
    batchSize,
  } as const
}

/** The network for the rows that an encoder makes. */
export function networkFor(
  encoder: Encoder,
  { hidden, dropout }: Pick<TableDefaults, 'hidden' | 'dropout'>,
  { seed, l2: strength }: Pick<CheckedTrainTableOptions, 'seed' | 'l2'>,
): Sequential {
  const regularized = strength === 0 ? {} : { regularizer: l2(strength) }
  return new Sequential(tabularLayers(encoder, { hidden, dropout, ...regularized }), { inputs: encoder.inputs, seed })
}

function lossOf({ task, outputs }: Encoder) {
  if (task === 'regression') return 'meanSquaredError'
  return outputs === 1 ? 'binaryCrossEntropy' : 'crossEntropy'
}

/** The columns that are left out. A leak among them has been told as what it is: names of the rows. */
export function ignored(suspicious: readonly SuspiciousColumn[]): DroppedColumn[] {
  return suspicious
    .filter(({ leftOut }) => leftOut)
    .map(({ column, kind }) => ({ name: column, reason: kind === 'leak' ? 'identifier' : kind }))
}

/** Classes of which the part held out has no row: nothing that is measured on it is of them. */
function* notHeldOut(table: Table, held: Table, target: string): Steps<ClassCount[]> {
  const there = new Set((yield* classCounts(held.column(target))).map(({ label }) => label))
  return (yield* classCounts(table.column(target))).filter(({ label }) => !there.has(label))
}
