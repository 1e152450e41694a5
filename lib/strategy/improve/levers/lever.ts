/*
 * What a lever is: settings, each of which changes a training in one thing.
 */

import type { Recipe } from '../recipe.js'
import type { LeverName } from '../result.js'

/** One value of a lever. */
export interface Setting {
  /** Unique among all levers: 'dropout 0.2'. */
  readonly name: string
  /** The training with this value. Data and optimizers are the same objects at every call with the same recipe. */
  apply(recipe: Recipe): Recipe
  /**
   * Of a setting that changes the optimizer: the factor by which its schedule becomes the optimizer's own default rate.
   * Rates are then tried around that, more of them. Default: around the tuned baseline's.
   */
  readonly ownRate?: number
}

export interface LeverContext {
  /** For what a lever draws. */
  readonly seed: number
  /** Milliseconds that are left. */
  readonly left: () => number
  readonly signal: AbortSignal | undefined
}

export interface Lever {
  readonly name: LeverName
  /** Whether `settings` reads the training rows, which takes time. Default false. */
  readonly readsRows?: boolean
  /** The values that can be tried, the mildest first; a sentence where there is none. */
  settings(recipe: Recipe, context: LeverContext): readonly Setting[] | string | Promise<readonly Setting[] | string>
}

/** A setting that changes the layers alone. */
export function layersSetting(name: string, change: (layers: Recipe['layers']) => Recipe['layers']): Setting {
  return { name, apply: (recipe) => ({ ...recipe, layers: change(recipe.layers) }) }
}

export const noHiddenLayer = 'The network has no hidden Dense layer.'
