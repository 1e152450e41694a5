/*
 * The levers that help, together: added one after another, each kept if the selection seeds say so, and judged on seeds
 * that nothing else has seen.
 */
import { meanOf } from '../../statistics.js'
import { compare, differencesOf, intervalOf } from '../experiments/intervals.js'
import { type Improvement, longerSetting, MOST_TIMES_SEEDS, runOf } from './improvement.js'
import type { CombinedResult, LeverName } from './result.js'
import { around, bestOf, type Candidate, type Entry, rateOf, SELECTION_SEEDS, Selection, scoreOf } from './selection.js'
import { entryWords } from './words.js'

/** What is recommended: levers, and the training that they make together. */
export interface Combination {
  readonly levers: readonly LeverName[]
  readonly entry: Entry
}

/** Levers that change the same thing: of two of a list, one is added at most. */
const alternatives: readonly (readonly LeverName[])[] = [
  ['bigger', 'smaller', 'hiddenUnits'],
  ['deeper', 'hiddenUnits'],
]

function exclude(levers: readonly LeverName[], lever: LeverName): boolean {
  return alternatives.some((list) => list.includes(lever) && levers.some((one) => list.includes(one)))
}

/** The training of the best lever that can be applied; the tuned baseline where none helps. */
export function bestAlone(improvement: Improvement, helpful: readonly LeverName[]): Combination | undefined {
  const first = helpful[0]
  const entry = first === undefined ? improvement.tuned : entryOf(improvement, first)
  return entry && { levers: first === undefined ? [] : [first], entry }
}

/** Adds the other helpful levers to the best one; gives the best one alone where no other is kept. */
export async function combined(
  improvement: Improvement,
  helpful: readonly LeverName[],
): Promise<Combination | undefined> {
  improvement.lab.stage = 'combine'
  let current = bestAlone(improvement, helpful)
  if (current === undefined || helpful.length < 2) return current
  const first = new Selection(improvement.lab, improvement.selectionSeeds)
  await first.try([current.entry], SELECTION_SEEDS)
  for (const lever of helpful.slice(1)) {
    if (improvement.lab.ended) break
    if (exclude(current.levers, lever)) continue
    const next = await withLever(improvement, current, lever)
    const enough = next !== undefined && next.entry.results.length === current.entry.results.length
    if (enough && scoreOf(next.entry) > scoreOf(current.entry)) current = next
  }
  return current
}

async function withLever(
  { lab, selectionSeeds, tuned, settings, contenders }: Improvement,
  current: Combination,
  lever: LeverName,
): Promise<Combination | undefined> {
  const winner = contenders.get(lever)?.winner
  const setting = winner === undefined ? longerSetting(2) : settings.get(winner.candidate.name)!
  const { candidate } = current.entry
  const made: Candidate = {
    owner: 'combined',
    name: `${candidate.name} + ${setting.name}`,
    recipe: setting.apply(candidate.recipe),
    // What the lever alone did to the rate, it does here.
    base: rateOf(current.entry) * (winner === undefined ? 1 : rateOf(winner) / rateOf(tuned!)),
    powers: around(0, 1),
  }
  const selection = new Selection(lab, selectionSeeds)
  selection.add([made])
  await selection.try(selection.entries, SELECTION_SEEDS)
  await selection.extend([made], SELECTION_SEEDS)
  const entry = bestOf(selection.entries)
  return entry && { levers: [...current.levers, lever], entry }
}

/** A lever's chosen training; of `longer` by its curve, twice the epochs. */
function entryOf({ contenders, tuned }: Improvement, lever: LeverName): Entry | undefined {
  const known = contenders.get(lever)?.winner
  if (known !== undefined || tuned === undefined || lever !== 'longer') return known ?? tuned
  const { candidate, power } = tuned
  const setting = longerSetting(2)
  const made = { ...candidate, owner: lever, name: setting.name, recipe: setting.apply(candidate.recipe) }
  return { candidate: made, power, results: [] }
}

/** The combination against the tuned baseline, on fresh seeds; undefined where there was no room for two of them. */
export async function judgedCombination(
  improvement: Improvement,
  { levers, entry }: Combination,
): Promise<CombinedResult | undefined> {
  const { lab, options, tuned } = improvement
  const seeds = Array.from({ length: options.seeds }, (_, at) =>
    improvement.judgingSeed(MOST_TIMES_SEEDS * options.seeds + at),
  )
  const runs = seeds.flatMap((seed) => [
    { ...runOf(tuned!, seed), owner: 'baseline' as const },
    { ...runOf(entry, seed), owner: 'combined' as const },
  ])
  const results = await lab.run(runs)
  const [against, own] = [0, 1].map((side) => results.filter((_, at) => at % 2 === side))
  const differences = differencesOf(own!, against!)
  if (differences.whole.length < 2) return undefined
  const comparison = compare(differences)
  const sign = options.metric.higherIsBetter === true ? 1 : -1
  const measured = own!.flatMap((one) => (one === undefined || one.failed !== undefined ? [] : [one.value]))
  return {
    levers,
    best: entryWords(entry),
    value: sign * meanOf(measured),
    change: comparison.change,
    interval: intervalOf(comparison),
    seeds: differences.whole.length,
    ...lab.spentBy('combined'),
  }
}
