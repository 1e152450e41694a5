/*
 * Is the planted cause what `diagnose` says dominates? The long form, over all planted cases:
 *
 *   node test/planted/diagnose.mjs [--kinds a,b] [--seeds 1,2,3,4,5] [--sizes 0.6,1,2] [--verbose]
 *
 * needs a built package (`npm run build`). Prints how many of how many were right, by case and size; exits with 1 where a
 * case was wrong.
 */
import { parseArgs } from 'node:util'
import * as deepblas from '../../dist/index.mjs'
import { plantedCases, usualSizes } from '../helpers/planted-cases.mjs'

const { values } = parseArgs({
  options: {
    kinds: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    sizes: { type: 'string', default: usualSizes.join() },
    verbose: { type: 'boolean', default: false },
  },
})
const seeds = values.seeds.split(',').map(Number)
const sizes = values.sizes.split(',').map(Number)
const kinds = values.kinds?.split(',')

let right = 0
let withLever = 0
let all = 0
for (const { name, make } of plantedCases.filter((one) => kinds === undefined || kinds.includes(one.kind))) {
  for (const size of sizes) {
    const wrong = []
    for (const seed of seeds) {
      const { model, train, trainDev, dev, target, fit, dominant, levers } = make(seed, size, deepblas)
      await model.fit(train, fit)
      const found = await deepblas.diagnose(model, {
        train,
        dev,
        ...(trainDev && { trainDev }),
        ...(target && { target }),
      })
      const lever = found.findings[0]?.levers[0]
      const good = dominant.includes(found.dominant)
      all++
      if (good) right++
      if (good && (levers.length === 0 || levers.includes(lever))) withLever++
      else wrong.push(`seed ${seed}: ${found.dominant}, ${found.findings[0]?.kind}, ${lever}`)
      if (values.verbose && !good) console.log(`${found.text}\n${JSON.stringify(briefly(found))}\n`)
    }
    const told = wrong.length === 0 ? '' : `  ${wrong.join('; ')}`
    console.log(`${name}, ${size}: ${seeds.length - wrong.length} of ${seeds.length}${told}`)
  }
}
console.log(`${right} of ${all}; of these ${withLever} name a lever first that addresses the cause`)
process.exitCode = right === all ? 0 : 1

function briefly({ figures: { probes, attainable, labelNoise } }) {
  return {
    attainable,
    surest: labelNoise?.amongTheSurest,
    share: labelNoise?.share,
    probes: probes.map(({ change, train, heldOut, gain }) => [change, train, heldOut, gain.value, gain.error]),
  }
}
