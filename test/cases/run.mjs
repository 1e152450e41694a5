// Runs inputs that once gave a wrong answer, each in a process of its own, and prints what came of it beside what is right.
//
//   node test/cases/run.mjs [folder of cases] [--only 07,08] [--except 07] [--json]
//
// The folder (by default shared/cases beside the repository) is copied into a scratch folder of the repository, where
// `import 'deepblas'` is the built package. Needs a build. The exit code is 1 if any outcome is not the right one.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, except: { type: 'string' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const source = positionals[0] ?? join(root, '../shared/cases')
if (!existsSync(source)) {
  console.error(`There is no folder ${source}: give the folder of the cases.`)
  process.exit(2)
}
const wanted = values.only?.split(',')
const unwanted = values.except?.split(',') ?? []
const scratch = mkdtempSync(join(root, 'build-cases-'))
const main = join(root, 'dist/cli/main.js')

/** The kind of each case, what is right, and whether it is so: `run` returns [right, what came]. */
const cases = [
  {
    name: '01',
    kind: 'class names: a test set without one of the classes',
    right: 'accuracy 1, or an error',
    run() {
      const { stdout, stderr } = script('01-label-subset-evaluate.mjs')
      const told = /evaluate (\S+)/.exec(stdout)?.[1]
      const validation = /validation (\S+)/.exec(stdout)?.[1]
      const named = /DeepblasError/.test(stderr)
      return [
        named || (told === '1' && validation === '1'),
        named ? lastError(stderr) : `validation ${validation}, evaluate ${told}`,
      ]
    },
  },
  {
    name: '02',
    kind: 'class names: a second fit on fewer classes',
    right: 'labels stay a, b, c',
    run() {
      const { stdout, stderr } = script('02-label-subset-refit.mjs')
      const after = stdout.split('\n').find((line) => line.startsWith('after'))
      const right = /\[ 'a', 'b', 'c' \] \[ 'a', 'b', 'c' \]/.test(after ?? '')
      return [right || /DeepblasError/.test(stderr), after?.trim() ?? lastError(stderr)]
    },
  },
  {
    name: '03',
    kind: 'targets that are texts of numbers',
    right: 'the same values as of numbers, or an error',
    run() {
      const { stdout, stderr } = script('03-numeric-strings-regression.mjs')
      const [numbers, texts] = ['number', 'string'].map((type) => fitted(stdout, type))
      const same = texts?.every((value, i) => Math.abs(value - numbers[i]) < 1)
      const told = texts === undefined && /DeepblasError/.test(stderr)
      return [same || told, told ? lastError(stderr) : `numbers ${numbers}; texts ${texts}`]
    },
  },
  {
    name: '04',
    kind: 'whole numbers that are names',
    right: '3 classes, predicted ids are those of the data',
    run() {
      const { stdout } = script('04-big-integers.mjs')
      const trained = deepblas(
        'train',
        '--preset',
        'fast',
        '04-snowflake.csv',
        '--target',
        'channel',
        '--epochs',
        '40',
        '--out',
        '04.safetensors',
      )
      const { stdout: predicted } = deepblas('predict', '04.safetensors', '04-new.csv')
      const ids = predicted
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[1])
      const all = ['1180000000000000001', '1180000000000000002', '1180000000000000777']
      const classes = /(\d+) classes/.exec(trained.stderr)?.[1]
      const kept = all.every((id) => stdout.includes(id))
      return [
        classes === '3' && kept && ids.join() === all.join(),
        `${classes} classes; ${ids.join(' ')}; rows keep them: ${kept}`,
      ]
    },
  },
  ...['plain', 'thousands', 'german', 'currency', 'None', 'mysql-null'].map((form) => ({
    name: `06-${form}`,
    kind: 'numbers and missing values as people write them',
    right: 'accuracy above 0.9: the income decides',
    run() {
      script('06-thousands-currency-none.mjs')
      const { stdout, stderr } = deepblas(
        'train',
        '--preset',
        'fast',
        `06-${form}.csv`,
        '--target',
        'bought',
        '--out',
        '06.safetensors',
        '--json',
      )
      if (stdout === '') return [false, stderr.trim().split('\n').at(-1)]
      const { metrics, features } = JSON.parse(stdout)
      return [
        metrics.accuracy > 0.9 && features === 2,
        `accuracy ${metrics.accuracy.toFixed(3)} of ${features} columns`,
      ]
    },
  })),
  {
    name: '06-comma-three-digits',
    kind: 'a comma that may be of thousands or of decimals',
    right: 'told with the option that decides; both options work',
    run() {
      script('06-thousands-currency-none.mjs')
      const args = [
        'train',
        '--preset',
        'fast',
        '06-comma-three-digits.csv',
        '--target',
        'bought',
        '--out',
        '06.safetensors',
        '--json',
      ]
      const plain = deepblas(...args)
      const told = plain.status !== 0 && /--decimal/.test(plain.stderr)
      const decided = [
        ['--decimal', ','],
        ['--thousands', ','],
      ].map((option) => deepblas(...args, ...option))
      const [first, second] = decided.map(({ stdout }) => (stdout === '' ? 0 : JSON.parse(stdout).metrics.accuracy))
      const shown = `told: ${told}; --decimal , ${first.toFixed(2)}; --thousands , ${second.toFixed(2)}`
      return [told && first > 0.9 && second > 0.9, shown]
    },
  },
  {
    name: '06-price-target',
    kind: 'a target of prices with thousands',
    right: 'a regression',
    run() {
      script('06-thousands-currency-none.mjs')
      const { stdout, stderr } = deepblas(
        'train',
        '--preset',
        'fast',
        '06-price-target.csv',
        '--target',
        'price',
        '--out',
        '06.safetensors',
        '--json',
      )
      if (stdout === '') return [false, stderr.trim().split('\n').at(-1)]
      const { task, metrics } = JSON.parse(stdout)
      return [task === 'regression' && metrics.r2 > 0.9, `${task}, r2 ${metrics.r2?.toFixed(3)}`]
    },
  },
  {
    name: '07',
    kind: 'stray quotes: time',
    right: 'eight times the bad rows take at most sixteen times as long',
    run() {
      const { stdout } = script('07-stray-quotes-quadratic.mjs')
      const times = [...stdout.matchAll(/(\d+) ms/g)].map(([, ms]) => Number(ms))
      return [times.length === 4 && times[3] <= 16 * Math.max(10, times[0]), `${times.join(', ')} ms`]
    },
  },
  {
    name: '08',
    kind: 'a wide table: memory',
    right: 'below 250 MB for 5,000 columns, most of it Node itself',
    run() {
      const { stdout, stderr } = script('08-wide-csv-memory.mjs')
      const resident = Number(/resident (\d+)/.exec(stdout)?.[1] ?? Number.NaN)
      return [resident < 250, stdout.trim() || lastError(stderr)]
    },
  },
  {
    name: '09',
    kind: 'values of another realm: Jest, vitest in vm',
    right: 'every test passes',
    run() {
      const config =
        'import { defineConfig } from "vitest/config"\nexport default defineConfig({ test: { globals: true, include: ["09*.test.mjs"] } })\n'
      writeFileSync(join(scratch, 'vitest.config.mjs'), config)
      writeFileSync(
        join(scratch, 'jest.config.json'),
        JSON.stringify({ testMatch: ['**/09*.test.mjs'], transform: {} }),
      )
      const vitest = join(root, 'node_modules/vitest/vitest.mjs')
      const jest = join(root, 'node_modules/jest/bin/jest.js')
      const runs = ['vmThreads', 'vmForks'].map((pool) => [pool, [vitest, 'run', '--pool', pool, '--root', scratch]])
      if (existsSync(jest))
        runs.push([
          'jest',
          ['--experimental-vm-modules', jest, '--rootDir', scratch, '-c', join(scratch, 'jest.config.json')],
        ])
      const outcomes = runs.map(([what, args]) => [what, node(args).status === 0])
      return [
        outcomes.every(([, passed]) => passed),
        outcomes.map(([what, passed]) => `${what} ${passed ? 'passes' : 'fails'}`).join(', '),
      ]
    },
  },
  ...[
    ['10-year', 'anomaly'],
    ['10-single', 'y'],
  ].map(([file, target]) => ({
    name: file,
    kind: 'a column that looks like an identifier decides',
    right: 'kept, and told: r2 above 0.9',
    run() {
      script('10-year-column-dropped.mjs')
      const { stdout, stderr } = deepblas(
        'train',
        '--preset',
        'fast',
        `${file}.csv`,
        '--target',
        target,
        '--out',
        '10.safetensors',
        '--json',
      )
      if (stdout === '') return [false, stderr.trim().split('\n').at(-1)]
      const { metrics } = JSON.parse(stdout)
      const told = stderr.split('\n').find((line) => /leak|identifier/.test(line) && /look at|kept/.test(line))
      return [metrics.r2 > 0.9 && told !== undefined, `r2 ${metrics.r2.toFixed(3)}; ${told ?? 'not told'}`]
    },
  })),
  {
    name: '11',
    kind: 'blanks before a quote',
    right: '2 rows of 3 columns, x, 1 and x, 2 whole',
    run() {
      const read = inline(`const { readCsv } = await import('deepblas')
        const table = await readCsv('11-blank-before-quote.csv')
        console.log(JSON.stringify([table.names, table.row(0), table.row(1)]))`)
      const right = read.stdout.trim() === '[["a","b","y"],{"a":1,"b":"x, 1","y":0},{"a":2,"b":"x, 2","y":1}]'
      return [right, read.stdout.trim() || lastError(read.stderr)]
    },
  },
  {
    name: '13',
    kind: 'a line sep=;',
    right: 'columns a, b, y of 2 rows',
    run() {
      const read = inline(`const { readCsv } = await import('deepblas')
        const table = await readCsv('13-sep-line.csv')
        console.log(JSON.stringify([table.names, table.row(0), table.row(1)]))`)
      const right = read.stdout.trim() === '[["a","b","y"],{"a":1,"b":2,"y":0},{"a":3,"b":4,"y":1}]'
      return [right, read.stdout.trim() || lastError(read.stderr)]
    },
  },
  {
    name: '15',
    kind: 'early stopping on the training loss',
    right: 'the model has the best loss',
    run() {
      const { stdout, stderr } = script('15-early-stopping-loss.mjs')
      const [best, has] = [/value: ([\d.e+-]+)/, /has ([\d.e+-]+)/].map((pattern) => Number(pattern.exec(stdout)?.[1]))
      return [Math.abs(best - has) <= 1e-6 * Math.abs(best), stdout.trim() || lastError(stderr)]
    },
  },
  {
    name: '16',
    kind: 'a monitored number that is NaN',
    right: 'an error or a warning that says so',
    run() {
      const { stdout, stderr } = script('16-nan-monitor.mjs')
      const told = stderr.split('\n').find((line) => /validation\.rocAuc/.test(line))
      return [told !== undefined, told?.trim() ?? stdout.trim()]
    },
  },
  {
    name: '18',
    kind: 'a quote that is never closed',
    right: 'no row is cut in two; the bad line is told',
    run() {
      const { stdout, stderr } = script('18-quote-forced-split.mjs')
      const [, rows, first, row] = /(\d+) (\[[\s\S]*?\]) row 5000000: ([\s\S]*)/.exec(stdout) ?? []
      const whole = rows === '5000011' && /v: 123456, w: 654321/.test(row)
      return [
        whole && /line: 2/.test(first),
        stdout === '' ? lastError(stderr) : `${rows} rows, row 5000000 ${row.trim()}`,
      ]
    },
  },
]

