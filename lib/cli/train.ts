import type { Callback } from '../callbacks/callback.js'
import { Checkpoint } from '../callbacks/checkpoint.js'
import { CSVLog } from '../callbacks/csv-log.js'
import { EarlyStopping } from '../callbacks/early-stopping.js'
import { ProgressBar } from '../callbacks/progress-bar.js'
import { TensorBoard } from '../callbacks/tensorboard.js'
import { Encoder } from '../data/encoder/encoder.js'
import type { Json } from '../files/strict-json.js'
import { Sequential } from '../model/sequential.js'
import { AdamW } from '../optimizers/adam.js'
import { l2 } from '../regularizers/regularizer.js'
import { oneCycle } from '../schedules/one-cycle.js'
import { tabularLayers } from '../strategy/tabular-layers.js'
import type { Command, Given } from './command.js'
import { type Defaults, defaultsFor } from './defaults.js'
import { madeOf } from './made.js'
import { encodedRows, judge } from './predictions.js'
import { count, droppedText, profileText } from './profile.js'
import { readerOptions } from './read-table.js'
import { scalingFor } from './scaling.js'
import { comparisonText, reportJson, scoresJson, scoresText } from './scores.js'
import { counted, say, secondsSince, type Terminal, tell, tellNext, throwIfInterrupted } from './terminal.js'
import { notHeldOutText, reasonOf, splitTable, tables } from './train-data.js'
import { isLogFile, type Settings, settingsOf } from './train-settings.js'
import { checkText } from './unlike-rows.js'

export const train: Command = {
  name: 'train',
  summary: 'Trains a network on a CSV file and saves it, with all that a prediction needs, in one file.',
  arguments: [{ name: 'data.csv', help: 'a file with a header: one row for each case; - for standard input' }],
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
    log: {
      value: '<file or folder>',
      help: "writes every epoch's numbers: into a file that ends in .csv or .tsv, or a folder for TensorBoard",
    },
    ...readerOptions,
  },
  notes: `
A part of 15 % (of each class alike) is held out: it decides when to stop, and the best epoch's weights are kept. Without
--test the metrics are those of this part, which makes them a little too good. Rows without a target are left out and
counted. Identifiers and columns of one value are left out and told, with the reason; --keep uses them all the same. Columns
that may give the target away are named. A comma within a column's name is part of it. The same command and seed give the
same file, byte for byte; it also tells how the model was made (deepblas inspect).

--json: { task, target, rows, features, epochs, seconds, model, metrics, leftOut, epoch }, and for classes
{ balancedAccuracy, majority, classes, confusion } as deepblas evaluate has them. rows are those with a target, features the
columns that the network uses, leftOut the others with the reason, epoch the one that was kept. metrics: accuracy, rocAuc, averagePrecision, f1 and logLoss for two classes (the later
label in order counts as positive), accuracy, f1 (mean of the classes') and logLoss for several, rootMeanSquaredError,
meanAbsoluteError and r2 in the target's units for values; null where one cannot be told.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with no file written.`,
  run: runTrain,
}

async function runTrain(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const settings = settingsOf(given)
  const { target } = settings
  const started = performance.now()
  const { table, task, advice, suspicions, keep, reader, data, tests } = await tables(settings, terminal)
  const classes = task === 'classification'
  tell(terminal, profileText(table, { target, classes, suspicions, advice }, terminal))

  const [kept, held] = splitTable(table, task, settings)
  if (classes) tell(terminal, notHeldOutText(table, held, target))
  const ignore = suspicions
    .filter(({ leftOut }) => leftOut)
    .map(({ column, kind }) => ({ name: column, reason: reasonOf(kind) }))
  const scaling = scalingFor(kept, target, settings.scaling)
  const encoder = Encoder.fitSync(kept, { target, task, ignore, keep, scaling })
  tell(terminal, droppedText(encoder.dropped, suspicions))
  const [training, validation] = [encoder.encode(kept), encoder.encode(held)]
  // Before the training: a label that the model does not know is told at once.
  const testing = tests === undefined ? undefined : encodedRows(encoder, tests, settings.test!)
  if (tests !== undefined) tell(terminal, checkText(await encoder.checkAsync(tests)))
  const chosen = { ...defaultsFor(kept.rows), ...settings.asked }
  const model = networkFor(encoder, chosen, settings)
  tell(terminal, `${planText(model, encoder, chosen, kept.rows, held.rows)}\n`)

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
  const heldOut = await judge(model, encoder, validation)
  const tested = testing === undefined ? undefined : await judge(model, encoder, testing)
  await throwIfInterrupted(terminal)
  const made = madeOf(settings, { task, keep, reader, chosen, scaling, weightDecay: WEIGHT_DECAY }, data, {
    epoch: history.best?.epoch ?? history.epochs.length,
    heldOut,
    ...(tested === undefined ? {} : { test: tested }),
  })
  await model.save(settings.out, { made })

  const { scores, report } = tested ?? heldOut
  const where = settings.test ?? `${counted(held.rows, 'row')} held out`
  say(given, terminal, `${where}: ${scoresText(scores)}${comparisonText(report)}\nsaved ${settings.out}`)
  tellNext(terminal, ['predict', settings.out, 'new.csv', '--out', 'predictions.csv'])
  return {
    task,
    target,
    rows: table.rows,
    features: encoder.columns.length,
    epochs: history.epochs.length,
    seconds: secondsSince(started),
    model: settings.out,
    metrics: scoresJson(scores),
    ...reportJson(report),
    leftOut: encoder.dropped.map(({ name, reason }) => ({ column: name, reason })),
    epoch: made.epoch,
  }
}

const WEIGHT_DECAY = 0.1

function networkFor(encoder: Encoder, { hidden, dropout }: Defaults, { seed, l2: strength }: Settings): Sequential {
  const regularized = strength === 0 ? {} : { regularizer: l2(strength) }
  return new Sequential(tabularLayers(encoder, { hidden, dropout, ...regularized }), { inputs: encoder.inputs, seed })
}

function lossOf({ task, outputs }: Encoder) {
  if (task === 'regression') return 'meanSquaredError'
  return outputs === 1 ? 'binaryCrossEntropy' : 'crossEntropy'
}

function callbacksOf(chosen: Defaults, settings: Settings, { stderr, ascii = false }: Terminal): Callback[] {
  return [
    new EarlyStopping({ patience: chosen.patience }),
    new ProgressBar({ stream: stderr, ascii }),
    ...(settings.log === undefined ? [] : [logOf(settings.log)]),
    ...(settings.checkpoint === undefined ? [] : [new Checkpoint(settings.checkpoint)]),
  ]
}

function logOf(path: string): Callback {
  if (!isLogFile(path)) return new TensorBoard(path)
  return new CSVLog(path, { separator: path.toLowerCase().endsWith('.tsv') ? '\t' : ',' })
}

function planText(model: Sequential, encoder: Encoder, chosen: Defaults, kept: number, held: number): string {
  return (
    `${counted(encoder.columns.length, 'column')} as ${counted(encoder.features, 'number')}, ` +
    `${counted(model.parameterCount, 'parameter')}; ${counted(kept, 'row')} to learn from, ${count(held)} held out; ` +
    `at most ${counted(chosen.epochs, 'epoch')} in steps of ${counted(chosen.batchSize, 'row')}`
  )
}
