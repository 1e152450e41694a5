/*
 * How configurations are chosen: at random, from a grid, by successive halving.
 */
import { hyperbandBrackets, type Rung } from './brackets.js'
import type { CheckedSearch } from './options.js'
import { type Configuration, gridConfigurations, gridValues, randomConfigurations } from './space.js'

/** Tries configurations; it gives those that go on, best first, or none where the search has ended. */
export type Attempt = (
  configurations: readonly Configuration[],
  epochs: number | undefined,
  bracket: number | undefined,
) => Promise<readonly Configuration[] | undefined>

/** A budget that ends early has then seen few of each shape rather than many of one; later, larger parts fill populations. */
const FIRST_PART = 8
const LARGEST_PART = 128

/** Runs the search that is asked for, until nothing is left to try or an attempt says that it has ended. */
export async function runMethod(search: CheckedSearch, attempt: Attempt): Promise<void> {
  const { space, method, seed, levels } = search
  if (method === 'halving' || method === 'hyperband') return await halve(search, attempt)
  const configurations =
    method === 'grid' ? gridConfigurations(gridValues(space, levels), seed) : randomConfigurations(space, seed)
  await inParts(configurations, configurationsOf(search), attempt)
}

/** Number of trainings in all; undefined where only the budget or the space ends it. */
export function plannedTrainings(search: CheckedSearch): number | undefined {
  const { space, method, seeds, tries, levels, budget } = search
  const all = (trainings: number) => Math.min(trainings * seeds, tries ?? Number.POSITIVE_INFINITY)
  if (method === 'grid') return all(gridValues(space, levels).reduce((size, [, { length }]) => size * length, 1))
  if (method === 'random' || tries !== undefined || budget !== undefined) return tries
  const rungs = bracketsOf(search).flat()
  return all(rungs.reduce((sum, { configurations }) => sum + configurations, 0))
}

/** How many configurations there is room for. */
function configurationsOf({ tries, seeds }: CheckedSearch): number {
  return tries === undefined ? Number.POSITIVE_INFINITY : Math.ceil(tries / seeds)
}

async function inParts(from: Iterator<Configuration, void>, most: number, attempt: Attempt): Promise<void> {
  let left = most
  for (let size = FIRST_PART; left > 0; size = Math.min(LARGEST_PART, 2 * size)) {
    const part = take(from, Math.min(size, left))
    if (part.length === 0 || (await attempt(part, undefined, undefined)) === undefined) return
    left -= part.length
  }
}

function bracketsOf({ method, fit, factor }: CheckedSearch): Rung[][] {
  const brackets = hyperbandBrackets(fit.epochs, factor)
  return method === 'hyperband' ? brackets : brackets.slice(0, 1)
}

/** All brackets, and where budget or tries leave room, all of them again with other configurations. */
async function halve(search: CheckedSearch, attempt: Attempt): Promise<void> {
  const from = randomConfigurations(search.space, search.seed)
  const brackets = bracketsOf(search)
  const again = search.budget !== undefined || search.tries !== undefined
  for (let bracket = 0; bracket < brackets.length || again; bracket++) {
    const rungs = brackets[bracket % brackets.length]!
    let remaining: readonly Configuration[] = take(from, rungs[0]!.configurations)
    if (remaining.length === 0) return
    for (const { configurations, epochs } of rungs) {
      const ranked = await attempt(remaining.slice(0, configurations), epochs, bracket)
      if (ranked === undefined) return
      remaining = ranked
    }
  }
}

function take(from: Iterator<Configuration, void>, count: number): Configuration[] {
  const taken: Configuration[] = []
  while (taken.length < count) {
    const { value, done } = from.next()
    if (done === true) break
    taken.push(value)
  }
  return taken
}
