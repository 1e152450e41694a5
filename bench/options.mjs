import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { peerNames } from './contenders.mjs'
import { measureNames } from './measures/index.mjs'
import { workloads } from './workloads.mjs'

const rowNames = [...workloads.map(({ name }) => name), ...measureNames]

export const help = `Times deepblas beside its floor, plain JavaScript and the peers that are installed.

  npm run bench -- [options]

  --only NAME,...     rows to measure, of: ${wrap(rowNames)}
  --against NAME,...  contenders beside deepblas, of: ${wrap(peerNames)}
                      (default: all, which is all that are installed)
  --threads N         threads that deepblas, the floor and peers may use (default: all, ${availableParallelism()} here)
  --rounds N          turns of each contender (default 9)
  --against-build DIR instead of peers: the build of another checkout of this repository; prints the median of the
                      ratios of paired samples, this build to that one, and keeps nothing. With --against also others
  --budget SECONDS    a contender whose first step takes longer is left out; one whose samples together took longer
                      takes no further turn (default 20)
  --minutes N         rows take no further rounds than fit into about so many minutes, three at the least
  --patience SECONDS  of each row, to wait for other work on the machine to end (default 60)
  --kernels           instead: every kernel of the table by itself, on one core
  --check             instead: the loss of every contender after four steps from the same weights
  --readme            put the table between the bench markers of README.md
  --readme-of MACHINE instead: the table of bench/results/MACHINE.json there, without measuring
  --help

Results go to bench/results/<machine>.json and .md; rows that were not measured keep what they had.`

/** @throws Error whose message says what was expected */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      against: { type: 'string' },
      threads: { type: 'string' },
      rounds: { type: 'string', default: '9' },
      budget: { type: 'string', default: '20' },
      patience: { type: 'string', default: '60' },
      minutes: { type: 'string' },
      'against-build': { type: 'string' },
      kernels: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      'readme-of': { type: 'string' },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const build = values['against-build']
  if (build !== undefined && !existsSync(join(build, 'dist', 'index.mjs'))) {
    throw new Error(`Expected a built checkout for --against-build but found no ${join(build, 'dist', 'index.mjs')}.`)
  }
  return {
    ...values,
    build: build === undefined ? undefined : resolve(build),
    only: names('--only', values.only, rowNames) ?? rowNames,
    against: againstOf(values.against, build),
    threads: wholeNumber('--threads', values.threads ?? String(availableParallelism()), 1, 1024),
    rounds: wholeNumber('--rounds', values.rounds, 1, 1000),
    minutes: values.minutes === undefined ? undefined : wholeNumber('--minutes', values.minutes, 1, 10_000),
    patience: wholeNumber('--patience', values.patience, 0, 36_000),
    budget: wholeNumber('--budget', values.budget, 1, 36_000),
  }
}

/** undefined: all that are installed */
function againstOf(given, build) {
  if (given === 'all') return undefined
  return names('--against', given, peerNames) ?? (build === undefined ? undefined : [])
}

function names(option, text, known) {
  if (text === undefined) return undefined
  const list = text.split(',').filter(Boolean)
  const bad = list.find((name) => !known.includes(name))
  if (list.length === 0 || bad !== undefined) {
    throw new Error(`Expected names for ${option}, of ${known.join(', ')}, but received ${bad ?? 'none'}.`)
  }
  return list
}

function wholeNumber(option, text, least, most) {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`Expected a whole number from ${least} to ${most} for ${option} but received ${text}.`)
}

function wrap(list) {
  const lines = ['']
  for (const name of list) {
    if (lines.at(-1).length + name.length > 88) lines.push('')
    lines[lines.length - 1] += `${name}, `
  }
  return lines
    .map((line) => line.trimEnd())
    .join('\n                      ')
    .replace(/,$/, '')
}
