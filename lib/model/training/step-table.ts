/*
 * The step table: the numbers of each step that TypeScript decides (rates, corrections, positions in random streams),
 * filled ahead of a chunk. It has one row per step where all members use the same numbers, else one row per step and
 * member.
 */
import type { Optimizer } from '../../optimizers/optimizer.js'
import type { Moment } from '../../optimizers/training-method.js'
import type { Compiled } from '../programs/compile.js'

/** The largest table that is filled ahead of a chunk, in numbers. */
const MOST_NUMBERS_OF_CHUNK = 1 << 17

export interface StepTableRequest {
  readonly compiled: Compiled
  readonly optimizer: Optimizer
  readonly seeds: readonly number[]
  /** Steps of the chunk; where the table would be too large it holds fewer. */
  readonly steps: number
  /** Product of the factors that callbacks set for the learning rate, one per member. */
  readonly factors: readonly number[]
  /** The member's position before the chunk's `step`-th step, by its own count. */
  readonly moment: (step: number, member: number) => Moment
  /** Whether all members count their steps alike. */
  readonly inStep: boolean
}

export function stepTable(request: StepTableRequest): { numbers: Float64Array; steps: number } {
  const { compiled, optimizer, seeds, factors } = request
  const shared =
    seeds.length === 1 ||
    (optimizer.sameForAll &&
      compiled.memberNumbers.length === 0 &&
      compiled.randomColumns === undefined &&
      compiled.scheduledNumbers.every(({ schedule }) => typeof schedule.learningRate === 'number') &&
      request.inStep &&
      same(factors))
  const rows = shared ? 1 : seeds.length
  const width = compiled.stepNumbers * rows
  const steps = Math.min(request.steps, Math.max(1, Math.floor(MOST_NUMBERS_OF_CHUNK / Math.max(1, width))))
  const numbers = new Float64Array(steps * width)
  for (let step = 0; step < steps; step++) {
    for (let member = 0; member < rows; member++) {
      const at = step * width + member * compiled.stepNumbers
      const moment = request.moment(step, member)
      if (compiled.randomColumns !== undefined) {
        numbers[at + compiled.randomColumns.seed] = seeds[member]!
        numbers[at + compiled.randomColumns.step] = moment.step
      }
      // With every layer frozen there is nothing to update.
      if (compiled.stepNumbers > compiled.optimizerNumbers) {
        optimizer.fill(numbers, at + compiled.optimizerNumbers, moment, compiled.rateFactors)
      }
      for (const { column, values } of compiled.memberNumbers) numbers[at + column] = values[member]!
      if (compiled.scheduledNumbers.length > 0) fillScheduled(numbers, at, compiled, optimizer, moment)
    }
  }
  return { numbers, steps }
}

/** The numbers of schedules, which go by updates as that of the learning rate does. */
function fillScheduled(
  numbers: Float64Array,
  at: number,
  { scheduledNumbers }: Compiled,
  optimizer: Optimizer,
  moment: Moment,
): void {
  const { update, updatesPerEpoch } = optimizer.placeOf(moment)
  const place = { stepsPerEpoch: updatesPerEpoch, member: moment.member ?? 0 }
  for (const { column, schedule, check } of scheduledNumbers) {
    numbers[at + column] = check(`rate(${update}) of the schedule '${schedule.name}'`, schedule.rate(update, place))
  }
}

export function same(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}
