import type { Json } from '../files/strict-json.js'
import { metricNamed, metricNames } from '../metrics/names.js'
import { improvePage } from '../pages/improve/page.js'
import { formatsOf } from '../pages/metric-formats.js'
import { improvePictures } from '../strategy/improve/improve-pictures.js'
import { improveTable } from '../strategy/improve/improve-table.js'
import type { ImproveProgress, ImproveStage } from '../strategy/improve/lab.js'
import { type ImproveResult, leverNames } from '../strategy/improve/result.js'
import { improveText } from '../strategy/improve/text.js'
import { didYouMean } from '../validate.js'
import { boardOption, withBoard } from './board.js'
import type { Command, Given } from './command.js'
import { areSomePictures, dataArgument, experimentTarget, requireForPictures, tablesOf } from './experiment-data.js'
import { asUsage } from './flags.js'
import { nextTraining } from './next-training.js'
import { progressLine } from './progress-line.js'
import { readerOptions } from './reader-options.js'
import { shownTable } from './reading.js'
import { commandTyped, reportOption, reportPath, writeReport } from './report.js'
import { counted, say, type Terminal, tellNext, UsageError, widthOf } from './terminal.js'
import { train } from './train.js'
import {
  networkOptions,
  tableOptions,
  tableTrainingSettings,
  targetOf,
  threadsOption,
  trainingSettings,
  useThreads,
} from './training-options.js'
import { choice, defined, distinctFiles, duration, requireWritable, wholeNumber } from './values.js'

export const improve: Command = {
  name: 'improve',
  summary: 'Tells by experiment which lever improves a network: by how much, how surely, at which price.',
  arguments: [dataArgument],
  options: {
    target: experimentTarget,
    budget: { value: '<time>', help: 'ends it, within 10 %: 90s, 2m, 1h; by default it runs to the end' },
    tries: { value: '<n>', help: 'ends it after n trainings, with the same result every time' },
    levers: { value: '<names>', help: `between commas: ${leverNames.join(', ')}; by default all` },
    seeds: { value: '<n>', help: 'seeds that every lever is judged on, at least 2; default 5' },
    seed: { value: '<n>', help: 'of the split and of everything that is drawn; default 0' },
    metric: { value: '<name>', help: 'what counts on the dev rows; default accuracy of classes, r2 of values' },
    confirm: {
      number: '[seeds]',
      help: 'measures what wins on test rows: of --test, or held out; of pictures the test pictures; once, or so many times',
    },
    test: { value: '<other.csv>', help: 'the test rows of --confirm; by default 15 % more are held out' },
    journal: { value: '<file>', help: 'keeps every training there; the same command goes on from it' },
    report: reportOption,
    board: boardOption,
    ...tableOptions,
    ...networkOptions,
    threads: threadsOption,
    ...readerOptions,
  },
  notes: `
The baseline is the training of deepblas train with these options, without --test; of pictures a network of relu layers (by
default one of 64 units) with Adam, 20 epochs of 64 rows. 15 % of the rows are dev rows, on which everything is measured.
Every value of a lever is tried at several learning rates and judged at its best one, on seeds of their own, against the
baseline at its best rate; ties are called ties. For --report the baseline is trained once more, to tell its weak segments.

--json: the result of improve of the library without its text: { baseline, tuned, levers, ranking, recommendation, combined,
confirmed, baselineErrors, metric, higherIsBetter, tries, devRows, seeds, stopped, seconds, report }. levers: { name, best, value, change, interval, verdict,
reason, seconds, perMinute, tries, seeds, missingSeconds, changes, settings, chosen, curve }; infinite ends of an interval are null.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with what is known so far printed and written.`,
  run: runImprove,
}

async function runImprove(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  useThreads(given)
  const [path] = given.arguments as readonly [string]
  const settings = experimentOf(given, path)
  const { stderr, ascii = false } = terminal
  const report = reportPath(given, {
    'the data': path,
    'the file of --test': given.options.get('test'),
    'the file of --journal': settings.journal,
  })
  const ofSomePictures = areSomePictures(path)
  const result = await withBoard(given, terminal, boardOf(given, settings), ({ signal, tell }) => {
    const show = shownProgress(terminal)
    const onProgress = (progress: ImproveProgress) => {
      show(progress)
      tell?.({ ...progress, members: progress.running }, stageText(progress))
    }
    const watched = { ...settings, signal, onProgress }
    return ofSomePictures ? ofPictures(given, path, watched) : ofTable(given, path, watched, terminal)
  }).catch(asUsage)
  if (stderr.isTTY === true) stderr.write('\r\u001b[K')
  say(given, terminal, improveText(result, { width: widthOf(terminal), ascii }))
  const next = ofSomePictures ? undefined : nextTraining(result, given, train.options)
  if (next !== undefined) tellNext(terminal, next)
  if (report !== undefined) {
    await writeReport(report, improvePage(result, { command: commandTyped(improve, given) }), terminal)
  }
  return { ...plain(result), report: report ?? null }
}

