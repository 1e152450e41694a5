import type { Callback, FitInfo, TrainingHandle } from '../../callbacks/callback.js'

/**
 * Multiplies the learning rate of every member of a population by a number of its own, whatever the optimizer and its
 * schedule. Callbacks that change the rate later, such as ReduceOnPlateau, multiply what is set here.
 */
export class RateFactors implements Callback {
  readonly #factors: readonly number[]

  /** @param factors one number a member */
  constructor(factors: readonly number[]) {
    this.#factors = factors
  }

  forMember(member: number): RateFactors {
    return new RateFactors([this.#factors[member]!])
  }

  /** Told of one network, or one member, alone. */
  onFitStart(_info: FitInfo, training: TrainingHandle): void {
    training.learningRateFactor = this.#factors[0]!
  }
}
