// Results as JSON and as a Markdown table, on the terminal, in bench/results and in README.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contenders, libraries } from './contenders.mjs'
import { factor, time } from './format.mjs'
import { describe, workloads } from './workloads.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const results = join(folder, 'results')
const readme = join(dirname(folder), 'README.md')
const BEGIN = '<!-- bench:begin -->'
const END = '<!-- bench:end -->'

export function machine() {
  const model = processor()
  const cores = cpus().length
  const words = model.toLowerCase().replace(/\((r|tm)\)|@.*$|\b(cpu|processor|\d+-core)\b/g, ' ')
  const slug = `${words.match(/[a-z0-9]+/g)?.join('-') ?? 'machine'}-${cores}-cores`
  return { slug, cpu: model, cores, memoryGiB: Math.round(totalmem() / 2 ** 30), system: process.platform }
}

/** Its name; where a virtual machine leaves the number out, with the family that tells one generation from the next. */
function processor() {
  const model = cpus()[0]?.model.trim() ?? process.arch
  if (/\d/.test(model) || !existsSync('/proc/cpuinfo')) return model
  const family = /^cpu family\s*:\s*(\d+)/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
  return family === undefined ? model : `${model} family ${family}`
}

/** What earlier runs measured on this machine. */
export function earlier({ slug }) {
  const file = join(results, `${slug}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { workloads: {}, measures: {} }
}

/** @returns {string} where the table stands */
export function save(report) {
  mkdirSync(results, { recursive: true })
  const file = join(results, `${report.machine.slug}`)
  writeFileSync(`${file}.json`, `${JSON.stringify(report, rounded, 1)}\n`)
  writeFileSync(`${file}.md`, `${markdown(report)}\n\n${details(report)}\n`)
  return `${file}.md`
}

const rounded = (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value

/** Puts the table between the markers of README.md. @returns whether they were there */
export function intoReadme(report) {
  const text = readFileSync(readme, 'utf8')
  const [begin, end] = readmeMarkers(text)
  if (begin < 0 || end < begin) return false
  writeFileSync(readme, `${text.slice(0, begin)}\n${readmeTable(report)}\n${text.slice(end)}`)
  return true
}

/** Where the table of a README begins and ends. */
export function readmeMarkers(text) {
  const begin = text.indexOf(BEGIN)
  return [begin < 0 ? -1 : begin + BEGIN.length, text.indexOf(END)]
}

/** For the terminal: one workload, a line per contender, and what the machine allows. */
export function lines(results, limit) {
  const own = results.deepblas?.median
  const least = limit && [
    `  limit             ${time(limit.seconds).padStart(10)}  ` +
      `arithmetic ${time(limit.arithmetic)}, optimizer ${time(limit.optimizer)}` +
      (own === undefined ? '' : `; deepblas reaches ${percent(limit.seconds / own)} of it`),
  ]
  return [
    ...Object.entries(results).map(([name, result]) => {
      if (result.skipped !== undefined) return `  ${name.padEnd(18)} left out: ${result.skipped}`
      const { median, min, max, samples, threads, note, version, blas, disturbed } = result
      const ratio = own === undefined ? '' : `x ${factor(median / own)}`
      const what = [
        disturbed ? 'DISTURBED' : '',
        threads === undefined ? '' : `${threads} thread${threads === 1 ? '' : 's'}`,
        version,
        blas,
        note,
      ]
      return (
        `  ${name.padEnd(18)}${time(median).padStart(10)}  ${ratio.padEnd(9)}` +
        `${`${time(min)} .. ${time(max)}`.padEnd(24)} ${samples.length} samples  ${what.filter(Boolean).join(', ')}`
      )
    }),
    ...(least ?? []),
  ]
}

const percent = (share) => `${Math.round(100 * share)} %`

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const isMarked = (of, name) => of[name]?.disturbed || of.deepblas?.disturbed

/** A cell: the time, and how it stands to that of deepblas. */
function cell(of, name) {
  const result = of[name]
  if (result === undefined) return ''
  if (result.skipped !== undefined) return result.skipped
  const own = of.deepblas?.median
  const ratio = name === 'deepblas' || own === undefined ? '' : ` (x ${factor(result.median / own)})`
  return `${time(result.median)}${ratio}${isMarked(of, name) ? ' *' : ''}`
}

/** Limit / time: the share of the machine's limit that a step of deepblas reaches. */
function share({ results: of, limit }) {
  if (limit === undefined || of.deepblas?.median === undefined) return ''
  return `${percent(limit.seconds / of.deepblas.median)}${isMarked(of, 'deepblas') ? ' *' : ''}`
}

/** The fastest library of a row. */
function bestPeer(of) {
  const measured = libraries.filter((name) => of[name]?.median !== undefined)
  return measured.sort((a, b) => of[a].median - of[b].median)[0]
}

const DISTURBED = '\\* other work ran on the machine during most samples: the figure is inflated, the ratio unsafe.'

const withMark = (rows) => (rows.some((cells) => cells.some((one) => one.endsWith(' *'))) ? [DISTURBED] : [])

/** The shorter table of README.md: the fastest library of each row, and those that are often it. */
export function readmeTable(report) {
  const { machine: where, peak } = report
  const measured = workloads.filter(({ name }) => report.workloads[name] !== undefined)
  const beside = ['jax', 'pytorch', 'pytorch-compile', 'tfjs-wasm', 'floor'].filter((name) =>
    measured.some((one) => report.workloads[one.name].results[name]),
  )
  const rows = measured.map((workload) => {
    const of = report.workloads[workload.name].results
    const best = bestPeer(of)
    const cells = [cell(of, 'deepblas'), share(report.workloads[workload.name])]
    cells.push(best === undefined ? '' : `${titleOf(best)} ${cell(of, best)}`, ...beside.map((name) => cell(of, name)))
    return [`${workload.name}: ${describe(workload)}`, ...cells]
  })
  const header = ['net', 'deepblas', 'share of the limit', 'fastest library', ...beside.map(titleOf)]
  const parts = [
    `One training step on ${where.cpu}, ${where.cores} cores, ${where.memoryGiB} GiB (Node ${report.node}); medians, ` +
      'in brackets the time relative to deepblas.',
    table(header, rows),
    ...withMark(rows),
    `${machineLimits(peak)}All contenders, their versions and the spread: ` +
      `[bench/results/${where.slug}.md](bench/results/${where.slug}.md).`,
  ]
  return parts.join('\n\n')
}

const titleOf = (name) => contenders.find((one) => one.name === name).title

function machineLimits(peak) {
  if (peak === undefined) return ''
  return (
    `One core: ${peak.gflops} GFLOP/s of fused multiply-adds, ${peak.memoryBandwidth} GB/s of memory; ` +
    `${peak.threads} at once: ${peak.allGflops} GFLOP/s, ${peak.allMemoryBandwidth} GB/s. `
  )
}

export function markdown(report) {
  const { machine: where, measures, peak } = report
  const measured = workloads.filter(({ name }) => report.workloads[name] !== undefined)
  const columns = contenders.filter(({ name }) => measured.some((one) => report.workloads[one.name].results[name]))
  const rows = measured.map((workload) => {
    const row = report.workloads[workload.name]
    const [own, ...cells] = columns.map(({ name }) => cell(row.results, name))
    return [`${workload.name}: ${describe(workload)}`, own, share(row), ...cells]
  })
  const versions = columns.flatMap(({ name, title }) => {
    const of = measured.map((one) => report.workloads[one.name].results[name]).filter((one) => one?.median)
    if (of.length === 0 || of[0].version === undefined) return []
    const threads = [...new Set(of.map((one) => one.threads))].filter((one) => one !== undefined).join(' or ')
    const note = [...new Set(of.map((one) => one.note))].filter(Boolean).join('; ')
    return [
      `- ${title}: ${[of[0].version, of[0].blas, threads && `${threads} thread${threads === '1' ? '' : 's'}`, note].filter(Boolean).join(', ')}`,
    ]
  })
  const loads = measured.map((one) => report.workloads[one.name].load.before)
  const further = Object.values(measures).flatMap(({ title, rows: of, disturbed }) =>
    of.map(({ name, text }) => [name ? `${title}: ${name}` : title, disturbed ? `${text} *` : text]),
  )
  const [{ title: first }, ...others] = columns
  const parts = [
    `One training step on ${where.cpu}, ${where.cores} cores, ${where.memoryGiB} GiB (Node ${report.node}); medians, ` +
      'in brackets the time relative to deepblas.',
    table(['net', first, 'share of the limit', ...others.map(({ title }) => title)], rows),
    versions.join('\n'),
    ...withMark([...rows, ...further]),
  ]
  if (loads.length > 0) {
    parts.push(`Load average of the machine before each row: ${loads.map((load) => load.toFixed(1)).join(', ')}.`)
  }
  parts.push(machineLimits(peak).trim())
  if (further.length > 0) parts.push(table(['measured beside', 'result'], further))
  return parts.filter(Boolean).join('\n\n')
}

/** Every sample's spread, for the file in bench/results. */
function details(report) {
  const rows = Object.entries(report.workloads).flatMap(([workload, { results: of, date }]) =>
    Object.entries(of).map(([name, result]) =>
      result.skipped === undefined
        ? [
            workload,
            name,
            time(result.median),
            `${time(result.min)} .. ${time(result.max)}`,
            `${time(result.lowerQuartile)} .. ${time(result.upperQuartile)}`,
            result.samples.length,
            result.threads ?? '',
            date,
          ]
        : [workload, name, result.skipped, '', '', '', '', date],
    ),
  )
  return table(['net', 'contender', 'median', 'min .. max', 'quartiles', 'samples', 'threads', 'date'], rows)
}
