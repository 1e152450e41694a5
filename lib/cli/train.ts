import { basename } from 'node:path'
import { Checkpoint } from '../callbacks/checkpoint.js'
import { EarlyStopping } from '../callbacks/early-stopping.js'
import { ProgressBar } from '../callbacks/progress-bar.js'
import type { DroppedColumn } from '../data/encoder/column-encoding.js'
import { Encoder } from '../data/encoder/encoder.js'
import { type Task, tasks } from '../data/encoder/fit-options.js'
import type { Column } from '../data/table/column.js'
import { ISO_FORMAT } from '../data/table/date-format.js'
import { Table } from '../data/table/table.js'
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { Callback } from '../model/callback.js'
import { Sequential } from '../model/sequential.js'
import { tabularLayers } from '../model/tabular-layers.js'
import { AdamW } from '../optimizers/adam.js'
import { l2 } from '../regularizers/regularizer.js'
import { oneCycle } from '../schedules/one-cycle.js'
import { type SuspiciousColumn, suspiciousColumns } from '../strategy/suspicious-columns.js'
import { setThreads } from '../system.js'
import type { Command, Given } from './command.js'
import { type Defaults, defaultsFor } from './defaults.js'
import { encodedRows, scoresOf } from './predictions.js'
import { count, droppedText, profileText } from './profile.js'
import {
  headerOf,
  type ReaderSettings,
  readerOptions,
  readerSettings,
  readTable,
  settingsFor,
  withTargets,
} from './read-table.js'
import { type ScalingOption, scalingFor, scalingOption } from './scaling.js'
import { scoresJson, scoresText } from './scores.js'
import { say, type Terminal, throwIfInterrupted, UsageError } from './terminal.js'
import {
  choice,
  columnNames,
  decimal,
  distinctFiles,
  knownColumn,
  requireWritable,
  wholeNumber,
  wholeNumbers,
} from './values.js'

/** Of the rows, for early stopping and, without --test, the metrics. */
const HELD_OUT = 0.15
/** With fewer there is next to nothing to learn from or to hold out. */
const FEWEST_ROWS = 10

export const train: Command = {
  name: 'train',
  summary: 'Trains a network on a CSV file and saves it, with all that a prediction needs, in one file.',
  arguments: [{ name: 'data.csv', help: 'a file with a header: one row for each case' }],
  options: {
    target: { value: '<column>', help: 'the column to predict (required)' },
    out: { value: '<file>', help: 'where the model is saved; by default the name of the data, as .safetensors, here' },
    test: { value: '<other.csv>', help: 'a file to take the metrics of, in place of the part held out' },
    task: { value: '<task>', help: 'classification or regression; by default what the target looks like' },
    ignore: {
      value: '<columns>',
      help: 'columns to leave out, between commas; may be given several times',
      repeatable: true,
    },
    keep: {
      value: '<columns>',
      help: 'columns to use even if they look like identifiers or constants; may be given several times',
      repeatable: true,
    },
    scaling: {
      value: '<scaling>',
      help: 'standardize or quantile (ranks) for all numbers, or <column=scaling,...>; by default by their values',
      repeatable: true,
    },
    hidden: { value: '<units>', help: 'units of the hidden layers, such as 64,32; by default by the number of rows' },
    epochs: { value: '<n>', help: 'passes over the data at most; by default by the number of rows' },
    'batch-size': { value: '<n>', help: 'rows of a step; by default by the number of rows' },
    'learning-rate': {
      value: '<rate>',
      help: 'the largest of its cycle: it rises, then falls to almost 0; default 0.003',
    },
    dropout: {
      value: '<share>',
      help: 'units left out at random in every step, from 0 up to but not including 1; default 0.2',
    },
    l2: { value: '<strength>', help: 'adds strength times the sum of squared weights to the loss; default 0' },
    'class-weights': { value: 'balanced', help: 'rows of rare classes count more' },
    seed: { value: '<n>', help: 'of the split, the initial weights and the order of rows; default 0' },
    threads: { value: '<n>', help: 'by default as many as there are cores; no result depends on it' },
    checkpoint: { value: '<file>', help: 'saves the state of the training there after every epoch' },
    resume: { value: '<file>', help: 'goes on from a checkpoint of the same command' },
    ...readerOptions,
  },
  notes: `
A part of 15 % (of each class alike) is held out: it decides when to stop, and the best epoch's weights are kept. Without
--test the metrics are those of this part, which makes them a little too good. Rows without a target are left out and
counted. Identifiers and columns of one value are left out; columns that may give the target away are named. The same
command and seed give the same file, byte for byte.

--json: { task, target, rows, features, epochs, seconds, model, metrics }. rows are those with a target, features the
columns that the network uses. metrics: accuracy, rocAuc, averagePrecision, f1 and logLoss for two classes (the later
label in order counts as positive), accuracy, f1 (mean of the classes') and logLoss for several, rootMeanSquaredError,
meanAbsoluteError and r2 in the target's units for values; null where one cannot be told.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with no file written.`,
  run: runTrain,
}

