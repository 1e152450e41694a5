import type { Callback } from '../callbacks/callback.js'
import { Checkpoint } from '../callbacks/checkpoint.js'
import { CSVLog } from '../callbacks/csv-log.js'
import { ProgressBar } from '../callbacks/progress-bar.js'
import { TensorBoard } from '../callbacks/tensorboard.js'
import { largestOf } from '../extremes.js'
import type { Json } from '../files/strict-json.js'
import type { Population } from '../model/population.js'
import { Sequential } from '../model/sequential.js'
import type { TableProfile } from '../strategy/tables/profile.js'
import type { TableProgress } from '../strategy/tables/progress.js'
import { intervalsJson, reportJson, scoresJson } from '../strategy/tables/scores-json.js'
import { trainTable } from '../strategy/tables/train-table.js'
import type { Command, Given } from './command.js'
import { decisionOptions } from './decision-options.js'
import { asUsage } from './flags.js'
import { count, droppedText, notHeldOutText, profileText } from './profile.js'
import { readerOptions } from './reader-options.js'
import { shownReading } from './reading.js'
import { comparisonText, intervalsText, scoresText, thresholdJson, thresholdText } from './scores.js'
import { counted, say, secondsSince, type Terminal, tell, tellNext, throwIfInterrupted } from './terminal.js'
import { sourcesOf } from './train-data.js'
import { isLogFile, type Settings, settingsOf } from './train-settings.js'
import { networkOptions, tableOptions, targetHelp, threadsOption } from './training-options.js'
import { checkText } from './unlike-rows.js'

export const train: Command = {
  name: 'train',
  summary: 'Trains a network on a CSV file and saves it, with all that a prediction needs, in one file.',
  arguments: [{ name: 'data.csv', help: 'a file with a header: one row for each case; - for standard input' }],
  options: {
    target: { value: '<column>', help: targetHelp },
    out: { value: '<file>', help: 'where the model is saved; by default the name of the data, as .safetensors, here' },
    test: { value: '<other.csv>', help: 'a file to take the metrics of, in place of the part held out' },
    ...tableOptions,
    preset: { value: '<preset>', help: 'fast (one plain network), good or best (the mean of several); default good' },
    members: { value: '<n>', help: 'networks whose mean is the prediction; by default by the preset' },
    ...decisionOptions,
    folds: { value: '<n>', help: 'trains on n folds, each without its part of the rows, and takes the mean' },
    seeds: { value: '<n>', help: 'networks for each fold; by default by the preset' },
    repeats: { value: '<n>', help: 'divides the rows into folds n times, each time with further networks; default 1' },
    group: { value: '<column>', help: 'keeps rows of one value of it together; it is no feature' },
    time: { value: '<column>', help: 'holds out rows that are later than those learned from' },
    clamp: {
      value: '<yes or no>',
      help: "whether values are predicted within the range of the training rows' alone; default yes, no with --time and --preset fast",
    },
    budget: {
      value: '<time>',
      help: 'trains as many epochs and networks as fit into it: 90s, 10m, 1h; default 10m with --preset best',
    },
    ...networkOptions,
    'learning-rate': { value: '<rate>', help: 'the largest of the training; default 0.06, with --preset fast 0.003' },
    dropout: {
      value: '<share>',
      help: 'units left out at random in every step, from 0 up to but not including 1; default 0.1, with --preset fast 0.2',
    },
    'class-weights': { value: 'balanced', help: 'rows of rare classes count more' },
    seed: { value: '<n>', help: 'of the split, the initial weights and the order of rows; default 0' },
    threads: threadsOption,
    checkpoint: { value: '<file>', help: 'saves the state of the training there after every epoch' },
    resume: { value: '<file>', help: 'goes on from a checkpoint of the same command' },
    log: {
      value: '<file or folder>',
      help: "writes every epoch's numbers: into a file that ends in .csv or .tsv, or a folder for TensorBoard",
    },
    ...readerOptions,
  },
  notes: `
The rows are divided into folds (of each class alike); with --preset fast, --members and many rows a part of 15 % is held
out instead. Rows that a network has not learned from decide which epoch's weights it keeps, and without --test the metrics
are those of these rows, which makes them a little too good. Rows without a target are left out and
counted. Identifiers and columns of one value are left out and told, with the reason; --keep uses them all the same. Columns
that may give the target away are named. A comma within a column's name is part of it. With folds every row is held
out of some networks, which predict it: the metrics are those of all rows, with 95 % intervals; the model is the mean of all
networks, knows how sure its probabilities may be, and for values how far it may be off. With --budget the first steps tell how many
epochs fit, and further networks are trained while they fit; the model tells how many of both there are, and they, in place
of the budget, give the same file. The same command and seed give the
same file, byte for byte; it also tells how the model was made (deepblas inspect).

--json: { task, target, rows, features, epochs, seconds, model, metrics, leftOut, epoch }, and for classes
{ balancedAccuracy, majority, classes, confusion } as deepblas evaluate has them. rows are those with a target, features the
columns that the network uses, leftOut the others with the reason, epoch the one that was kept. With several networks also
{ members, intervals }: their number, and of every metric the bounds of its 95 % interval; epochs and epoch are those of the
first network; with folds also { folds }. metrics: accuracy, rocAuc, averagePrecision, f1 and logLoss for two classes (the later
label in order counts as positive), accuracy, f1 (mean of the classes') and logLoss for several, rootMeanSquaredError,
meanAbsoluteError and r2 in the target's units for values; null where one cannot be told. With --quantiles these are of the
median, where it is among them; pinball is the mean quantile loss, coverage the share of the targets from the lowest to the
highest. With --threshold also { threshold }: { value, precision, recall, accuracy, cost } on the rows held out, of which it
was chosen; cost, the mean of a row, only where it is the goal; or { thresholdMissed }, why there is none: the model is
saved, and decides at 0.5.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with no file written.`,
  run: runTrain,
}

