// `deepblas train` beside scikit-learn's MLP (default settings, early stopping) on the same splits of public tables.
//
//   node bench/tables/compare.mjs <folder of data sets> [--seeds 3] [--only iris,churn] [--json results.json]
//
// The folder holds bank-marketing/bank-full.csv, telco-churn/Telco-Customer-Churn.csv, wine-quality/winequality-*.csv,
// iris/iris.csv and breast-cancer-wdbc/wdbc.data as UCI and IBM publish them; what is not there is left out. A fifth of the
// rows is the test file; both programs see the other four fifths alone. Needs a build (npm run build) and scikit-learn.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HELD_OUT = 0.2
const root = fileURLToPath(new URL('../..', import.meta.url))
const cells = ['radius', 'texture', 'perimeter', 'area', 'smoothness', 'compactness', 'concavity', 'points', 'symmetry']
const wdbc = ['', '_error', '_worst'].flatMap((suffix) => [...cells, 'fractal'].map((name) => name + suffix))

const tables = [
  { name: 'bank', file: 'bank-marketing/bank-full.csv', target: 'y', delimiter: ';', metric: 'rocAuc' },
  {
    name: 'churn',
    file: 'telco-churn/Telco-Customer-Churn.csv',
    target: 'Churn',
    metric: 'rocAuc',
    identifier: 'customerID',
  },
  ...['red', 'white'].flatMap((colour) => [
    { ...wine(colour), name: `wine ${colour}, classes`, task: 'classification', metric: 'accuracy' },
    { ...wine(colour), name: `wine ${colour}, values`, task: 'regression', metric: 'r2' },
  ]),
  {
    name: 'iris',
    file: 'iris/iris.csv',
    header: 'sepal_length,sepal_width,petal_length,petal_width,class',
    target: 'class',
    metric: 'accuracy',
  },
  {
    name: 'breast cancer',
    file: 'breast-cancer-wdbc/wdbc.data',
    header: `id,diagnosis,${wdbc.join(',')}`,
    target: 'diagnosis',
    metric: 'rocAuc',
    identifier: 'id',
  },
]

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, only: { type: 'string' }, json: { type: 'string' } },
  allowPositionals: true,
})
if (positionals.length !== 1) {
  console.error(
    'usage: node bench/tables/compare.mjs <folder of data sets> [--seeds 3] [--only iris,churn] [--json file]',
  )
  process.exit(2)
}
const seeds = Number(values.seeds)
const wanted = values.only?.split(',')
const folder = mkdtempSync(join(tmpdir(), 'deepblas-tables-'))
const results = []
try {
  console.log('table             metric     deepblas  scikit-learn  points   seconds          scores by seed')
  for (const table of tables) {
    if (wanted !== undefined && !wanted.some((word) => table.name.startsWith(word))) continue
    const path = join(positionals[0], table.file)
    if (!existsSync(path)) console.log(`${table.name}: left out, ${path} is not there`)
    else results.push(compared(table, path))
  }
} finally {
  rmSync(folder, { recursive: true })
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ seeds, results }, null, 2)}\n`)

function compared(table, path) {
  const { delimiter = ',', metric, task = 'classification', target } = table
  const lines = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const header = table.header ?? lines.shift()
  const runs = []
  for (let seed = 0; seed < seeds; seed++) {
    const [train, test] = [false, true].map((held) => {
      const file = join(folder, held ? 'test.csv' : 'train.csv')
      writeFileSync(file, [header, ...lines.filter((_, row) => isHeldOut(row, seed) === held), ''].join('\n'))
      return file
    })
    const model = join(folder, 'model.safetensors')
    const common = ['--target', target, '--seed', `${seed}`, '--task', task]
    const own = [join(root, 'dist/cli/main.js'), 'train', train, '--test', test, '--out', model, '--json', ...common]
    const peer = [join(root, 'bench/peers/tables.py'), train, test, '--delimiter', delimiter, ...common]
    runs.push({
      deepblas: output(process.execPath, own),
      sklearn: output('python3', table.identifier === undefined ? peer : [...peer, '--ignore', table.identifier]),
    })
  }
  const mean = (of) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const [ours, theirs] = ['deepblas', 'sklearn'].map((who) => mean((run) => run[who].metrics[metric]))
  const times = ['deepblas', 'sklearn'].map((who) => mean((run) => run[who].seconds).toFixed(1)).join(' / ')
  const bySeed = runs.map((run) =>
    ['deepblas', 'sklearn'].map((who) => run[who].metrics[metric].toFixed(4)).join(' / '),
  )
  const points = 100 * (ours - theirs)
  console.log(
    [
      table.name.padEnd(17),
      metric.padEnd(10),
      ours.toFixed(4).padStart(8),
      theirs.toFixed(4).padStart(13),
      `${points >= 0 ? '+' : ''}${points.toFixed(2)}`.padStart(7),
      times.padStart(16),
      ` ${bySeed.join(', ')}`,
    ].join(' '),
  )
  return { table: table.name, metric, deepblas: ours, sklearn: theirs, runs }
}

function output(program, args) {
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
}

/** A multiplicative hash of the row's number: the same rows in every program. */
function isHeldOut(row, seed) {
  return (Math.imul(row + 7919 * seed + 1, 2654435761) >>> 0) / 2 ** 32 < HELD_OUT
}

function wine(colour) {
  return { file: `wine-quality/winequality-${colour}.csv`, target: 'quality', delimiter: ';' }
}
