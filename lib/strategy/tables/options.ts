/*
 * What a training on a table is asked for, checked before anything is read.
 */
import type { Callback } from '../../callbacks/callback.js'
import { type Scaling, scalings, type Task, tasks } from '../../data/encoding/fit/options.js'
import { type CsvOptions, csvOptionNames } from '../../data/readers/csv/options.js'
import { isAbortSignal } from '../../kinds.js'
import { checkedQuantiles } from '../../losses/quantile.js'
import type { ClassWeights } from '../../model/scoring/class-weights.js'
import { checkedCallbacks } from '../../model/training/options.js'
import {
  array,
  boolean,
  finiteNumber,
  fraction,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  positiveInteger,
  string,
} from '../../validate.js'
import { checkedGoal, type ThresholdGoal } from '../choose-threshold.js'
import { budgetOption } from '../experiments/checks.js'
import { budgetFor, DEFAULT_PRESET, type Preset, presets } from './presets.js'
import type { TableProgress } from './progress.js'
import type { TableRecipe } from './recipe.js'
import { checkedInput, type TableInput } from './table-source.js'

/**
 * How the table is read: the options of `readCsv`. For objects, Parquet and Arrow files only those that are not about
 * text.
 */
export type ReaderOptions = Omit<CsvOptions, 'onProgress'>

