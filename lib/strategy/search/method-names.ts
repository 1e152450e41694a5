/** Ways to choose configurations. */
export const searchMethods = ['random', 'grid', 'halving', 'hyperband'] as const
export type SearchMethod = (typeof searchMethods)[number]
