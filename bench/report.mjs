// Results as JSON and as a Markdown table, on the terminal, in bench/results and in README.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contenders } from './contenders.mjs'
import { factor, time } from './format.mjs'
import { describe, workloads } from './workloads.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const results = join(folder, 'results')
const readme = join(dirname(folder), 'README.md')
const BEGIN = '<!-- bench:begin -->'
const END = '<!-- bench:end -->'

export function machine() {
  const model = cpus()[0]?.model.trim() ?? process.arch
  const cores = cpus().length
  const words = model.toLowerCase().replace(/\((r|tm)\)|@.*$|\b(cpu|processor|\d+-core)\b/g, ' ')
  const slug = `${words.match(/[a-z0-9]+/g)?.join('-') ?? 'machine'}-${cores}-cores`
  return { slug, cpu: model, cores, memoryGiB: Math.round(totalmem() / 2 ** 30), system: process.platform }
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
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) return false
  writeFileSync(
    readme,
    `${text.slice(0, begin + BEGIN.length)}\n${markdown({ ...report, measures: {} })}\n${text.slice(end)}`,
  )
  return true
}

/** For the terminal: one workload, a line per contender. */
export function lines(results) {
  const own = results.deepblas?.median
  return Object.entries(results).map(([name, result]) => {
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
  })
}

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function markdown(report) {
  const { machine: where, measures, peak } = report
  const measured = workloads.filter(({ name }) => report.workloads[name] !== undefined)
  const columns = contenders.filter(({ name }) => measured.some((one) => report.workloads[one.name].results[name]))
  const rows = measured.map((workload) => {
    const { results: of } = report.workloads[workload.name]
    const own = of.deepblas?.median
    const cells = columns.map(({ name }) => {
      const result = of[name]
      if (result === undefined) return ''
      if (result.skipped !== undefined) return result.skipped
      const mark = result.disturbed || of.deepblas?.disturbed ? ' *' : ''
      if (name === 'deepblas' || own === undefined) return `${time(result.median)}${mark}`
      return `${time(result.median)} (x ${factor(result.median / own)})${mark}`
    })
    return [`${workload.name}: ${describe(workload)}`, ...cells]
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
  const parts = [
    `One training step on ${where.cpu}, ${where.cores} cores, ${where.memoryGiB} GiB (Node ${report.node}); medians, ` +
      'in brackets the time relative to deepblas.',
    table(['net', ...columns.map(({ title }) => title)], rows),
    versions.join('\n'),
  ]
  if (
    rows.some((cells) => cells.some((cell) => cell.endsWith(' *'))) ||
    Object.values(measures).some((one) => one.disturbed)
  ) {
    parts.push('\\* other work ran on the machine during most samples: the figure is inflated, the ratio unsafe.')
  }
  if (loads.length > 0) {
    parts.push(`Load average of the machine before each row: ${loads.map((load) => load.toFixed(1)).join(', ')}.`)
  }
  if (peak !== undefined) {
    parts.push(
      `One core: ${peak.gflops} GFLOP/s of fused multiply-adds, ${peak.memoryBandwidth} GB/s of memory; ` +
        `${peak.threads} at once: ${peak.allGflops} GFLOP/s, ${peak.allMemoryBandwidth} GB/s.`,
    )
  }
  const further = Object.values(measures)
  if (further.length > 0) {
    parts.push(
      table(
        ['measured beside', 'result'],
        further.flatMap(({ title, rows: of, disturbed }) =>
          of.map(({ name, text }) => [name ? `${title}: ${name}` : title, disturbed ? `${text} *` : text]),
        ),
      ),
    )
  }
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
