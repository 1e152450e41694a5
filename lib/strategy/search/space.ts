/*
 * The space of a search: options by name, each with a distribution, and the configurations in it.
 */

import { DeepblasError } from '../../errors.js'
import type { Json } from '../../files/strict-json.js'
import { invalid, plainObject } from '../../validate.js'
import {
  checkedDistribution,
  countOf,
  type Distribution,
  drawn,
  gridOf,
  type ValueOf,
  valueText,
} from './distributions.js'
import { drawsOfConfiguration, drawsOfOrder } from './draws.js'

/** Options by name, and what each is drawn from. */
export type SearchSpace = Readonly<Record<string, Distribution>>

/** A value for every option of a space. */
export type Configuration<Space extends SearchSpace = SearchSpace> = {
  readonly [Option in keyof Space]: ValueOf<Space[Option]>
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a space without options, or a value that is no distribution */
export function checkedSpace(space: unknown): SearchSpace {
  const hint = 'For example { learningRate: logUniform(1e-4, 1e-1), hidden: choice([[32], [64, 64]]) }.'
  const entries = Object.entries(plainObject('space', space, hint))
  if (entries.length === 0) throw invalid('space', 'at least one option', space, hint)
  return Object.fromEntries(entries.map(([name, one]) => [name, checkedDistribution(`space.${name}`, one)]))
}

/** A configuration in keys, tables and messages: `learningRate=0.01 hidden=[64,64]`. */
export function configurationText(configuration: Configuration): string {
  return Object.entries(configuration)
    .map(([option, value]) => `${option}=${valueText(value)}`)
    .join(' ')
}

/** After so many draws in a row that were drawn before, a space of ranges counts as used up. */
const MOST_REPEATS = 1000

/** Configurations drawn at random, each once; it ends where the space has no others. */
export function* randomConfigurations(space: SearchSpace, seed: number): Generator<Configuration, void, undefined> {
  const options = Object.entries(space)
  const all = options.reduce((product, [, one]) => product * countOf(one), 1)
  const seen = new Set<string>()
  let repeats = 0
  for (let at = 0; seen.size < all && (Number.isFinite(all) || repeats < MOST_REPEATS); at++) {
    const random = drawsOfConfiguration(seed, at)
    const configuration = Object.fromEntries(options.map(([name, one]) => [name, drawn(one, random)]))
    const text = configurationText(configuration)
    repeats = seen.has(text) ? repeats + 1 : 0
    if (repeats > 0) continue
    seen.add(text)
    yield configuration
  }
}

const MOST_OF_GRID = 1_000_000

/** The values of every option that a grid crosses. */
export function gridValues(space: SearchSpace, levels: number): readonly (readonly [string, readonly Json[]])[] {
  const values = Object.entries(space).map(([name, one]) => [name, gridOf(one, levels)] as const)
  const size = values.reduce((product, [, { length }]) => product * length, 1)
  if (size <= MOST_OF_GRID) return values
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a grid of at most ${MOST_OF_GRID.toLocaleString('en-US')} configurations for space but it has ` +
      `${size.toLocaleString('en-US')}. Give fewer levels or options, or search by method: 'random'.`,
  )
}

/** All configurations of a grid, each once, in an order by the seed: wherever a budget ends it, it has looked everywhere. */
export function* gridConfigurations(
  values: readonly (readonly [string, readonly Json[]])[],
  seed: number,
): Generator<Configuration, void, undefined> {
  const size = values.reduce((product, [, { length }]) => product * length, 1)
  const order = drawsOfOrder(seed).shuffle(Int32Array.from({ length: size }, (_, at) => at))
  for (const at of order) {
    let rest = at
    yield Object.fromEntries(
      values.map(([name, ofOption]) => {
        const value = ofOption[rest % ofOption.length]!
        rest = Math.floor(rest / ofOption.length)
        return [name, value]
      }),
    )
  }
}
