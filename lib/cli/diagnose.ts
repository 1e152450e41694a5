import type { Json } from '../files/strict-json.js'
import { diagnosePage } from '../pages/diagnose/page.js'
import { diagnosePictures } from '../strategy/diagnose/diagnose-pictures.js'
import { diagnoseTable } from '../strategy/diagnose/diagnose-table.js'
import type { DiagnoseProgress } from '../strategy/diagnose/options.js'
import type { Diagnosis } from '../strategy/diagnose/result.js'
import type { Command, Given } from './command.js'
import { areSomePictures, dataArgument, experimentTarget, requireForPictures, tablesOf } from './experiment-data.js'
import { asUsage } from './flags.js'
import { loadOneWithEncoder } from './model-file.js'
import { readerOptions } from './reader-options.js'
import { shownTable } from './reading.js'
import { commandTyped, reportOption, reportPath, writeReport } from './report.js'
import { counted, say, secondsSince, type Terminal, tell } from './terminal.js'
import {
  networkOptions,
  tableOptions,
  tableTrainingSettings,
  targetOf,
  threadsOption,
  trainingSettings,
  useThreads,
} from './training-options.js'
import { decimal, defined, duration, wholeNumber } from './values.js'

export const diagnose: Command = {
  name: 'diagnose',
  summary: 'Tells what keeps a network from being better, and which levers address it.',
  arguments: [dataArgument],
  options: {
    target: experimentTarget,
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
    ...tableOptions,
    ...networkOptions,
    seed: { value: '<n>', help: 'of the split, the trainings and the rows that are drawn; default 0' },
    threads: threadsOption,
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
  useThreads(given)
  const { model, dev } = Object.fromEntries(given.options)
  const report = reportPath(given, { 'the data': path, '--model': model, '--dev': dev })
  const found = await (areSomePictures(path) ? ofPictures : ofTable)(given, path, terminal).catch(asUsage)
  const { train, probes } = found.figures
  tell(terminal, `${counted(train.rows, 'row')} to train on, ${counted(probes.length, 'change')} tried\n`)
  say(given, terminal, found.text)
  if (report !== undefined) {
    await writeReport(report, diagnosePage(found, { command: commandTyped(diagnose, given) }), terminal)
  }
  return { ...diagnosisJson(found), seconds: secondsSince(started), report: report ?? null }
}

async function ofTable(given: Given, path: string, terminal: Terminal): Promise<Diagnosis> {
  const file = given.options.get('model')
  const [target, goal] = [targetOf(given), goalOf(given)]
  const asked = { ...settingsOf(given), ...tableTrainingSettings(given) }
  const model = file === undefined ? undefined : await loadOneWithEncoder(file)
  const { source, other: dev, options } = await tablesOf(given, path, 'dev', terminal)
  return await diagnoseTable(source.read(), {
    ...options,
    ...asked,
    ...(goal === undefined ? {} : { goal }),
    ...(model && { model }),
    ...(dev && { dev: dev.read() }),
    signal: terminal.signal,
    onExperiment: shownExperiments(terminal),
    onProgress: shownTable({ source, ...(dev && { test: dev }) }, target, terminal),
  })
}

async function ofPictures(given: Given, path: string, terminal: Terminal): Promise<Diagnosis> {
  requireForPictures(given, path, ['model', 'dev', 'dropout', 'l2'])
  const target = goalOf(given)
  return await diagnosePictures(path, {
    ...settingsOf(given),
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
function settingsOf(given: Given) {
  return {
    ...trainingSettings(given),
    ...defined({ budget: duration(given, 'budget'), seed: wholeNumber(given, 'seed', 0) }),
  }
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
