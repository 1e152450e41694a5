import { type PerMember, perMember } from '../per-member.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { finiteNumber, invalid } from '../validate.js'

/** A bound on the weights of a layer, enforced after every update. */
export interface Constraint {
  readonly name: 'maxNorm'
  readonly limit: PerMember
}

/**
 * After every update, scales each unit's incoming weights down to the norm `limit` if they are longer (Srivastava et
 * al., "Dropout", 2014, section 5.1, where 3 or 4 worked well with large learning rates; Keras's `MaxNorm` with axis
 * 0). It acts from the first update on; initial weights are not changed.
 *
 * @param limit above 0; for a population also a list with one limit per member
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a limit that is not a finite number above 0
 * @example
 * new Dense(1024, { activation: 'relu', constraint: maxNorm(3) })
 */
export function maxNorm(limit: PerMember): Constraint {
  return {
    name: 'maxNorm',
    limit: perMember('limit', limit, (name, one) => finiteNumber(name, one, { exclusiveMin: 0 })),
  }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that maxNorm did not make */
export function constraint(argument: string, value: unknown): Constraint {
  const given = value as Partial<Constraint> | null
  if (typeof given !== 'object' || given === null || given.name !== 'maxNorm' || given.limit === undefined) {
    throw invalid(argument, 'constraint such as maxNorm(3)', value)
  }
  return maxNorm(given.limit)
}

/** Records the constraint of a weight after its update. */
export function recordConstraint(record: Recorder, { limit }: Constraint, weight: Tensor): void {
  record.limitNorm({ weight, limit: record.scalar(limit) })
}