function boardOf(given: Given, { budget, tries, metric }: ReturnType<typeof experimentOf>) {
  return {
    title: `Which lever? ${given.arguments[0]}`,
    command: commandTyped(improve, given),
    metric: metric ?? 'metric on the dev rows',
    format: formatsOf(metric ?? '').value,
    higherIsBetter: metric === undefined || metricNamed(metric)?.higherIsBetter !== false,
    ...(budget === undefined ? {} : { budget }),
    ...(tries === undefined ? {} : { planned: tries }),
  }
}

const stageWords: Readonly<Record<ImproveStage, string>> = {
  baseline: 'Finds the learning rate of the baseline',
  select: 'Chooses settings and learning rates',
  judge: 'Compares with the baseline on other seeds',
  combine: 'Puts together what helps',
  confirm: 'Measures on the test rows',
}

function stageText({ stage, running }: ImproveProgress): string {
  const levers = [...new Set(running.map(({ lever }) => lever))].join(', ')
  return `${stageWords[stage]}${levers === '' ? '' : `: ${levers}`}`
}

/** The options of the experiment itself. */
function experimentOf(given: Given, path: string) {
  const journal = given.options.get('journal')
  if (journal !== undefined) {
    requireWritable('--journal', journal)
    distinctFiles('--journal', journal, { 'the data': path, 'the file of --test': given.options.get('test') })
  }
  const levers = given.options
    .get('levers')
    ?.split(',')
    .map((name) => name.trim())
  const unknown = levers?.find((name) => !leverNames.some((one) => one === name))
  if (unknown !== undefined) {
    const near = didYouMean(unknown, leverNames)
    throw new UsageError(
      `--levers takes names of ${leverNames.join(', ')}, but '${unknown}' was given.${near === undefined ? '' : ` ${near}`}`,
    )
  }
  return defined({
    budget: duration(given, 'budget'),
    tries: wholeNumber(given, 'tries', 1),
    levers: leverNames.filter((name) => levers === undefined || levers.includes(name)),
    seeds: wholeNumber(given, 'seeds', 2),
    seed: wholeNumber(given, 'seed', 0),
    metric: choice(given, 'metric', metricNames),
    confirm: wholeNumber(given, 'confirm', 1) ?? given.switches.has('confirm'),
    baselineErrors: given.options.has('report'),
    journal,
  })
}

type Watched = ReturnType<typeof experimentOf> & {
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImproveProgress) => void
}

function ofPictures(given: Given, path: string, watched: Watched): Promise<ImproveResult> {
  requireForPictures(given, path, ['test', 'dropout', 'l2'])
  return improvePictures(path, { ...watched, ...trainingSettings(given) })
}

async function ofTable(given: Given, path: string, watched: Watched, terminal: Terminal): Promise<ImproveResult> {
  const target = targetOf(given)
  if (given.options.has('test') && watched.confirm === false) {
    throw new UsageError('--test is for --confirm, which is missing.')
  }
  const asked = { ...trainingSettings(given), ...tableTrainingSettings(given) }
  const { source, other: test, options } = await tablesOf(given, path, 'test', terminal)
  return improveTable(source.read(), {
    ...options,
    ...watched,
    ...asked,
    ...(test && { test: test.read() }),
    onRead: shownTable({ source, ...(test && { test }) }, target, terminal),
  })
}

function shownProgress(terminal: Terminal): (progress: ImproveProgress) => void {
  const show = progressLine(terminal)
  return ({ stage, tries, running, seconds }) => {
    show(() => {
      const levers = [...new Set(running.map(({ lever }) => lever))].join(', ')
      return `${stage}: ${counted(tries, 'training')} in ${Math.round(seconds)} s; ${levers}`
    })
  }
}

/** The result as JSON has it, without its text. */
function plain({ text: _, ...result }: ImproveResult): Record<string, Json> {
  return JSON.parse(JSON.stringify(result)) as Record<string, Json>
}
