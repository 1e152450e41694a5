/*
 * The step table: numbers that steps need and TypeScript decides (rates, corrections, places in random streams), filled
 * ahead of a chunk. One row a step where all members take the same, else one row a step and member.
 */
import type { Optimizer } from '../optimizers/optimizer.js'
import type { Compiled } from './compile.js'

/** Numbers of the table that is filled ahead of a chunk. */
const MOST_NUMBERS_OF_CHUNK = 1 << 17

export interface StepTableRequest {
  readonly compiled: Compiled
  readonly optimizer: Optimizer
  readonly seeds: readonly number[]
  /** Steps of the chunk; a table of very many numbers holds fewer. */
  readonly steps: number
  /** Learning rate of every member. */
  readonly rates: readonly number[]
  /** The member's own count of the chunk's `step`-th step: 1 for its first. */
  readonly ownStep: (step: number, member: number) => number
  /** Whether all members count their steps alike. */
  readonly inStep: boolean
}

export function stepTable(request: StepTableRequest): { numbers: Float64Array; steps: number } {
  const { compiled, optimizer, seeds, rates, ownStep } = request
  const shared =
    seeds.length === 1 ||
    (optimizer.sameForAll &&
      compiled.memberNumbers.length === 0 &&
      compiled.randomColumns === undefined &&
      request.inStep &&
      same(rates))
  const rows = shared ? 1 : seeds.length
  const width = compiled.stepNumbers * rows
  const steps = Math.min(request.steps, Math.max(1, Math.floor(MOST_NUMBERS_OF_CHUNK / Math.max(1, width))))
  const numbers = new Float64Array(steps * width)
  for (let step = 0; step < steps; step++) {
    for (let member = 0; member < rows; member++) {
      const at = step * width + member * compiled.stepNumbers
      const own = ownStep(step, member)
      if (compiled.randomColumns !== undefined) {
        numbers[at + compiled.randomColumns.seed] = seeds[member]!
        numbers[at + compiled.randomColumns.step] = own
      }
      // Where every layer is frozen there is nothing to update.
      if (compiled.stepNumbers > compiled.optimizerNumbers) {
        numbers.set(optimizer.numbers(own, rates[member]!, member), at + compiled.optimizerNumbers)
      }
      for (const { column, values } of compiled.memberNumbers) numbers[at + column] = values[member]!
    }
  }
  return { numbers, steps }
}

export function same(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}