/** Options of `trainTable`. */
export interface TrainTableOptions extends ReaderOptions {
  /** The column that is to be predicted. */
  readonly target: string
  /** Whether the target is a class or a value. Default: chosen from the target's values, as in `Encoder.fit`. */
  readonly task?: Task
  /**
   * How much is spent on the model: 'fast' trains one network, 'good' and 'best' average several. It chooses all numbers
   * of network and training; options below replace them. Default 'good'.
   */
  readonly preset?: Preset
  /**
   * Networks whose mean is the prediction: they learn from the same rows and differ by their seeds, `seed`, `seed + 1`
   * and so on. Default by `preset`.
   */
  readonly members?: number
  /**
   * For a target of values: the quantiles that the model predicts in place of the mean, such as [0.1, 0.5, 0.9]; numbers
   * above 0 and below 1 that grow. `predict` then gives a number for each, in the target's units, which do not cross.
   * The model is a `TableModel`, also of one network. Default none.
   */
  readonly quantiles?: readonly number[]
  /**
   * For a target of two classes: what the threshold of the later class's probability is chosen by, on rows that the
   * networks were not trained on: the least cost of errors, `{ cost: { falsePositive, falseNegative } }`, the highest
   * recall of a precision, `{ precision }`, or the highest precision of a recall, `{ recall }`. `predictClasses` and the
   * metrics go by it, and the file keeps it. The model is a `TableModel`, also of one network. Default 0.5.
   */
  readonly threshold?: ThresholdGoal
  /**
   * Folds, at least 2: the rows are divided into so many parts, of each class alike, and networks are trained for each
   * fold without its part. Their mean is the prediction. Every row is predicted by networks that have not seen it, which
   * gives `metrics`, their intervals, the temperature of probabilities and the residuals of values. Default by the preset,
   * where there are 40 rows and neither `members` nor `time` is given: 8 or 4 below 60,000 rows. Otherwise none: 15 % of
   * the rows are held out.
   */
  readonly folds?: number
  /**
   * Networks for each fold, which differ by their seeds; where a preset divides so many rows into no folds, all networks.
   * Not with `members`, and with the preset 'fast' only with `folds`. Default by the preset where it brings the folds, else 1.
   */
  readonly seeds?: number
  /**
   * How many times the rows are divided into folds, each time otherwise and with networks of their own: every row is then
   * predicted by the mean of as many networks that have not seen it. Only where there are folds, and not with `time` or
   * `budget`. Default 1.
   */
  readonly repeats?: number
  /**
   * A column that says which rows belong together, such as a customer: rows of one group are never both learned from
   * and held out. The column is no feature. A preset's folds are no more than there are groups. Default none.
   */
  readonly group?: string
  /**
   * A column of dates or numbers: the rows held out are later than those learned from. With `folds` the windows expand:
   * fold i learns from the parts 0 to i and is measured on part i + 1, of `folds + 1` parts in the order of time. A
   * preset brings no folds where it is given. Default none.
   */
  readonly time?: string
  /**
   * Milliseconds from the call on, reading included, within which networks are trained: the first steps tell how many
   * epochs fit, and rounds of further networks follow, up to 64, while one more fits. Where it is too short for the folds
   * that a preset brings, one network is trained with 15 % of the rows held out. An epoch is trained in every case. What
   * was trained is told by `model.made`: its `epochs`, and `members` or `seeds`, in place of the budget give the same model,
   * bit for bit. Not with `members`, `seeds`, `repeats` or `resume`. Default none, and ten minutes for the preset 'best'.
   */
  readonly budget?: number
  /**
   * For a target of values: whether predictions are kept within the range of the training rows' targets, as a tree's are.
   * Default true, but false with `time`, since values may grow, and with the preset 'fast'.
   */
  readonly clampPredictions?: boolean
  /** Columns that are used even if they look like identifiers or constants. Default none. */
  readonly keep?: readonly string[]
  /**
   * How number columns are scaled: one setting for all, or one by column; under 'robust' booleans are -1 and 1. Default
   * 'robust'; with the preset 'fast' 'quantile' for columns with values very far from the others, 'standardize' for the
   * rest.
   */
  readonly scaling?: Scaling | Readonly<Record<string, Scaling>>
  /**
   * Units of the hidden layers. Default by the number of rows: three layers of 128 or 256; with the preset 'fast' [64, 32],
   * [128, 64] or [256, 128].
   */
  readonly hidden?: readonly number[]
  /**
   * Dropout after each hidden layer: the share of its units that a training step leaves out. Default 0.1; 0.2 with the
   * preset 'fast'.
   */
  readonly dropout?: number
  /**
   * Passes over the rows, at most: with the preset 'fast' the training stops early, and in every case the best epoch is
   * kept. Default by the number of rows.
   */
  readonly epochs?: number
  /** Rows of a step. Default by the number of rows, from 16 to 512. */
  readonly batchSize?: number
  /**
   * The largest learning rate. Default 0.06, of four cycles that rise to it and fall to 0; with the preset 'fast' 0.003, of
   * one.
   */
  readonly learningRate?: number
  /** Strength of L2 regularization: the loss grows by this number times the sum of the squared weights. Default 0. */
  readonly l2?: number
  /** Weights of the classes, as in `fit`. Default none: all rows have weight 1. */
  readonly classWeights?: ClassWeights
  /** Seed of the split, of the initial weights and of the order of rows. Default 0. */
  readonly seed?: number
  /**
   * Other rows to compute the metrics on, read in the same way. Default none: the metrics are those of the held-out
   * rows.
   */
  readonly test?: TableInput
  /**
   * Callbacks of the training, in addition to early stopping, such as a `ProgressBar` or a `Checkpoint`. Default none.
   */
  readonly callbacks?: readonly Callback[]
  /** Path of a checkpoint from which to continue. It must come from the same call. Default none. */
  readonly resume?: string
  /** Ends reading and training: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal
  /**
   * Called after each stage: what was read, the profile of the table, the encoder, and the model to be trained. Default
   * none.
   */
  readonly onProgress?: (progress: TableProgress) => void
}

/** What makes a `TableModel`, and which rows each of its networks sees. */
const ensembleNames = [
  'preset',
  'members',
  'folds',
  'seeds',
  'repeats',
  'group',
  'time',
  'quantiles',
  'threshold',
  'budget',
  'clampPredictions',
] as const

const ownNames = [
  'target',
  'task',
  ...ensembleNames,
  'keep',
  'scaling',
  'hidden',
  'dropout',
  'epochs',
  'batchSize',
  'learningRate',
  'l2',
  'classWeights',
  'seed',
  'test',
  'callbacks',
  'resume',
  'signal',
  'onProgress',
] as const

export const trainTableOptionNames = [...new Set([...ownNames, ...csvOptionNames])] as const

/** Options of a training of one network on a table, as experiments repeat it. */
export type OneNetworkOptions = Omit<TrainTableOptions, (typeof ensembleNames)[number]>

export const oneNetworkOptionNames = trainTableOptionNames.filter(
  (name) => !(ensembleNames as readonly string[]).includes(name),
)

