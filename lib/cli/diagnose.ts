import { statSync } from 'node:fs'
import { tasks } from '../data/encoding/fit/options.js'
import type { Json } from '../files/strict-json.js'
import { diagnosePage } from '../pages/diagnose/page.js'
import { diagnosePictures } from '../strategy/diagnose/diagnose-pictures.js'
import { diagnoseTable } from '../strategy/diagnose/diagnose-table.js'
import type { DiagnoseProgress } from '../strategy/diagnose/options.js'
import type { Diagnosis } from '../strategy/diagnose/result.js'
import { setThreads } from '../system.js'
import type { Command, Given } from './command.js'
import { asUsage } from './flags.js'
import { loadWithEncoder } from './model-file.js'
import { readerOptions, readerSettings } from './reader-options.js'
import { shownReading } from './reading.js'
import { commandTyped, reportOption, reportPath, writeReport } from './report.js'
import { scalingOption } from './scaling-option.js'
import { counted, say, secondsSince, type Terminal, tell, UsageError } from './terminal.js'
import { train } from './train.js'
import { sourcesOf } from './train-data.js'
import { choice, decimal, defined, duration, wholeNumber, wholeNumbers } from './values.js'

const { target, task, ignore, keep, scaling, hidden, epochs, dropout, l2, threads } = train.options

export const diagnose: Command = {
  name: 'diagnose',
  summary: 'Tells what keeps a network from being better, and which levers address it.',
  arguments: [
    {
      name: 'data',
      help: "a CSV file, as for deepblas train; or a folder of pictures: MNIST's four files, or train_x.npy; or digits",
    },
  ],
  options: {
    target: { ...target!, help: `${target!.help}; not of pictures` },
    model: {
      value: '<model.safetensors>',
      help: 'a model that deepblas train has made of the same file; by default one is trained as deepblas train does',
    },
    dev: {
      value: '<other.csv>',
      help: 'rows to be good on, where they come from elsewhere; by default the part held out',
    },
    goal: {
      value: '<number>',
      help: 'what would be good enough: accuracy of classes, R2 of values; by default inferred',
    },
    budget: {
      value: '<time>',
      help: 'ends the experiments, those that tell most come first: 90s, 2m, 1h, reading and first training included; by default 12 times the work of that training',
    },
    task: task!,
    ignore: ignore!,
    keep: keep!,
    scaling: scaling!,
    hidden: hidden!,
    epochs: epochs!,
    'batch-size': train.options['batch-size']!,
    'learning-rate': train.options['learning-rate']!,
    dropout: dropout!,
    l2: l2!,
    seed: { value: '<n>', help: 'of the split, the trainings and the rows that are drawn; default 0' },
    threads: threads!,
    report: reportOption,
    ...readerOptions,
  },
  notes: `
The training is repeated with one thing changed at a time, three seeds each. By default that takes a minute or two; of a long
training 12 times as long as the training itself, with what was left out told; --budget bounds it by time. Only differences beyond two and a half standard errors count. With --model the options of the training are those that the file
tells, and --target must be the same. Of pictures it is a network of relu layers (by default one of 64 units) with Adam, 20
epochs of 64 rows; 15 % of them are held out, and the test pictures are not read.

--json: { dominant, figures, findings, stopped, text, seconds, report }, as diagnose of the library gives them; NaN is null, and of
the label noise the scores of all rows are left out.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with what is known so far printed and written.`,
  run: runDiagnose,
}

async function runDiagnose(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const started = performance.now()
  const [path] = given.arguments as readonly [string]
  const isOfPictures = path === 'digits' || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const numberOfThreads = wholeNumber(given, 'threads', 1)
  if (numberOfThreads !== undefined) setThreads(numberOfThreads)
  const { model, dev } = Object.fromEntries(given.options)
  const report = reportPath(given, { 'the data': path, '--model': model, '--dev': dev })
  const found = await (isOfPictures ? ofPictures : ofTable)(given, path, terminal).catch(asUsage)
  const { train, probes } = found.figures
  tell(terminal, `${counted(train.rows, 'row')} to train on, ${counted(probes.length, 'change')} tried\n`)
  say(given, terminal, found.text)
  if (report !== undefined) {
    await writeReport(report, diagnosePage(found, { command: commandTyped(diagnose, given) }), terminal)
  }
  return { ...diagnosisJson(found), seconds: secondsSince(started), report: report ?? null }
}

