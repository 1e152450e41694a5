// `deepblas train` beside scikit-learn's MLP and LightGBM (default settings) on the same splits of the development tables.
//
//   node bench/tables/compare.mjs <folder of data sets> [--with fast,good,mlp,lightgbm] [--seeds 3] [--only iris,churn]
//        [--inner] [--python python3] [--json results.json] [-- more options of deepblas train]
//
// A fifth of the rows is the test file; all programs see the other four fifths alone, and no setting may be chosen by what
// this prints: for that, --inner divides the training rows once more. Errors are RMSE, 1 - AUC, and 1 - accuracy for several
// classes; ratios are to LightGBM's, of the means over the seeds. Contenders: the presets fast, good and best; mlp, lightgbm
// and xgboost by bench/peers/tables.py, where Python has them. Needs a build (npm run build).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { errorOf, geometricMean, tablesIn, writeSplit } from './development.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const presets = ['fast', 'good', 'best']
const { values, positionals } = parseArgs({
  options: {
    with: { type: 'string', default: 'fast,good,mlp,lightgbm' },
    seeds: { type: 'string', default: '3' },
    only: { type: 'string' },
    inner: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
    json: { type: 'string' },
  },
  allowPositionals: true,
})
const [data, ...more] = positionals
if (data === undefined) {
  console.error(
    'usage: node bench/tables/compare.mjs <folder of data sets> [--with fast,good,mlp,lightgbm] [--seeds 3]',
  )
  process.exit(2)
}
const contenders = values.with.split(',')
const seeds = Number(values.seeds)
const folder = mkdtempSync(join(tmpdir(), 'deepblas-tables-'))
const results = []
try {
  for (const table of tablesIn(data, values.only?.split(','))) results.push(compared(table))
} finally {
  rmSync(folder, { recursive: true })
}
if (contenders.includes('lightgbm')) summary()
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ seeds, results }, null, 2)}\n`)

function compared(table) {
  const runs = contenders.map((contender) => ({ contender, errors: [], seconds: [] }))
  for (let seed = 0; seed < seeds; seed++) {
    const files = writeSplit(table, data, { seed, inner: values.inner, into: folder })
    for (const run of runs) {
      const { metrics, seconds } = presets.includes(run.contender)
        ? ours(run.contender, table, files, seed)
        : peers(run.contender, table, files, seed)
      run.errors.push(errorOf(table.metric, metrics[table.metric]))
      run.seconds.push(seconds)
    }
  }
  console.log(`\n${table.name} (${table.metric === 'rootMeanSquaredError' ? 'RMSE' : `1 - ${table.metric}`})`)
  const base = runs.find(({ contender }) => contender === 'lightgbm')
  for (const { contender, errors, seconds } of runs) {
    const digits = table.metric === 'rootMeanSquaredError' ? 5 : 4
    console.log(
      [
        `  ${contender.padEnd(10)}`,
        mean(errors).toPrecision(digits).padStart(8),
        `± ${deviation(errors).toPrecision(2)}`.padEnd(10),
        base === undefined ? '' : `ratio ${(mean(errors) / mean(base.errors)).toFixed(3)}`,
        `${mean(seconds).toFixed(1)} s`.padStart(8),
        ` ${errors.map((error) => error.toPrecision(digits)).join(' ')}`,
      ].join(' '),
    )
  }
  return { table: table.name, metric: table.metric, runs }
}

function ours(preset, table, { train, test }, seed) {
  const model = join(folder, 'model.safetensors')
  const asked = [
    '--preset',
    preset,
    '--target',
    table.target,
    '--task',
    table.task,
    '--seed',
    `${seed}`,
    '--delimiter',
    table.delimiter,
  ]
  const left = table.ignore.length === 0 ? [] : ['--ignore', table.ignore.join()]
  return output(process.execPath, [
    join(root, 'dist/cli/main.js'),
    ...['train', train, '--test', test, '--out', model, '--json', ...asked, ...left, ...more],
  ])
}

function peers(model, table, { train, test }, seed) {
  const asked = ['--target', table.target, '--task', table.task, '--seed', `${seed}`, '--delimiter', table.delimiter]
  const left = table.ignore.length === 0 ? [] : ['--ignore', table.ignore.join()]
  return output(values.python, [join(root, 'bench/peers/tables.py'), train, test, '--model', model, ...asked, ...left])
}

function output(program, args) {
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
}

function summary() {
  const ratios = (contender) =>
    results.map(({ runs }) => {
      const [own, base] = [contender, 'lightgbm'].map((name) => mean(runs.find((run) => run.contender === name).errors))
      return own / base
    })
  console.log('\nerror as a share of LightGBM, geometric mean over the tables, and tables at or below it')
  for (const contender of contenders) {
    const all = ratios(contender)
    // The command tells six digits.
    const below = all.filter((ratio) => ratio <= 1 + 1e-5).length
    console.log(`  ${contender.padEnd(10)} ${geometricMean(all).toFixed(3)}  ${below} of ${all.length}`)
  }
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length
}

function deviation(list) {
  if (list.length < 2) return 0
  const middle = mean(list)
  return Math.sqrt(list.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (list.length - 1))
}