interface Settings {
  readonly path: string
  readonly target: string
  readonly out: string
  readonly test: string | undefined
  readonly task: Task | undefined
  readonly balanced: boolean
  readonly seed: number
  readonly l2: number
  readonly checkpoint: string | undefined
  readonly resume: string | undefined
  readonly reader: ReaderSettings
  /** As given: the header tells what they name. */
  readonly keep: readonly string[]
  readonly scaling: ScalingOption
  /** What was asked for in place of the defaults. */
  readonly asked: Partial<Defaults>
}

async function runTrain(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const settings = settingsOf(given)
  const started = performance.now()
  const { table, task, suspicions, keep, tests } = await tables(settings, terminal)
  terminal.stderr.write(profileText(table, settings.target, task === 'classification', suspicions))

  const [kept, held] = splitTable(table, task, settings)
  const ignore = suspicions
    .filter(({ leftOut }) => leftOut)
    .map(({ column, kind }) => ({ name: column, reason: reasonOf(kind) }))
  const encoder = Encoder.fitSync(kept, {
    target: settings.target,
    task,
    ignore,
    keep,
    scaling: scalingFor(kept, settings.target, settings.scaling),
  })
  terminal.stderr.write(droppedText(encoder.dropped, suspicions))
  const [training, validation] = [encoder.encode(kept), encoder.encode(held)]
  // Before the training: a label that the model does not know is told at once.
  const testing = tests === undefined ? undefined : encodedRows(encoder, tests, settings.test!)
  const chosen = { ...defaultsFor(kept.rows), ...settings.asked }
  const model = networkFor(encoder, chosen, settings)
  terminal.stderr.write(`${planText(model, encoder, chosen, kept.rows, held.rows)}\n`)

  const history = await model.fit(training, {
    loss: lossOf(encoder),
    optimizer: new AdamW({
      learningRate: oneCycle({
        learningRate: chosen.learningRate,
        steps: chosen.epochs * Math.ceil(kept.rows / chosen.batchSize),
      }),
      weightDecay: WEIGHT_DECAY,
    }),
    epochs: chosen.epochs,
    batchSize: chosen.batchSize,
    validation,
    callbacks: callbacksOf(chosen, settings, terminal),
    signal: terminal.signal,
    ...(settings.balanced ? { classWeights: 'balanced' as const } : {}),
    ...(settings.resume === undefined ? {} : { resume: settings.resume }),
  })
  const scores = await scoresOf(model, encoder, testing ?? validation)
  await throwIfInterrupted(terminal)
  await model.save(settings.out)

  const seconds = (performance.now() - started) / 1000
  const where = settings.test ?? `${count(held.rows)} rows held out`
  say(given, terminal, `${where}: ${scoresText(scores)}\nsaved ${settings.out}`)
  return {
    task,
    target: settings.target,
    rows: table.rows,
    features: encoder.columns.length,
    epochs: history.epochs.length,
    seconds,
    model: settings.out,
    metrics: scoresJson(scores),
  }
}

