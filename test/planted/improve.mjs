/*
 * Does the right lever rank first? The long form, over all planted cases:
 *
 *   node test/planted/improve.mjs [--kinds a,b] [--tasks a,b] [--seeds 1,2,3,4,5] [--sizes 1] [--tries n] [--diagnose]
 *     [--verbose]
 *
 * needs a built package (`npm run build`). Prints how many of how many were right, by case and size; exits with 1 where a
 * case was wrong. Where nothing is to be gained, every lever must be a tie, and the text must say so. With `--diagnose`
 * the trained model is diagnosed too, and a case is right where the ranking is or what is said to dominate: a lever may do
 * more than the one that meets the cause, and a cause may be told without the lever that meets it best.
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
    diagnose: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const seeds = values.seeds.split(',').map(Number)
const sizes = values.sizes.split(',').map(Number)
const [kinds, tasks] = [values.kinds?.split(','), values.tasks?.split(',')]

const total = { ranking: 0, dominant: 0, either: 0, all: 0 }
const wanted = plantedCases.filter(
  ({ kind, task }) =>
    // Of rows from elsewhere no lever makes good: more rows of the same kind are as far from them.
    (kinds === undefined ? kind !== 'mismatch' : kinds.includes(kind)) && (tasks === undefined || tasks.includes(task)),
)
for (const { name, make } of wanted) {
  for (const size of sizes) {
    const own = { ranking: 0, dominant: 0, either: 0, all: 0 }
    const wrong = []
    const begun = performance.now()
    for (const seed of seeds) {
      const made = make(seed, size, deepblas)
      const ranked = await ranking(made, seed)
      const dominant = values.diagnose ? await diagnosis(made) : { right: false }
      for (const counts of [own, total]) {
        counts.all++
        if (ranked.right) counts.ranking++
        if (dominant.right) counts.dominant++
        if (ranked.right || dominant.right) counts.either++
      }
      for (const { right, told } of [ranked, dominant]) {
        if (!right && told !== undefined) wrong.push(`seed ${seed}: ${told}`)
      }
    }
    const seconds = ((performance.now() - begun) / 1000 / seeds.length).toPrecision(2)
    const mistakes = wrong.length === 0 ? '' : `  ${wrong.join('; ')}`
    console.log(`${name}, ${size}: ${countsOf(own)}, ${seconds} s each${mistakes}`)
  }
}
console.log(countsOf(total))
process.exitCode = total.either === total.all ? 0 : 1

async function ranking({ model, train, dev, fit, levers: accepted }, seed) {
  const options = { fit, seed, ...(values.tries && { tries: Number(values.tries) }) }
  const { levers, ranking: order, recommendation, text } = await deepblas.improve(model, { train, dev }, options)
  if (values.verbose) console.log(`${text}\n`)
  const of = (name) => levers.find((lever) => lever.name === name)
  if (accepted.length === 0) {
    const untied = levers.filter(({ verdict }) => verdict === 'helps' || verdict === 'hurts')
    const said = /none does anything|No lever does anything/.test(recommendation)
    const told = untied.map(({ name, verdict, change }) => `${name} ${verdict} ${digits(change)}`).join(', ')
    return { right: untied.length === 0 && said, told: said ? told : `${told} "${recommendation}"` }
  }
  const best = order.find((name) => accepted.includes(name))
  const told = `${order[0]} ${digits(order[0] && of(order[0]).change)}, ${best} ${digits(best && of(best).change)}`
  return { right: accepted.includes(order[0]), told }
}

async function diagnosis({ model, train, trainDev, dev, target, fit, dominant: accepted }) {
  await model.fit(train, fit)
  const { dominant, text } = await deepblas.diagnose(model, {
    train,
    dev,
    ...(trainDev && { trainDev }),
    ...(target && { target }),
  })
  if (values.verbose) console.log(`${text}\n`)
  return { right: accepted.includes(dominant), told: `${dominant} dominates` }
}

function countsOf({ ranking: ranked, dominant, either, all }) {
  if (!values.diagnose) return `${ranked} of ${all}`
  return `ranking ${ranked}, dominant ${dominant}, either ${either} of ${all}`
}

function digits(value) {
  return typeof value === 'number' ? value.toPrecision(2) : 'none'
}
