import type { Steps } from '../turns.js'
import { insideOf } from './inside.js'
import { inputsOf } from './network/inputs.js'
import { type Network, newArena } from './network/network.js'
import { withStart } from './network/starting-parameters.js'
import { type MatchedWeight, readingWeights, writingWeights } from './network/weights.js'
import { Population } from './population.js'
import type { Sequential } from './sequential.js'

/**
 * One population of the networks of several models of one architecture, in their order. Networks that were trained apart
 * are, bit for bit, those that would have been trained side by side.
 */
export function* joining(models: readonly (Sequential | Population)[]): Steps<Population> {
  const insides = models.map(insideOf)
  const first = insides[0]!
  const seeds = insides.flatMap((inside) => [...inside.seeds])
  const members = seeds.length
  const seed = seeds[0]!
  const follow = seeds.every((one, at) => one === seed + at)
  const matched: MatchedWeight[] = []
  const { network, labels, scoring } = first
  const options = { inputs: inputsOf(network), ...(follow ? { members, seed } : { seeds }), ...(labels && { labels }) }
  const failed: number[] = []
  let joined: Network | undefined
  const parameters = (made: Network) => {
    joined = made
    return newArena(made, members)
  }
  const many = new Population(first.descriptions, withStart(options, { parameters }))
  for (const { network: own, reader, seeds, failed: ofModel } of insides) {
    for (let member = 0; member < seeds.length; member++) {
      const weights = yield* readingWeights(own, reader.parameters, member)
      const at = matched.length / weights.length
      if (ofModel.includes(member)) failed.push(at)
      for (const [place, weight] of weights.entries()) {
        matched.push({ parameter: joined!.parameters[place]!, member: at, weight })
      }
    }
  }
  yield* writingWeights(insideOf(many).reader.parameters, matched, true)
  insideOf(many).scoring = scoring
  insideOf(many).failed = failed
  return many
}
