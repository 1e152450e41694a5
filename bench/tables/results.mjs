// The results of compare.mjs as the table of docs/guide/command-line.md: errors and their spread over the seeds, the ratio to
// LightGBM's, and the seconds that it took.
//
//   node bench/tables/results.mjs [bench/tables/results/*.json]
//
// Several files may have contenders of the same tables, such as one with `best` alone. The summary is over the tables that a
// contender has.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { geometricMean } from './development.mjs'

const folder = fileURLToPath(new URL('results/', import.meta.url))
const given = process.argv.slice(2)
const files = given.length > 0 ? given : readdirSync(folder).map((name) => folder + name)
const tables = new Map()
for (const file of files.filter((name) => name.endsWith('.json'))) {
  for (const { table, metric, runs } of JSON.parse(readFileSync(file, 'utf8')).results) {
    const own = tables.get(table) ?? { metric, runs: new Map() }
    for (const run of runs) own.runs.set(run.contender, run)
    tables.set(table, own)
  }
}
const contenders = ['fast', 'good', 'best', 'mlp', 'lightgbm', 'xgboost'].filter((name) =>
  [...tables.values()].some(({ runs }) => runs.has(name)),
)
const titles = { mlp: 'scikit-learn', lightgbm: 'LightGBM', xgboost: 'XGBoost' }
console.log(`| table | error | ${contenders.map((name) => titles[name] ?? name).join(' | ')} |`)
console.log(`|---|---|${'---|'.repeat(contenders.length)}`)
for (const [table, { metric, runs }] of tables) {
  const least = Math.min(...[...runs.values()].map(({ errors }) => mean(errors)))
  const cells = contenders.map((name) => {
    const run = runs.get(name)
    if (run === undefined) return ''
    const own = mean(run.errors)
    const shown = own.toPrecision(3)
    return `${own === least ? `**${shown}**` : shown} ± ${Number(deviation(run.errors).toPrecision(1))}`
  })
  const error = metric === 'rootMeanSquaredError' ? 'RMSE' : metric === 'rocAuc' ? '1 - ROC AUC' : '1 - accuracy'
  console.log(`| ${table} | ${error} | ${cells.join(' | ')} |`)
}
console.log('\n| | mean error, as a share of LightGBM | at or below it | seconds |\n|---|---|---|---|')
for (const name of contenders) {
  const both = [...tables.values()].filter(({ runs }) => runs.has(name) && runs.has('lightgbm'))
  const ratios = both.map(({ runs }) => mean(runs.get(name).errors) / mean(runs.get('lightgbm').errors))
  const seconds = both.map(({ runs }) => mean(runs.get(name).seconds))
  // The command tells six digits of an error.
  const below = ratios.filter((ratio) => ratio <= 1 + 1e-5).length
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)].map((one) => one.toPrecision(2))
  console.log(
    `| ${titles[name] ?? name} | ${geometricMean(ratios).toFixed(3)} | ${below} of ${both.length} | ${least} to ${most} |`,
  )
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length
}

function deviation(list) {
  const middle = mean(list)
  return Math.sqrt(list.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, list.length - 1))
}
