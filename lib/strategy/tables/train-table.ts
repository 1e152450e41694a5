/*
 * From a table to a model that has learned it: what `deepblas train` does.
 */
import type { Population } from '../../model/population.js'
import type { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import type { ChosenThreshold } from '../choose-threshold.js'
import { leftOfBudget } from '../experiments/checks.js'
import { epochsWithin, trainedWithin } from './budgeted.js'
import { madeOf } from './made.js'
import { intervalsOn, type MetricIntervals, measuredModel } from './measured-model.js'
import { type CheckedTrainTableOptions, checkedOptions, type TrainTableOptions } from './options.js'
import type { OutOfFold } from './out-of-fold.js'
import { secondsOfEpoch as secondsOf } from './pace.js'
import { type PreparedTable, preparedTable, type ReadTables, readTables } from './prepared-table.js'
import type { TableProfile } from './profile.js'
import type { TableRecipe } from './recipe.js'
import { scoresOn } from './score-model.js'
import type { TableScores } from './scores.js'
import { TableModel } from './table-model.js'
import type { TableInput } from './table-source.js'
import type { TimeNote } from './time-notes.js'
import { type TrainedNetworks, trainedNetworks, untrained } from './trained-networks.js'

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
   * or over groups with `group`, where `test` has that column; NaN for fewer than two groups). Only where the model is a `TableModel`.
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
  /**
   * Why no threshold was chosen, where one was asked for and the held-out rows allow none, such as a precision that none
   * reaches. The model then decides at 0.5.
   */
  readonly thresholdMissed?: string
  /** Every network of the model, in the order of `model.member(i)`. */
  readonly members: readonly TrainedMember[]
}

/** One network of a training on a table. */
export interface TrainedMember {
  readonly seed: number
  /** The fold that was held out of it, with `repeats` those of each division behind those before. Undefined without folds. */
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
  readonly repeats?: 1
  readonly budget?: undefined
}

/**
 * Makes a model of a table, from reading to metrics: it reads the table, leaves out identifiers and constants, divides the
 * rows into folds (with the preset 'fast', and for many rows, it holds out 15 %; of each class alike), scales and encodes
 * the columns, chooses networks and settings by the number of rows, keeps of each network the epoch that is best on the
 * rows held out of it, and computes the metrics. `deepblas train` does the same:
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
  const read = await readTables(source, asked)
  const { prepared, secondsOfEpoch } = await preparedFor(read, asked, begun)
  const networks = await trainedOn(prepared, secondsOfEpoch, begun)
  const { given, encoder, folds, profile, testing, timeNotes } = prepared
  const { recipe, each } = networks
  const { seed, repeats, threshold: goal } = given
  const ofTime = given.time !== undefined
  const measured = await measuredModel({ ...prepared, ...networks, repeats, ofTime, seed, goal })
  const { model, kept, outOfFold, heldOut, threshold, thresholdMissed } = measured
  const test = testing && (await scoresOn(model, encoder, testing))
  given.signal?.throwIfAborted()
  const every = networks.members.map((one, at) => (folds === undefined ? one : { ...one, fold: at % folds.length }))
  const members = kept === undefined ? every : kept.map((at) => every[at]!)
  const { history, epoch } = members[0]!
  const result = { epoch, heldOut, ...(outOfFold && { outOfFold }), ...(test && { test }) }
  model.made = madeOf({ ...given, seeds: each ?? given.seeds }, { ...prepared, recipe }, result)
  const ofTest = testing !== undefined && model instanceof TableModel
  const intervals = ofTest ? await intervalsOn(model, testing, seed, prepared.groupOfTest) : measured.intervals
  return {
    model,
    metrics: (test ?? heldOut).metrics,
    ...(intervals && { intervals }),
    ...result,
    ...(threshold && { threshold }),
    ...(thresholdMissed && { thresholdMissed }),
    ...(timeNotes && { timeNotes }),
    profile,
    history,
    members,
  }
}

interface NetworksOfTable extends TrainedNetworks {
  readonly model: Sequential | Population
  /** As it was carried out: a budget decides the epochs, and the members where there are no folds. */
  readonly recipe: TableRecipe
  /** Networks for each part; undefined without a budget. */
  readonly each?: number
}

interface Prepared {
  readonly prepared: PreparedTable
  /** Of the networks that are trained side by side, one for each part where there is a budget. */
  readonly secondsOfEpoch: number
}

/** Of the epochs of a recipe; with fewer than so many of several networks, one of more is the better model. */
const FEWEST_OF_EPOCHS = 1 / 4

/** A budget may be too short for the folds that a preset brings: there are none then. */
async function preparedFor(read: ReadTables, asked: CheckedTrainTableOptions, begun: number): Promise<Prepared> {
  const measured = async (own: CheckedTrainTableOptions): Promise<Prepared> => {
    const prepared = await preparedTable(read, own)
    const { encoder, parts, recipe, given } = prepared
    return {
      prepared,
      secondsOfEpoch: await secondsOf(firstOf(prepared, recipe), encoder, parts, recipe, given.signal),
    }
  }
  const first = await measured(asked)
  const { given, recipe } = first.prepared
  if (asked.budget === undefined || asked.folds !== undefined || given.folds === undefined) return first
  const epochs = epochsWithin(begun + asked.budget, first.secondsOfEpoch, recipe.epochs)
  if (epochs >= FEWEST_OF_EPOCHS * recipe.epochs) return first
  return await measured({ ...asked, asked: { ...asked.asked, members: 1 } })
}

/** The networks that are trained first, of which no step has been made. */
function firstOf({ given, encoder, parts, folds }: PreparedTable, recipe: TableRecipe): Sequential | Population {
  const { budget, threshold, seeds } = given
  const members = folds === undefined ? recipe.members : folds.length * seeds
  const isPlain =
    folds === undefined &&
    (members === 1 || budget !== undefined) &&
    recipe.quantiles.length === 0 &&
    threshold === undefined
  // Of a budget the first round: one network for each part.
  return untrained(encoder, recipe, isPlain ? undefined : budget === undefined ? members : parts.length, given)
}

/** @param begun when the call began, by performance.now(): a budget counts from there */
async function trainedOn(prepared: PreparedTable, secondsOfEpoch: number, begun: number): Promise<NetworksOfTable> {
  const { given, encoder, parts, folds, unlike } = prepared
  const { signal, budget, onProgress } = given
  let { recipe } = prepared
  if (budget !== undefined) recipe = { ...recipe, epochs: epochsWithin(begun + budget, secondsOfEpoch, recipe.epochs) }
  const first = firstOf(prepared, recipe)
  signal?.throwIfAborted()
  onProgress(prepared.encoded)
  signal?.throwIfAborted()
  const estimatedSeconds = budget === undefined ? secondsOfEpoch * recipe.epochs : leftOfBudget(budget, begun) / 1000
  onProgress({ stage: 'training', model: first, settings: recipe, estimatedSeconds, ...(unlike && { unlike }) })
  if (budget === undefined) {
    return { model: first, recipe, ...(await trainedNetworks(first, encoder, parts, recipe, given)) }
  }
  const trained = await trainedWithin(first, { encoder, parts, recipe, given, deadline: begun + budget })
  return { ...trained, recipe: folds === undefined ? { ...recipe, members: trained.each } : recipe }
}
