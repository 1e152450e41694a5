import { readPictures } from '../data/pictures/read-pictures.js'
import type { Json } from '../files/strict-json.js'
import { whyDeepPage } from '../pages/why-deep/page.js'
import type { StudiedPictures } from '../pages/why-deep/pictures.js'
import { type PictureStudy, pictureStudy, pictureStudyText } from '../strategy/why-deep/picture-study.js'
import type { WhyDeep, WhyDeepProgress } from '../strategy/why-deep/result.js'
import { whyDeepText } from '../strategy/why-deep/text.js'
import { whyDeep as run } from '../strategy/why-deep/why-deep.js'
import type { Command, Given } from './command.js'
import { asUsage } from './flags.js'
import { commandTyped, reportOption, reportPath, writeReport } from './report.js'
import { say, secondsSince, type Terminal, tell, widthOf } from './terminal.js'
import { wholeNumber, wholeNumbers } from './values.js'

/** Pictures that are learned from. */
const MOST_PICTURES = 10_000

export const whyDeep: Command = {
  name: 'why-deep',
  summary: 'Shows what depth saves: parity of n bits by a deep network and by one hidden layer.',
  arguments: [],
  options: {
    bits: { value: '<n>', help: 'networks are constructed for 2 to n bits, at most 30; default 16' },
    'trained-bits': { value: '<n>', help: 'networks are trained on 2 to n bits, at most 10, 1 for none; default 8' },
    'fewest-bits': {
      value: '<n>',
      help: 'the fewest hidden units are searched for on 2 to n bits, at most 10, 1 for none; default 6',
    },
    depths: { value: '<numbers>', help: 'hidden layers of the trained networks, between commas; default 1,2,3' },
    activation: { value: '<name>', help: 'of the trained hidden layers; default relu' },
    seeds: { value: '<n>', help: 'networks trained of each shape, at each of three rates; default 20' },
    steps: { value: '<n>', help: 'steps of 32 rows of each network, at most; default 3000' },
    seed: { value: '<n>', help: 'of the initial weights and of rows that are drawn; default 0' },
    pictures: {
      value: '<folder>',
      help: 'looks at the units of a network trained on pictures: a folder in MNIST form, or with train_x.npy and train_y.npy, or the word digits for drawn ones',
    },
    report: reportOption,
  },
  notes: `
The parity of n bits is 1 where the number of ones is odd. It is told by a tree of exclusive ors, by one hidden layer with a
unit for every row of odd parity (2^(n-1) units, as the lesson counts), and by one of n units that count the ones. Their
weights are set by construction; up to 16 bits all 2^n rows are checked, beyond them 65,536 drawn ones, and patterns are only
counted. Beside them stands what training finds, which is less.

--json: { constructed, depths, fewest, activation, seeds, steps, seed, stopped, seconds, pictures,
report }. constructed: { form, bits,
hidden, hiddenUnits, rows, all, wrong }; depths: { bits, hidden, seeds, rate, solved, share, steps, byRate }; fewest: { bits,
units, triedUpTo, training }, units null where none was enough; pictures: { rows, featureShape, hidden, trainAccuracy, testAccuracy, untrained, layers } with
the figures of each layer and the most exciting rows of each unit, null without --pictures.

--pictures trains a small network and tells, layer by layer, whether its weights are edges and whether what excites its units
is of one class, in figures beside those of chance; the page shows the weights, the pictures that excite each unit most, and
those that gradient ascent finds. At most 10,000 pictures are learned from.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with what is known so far printed and written.`,
  run: runWhyDeep,
}

async function runWhyDeep(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const started = performance.now()
  const report = reportPath(given, { 'the pictures': given.options.get('pictures') })
  const result = await run({
    ...optionsOf(given),
    signal: terminal.signal,
    onProgress: (progress) => tell(terminal, progressText(progress)),
  }).catch(asUsage)
  const pictures = await studied(given, terminal)
  const look = { width: widthOf(terminal), ascii: terminal.ascii === true }
  const shown = pictures === undefined ? [] : ['', pictureStudyText(pictures.study, look)]
  say(given, terminal, [whyDeepText(result, look), ...shown].join('\n'))
  if (report !== undefined) {
    const options = { command: commandTyped(whyDeep, given), ...(pictures && { pictures }) }
    await writeReport(report, whyDeepPage(result, options), terminal)
  }
  const found = { ...plain(result), pictures: pictures === undefined ? null : plainStudy(pictures.study) }
  const stopped = terminal.signal.aborted ? 'aborted' : result.stopped
  return { ...found, stopped, seconds: secondsSince(started), report: report ?? null }
}

/** The study of the pictures; undefined where none was asked for, or Ctrl+C came before its end. */
async function studied(given: Given, terminal: Terminal): Promise<StudiedPictures | undefined> {
  const source = given.options.get('pictures')
  if (source === undefined || terminal.signal.aborted) return undefined
  tell(terminal, `looks at the pictures of ${source}\n`)
  const sets = await readPictures(source, { most: MOST_PICTURES })
  const seed = wholeNumber(given, 'seed', 0) ?? 0
  try {
    const study = await pictureStudy(sets, { seed, signal: terminal.signal })
    return { name: source, study, data: sets.train }
  } catch (error) {
    if (terminal.signal.aborted) return undefined
    throw error
  }
}

function optionsOf(given: Given) {
  const numbers = {
    bits: wholeNumber(given, 'bits', 2),
    trainedBits: wholeNumber(given, 'trained-bits', 1),
    fewestBits: wholeNumber(given, 'fewest-bits', 1),
    depths: wholeNumbers(given, 'depths'),
    seeds: wholeNumber(given, 'seeds', 1),
    steps: wholeNumber(given, 'steps', 1),
    seed: wholeNumber(given, 'seed', 0),
    activation: given.options.get('activation'),
  }
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined))
}

function progressText({ stage, bits, hidden }: WhyDeepProgress): string {
  const what = { construct: 'checks', depths: 'trains', fewest: 'searches' }[stage]
  return `${what} ${bits} bits, hidden ${hidden.join('-')}\n`
}

/** A study without its pictures, which the page shows. */
function plainStudy({ text: _, layers, ...study }: PictureStudy): Json {
  const figures = layers.map(({ units, ...layer }) => ({
    ...layer,
    units: units.map(({ unit, rows, outputs, constant }) => ({ unit, rows, outputs, constant })),
  }))
  return asJson({ ...study, layers: figures })
}

/** The result as JSON has it, without its text. */
function plain({ text: _, ...result }: WhyDeep): Record<string, Json> {
  return asJson(result) as Record<string, Json>
}

function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value, (_key, one: unknown) => (one === undefined ? null : one))) as Json
}