async function runTrain(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const settings = settingsOf(given)
  const { target, task, asked, ensemble, decisions, scaling, seed, l2, balanced, resume, out } = settings
  const started = performance.now()
  const { source, test, reader, keep } = await sourcesOf(settings, terminal)
  const reading = shownReading({ source, ...(test && { test }) }, target, terminal)
  const shown = shownTraining(terminal)
  const {
    model,
    heldOut,
    test: tested,
    profile,
    history,
    epoch,
    members,
    threshold,
    thresholdMissed,
    intervals,
    outOfFold,
  } = await trainTable(source.read(), {
    ...reader,
    ...asked,
    ...ensemble,
    ...decisions,
    ...(task && { task }),
    ...(test && { test: test.read() }),
    ...(balanced && { classWeights: 'balanced' as const }),
    ...(resume === undefined ? {} : { resume }),
    target,
    keep,
    scaling,
    seed,
    l2,
    callbacks: callbacksOf(settings, terminal),
    signal: terminal.signal,
    onProgress(progress) {
      reading(progress)
      shown(progress)
    },
  }).catch(asUsage)
  await throwIfInterrupted(terminal)
  await model.save(out)
  if (thresholdMissed !== undefined) tell(terminal, `warning: ${thresholdMissed} The model decides at 0.5.\n`)

  const { metrics, report } = tested ?? heldOut
  const where =
    settings.test ?? `${counted(heldOut.rows, 'row')} ${outOfFold === undefined ? 'held out' : 'out of fold'}`
  const decided = threshold === undefined ? '' : `\n${thresholdText(threshold, model.encoder!.labels!)}`
  const bounds = intervals === undefined ? '' : intervalsText(intervals)
  say(given, terminal, `${where}: ${scoresText(metrics)}${comparisonText(report)}${bounds}${decided}\nsaved ${out}`)
  tellNext(terminal, ['predict', out, 'new.csv', '--out', 'predictions.csv'])
  const { columns, dropped } = model.encoder!
  return {
    task: profile.task,
    target,
    rows: profile.rows,
    features: columns.length,
    epochs: history.epochs.length,
    seconds: secondsSince(started),
    model: out,
    metrics: scoresJson(metrics),
    ...reportJson(report),
    leftOut: dropped.map(({ name, reason }) => ({ column: name, reason })),
    epoch,
    ...(members.length === 1 ? {} : { members: members.length }),
    ...(intervals && { intervals: intervalsJson(intervals) }),
    ...(outOfFold && { folds: (largestOf(outOfFold.folds) + 1) / (ensemble.repeats ?? 1) }),
    ...(threshold && { threshold: thresholdJson(threshold) }),
    ...(thresholdMissed && { thresholdMissed }),
  }
}

/** What the library tells on its way, as text. */
function shownTraining(terminal: Terminal): (progress: TableProgress) => void {
  let suspicious: TableProfile['suspicious'] = []
  let encoded: Encoded | undefined
  return (progress) => {
    if (progress.stage === 'profiled') {
      suspicious = progress.profile.suspicious
      tell(terminal, profileText(progress.profile, terminal))
    }
    if (progress.stage === 'encoded') {
      encoded = progress
      tell(terminal, notHeldOutText(progress.notHeldOut))
      tell(terminal, droppedText(progress.encoder.dropped, suspicious))
      for (const { column, reason } of progress.timeNotes ?? []) tell(terminal, `look at: ${column} ${reason}\n`)
    }
    if (progress.stage === 'training') {
      if (progress.unlike !== undefined) tell(terminal, checkText(progress.unlike))
      tell(terminal, `${planText(encoded!, progress)}\n`)
    }
  }
}

type Encoded = Extract<TableProgress, { stage: 'encoded' }>

function planText(
  { encoder, rows, heldOut, hasFolds }: Encoded,
  { model, settings, estimatedSeconds }: Extract<TableProgress, { stage: 'training' }>,
): string {
  return (
    `${counted(encoder.columns.length, 'column')} as ${counted(encoder.features, 'number')}, ` +
    `${networksText(model)}; ${rowsText(rows, heldOut, hasFolds)}; ` +
    `at most ${counted(settings.epochs, 'epoch')} in steps of ${counted(settings.batchSize, 'row')}, ` +
    `about ${timeText(estimatedSeconds)}`
  )
}

/** With folds every row is learned from by most networks and held out of others. */
function rowsText(rows: number, heldOut: number, hasFolds: boolean): string {
  if (!hasFolds) return `${counted(rows, 'row')} to learn from, ${count(heldOut)} held out`
  return `${counted(rows, 'row')}, ${rows === heldOut ? 'each' : `${count(heldOut)} of them`} held out of some networks`
}

function timeText(seconds: number): string {
  if (seconds < 1) return 'a second'
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}

function networksText(model: Sequential | Population): string {
  const one = counted(model.parameterCount, 'parameter')
  return model instanceof Sequential ? one : `${counted(model.members, 'network')} of ${one}`
}

function callbacksOf(settings: Settings, { stderr, ascii = false }: Terminal): Callback[] {
  return [
    new ProgressBar({ stream: stderr, ascii }),
    ...(settings.log === undefined ? [] : [logOf(settings.log)]),
    ...(settings.checkpoint === undefined ? [] : [new Checkpoint(settings.checkpoint)]),
  ]
}

function logOf(path: string): Callback {
  if (!isLogFile(path)) return new TensorBoard(path)
  return new CSVLog(path, { separator: path.toLowerCase().endsWith('.tsv') ? '\t' : ',' })
}