async function ofTable(given: Given, path: string, terminal: Terminal): Promise<Diagnosis> {
  const name = given.options.get('target')
  if (name === undefined) throw new UsageError('--target is missing: name the column to predict.')
  const file = given.options.get('model')
  const settings = {
    path,
    target: name,
    test: given.options.get('dev'),
    reader: readerSettings(given),
    keep: given.lists.get('keep') ?? [],
    scaling: scalingOption(given),
  }
  const goal = goalOf(given)
  const asked = {
    ...trainingOf(given),
    ...defined({
      dropout: decimal(given, 'dropout', 'a number from 0 up to but not including 1', { min: 0, below: 1 }),
      l2: decimal(given, 'l2', 'a number of at least 0', { min: 0 }),
      task: choice(given, 'task', tasks),
    }),
  }
  const model = file === undefined ? undefined : (await loadWithEncoder(file)).model
  const { source, test, reader, keep: kept } = await sourcesOf(settings, terminal)
  return await diagnoseTable(source.read(), {
    ...reader,
    ...asked,
    ...(goal === undefined ? {} : { goal }),
    ...(model && { model }),
    ...(test && { dev: test.read() }),
    target: name,
    keep: kept,
    scaling: settings.scaling,
    signal: terminal.signal,
    onExperiment: shownExperiments(terminal),
    onProgress: shownReading({ source, ...(test && { test }) }, name, terminal),
  })
}

/** Options that only tables have. */
const ofTables = ['target', 'model', 'dev', 'task', 'ignore', 'keep', 'scaling', 'dropout', 'l2']

async function ofPictures(given: Given, path: string, terminal: Terminal): Promise<Diagnosis> {
  const wrong = [...ofTables, ...Object.keys(readerOptions)].find(
    (name) => given.options.has(name) || given.switches.has(name),
  )
  if (wrong !== undefined) throw new UsageError(`--${wrong} is for tables, but ${path} stands for pictures.`)
  const target = goalOf(given)
  return await diagnosePictures(path, {
    ...trainingOf(given),
    ...(target === undefined ? {} : { target }),
    signal: terminal.signal,
    onProgress: shownExperiments(terminal),
  })
}

function shownExperiments(terminal: Terminal): (progress: DiagnoseProgress) => void {
  return ({ experiments }) => tell(terminal, `tries ${experiments.join(', ')}\n`)
}

function goalOf(given: Given): number | undefined {
  return decimal(given, 'goal', 'a number of at most 1', { max: 1 })
}

/** What tables and pictures both have. */
function trainingOf(given: Given) {
  return defined({
    hidden: wholeNumbers(given, 'hidden'),
    epochs: wholeNumber(given, 'epochs', 1),
    batchSize: wholeNumber(given, 'batch-size', 1),
    learningRate: decimal(given, 'learning-rate', 'a number above 0', { exclusiveMin: 0 }),
    budget: duration(given, 'budget'),
    seed: wholeNumber(given, 'seed', 0),
  })
}

/** As JSON has it: without typed arrays. */
function diagnosisJson({ dominant, figures, findings, stopped, text }: Diagnosis): Readonly<Record<string, Json>> {
  const { labelNoise, ...others } = figures
  const { scores: _, rows: __, ...noise } = labelNoise ?? { scores: undefined, rows: undefined }
  const plain = {
    dominant,
    figures: { ...others, labelNoise: labelNoise === undefined ? null : noise },
    findings,
    stopped,
    text,
  }
  return JSON.parse(JSON.stringify(plain)) as Readonly<Record<string, Json>>
}