export interface CheckedTrainTableOptions {
  readonly target: string
  readonly task: Task | undefined
  readonly keep: readonly string[]
  readonly scaling: Scaling | Readonly<Record<string, Scaling>>
  readonly preset: Preset
  readonly threshold: ThresholdGoal | undefined
  readonly budget: number | undefined
  readonly folds: number | undefined
  readonly seeds: number | undefined
  readonly repeats: number
  readonly group: string | undefined
  readonly time: string | undefined
  /** What was asked for in place of the preset's. */
  readonly asked: Partial<TableRecipe>
  readonly l2: number
  readonly classWeights: ClassWeights | undefined
  readonly seed: number
  readonly test: TableInput | undefined
  readonly callbacks: readonly Callback[]
  readonly resume: string | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: TableProgress) => void
  readonly reader: ReaderOptions
}

export function checkedOptions(options: TrainTableOptions): CheckedTrainTableOptions {
  const given = knownOptions<TrainTableOptions>('trainTable', options, trainTableOptionNames)
  const target = string('target', given.target, "Name the column to predict: trainTable(source, { target: '…' }).")
  const names = (argument: 'keep' | 'ignore') => {
    const list = array(argument, given[argument] ?? [], 'names of columns')
    const found = list.map((name, i) => string(`${argument}[${i}]`, name))
    if (found.includes(target)) throw invalid(argument, 'columns without the target', target)
    return found
  }
  const [keep, ignore] = [names('keep'), names('ignore')]
  const both = keep.find((name) => ignore.includes(name))
  if (both !== undefined) throw invalid('ignore', 'columns that keep does not name', both)
  return {
    target,
    task: given.task === undefined ? undefined : oneOf('task', given.task, tasks),
    keep,
    scaling: checkedScaling(given.scaling, target),
    preset: oneOf('preset', given.preset ?? DEFAULT_PRESET, presets),
    threshold: given.threshold === undefined ? undefined : checkedGoal('threshold', given.threshold),
    budget: budgetOf(given),
    ...divisionOf(given, { target, keep, ignore }),
    asked: askedOf(given),
    l2: finiteNumber('l2', given.l2 ?? 0, { min: 0 }),
    classWeights: checkedWeights(given.classWeights),
    seed: nonNegativeInteger('seed', given.seed ?? 0),
    test: given.test === undefined ? undefined : checkedInput('test', given.test),
    callbacks: checkedCallbacks(given.callbacks),
    resume: given.resume === undefined ? undefined : string('resume', given.resume),
    signal: checkedSignal(given.signal),
    onProgress: checkedListener(given.onProgress),
    reader: withoutNames(given, ownNames),
  }
}

function budgetOf(given: Partial<TrainTableOptions>): number | undefined {
  const { preset, members, seeds, repeats, resume, budget = budgetFor(preset ?? DEFAULT_PRESET) } = given
  const many = repeats === 1 ? undefined : repeats
  if (resume !== undefined && preset === 'best' && members === undefined && seeds === undefined) {
    const hint = "Its networks are trained in several trainings. Give seeds in place of 'best's budget, also before."
    throw invalid('resume', "nothing where the preset 'best' decides by time how many networks it trains", resume, hint)
  }
  const together = Object.entries({ members, seeds, repeats: many, resume }).find(([, value]) => value !== undefined)
  if (budget === undefined || (given.budget === undefined && together !== undefined)) return undefined
  if (together !== undefined) {
    const hint = 'The time decides how many networks are trained, in several trainings; give one of the two.'
    throw invalid(together[0], 'nothing where budget is given', together[1], hint)
  }
  return budgetOption(budget)
}

/** Every division has a copy of the rows; the mean of so many changes no more. */
const MOST_REPEATS = 64

