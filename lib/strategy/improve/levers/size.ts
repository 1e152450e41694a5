import { hiddenPlaces, scaleUnits, unitsOf } from '../layer-changes.js'
import type { Recipe } from '../recipe.js'
import { type Lever, layersSetting, noHiddenLayer, type Setting } from './lever.js'

/** Twice and four times as many units in every hidden layer. */
export const bigger: Lever = { name: 'bigger', settings: (recipe) => scaled(recipe, [2, 4]) }

/** Half and a quarter of the units. */
export const smaller: Lever = { name: 'smaller', settings: (recipe) => scaled(recipe, [1 / 2, 1 / 4]) }

function scaled({ layers }: Recipe, factors: readonly number[]): readonly Setting[] | string {
  if (hiddenPlaces(layers).length === 0) return noHiddenLayer
  const units = unitsOf(layers)
  const seen = new Set([JSON.stringify(units)])
  const settings = factors.flatMap((factor) => {
    const changed = unitsOf(scaleUnits(layers, factor))
    const key = JSON.stringify(changed)
    if (seen.has(key)) return []
    seen.add(key)
    return [layersSetting(`units x ${factor}`, (own) => scaleUnits(own, factor))]
  })
  return settings.length > 0 ? settings : 'Every hidden layer has one unit already.'
}
