// The tables that the defaults of `trainTable` are developed on, and how their rows are divided. Those of a fifth are the
// test rows, which nothing but a comparison may look at; defaults are chosen inside the others.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const TEST_SHARE = 0.2
const cells = ['radius', 'texture', 'perimeter', 'area', 'smoothness', 'compactness', 'concavity', 'points', 'symmetry']
const wdbc = ['', '_error', '_worst'].flatMap((suffix) => [...cells, 'fractal'].map((name) => name + suffix))

/**
 * file: below the folder of data sets. metric: what decides. ignore: identifiers, and columns that give the target away.
 * header: where the file has none. missing: how it writes a missing value.
 */
export const tables = [
  { name: 'bank', file: 'bank-marketing/bank-full.csv', target: 'y', delimiter: ';', metric: 'rocAuc' },
  {
    name: 'churn',
    file: 'telco-churn/Telco-Customer-Churn.csv',
    target: 'Churn',
    metric: 'rocAuc',
    ignore: ['customerID'],
  },
  ...['red', 'white'].map((colour) => ({
    name: `wine ${colour}, classes`,
    file: `wine-quality/winequality-${colour}.csv`,
    target: 'quality',
    delimiter: ';',
    metric: 'accuracy',
  })),
  ...['red', 'white'].map((colour) => ({
    name: `wine ${colour}, values`,
    file: `wine-quality/winequality-${colour}.csv`,
    target: 'quality',
    delimiter: ';',
    task: 'regression',
    metric: 'rootMeanSquaredError',
  })),
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
    ignore: ['id'],
  },
  {
    name: 'diamonds',
    file: 'tables/diamonds.csv',
    target: 'price',
    task: 'regression',
    metric: 'rootMeanSquaredError',
  },
  { name: 'phoneme', file: 'tables/phoneme.csv', target: 'class', metric: 'rocAuc' },
  { name: 'german credit', file: 'tables/german-credit.csv', target: 'class', metric: 'rocAuc' },
  { name: 'titanic', file: 'tables/titanic.csv', target: 'survived', metric: 'rocAuc', ignore: ['alive'] },
  {
    name: 'taxis',
    file: 'tables/taxis.csv',
    target: 'tip',
    task: 'regression',
    metric: 'rootMeanSquaredError',
    ignore: ['total'],
  },
  {
    name: 'Beijing',
    file: 'tables/beijing-pm25.csv',
    target: 'pm2.5',
    task: 'regression',
    metric: 'rootMeanSquaredError',
    ignore: ['No'],
  },
].map((table) => ({ delimiter: ',', task: 'classification', ignore: [], ...table }))

/** The tables whose names begin with one of the words (all for none) and that the folder has; the others are told. */
export function tablesIn(folder, words) {
  return tables.filter(({ name, file }) => {
    if (words !== undefined && !words.some((word) => name.startsWith(word))) return false
    if (existsSync(join(folder, file))) return true
    console.error(`${name}: left out, ${join(folder, file)} is not there`)
    return false
  })
}

/**
 * Writes the rows to learn from and those to test on as files.
 *
 * @param inner whether both come from the training rows alone, to choose between settings
 */
export function writeSplit(table, folder, { seed, inner = false, into }) {
  const lines = readFileSync(join(folder, table.file), 'utf8').trim().split(/\r?\n/)
  const header = table.header ?? lines.shift()
  const trained = lines.filter((_, row) => !isHeldOut(row, seed))
  const [train, test] = inner
    ? [false, true].map((held) => trained.filter((_, row) => isHeldOut(row, 1000 + seed) === held))
    : [trained, lines.filter((_, row) => isHeldOut(row, seed))]
  const write = (name, rows) => {
    const file = join(into, name)
    writeFileSync(file, [header, ...rows, ''].join('\n'))
    return file
  }
  return { train: write('train.csv', train), test: write('test.csv', test) }
}

/** What is to be small: RMSE, 1 - AUC or 1 - accuracy. */
export function errorOf(metric, value) {
  return metric === 'rootMeanSquaredError' ? value : 1 - value
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** A multiplicative hash of the row's number: the same rows in every program. */
function isHeldOut(row, seed) {
  return (Math.imul(row + 7919 * seed + 1, 2654435761) >>> 0) / 2 ** 32 < TEST_SHARE
}