function divisionOf(
  { preset = DEFAULT_PRESET, folds, seeds, repeats: often, members, group, time }: Partial<TrainTableOptions>,
  { target, keep, ignore }: { target: string; keep: readonly string[]; ignore: readonly string[] },
) {
  const columns = { group, time }
  for (const [option, name] of Object.entries(columns)) {
    if (name === undefined) continue
    string(option, name)
    if (name === target) throw invalid(option, 'another column than the target', name)
    if (ignore.includes(name)) throw invalid('ignore', `columns without that of ${option}, which is read`, name)
  }
  if (group !== undefined && time !== undefined) {
    throw invalid('time', 'nothing where group is given', time, 'Rows are held out by one of them.')
  }
  if (group !== undefined && keep.includes(group)) {
    throw invalid('keep', 'columns without that of group, which is no feature', group)
  }
  const repeats = positiveInteger('repeats', often ?? 1)
  if (repeats > MOST_REPEATS) throw invalid('repeats', `at most ${MOST_REPEATS}`, repeats)
  const each = seeds === undefined ? undefined : positiveInteger('seeds', seeds)
  if (repeats > 1 && time !== undefined) {
    throw invalid(
      'repeats',
      '1 where time is given',
      repeats,
      'There is one order of time: give seeds for more networks.',
    )
  }
  if (folds === undefined) {
    // Other presets bring folds, or say that there are too many rows for them.
    if (seeds !== undefined && (preset === 'fast' || members !== undefined)) {
      throw invalid('seeds', 'nothing without folds', seeds, 'For several networks on the same rows give members.')
    }
    return { folds, seeds: each, repeats, ...columns }
  }
  if (positiveInteger('folds', folds) < 2) {
    throw invalid('folds', 'whole number of at least 2', folds, 'Leave it out to hold out 15 % of the rows.')
  }
  if (members !== undefined) {
    throw invalid('members', 'nothing where folds are given', members, 'Give seeds, the networks for each fold.')
  }
  return { folds, seeds: each, repeats, ...columns }
}

/** The options of the reader: all that are given, but those of other names. */
export function withoutNames(given: object, names: readonly string[]): ReaderOptions {
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => !names.includes(name) && value !== undefined),
  )
}

function askedOf({
  hidden,
  dropout,
  epochs,
  batchSize,
  learningRate,
  members,
  quantiles,
  time,
  clampPredictions = time === undefined ? undefined : false,
}: Partial<TrainTableOptions>): Partial<TableRecipe> {
  const units = hidden === undefined ? undefined : array('hidden', hidden, 'numbers of units')
  return {
    ...(units && { hidden: units.map((number, i) => positiveInteger(`hidden[${i}]`, number)) }),
    ...(dropout === undefined ? {} : { dropout: fraction('dropout', dropout) }),
    ...(members === undefined ? {} : { members: positiveInteger('members', members) }),
    ...(quantiles === undefined ? {} : { quantiles: checkedQuantiles('quantiles', quantiles) }),
    ...(clampPredictions === undefined ? {} : { clampPredictions: boolean('clampPredictions', clampPredictions) }),
    ...(epochs === undefined ? {} : { epochs: positiveInteger('epochs', epochs) }),
    ...(batchSize === undefined ? {} : { batchSize: positiveInteger('batchSize', batchSize) }),
    ...(learningRate === undefined
      ? {}
      : { learningRate: finiteNumber('learningRate', learningRate, { exclusiveMin: 0 }) }),
  }
}

function checkedScaling(scaling: unknown = {}, target = ''): CheckedTrainTableOptions['scaling'] {
  if (typeof scaling === 'string') return oneOf('scaling', scaling, scalings)
  const hint = "Give 'standardize', 'quantile' or 'robust', or one of them by column: { income: 'quantile' }."
  const own = Object.entries(plainObject('scaling', scaling, hint))
  if (own.some(([name]) => name === target)) {
    throw invalid('scaling', 'columns without the target', target, 'It has a scale of its own.')
  }
  return Object.fromEntries(own.map(([name, one]) => [name, oneOf(`scaling['${name}']`, one, scalings)]))
}

function checkedWeights(weights: unknown): ClassWeights | undefined {
  if (weights === undefined || weights === 'balanced') return weights
  if (typeof weights === 'object' && weights !== null) {
    for (const [name, weight] of Object.entries(weights)) {
      finiteNumber(Array.isArray(weights) ? `classWeights[${name}]` : `classWeights['${name}']`, weight, { min: 0 })
    }
    return weights as ClassWeights
  }
  throw invalid('classWeights', "'balanced', or numbers by class", weights)
}

export function checkedSignal(signal: unknown): AbortSignal | undefined {
  if (signal !== undefined && !isAbortSignal(signal)) throw invalid('signal', 'AbortSignal', signal)
  return signal
}

export function checkedListener(listener: unknown): (progress: TableProgress) => void {
  if (listener === undefined) return () => undefined
  if (!isCallable(listener)) throw invalid('onProgress', 'function', listener)
  return listener as (progress: TableProgress) => void
}
