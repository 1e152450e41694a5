// npm run bench: see --help and README.md.
import { info } from '../dist/index.mjs'
import { contenders, otherBuild } from './contenders.mjs'
import { buildFloor, kernels, peak } from './floor.mjs'
import { limitOf } from './limit.mjs'
import { wasDisturbed } from './measures/in-worker.mjs'
import { measures } from './measures/index.mjs'
import { help, readOptions } from './options.mjs'
import { untilQuiet } from './quiet.mjs'
import { earlier, intoReadme, lines, machine, save } from './report.mjs'
import { checkWorkload, measureWorkload, pairedRatios } from './rounds.mjs'
import { summary } from './statistics.mjs'
import { describe, workloads } from './workloads.mjs'

const log = (line) => console.log(line)
const minutes = () => (performance.now() / 60_000).toFixed(1)
/** What took long to get ready: libraries compile. */
const opened = (name, seconds) => seconds > 5 && log(`  … ${name} ready after ${Math.round(seconds)} s`)

/** What a measure takes, in rows. */
const MEASURES_AS_ROWS = 0.25
/** Until when a row may take rounds, of so many that are to come. */
const shareOfTime = (minutes, rows) =>
  minutes === undefined ? undefined : performance.now() + (60_000 * minutes - performance.now()) / rows

/** The median ratio of two builds above which a row counts as slower. */
const SLOWER = 1.03

let options
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${error.message}\n\n${help}`)
  process.exit(2)
}
if (options.help) {
  console.log(help)
  process.exit(0)
}
try {
  await main(options)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

async function main({ only, against, threads, readme, build, 'readme-of': slug, ...given }) {
  if (slug !== undefined) return writeReadme(earlier({ slug }))
  const noFloor = buildFloor(log)
  if (noFloor !== undefined && (given.kernels || (against?.includes('floor') ?? false))) throw new Error(noFloor)
  if (noFloor !== undefined) log(`without the floor: ${noFloor}`)
  if (given.kernels) return printKernels()
  const taking = present(against).filter(({ name }) => name !== 'floor' || noFloor === undefined)
  const chosen = workloads.filter(({ name }) => only.includes(name))
  if (given.check) return check(chosen, taking, { ...given, threads })
  if (build !== undefined) return compareBuilds(chosen, taking, build, { ...given, threads })

  const asked = measures.filter(({ name }) => only.includes(name))
  const where = machine()
  const report = { ...earlier(where), machine: where, node: process.versions.node, deepblas: info() }
  if (chosen.length > 0 && noFloor === undefined) {
    await untilQuiet(given.patience)
    report.peak = await peak(threads)
  }
  for (const [at, workload] of chosen.entries()) {
    log(`\n${workload.name}: ${describe(workload)}  (row ${at + 1} of ${chosen.length}, ${minutes()} min)`)
    const until = shareOfTime(given.minutes, chosen.length - at + MEASURES_AS_ROWS * asked.length)
    const { samples: _, ...measured } = await measureWorkload(
      workload,
      taking.filter(({ takes }) => takes(workload)),
      { ...given, threads, until },
      opened,
    )
    const limit = noFloor === undefined ? limitOf(workload, report.peak) : undefined
    for (const line of lines(measured.results, limit)) log(line)
    report.workloads[workload.name] = { date: today(), threads, ...measured, ...(limit ? { limit } : {}) }
    save(report)
  }
  for (const measure of asked) {
    log(`\n${measure.name}: ${measure.title}  (${minutes()} min)`)
    const rows = await measure.run({ contenders: taking, threads, ...given })
    const disturbed = wasDisturbed()
    for (const { name, text } of rows) log(`  ${name ? `${name}: ` : ''}${text}`)
    if (disturbed) log('  DISTURBED: other work ran on the machine')
    report.measures[measure.name] = { date: today(), title: measure.title, rows, ...(disturbed ? { disturbed } : {}) }
    save(report)
  }
  log(`\n${save(report)}  (${minutes()} min)`)
  if (readme) writeReadme(report)
}

function writeReadme(report) {
  if (report.machine === undefined) throw new Error('Expected the name of a file in bench/results for --readme-of.')
  if (!intoReadme(report)) throw new Error('README.md has no <!-- bench:begin --> and <!-- bench:end -->.')
}

/** Each row by this build and by that of another checkout, in turns. Nothing is kept. */
async function compareBuilds(chosen, taking, build, given) {
  const slower = []
  for (const workload of chosen) {
    const peers = taking.filter(({ name, takes }) => takes(workload) && !name.startsWith('deepblas'))
    const own = taking.find(({ name }) => name === 'deepblas')
    const { results, samples } = await measureWorkload(workload, [own, otherBuild(build), ...peers], given, opened)
    log(`\n${workload.name}: ${describe(workload)}`)
    for (const line of lines(results)) log(line)
    if (samples.deepblas === undefined || samples['other-build'] === undefined) continue
    const { ratios, disturbed } = pairedRatios(samples.deepblas, samples['other-build'])
    const { median, lowerQuartile, upperQuartile } = summary(ratios)
    if (median > SLOWER) slower.push(disturbed ? `${workload.name} (disturbed)` : workload.name)
    log(
      `  this build to the other: ${median.toFixed(3)} (quartiles ${lowerQuartile.toFixed(3)} .. ${upperQuartile.toFixed(3)}, ` +
        `${ratios.length} pairs)${disturbed ? ', DISTURBED' : ''}`,
    )
  }
  log(`\nslower by more than ${Math.round(100 * (SLOWER - 1))} %: ${slower.join(', ') || 'none'}  (${minutes()} min)`)
}

/** Those asked for, or all that are installed; says what is missing and how to install it. */
function present(against) {
  const wanted = contenders.filter(({ name }) => name.startsWith('deepblas') || (against?.includes(name) ?? true))
  const here = wanted.filter((contender) => contender.here())
  const missing = wanted.filter((contender) => !here.includes(contender))
  for (const line of new Set(missing.map(({ install }) => install))) {
    const names = missing.filter(({ install }) => install === line).map(({ name }) => name)
    log(`not installed: ${names.join(', ')}. To compare with them: ${line}`)
  }
  return here
}

function printKernels() {
  const cells = ({ kernel, shape, microseconds, rate, unit, percent, of }) =>
    `${kernel.padEnd(27)}${shape.padEnd(38)}${microseconds.toPrecision(4).padStart(10)} us` +
    `${rate.toPrecision(3).padStart(9)} ${unit.padEnd(8)}${percent.toFixed(0).padStart(5)} % of ${of}`
  for (const row of kernels(0.2)) log(cells(row))
}

async function check(chosen, taking, given) {
  for (const workload of chosen) {
    log(`\n${workload.name}: mean loss of four steps`)
    const losses = await checkWorkload(
      workload,
      taking.filter(({ takes }) => takes(workload)),
      given,
    )
    for (const [name, loss] of Object.entries(losses)) {
      if (loss !== undefined && loss !== null) log(`  ${name.padEnd(18)}${loss}`)
    }
  }
}

function today() {
  return new Date().toISOString().slice(0, 10)
}
