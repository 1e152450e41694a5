// How long a table of the size of Adult takes (26,000 rows, six columns of numbers and eight of categories), made by a formula:
// the preset `good`, and one network of RealMLP's own settings, 3 x 256 units for 256 epochs in steps of 256.
//
//   node bench/tables/adult-sized.mjs [--rows 26000] [--rounds 1] [--only good,256]
//
// Printed are seconds from the call to the model, reading included, and the ROC AUC of rows held out. TabM beside PyTorch is
// bench/tabm.mjs. Needs a build (npm run build).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { trainTable } from '../../dist/index.mjs'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '26000' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', default: 'good,256' },
  },
})
const ways = {
  good: { preset: 'good' },
  256: { preset: 'good', members: 1, epochs: 256, batchSize: 256, hidden: [256, 256, 256] },
}
const numbers = ['age', 'weight', 'education_years', 'capital_gain', 'capital_loss', 'hours']
/** Levels of each. */
const categories = { work: 8, education: 16, marital: 7, occupation: 14, relation: 6, race: 5, sex: 2, country: 41 }

const folder = mkdtempSync(join(tmpdir(), 'deepblas-adult-'))
const file = join(folder, 'adult-sized.csv')
try {
  writeFileSync(file, madeTable(Number(values.rows)))
  for (const name of values.only.split(',')) {
    for (let round = 0; round < Number(values.rounds); round++) {
      const begun = performance.now()
      const { metrics, members, history } = await trainTable(file, { target: 'income', seed: round, ...ways[name] })
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      const networks = members.length === 1 ? '1 network' : `${members.length} networks`
      console.log(
        `${name}: ${seconds} s, ${networks} of ${history.epochs.length} epochs, AUC ${metrics.rocAuc.toFixed(4)}`,
      )
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}

/** Numbers and categories that decide together, and a third of the decision is chance. */
function madeTable(rows) {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const worth = Object.fromEntries(
    Object.entries(categories).map(([name, levels]) => [name, Array.from({ length: levels }, () => random() - 0.5)]),
  )
  const lines = [[...numbers, ...Object.keys(categories), 'income'].join()]
  for (let row = 0; row < rows; row++) {
    const own = numbers.map(() => random())
    const codes = Object.values(categories).map((levels) => Math.floor(levels * random() ** 2))
    const [age, , education, gain, , hours] = own
    const known = Object.values(worth).reduce((sum, list, at) => sum + list[codes[at]], 0)
    const sum = 2 * Math.sin(3 * age) * education + (gain > 0.92 ? 2 : 0) + hours * age + known
    const chance = random() + random() - 1
    lines.push(
      [
        ...own.map((one) => one.toFixed(4)),
        ...codes.map((code) => `l${code}`),
        sum + chance > 2.1 ? 'high' : 'low',
      ].join(),
    )
  }
  return `${lines.join('\n')}\n`
}
