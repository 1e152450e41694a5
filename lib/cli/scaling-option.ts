import { type Scaling, scalings } from '../data/encoding/fit/options.js'
import type { Given } from './command.js'
import { assignments } from './values.js'

/**
 * What `--scaling` asks for: one scaling for all columns of numbers, or column=scaling between commas.
 *
 * @throws UsageError for anything else
 */
export function scalingOption(given: Given): Scaling | Readonly<Record<string, Scaling>> {
  const texts = given.lists.get('scaling') ?? []
  const all = scalings.find((one) => texts.length === 1 && texts[0] === one)
  return all ?? assignments(given, 'scaling', scalings, 'scaling')
}
