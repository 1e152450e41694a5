import { Normalize } from '../../../layers/normalize.js'
import type { TrialLayer } from '../../experiments/trial.js'
import { type NumericColumn, numericColumns, numericGroups } from '../feature-moments.js'
import { hasKind } from '../layer-changes.js'
import type { Recipe } from '../recipe.js'
import type { Lever } from './lever.js'

/** A deviation within this factor of 1, and a mean that is no farther from 0 than half a deviation, make no difference. */
const NEARLY_ONE = 2

/** A `Normalize` layer in front, with the statistics of the training rows; before numbers, not before codes. */
export const scale: Lever = {
  name: 'scale',
  readsRows: true,
  async settings(recipe) {
    if (hasKind(recipe.layers, 'Normalize')) return 'The network has a Normalize layer.'
    const columns = await numericColumns(recipe)
    if (columns.length === 0) return 'No input holds numbers.'
    if (columns.every(isStandard)) {
      return 'The inputs are standardized already: of every one the mean is near 0 and the deviation near 1.'
    }
    const front = normalizing(recipe)
    if (front === undefined) return 'The first layer takes codes and numbers together.'
    return [{ name: 'scale: standardized inputs', apply: (own) => ({ ...own, layers: front(own.layers) }) }]
  },
}

function isStandard({ mean, deviation, twoValued }: NumericColumn): boolean {
  if (twoValued) return true
  return deviation >= 1 / NEARLY_ONE && deviation <= NEARLY_ONE && Math.abs(mean) <= deviation / NEARLY_ONE
}

/** Puts the layer in front of the numbers; undefined where no place is there for it. */
function normalizing(recipe: Recipe): ((layers: readonly TrialLayer[]) => TrialLayer[]) | undefined {
  const groups = numericGroups(recipe)
  const { train } = recipe
  if (groups.length === 1 && groups[0]!.columns === train.features) {
    const layer = normalizeLayer(recipe)
    return (layers) => [layer, ...layers]
  }
  if (recipe.layers[0]?.type !== 'Concatenate') return undefined
  const named = groups.map(({ name }) => [name!, normalizeLayer(recipe, name)] as const)
  return ([first, ...others]) => {
    const parts = named.map(([name, layer]) => [name, [layer, ...inner(first!, name)] as unknown as never])
    return [{ type: first!.type, options: { ...first!.options, ...Object.fromEntries(parts) } }, ...others]
  }
}

function inner({ options }: TrialLayer, name: string): readonly TrialLayer[] {
  return (options[name] ?? []) as unknown as readonly TrialLayer[]
}

function normalizeLayer({ train }: Recipe, input?: string): TrialLayer {
  const layer = Normalize.fit(train, input)
  const { mean, standardDeviation } = layer.statistics!
  const statistics = { mean: Array.from(mean), standardDeviation: Array.from(standardDeviation) }
  return { type: 'Normalize', options: { ...layer.options(), ...statistics } }
}
