/*
 * The space of `deepblas search` as JSON: a list stands for choice, a single value for one of it, and
 * { "logUniform": [low, high] } for the range of that name.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Json } from '../files/strict-json.js'
import { messageOf } from '../kinds.js'
import { requireKnownOptions } from '../strategy/search/option-names.js'
import { checkedSpace, type SearchSpace } from '../strategy/search/space.js'
import { UsageError } from './terminal.js'

/** What is searched where nothing is said. */
export const usualSpace = {
  learningRate: { logUniform: [1e-4, 1e-1] },
  hidden: [[32], [64, 32], [128, 64], [256, 128]],
  dropout: { uniform: [0, 0.5] },
  l2: { logUniform: [1e-6, 1e-2] },
  batchSize: [32, 128, 512],
} as const satisfies Json

const ranges = ['uniform', 'logUniform', 'integer'] as const

/**
 * @param text JSON, or the path of a file of it; undefined for the usual space
 * @throws UsageError for what is no space
 */
export function spaceOption(text: string | undefined): SearchSpace {
  try {
    const given = text === undefined ? usualSpace : (JSON.parse(jsonOf(text)) as Json)
    if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error('it is no object')
    const space = checkedSpace(
      Object.fromEntries(Object.entries(given).map(([name, one]) => [name, distribution(one)])),
    )
    requireKnownOptions(space, false)
    return space
  } catch (error) {
    throw new UsageError(
      `--space takes JSON such as {"learningRate": {"logUniform": [0.0001, 0.1]}, "hidden": [[32], [64, 64]]}, or a file of ` +
        `it: ${messageOf(error).replace(/ For options of your own give model: .*$/, '')}`,
      { cause: error },
    )
  }
}

function jsonOf(text: string): string {
  if (text.trimStart().startsWith('{')) return text
  if (!existsSync(text)) throw new Error(`there is no file ${text}`)
  return readFileSync(text, 'utf8')
}

function distribution(value: Json): object {
  if (Array.isArray(value)) return { name: 'choice', values: value }
  if (typeof value !== 'object' || value === null) return { name: 'choice', values: [value] }
  const [[name, bounds] = []] = Object.entries(value)
  const isRange = ranges.some((one) => one === name) && Array.isArray(bounds) && bounds.length === 2
  if (Object.keys(value).length !== 1 || !isRange) {
    throw new Error(
      `expected a list, or one of ${ranges.join(', ')} with two bounds, but there is ${JSON.stringify(value)}`,
    )
  }
  const [low, high] = bounds as Json[]
  return { name, low, high }
}
