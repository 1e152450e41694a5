import type { TrialLayer } from '../../experiments/trial.js'
import { deepened, hiddenPlaces, unitsOf, withUnits } from '../layer-changes.js'
import { networkOf, type Recipe } from '../recipe.js'
import { type Lever, layersSetting, noHiddenLayer, type Setting } from './lever.js'

/** A way to spread units over hidden layers: shares of the first one's. */
interface Shape {
  readonly name: string
  readonly shares: (layers: number) => readonly number[]
}

const shapes: readonly Shape[] = [
  { name: 'even', shares: (layers) => Array.from({ length: layers }, () => 1) },
  { name: 'narrowing', shares: (layers) => Array.from({ length: layers }, (_, at) => 2 ** -at) },
  { name: 'widening', shares: (layers) => Array.from({ length: layers }, (_, at) => 2 ** (at - layers + 1)) },
]

const MOST_UNITS = 65_536

/** Other distributions of about as many parameters over the hidden layers; of a single one, over two. */
export const hiddenUnits: Lever = {
  name: 'hiddenUnits',
  settings(recipe) {
    const { length } = hiddenPlaces(recipe.layers)
    if (length === 0) return noHiddenLayer
    const parameters = parametersOf(recipe)
    const base = length === 1 ? { ...recipe, layers: deepened(recipe.layers, 1) } : recipe
    const seen = new Set([JSON.stringify(unitsOf(recipe.layers))])
    const settings = shapes.flatMap(({ shares }): Setting[] => {
      const units = fitting(base, shares(Math.max(2, length)), parameters)
      const key = JSON.stringify(units)
      if (seen.has(key)) return []
      seen.add(key)
      return [layersSetting(`units ${units.join('-')}`, (own) => spread(own, length, units))]
    })
    return settings.length > 0 ? settings : 'No other distribution has about as many parameters.'
  },
}

function spread(layers: readonly TrialLayer[], length: number, units: readonly number[]): TrialLayer[] {
  return withUnits(length === 1 ? deepened(layers, 1) : layers, units)
}

function parametersOf(recipe: Recipe): number {
  return networkOf(recipe).parameters.reduce((sum, { size, trainable }) => sum + (trainable ? size : 0), 0)
}

/** The most units of these shares that have no more parameters; at least 1 in every layer. */
function fitting(recipe: Recipe, shares: readonly number[], parameters: number): number[] {
  const of = (first: number) => shares.map((share) => Math.max(1, Math.round(first * share)))
  const fits = (first: number) =>
    parametersOf({ ...recipe, layers: withUnits(recipe.layers, of(first)) }) <= parameters * 1.02
  let [low, high] = [1, MOST_UNITS]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return of(low)
}