const WEIGHT_DECAY = 0.1

function settingsOf(given: Given): Settings {
  const target = given.options.get('target')
  if (target === undefined) throw new UsageError('--target is missing: name the column to predict.')
  const [path] = given.arguments as readonly [string]
  const reader = readerSettings(given)
  for (const option of ['ignore', 'keep']) {
    if (given.lists.get(option)?.includes(target)) throw new UsageError(`--${option} names the target '${target}'.`)
  }
  const threads = wholeNumber(given, 'threads', 1)
  if (threads !== undefined) setThreads(threads)
  const out = given.options.get('out') ?? `${basename(path).replace(/\.[^.]*$/, '')}.safetensors`
  // After an hour of training is too late to hear of it.
  requireWritable('--out', out)
  const test = given.options.get('test')
  const checkpoint = given.options.get('checkpoint')
  const resume = given.options.get('resume')
  distinctFiles('--out', out, {
    'the data': path,
    'the file of --test': test,
    'the file of --checkpoint': checkpoint,
    'the file of --resume': resume,
  })
  if (checkpoint !== undefined) {
    requireWritable('--checkpoint', checkpoint)
    distinctFiles('--checkpoint', checkpoint, { 'the data': path, 'the file of --test': test })
  }
  const asked = {
    hidden: wholeNumbers(given, 'hidden'),
    epochs: wholeNumber(given, 'epochs', 1),
    batchSize: wholeNumber(given, 'batch-size', 1),
    dropout: decimal(given, 'dropout', 'a number from 0 up to but not including 1', { min: 0, below: 1 }),
    learningRate: decimal(given, 'learning-rate', 'a number above 0', { exclusiveMin: 0 }),
  }
  return {
    path,
    target,
    out,
    test,
    task: choice(given, 'task', tasks),
    balanced: choice(given, 'class-weights', ['balanced']) !== undefined,
    seed: wholeNumber(given, 'seed', 0) ?? 0,
    l2: decimal(given, 'l2', 'a number of at least 0', { min: 0 }) ?? 0,
    checkpoint,
    resume,
    reader,
    keep: given.lists.get('keep') ?? [],
    scaling: scalingOption(given),
    asked: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  }
}

