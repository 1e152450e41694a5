/*
 * Does the right lever rank first? The long form, over all planted cases:
 *
 *   node test/planted/improve.mjs [--kinds a,b] [--tasks a,b] [--seeds 1,2,3,4,5] [--sizes 1] [--tries n] [--verbose]
 *
 * needs a built package (`npm run build`). Prints how many of how many were right, by case and size; exits with 1 where a
 * case was wrong. Where nothing is to be gained, every lever must be a tie.
 */
import { parseArgs } from 'node:util'
import * as deepblas from '../../dist/index.mjs'
import { plantedCases } from '../helpers/planted-cases.mjs'

const { values } = parseArgs({
  options: {
    kinds: { type: 'string' },
    tasks: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    sizes: { type: 'string', default: '1' },
    tries: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})
const seeds = values.seeds.split(',').map(Number)
const sizes = values.sizes.split(',').map(Number)
const [kinds, tasks] = [values.kinds?.split(','), values.tasks?.split(',')]

let right = 0
let all = 0
const wanted = plantedCases.filter(
  ({ kind, task }) =>
    // Of rows from elsewhere no lever makes good: more rows of the same kind are as far from them.
    (kinds === undefined ? kind !== 'mismatch' : kinds.includes(kind)) && (tasks === undefined || tasks.includes(task)),
)
for (const { name, make } of wanted) {
  for (const size of sizes) {
    const wrong = []
    const begun = performance.now()
    for (const seed of seeds) {
      const { model, train, dev, fit, levers } = make(seed, size, deepblas)
      const found = await deepblas.improve(
        model,
        { train, dev },
        { fit, seed, ...(values.tries && { tries: Number(values.tries) }) },
      )
      const untied = found.levers.filter(({ verdict }) => verdict === 'helps' || verdict === 'hurts')
      const good = levers.length === 0 ? untied.length === 0 : levers.includes(found.ranking[0])
      all++
      if (good) right++
      else wrong.push(`seed ${seed}: ${told(found, levers, untied)}`)
      if (values.verbose) console.log(`${found.text}\n`)
    }
    const seconds = ((performance.now() - begun) / 1000 / seeds.length).toPrecision(2)
    const mistakes = wrong.length === 0 ? '' : `  ${wrong.join('; ')}`
    console.log(`${name}, ${size}: ${seeds.length - wrong.length} of ${seeds.length}, ${seconds} s each${mistakes}`)
  }
}
console.log(`${right} of ${all}`)
process.exitCode = right === all ? 0 : 1

function told({ levers, ranking }, accepted, untied) {
  const of = (name) => levers.find((lever) => lever.name === name)
  if (accepted.length === 0)
    return untied.map(({ name, verdict, change }) => `${name} ${verdict} ${digits(change)}`).join(', ')
  const best = ranking.find((name) => accepted.includes(name))
  return `${ranking[0]} ${digits(of(ranking[0]).change)}, ${best} ${digits(best && of(best).change)}`
}

function digits(value) {
  return typeof value === 'number' ? value.toPrecision(2) : 'none'
}
