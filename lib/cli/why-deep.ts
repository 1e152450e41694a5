import { atomicWrite } from '../files/atomic-write.js'
import type { Json } from '../files/strict-json.js'
import { whyDeepPage } from '../strategy/why-deep/page.js'
import type { WhyDeep, WhyDeepProgress } from '../strategy/why-deep/result.js'
import { whyDeepText } from '../strategy/why-deep/text.js'
import { whyDeep as run } from '../strategy/why-deep/why-deep.js'
import type { Command, Given } from './command.js'
import { asUsage } from './flags.js'
import { say, secondsSince, type Terminal, tell, widthOf } from './terminal.js'
import { requireWritable, wholeNumber, wholeNumbers } from './values.js'

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
    report: { value: '<file.html>', help: 'writes a page with the plot, the tables and the figures' },
  },
  notes: `
The parity of n bits is 1 where the number of ones is odd. It is told by a tree of exclusive ors, by one hidden layer with a
unit for every row of odd parity (2^(n-1) units, as the lesson counts), and by one of n units that count the ones. Their
weights are set by construction; up to 16 bits all 2^n rows are checked, beyond them 65,536 drawn ones, and patterns are only
counted. Beside them stands what training finds, which is less.

--json: { constructed, depths, fewest, activation, seeds, steps, seed, stopped, seconds, report }. constructed: { form, bits,
hidden, hiddenUnits, rows, all, wrong }; depths: { bits, hidden, seeds, rate, solved, share, steps, byRate }; fewest: { bits,
units, triedUpTo, training }, units null where none was enough.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with what is known so far printed and written.`,
  run: runWhyDeep,
}

async function runWhyDeep(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const started = performance.now()
  const report = given.options.get('report')
  if (report !== undefined) requireWritable('--report', report)
  const result = await run({
    ...optionsOf(given),
    signal: terminal.signal,
    onProgress: (progress) => tell(terminal, progressText(progress)),
  }).catch(asUsage)
  const look = { width: widthOf(terminal), ascii: terminal.ascii === true }
  say(given, terminal, whyDeepText(result, look))
  if (report !== undefined) {
    await atomicWrite(report, [Buffer.from(whyDeepPage(result))])
    tell(terminal, `saved ${report}\n`)
  }
  return { ...plain(result), seconds: secondsSince(started), report: report ?? null }
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

/** The result as JSON has it, without its text. */
function plain({ text: _, ...result }: WhyDeep): Record<string, Json> {
  return JSON.parse(JSON.stringify(result, (_key, value: unknown) => (value === undefined ? null : value)))
}
