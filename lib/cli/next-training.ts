/*
 * From what an improvement advises to the command that trains so.
 */
import type { ImproveResult } from '../strategy/improve/result.js'
import { recipeFor } from '../strategy/tables/presets.js'
import type { Given, OptionDescriptions } from './command.js'

/** Of `deepblas train`, what names files of its own, the preset, and what `improve` means otherwise: not taken over. */
const ofItsOwn = ['out', 'test', 'checkpoint', 'resume', 'log', 'preset', 'budget', 'seeds', 'repeats', 'clamp']

/**
 * The arguments of the training that `recommendation` begins with; undefined where no lever helps, or where train has no
 * option for it, as for another activation.
 *
 * @param options those of `deepblas train`
 */
export function nextTraining(
  { levers, ranking }: Pick<ImproveResult, 'levers' | 'ranking'>,
  given: Given,
  options: OptionDescriptions,
): string[] | undefined {
  const helpful = ranking.map((name) => levers.find((lever) => lever.name === name)!)
  const first = helpful.find(({ verdict }) => verdict === 'helps')
  const changed = first?.chosen && changedOptions(first.name, first.chosen)
  if (changed === undefined) return undefined
  const rate = rateOf(given, first!.chosen!.rateFactor)
  const own = new Map([...changed, ...(rate === undefined ? [] : [['learning-rate', rate] as const])])
  const kept = Object.keys(options).filter((name) => !ofItsOwn.includes(name) && !own.has(name))
  const values = kept.flatMap((name) => {
    const several = given.lists.get(name) ?? (given.options.has(name) ? [given.options.get(name)!] : [])
    const flag = given.switches.has(name) ? [`--${name}`] : []
    return [...flag, ...several.flatMap((value) => [`--${name}`, value])]
  })
  // The training that was improved is that of one plain network.
  return [
    'train',
    ...given.arguments,
    '--preset',
    'fast',
    ...values,
    ...[...own].flatMap(([name, value]) => [`--${name}`, value]),
  ]
}

type Chosen = NonNullable<ImproveResult['levers'][number]['chosen']>

function changedOptions(lever: string, { setting, units }: Chosen): [string, string][] | undefined {
  if (lever === 'learningRate') return []
  if (lever === 'dropout' || lever === 'l2') return [[lever, setting.slice(lever.length + 1)]]
  if (['bigger', 'smaller', 'deeper', 'hiddenUnits'].includes(lever)) return [['hidden', units.join(',')]]
  return undefined
}

function rateOf(given: Given, factor: number): string | undefined {
  if (factor === 1) return undefined
  const rate = Number(given.options.get('learning-rate') ?? usualRate())
  return String(Number((rate * factor).toPrecision(6)))
}

/** Of the single network that an improvement begins from, which has the same for every size. */
function usualRate(): number {
  return recipeFor('fast', { rows: 1 }).learningRate
}
