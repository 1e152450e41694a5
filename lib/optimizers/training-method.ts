/*
 * What all optimizers have, whether they update the parameters batch by batch or look at all rows at every step.
 */
import { ofMember, type PerMember, requireMembers } from '../per-member.js'
import { isSchedule, type Schedule } from '../schedules/schedule.js'
import { invalid } from '../validate.js'

/** A member's position in the training before a step, counted in its own batches. */
export interface Moment {
  /** Number of this batch since the training began, from 1. */
  readonly step: number
  /** Number of this batch within the epoch, from 0. */
  readonly stepOfEpoch: number
  /** Batches in an epoch; infinite where the number is not known yet. */
  readonly stepsPerEpoch: number
  /** Default 0. */
  readonly member?: number
  /** Product of the factors that callbacks set for the member's learning rate. Default 1. */
  readonly factor?: number
}

/**
 * The part of an optimizer that does not depend on what a step looks at: its name, its learning rate, and what it keeps
 * from step to step. `Optimizer` steps batch by batch; `LBFGS` looks at all rows.
 */
export abstract class TrainingMethod {
  abstract readonly name: string
  /** One rate for all members of a population, one for each, or a schedule. */
  readonly learningRate: PerMember | Schedule

  constructor(learningRate: PerMember | Schedule) {
    this.learningRate = learningRate
  }

  /** Whether a step reads one batch, or all rows as often as the optimizer needs. */
  abstract get stepsOver(): 'batches' | 'allRows'

  /** Names of all states from step to step, each an arena laid out like the parameters that starts at 0. Default none. */
  get stateNames(): readonly string[] {
    return []
  }

  /** Index of the state that holds the averaged parameters; undefined where there is none. */
  get averageSlot(): number | undefined {
    return undefined
  }

  /** All options of the optimizer, as JSON can hold them. */
  get config(): Readonly<Record<string, unknown>> {
    return JSON.parse(JSON.stringify({ ...this })) as Record<string, unknown>
  }

  /** Refuses lists whose length is not the population's number of members. */
  requireMembers(members: number): void {
    const { learningRate } = this
    if (isSchedule(learningRate)) requireMembers('learningRate.learningRate', learningRate.learningRate, members)
    else requireMembers('learningRate', learningRate, members)
  }

  /** The learning rate at a position, including the factor that callbacks set. */
  rateAt(moment: Moment): number {
    const { member = 0, factor = 1 } = moment
    const { learningRate } = this
    if (!isSchedule(learningRate)) return ofMember(learningRate, member) * factor
    const { update, updatesPerEpoch } = this.placeOf(moment)
    const rate: unknown = learningRate.rate(update, { stepsPerEpoch: updatesPerEpoch, member })
    if (typeof rate === 'number' && Number.isFinite(rate)) return rate * factor
    throw invalid(`rate(${update}) of the schedule`, 'finite number', rate)
  }

  /** The number of updates before a position, and of those in an epoch: schedules go by them. @internal */
  placeOf({ step, stepsPerEpoch }: Moment): { readonly update: number; readonly updatesPerEpoch: number } {
    return { update: step - 1, updatesPerEpoch: stepsPerEpoch }
  }
}
