import type { EpochResult } from './callback.js'

/**
 * The numbers of an epoch's result with their dotted paths, in order: `loss`, `accuracy`, `validation.loss`. The number
 * of the epoch itself is left out, and so are metrics that are not one number.
 */
export function numbersByPath(result: EpochResult): [path: string, value: number][] {
  const { epoch: _, ...scores } = result
  return numbersIn(scores, '')
}

function numbersIn(scores: object, prefix: string): [string, number][] {
  return Object.entries(scores).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[prefix + name, value]]
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
    return nested ? numbersIn(value, `${prefix}${name}.`) : []
  })
}