const results = []
try {
  cpSync(source, scratch, { recursive: true })
  for (const one of cases) {
    if (wanted !== undefined && !wanted.some((name) => one.name.startsWith(name))) continue
    if (unwanted.some((name) => one.name.startsWith(name))) continue
    let outcome
    try {
      outcome = one.run()
    } catch (error) {
      outcome = [false, String(error)]
    }
    const [right, came] = outcome
    results.push({ case: one.name, kind: one.kind, right: one.right, came, ok: right })
    if (!values.json)
      console.log(
        `${right ? 'right' : 'WRONG'}  ${one.name.padEnd(22)} ${one.kind}\n       right: ${one.right}\n       came:  ${came}`,
      )
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
if (values.json) console.log(JSON.stringify(results, null, 2))
else console.log(`${results.filter(({ ok }) => ok).length} of ${results.length} right`)
process.exit(results.every(({ ok }) => ok) ? 0 : 1)

function node(args) {
  const env = { ...process.env, NODE_OPTIONS: '' }
  return spawnSync(process.execPath, args, { cwd: scratch, encoding: 'utf8', timeout: 300_000, env })
}

function script(file) {
  return node([file])
}

function deepblas(...args) {
  return node([main, ...args])
}

function inline(code) {
  return node(['--input-type=module', '-e', code])
}

/** The sentence of an error that ended a process. */
function lastError(stderr) {
  return (
    stderr
      .split('\n')
      .find((line) => /Error/.test(line))
      ?.trim() ?? stderr.trim()
  )
}

/** The values that a line of case 03 prints. */
function fitted(stdout, type) {
  const line = stdout.split('\n').find((text) => text.startsWith(type))
  const list = /\[([^\]]*)\]/.exec(line ?? '')?.[1]
  return list?.split(',').map(Number)
}