/** Both files, without rows that have no target. */
async function tables(settings: Settings, terminal: Terminal) {
  const { path, target } = settings
  // Before the whole file is read: it may be large.
  const header = await headerOf(path, settings.reader)
  knownColumn('target', target, header)
  const reader = settingsFor(settings.reader, header)
  const keep = columnNames('keep', settings.keep, header)
  for (const name of Object.keys(settings.scaling.columns)) knownColumn('scaling', name, header)
  if (reader.ignore.includes(target)) throw new UsageError(`--ignore names the target '${target}'.`)
  if (keep.includes(target)) throw new UsageError(`--keep names the target '${target}'.`)
  if (reader.ignore.length > 0 && header.every((name) => name === target || reader.ignore.includes(name))) {
    throw new UsageError(`--ignore names every column but the target '${target}': nothing is left to learn from.`)
  }
  const both = keep.find((name) => reader.ignore.includes(name))
  if (both !== undefined) throw new UsageError(`--keep and --ignore both name '${both}'.`)
  const table = withTargets(await readTable(path, reader, terminal), path, target, terminal)
  if (table.rows < FEWEST_ROWS) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected at least ${FEWEST_ROWS} rows with a target in ${path} but there ${table.rows === 1 ? 'is 1' : `are ${table.rows}`}.`,
    )
  }
  const task = taskOf(table, settings)
  if (settings.balanced && task === 'regression') {
    throw new UsageError(`--class-weights is for classes, but the target '${target}' has values.`)
  }
  const suspicions = suspiciousColumns(table, { target, task, keep })
  const { test } = settings
  if (test === undefined) return { table, task, suspicions, keep, tests: undefined }
  const types = Object.fromEntries(table.columns.map(({ name, type }) => [name, type] as const))
  const names = await headerOf(test, settings.reader)
  if (!names.includes(target)) throw new UsageError(`--test ${test} has no column '${target}'.`)
  const known = Object.fromEntries(Object.entries(types).filter(([name]) => names.includes(name)))
  const formats = table.columns.flatMap((column) =>
    column.type === 'date' && names.includes(column.name) ? [[column.name, column.format ?? ISO_FORMAT] as const] : [],
  )
  const dateFormats = Object.fromEntries(formats)
  const tests = await readTable(test, { ...reader, ignore: [], types: known, dateFormats }, terminal)
  return { table, task, suspicions, keep, tests: withTargets(tests, test, target, terminal) }
}

/** A leak that is not used has been told as what it is: names of the rows. */
function reasonOf(kind: SuspiciousColumn['kind']): DroppedColumn['reason'] {
  return kind === 'leak' ? 'identifier' : kind
}

/** The rows to learn from and those held out, of each class alike. A class of a single row is learnt from. */
function splitTable(table: Table, task: Task, { seed, target }: Settings): readonly [kept: Table, held: Table] {
  if (task === 'regression') return table.split(HELD_OUT, { seed })
  const [kept, held] = table.split(HELD_OUT, { seed, stratify: target })
  const [codes, known] = [codesOf(held.column(target)), new Set(codesOf(kept.column(target)))]
  const strangers = [...codes.keys()].filter((row) => !known.has(codes[row]!))
  const others = [...codes.keys()].filter((row) => known.has(codes[row]!))
  if (strangers.length === 0) return [kept, held]
  if (others.length === 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected classes of several rows for the target '${target}' but nearly every row has one of its own. If it is an ` +
        "identifier, choose another target; if its texts are values, read it with types: { '" +
        `${target}': 'number' }.`,
    )
  }
  return [Table.concat([kept, held.select(strangers)]), held.select(others)]
}

function codesOf(column: Column): Float64Array | Int32Array {
  return column.type === 'category' ? column.codes : column.values
}

/** As the encoder sees the target, before anything is split. */
function taskOf(table: Table, { target, task }: Settings): Task {
  const column = table.column(target)
  const rows = Float64Array.from({ length: table.rows }, (_, row) => row)
  const beside = { name: `not ${target}`, type: 'number', values: rows } as const
  return Encoder.fitSync(Table.of([column, beside]), { target, ...(task === undefined ? {} : { task }) }).task!
}

function networkFor(encoder: Encoder, { hidden, dropout }: Defaults, { seed, l2: strength }: Settings): Sequential {
  const regularized = strength === 0 ? {} : { regularizer: l2(strength) }
  return new Sequential(tabularLayers(encoder, { hidden, dropout, ...regularized }), { inputs: encoder.inputs, seed })
}

function lossOf({ task, outputs }: Encoder) {
  if (task === 'regression') return 'meanSquaredError'
  return outputs === 1 ? 'binaryCrossEntropy' : 'crossEntropy'
}

function callbacksOf(chosen: Defaults, settings: Settings, { stderr }: Terminal): Callback[] {
  return [
    new EarlyStopping({ patience: chosen.patience }),
    new ProgressBar({ stream: stderr }),
    ...(settings.checkpoint === undefined ? [] : [new Checkpoint(settings.checkpoint)]),
  ]
}

function planText(model: Sequential, encoder: Encoder, chosen: Defaults, kept: number, held: number): string {
  return (
    `${encoder.columns.length} columns as ${encoder.features} numbers, ${count(model.parameterCount)} parameters; ` +
    `${count(kept)} rows to learn from, ${count(held)} held out; at most ${chosen.epochs} epoch${chosen.epochs === 1 ? '' : 's'} ` +
    `in steps of ${chosen.batchSize} rows`
  )
}
