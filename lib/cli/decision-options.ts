/*
 * What `deepblas train` predicts beside a mean or the most probable class: quantiles, and a threshold that fits a purpose.
 */
import type { TrainTableOptions } from '../strategy/tables/options.js'
import type { Given, OptionDescriptions } from './command.js'
import { UsageError } from './terminal.js'
import { defined } from './values.js'

export const decisionOptions = {
  quantiles: { value: '<shares>', help: 'quantiles of a target of values to predict, such as 0.1,0.5,0.9' },
  threshold: {
    value: '<goal>',
    help: 'of two classes: recall=<share>, precision=<share> or cost=<false positive>:<false negative>; default 0.5',
  },
} as const satisfies OptionDescriptions

export type Decisions = Pick<TrainTableOptions, 'quantiles' | 'threshold'>

/** @throws UsageError for what cannot be read; the library checks the numbers */
export function decisionsOf(given: Given): Decisions {
  return defined({ quantiles: quantilesOf(given), threshold: thresholdOf(given) })
}

function quantilesOf(given: Given): number[] | undefined {
  return given.options
    .get('quantiles')
    ?.split(',')
    .map((text) =>
      numberIn(text, '--quantiles takes numbers above 0 and below 1 between commas, such as 0.1,0.5,0.9', text),
    )
}

function thresholdOf(given: Given): Decisions['threshold'] {
  const text = given.options.get('threshold')
  if (text === undefined) return undefined
  const expected =
    '--threshold takes recall=0.9, precision=0.9 or cost=1:20 (of a false positive : of a false negative)'
  const [, name, value] = /^(recall|precision|cost)=(.+)$/.exec(text.trim()) ?? []
  const numbers = (value ?? '').split(':').map((one) => numberIn(one, expected, text))
  if (name === 'recall' && numbers.length === 1) return { recall: numbers[0]! }
  if (name === 'precision' && numbers.length === 1) return { precision: numbers[0]! }
  if (name === 'cost' && numbers.length === 2) {
    return { cost: { falsePositive: numbers[0]!, falseNegative: numbers[1]! } }
  }
  throw new UsageError(`${expected}, but '${text}' was given.`)
}

function numberIn(text: string, expected: string, whole: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new UsageError(`${expected}, but '${whole}' was given.`)
}
