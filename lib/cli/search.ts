import { tasks } from '../data/encoding/fit/options.js'
import { atomicWrite } from '../files/atomic-write.js'
import type { Json } from '../files/strict-json.js'
import { type MetricName, metricNamed, metricNames } from '../metrics/names.js'
import { formatsOf } from '../pages/metric-formats.js'
import { searchPage } from '../pages/search/page.js'
import { valueText } from '../strategy/search/distributions.js'
import { searchMethods } from '../strategy/search/method-names.js'
import type { SearchProgress, SearchResult } from '../strategy/search/result.js'
import { searchPictures } from '../strategy/search/search-pictures.js'
import { searchTable } from '../strategy/search/search-table.js'
import type { SearchSpace } from '../strategy/search/space.js'
import { searchText } from '../strategy/search/text.js'
import { boardOption, withBoard } from './board.js'
import type { Command, Given } from './command.js'
import { csvLine } from './csv-line.js'
import { areSomePictures, dataArgument, experimentTarget, requireForPictures, tablesOf } from './experiment-data.js'
import { asUsage } from './flags.js'
import { progressLine } from './progress-line.js'
import { readerOptions } from './reader-options.js'
import { shownTable } from './reading.js'
import { commandTyped, reportOption, writeReport } from './report.js'
import { spaceOption, usualSpace } from './search-space.js'
import { counted, say, type Terminal, tell, tellNext, UsageError, widthOf } from './terminal.js'
import { tableOptions, threadsOption, useThreads } from './training-options.js'
import { choice, defined, distinctFiles, duration, requireWritable, wholeNumber } from './values.js'

export const search: Command = {
  name: 'search',
  summary: 'Searches for the options of a network that are best on the data, and tells which of them matter.',
  arguments: [dataArgument],
  options: {
    target: experimentTarget,
    space: { value: '<json>', help: 'what is searched, as JSON or a file of it; by default the space below' },
    budget: { value: '<time>', help: 'ends the search: 90s, 2m, 1h' },
    tries: { value: '<n>', help: 'number of trainings that end the search; with it the same command repeats exactly' },
    method: { value: '<name>', help: `${searchMethods.join(', ')}; default random` },
    levels: { value: '<n>', help: 'for grid: values of every range; default 5' },
    factor: { value: '<n>', help: 'for halving and hyperband: one of n goes on, to n times the epochs; default 3' },
    seeds: { value: '<n>', help: 'trainings of every configuration; default 1' },
    seed: { value: '<n>', help: 'of the split, the configurations and the trainings; default 0' },
    metric: { value: '<name>', help: 'by default accuracy of classes, r2 of values' },
    epochs: { value: '<n>', help: 'passes over the rows of a whole training; default 20' },
    dev: {
      value: '<other.csv>',
      help: 'rows to measure on; by default 15 % of the data, of each class alike; not of pictures',
    },
    out: { value: '<file>', help: 'trains the best configuration once more and saves the model there' },
    trials: { value: '<file.csv>', help: 'writes the table of all trials' },
    journal: { value: '<file>', help: 'keeps every result: the same command goes on from there' },
    report: reportOption,
    board: boardOption,
    ...tableOptions,
    threads: threadsOption,
    ...readerOptions,
  },
  notes: `
The space has options by name: hidden (units of the layers) or layers and units, activation, dropout, l1, l2, normalization,
learningRate, optimizer, weightDecay, batchSize, epochs. A list is tried value by value; {"uniform": [low, high]},
{"logUniform": [low, high]} and {"integer": [low, high]} are ranges. By default it is ${JSON.stringify(usualSpace).replaceAll(/[,:]/g, '$& ')}.

One of --budget and --tries is needed but for grid, halving and hyperband, which end by themselves. Trainings of one shape run
side by side. The best of many tries looks a little too good on the rows that chose it.

--json: { best, trials, importance, metric, method, seeds, seed, tries, seconds, stopped, model, report }, as search of the
library gives them; NaN is null.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with what is known so far printed and written.`,
  run: runSearch,
}

async function runSearch(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const { path, out, trials, report } = filesOf(given)
  useThreads(given)
  const space = spaceOption(given.options.get('space'))
  const asked = { ...askedOf(given), refit: out !== undefined }
  const ofSomePictures = areSomePictures(path)
  const found = await withBoard(given, terminal, boardOf(given, asked), ({ signal, tell: tellBoard }) => {
    const show = shownProgress(terminal)
    const onProgress = (progress: SearchProgress) => {
      show(progress)
      tellBoard?.(progress, `${counted(progress.running, 'training')} side by side`)
    }
    const watched = { ...asked, signal, onProgress }
    return ofSomePictures ? ofPictures(given, path, space, watched) : ofTable(given, path, space, watched, terminal)
  }).catch(asUsage)
  const { stderr, ascii = false } = terminal
  if (stderr.isTTY === true) stderr.write('\r\u001b[K')
  say(given, terminal, searchText(found, { width: widthOf(terminal), ascii }))
  if (trials !== undefined) {
    await atomicWrite(trials, [Buffer.from(trialsCsv(found))])
    tell(terminal, `saved ${trials}\n`)
  }
  const model = found.best?.model
  if (out !== undefined && model !== undefined) {
    await model.save(out)
    tell(terminal, `saved ${out}\n`)
    if (!ofSomePictures) tellNext(terminal, ['predict', out, 'new.csv', '--out', 'predictions.csv'])
  }
  if (report !== undefined) {
    await writeReport(report, searchPage(found, { command: commandTyped(search, given) }), terminal)
  }
  return { ...plain(found), model: model === undefined ? null : (out ?? null), report: report ?? null }
}

