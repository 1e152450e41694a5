import type { Optimizer, SGD } from '../../lib/index.js'

/** The same optimizer, as a class that is not the library's: its rule is recorded, never a tuned kernel. */
export function byRule(optimizer: Optimizer): Optimizer {
  class Another extends (optimizer.constructor as typeof SGD) {}
  return Object.assign(new Another(), optimizer)
}
