/** Initializers by name. */
export const initializerNames = [
  'zeros',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunNormal',
  'normal',
  'uniform',
  'orthogonal',
] as const
export type InitializerName = (typeof initializerNames)[number]

/**
 * How weights start, from a layer's numbers of inputs and outputs. A name makes one, and so do `normal`, `uniform`,
 * `orthogonal` and `constant` with their options.
 */
export type Initializer =
  | { readonly name: 'zeros' | 'glorotUniform' | 'glorotNormal' | 'heUniform' | 'heNormal' | 'lecunNormal' }
  | { readonly name: 'normal'; readonly mean: number; readonly standardDeviation: number }
  | { readonly name: 'uniform'; readonly low: number; readonly high: number }
  | { readonly name: 'orthogonal'; readonly gain: number }
  | { readonly name: 'constant'; readonly value: number }