type Watched = ReturnType<typeof askedOf> & {
  readonly refit: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: SearchProgress) => void
}

function ofPictures(given: Given, path: string, space: SearchSpace, watched: Watched): Promise<SearchResult> {
  requireForPictures(given, path, ['dev'])
  return searchPictures(path, space, watched)
}

async function ofTable(
  given: Given,
  path: string,
  space: SearchSpace,
  watched: Watched,
  terminal: Terminal,
): Promise<SearchResult> {
  const task = choice(given, 'task', tasks)
  const { source, other: dev, options } = await tablesOf(given, path, 'dev', terminal)
  return searchTable(source.read(), space, {
    ...options,
    ...watched,
    ...(task && { task }),
    ...(dev && { dev: dev.read() }),
    onRead: shownTable({ source, ...(dev && { test: dev }) }, options.target, terminal),
  })
}

function boardOf(given: Given, { budget, tries, metric }: ReturnType<typeof askedOf>) {
  const known = metric === undefined ? undefined : metricNamed(metric)
  return {
    title: `Search on ${given.arguments[0]}`,
    command: commandTyped(search, given),
    metric: metric ?? 'metric on the dev rows',
    format: formatsOf(metric ?? '').value,
    higherIsBetter: known?.higherIsBetter !== false,
    ...(budget === undefined ? {} : { budget }),
    ...(tries === undefined ? {} : { planned: tries }),
  }
}

function filesOf(given: Given) {
  const [path] = given.arguments as readonly [string]
  const [out, trials] = [given.options.get('out'), given.options.get('trials')]
  const dev = given.options.get('dev')
  const [journal, report] = [given.options.get('journal'), given.options.get('report')]
  for (const [option, file] of [
    ['--out', out],
    ['--trials', trials],
    ['--journal', journal],
    ['--report', report],
  ] as const) {
    if (file === undefined) continue
    // After an hour of training is too late to hear of it.
    requireWritable(option, file)
    distinctFiles(option, file, { 'the data': path, 'the file of --dev': dev })
  }
  return { path, out, trials, report }
}

function askedOf(given: Given) {
  const method = choice(given, 'method', searchMethods)
  const [budget, tries] = [duration(given, 'budget'), wholeNumber(given, 'tries', 1)]
  if ((method ?? 'random') === 'random' && budget === undefined && tries === undefined) {
    throw new UsageError('--budget or --tries is missing: a search at random ends by one of them, such as --budget 2m.')
  }
  return {
    ...defined({
      budget,
      tries,
      method,
      levels: wholeNumber(given, 'levels', 1),
      factor: wholeNumber(given, 'factor', 2),
      seeds: wholeNumber(given, 'seeds', 1),
      seed: wholeNumber(given, 'seed', 0),
      metric: choice<MetricName>(given, 'metric', metricNames),
      journal: given.options.get('journal'),
    }),
    fit: { epochs: wholeNumber(given, 'epochs', 1) ?? 20 },
  }
}

function shownProgress(terminal: Terminal): (progress: SearchProgress) => void {
  const show = progressLine(terminal)
  return ({ tried, planned, best, running }) => {
    show(() => {
      const of = planned === undefined ? '' : ` of ${planned}`
      const value = best === undefined ? '' : `, best ${Number(best.value.toPrecision(4))}`
      return `${counted(tried, 'training')}${of}, ${running} running${value}`
    })
  }
}

function trialsCsv({ trials }: SearchResult): string {
  const options = Object.keys(trials[0]?.configuration ?? {})
  const others = options.includes('epochs') ? [] : ['epochs']
  const lines = trials.map(({ configuration, epochs, value, seconds, failed }) => [
    ...options.map((option) => valueText(configuration[option]!)),
    ...(others.length === 0 ? [] : [String(epochs)]),
    Number.isNaN(value) ? '' : String(value),
    String(seconds),
    failed ?? '',
  ])
  const dialect = { delimiter: ',', quote: '"', escape: '', comment: '' } as const
  return [[...options, ...others, 'value', 'seconds', 'failed'], ...lines]
    .map((line) => csvLine(line, dialect))
    .join('')
}

/** The result as JSON has it, without text and model. */
function plain({ text: _, best, ...result }: SearchResult): Record<string, Json> {
  const { model: __, ...row } = best ?? { model: undefined }
  return JSON.parse(JSON.stringify({ best: best === undefined ? null : row, ...result })) as Record<string, Json>
}
