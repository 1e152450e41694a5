/*
 * Members of a TabM ensemble (docs/math/tabm.md): networks of one model that share most of their weights. A row holds the
 * columns of one member behind those of the other.
 */
import type { InitialValues } from '../recording/parameter.js'
import { invalid } from '../validate.js'

/** The members that a layer is for: those behind the layer before, or those that it was told of. */
export function membersOf(layer: string, told: number | undefined, before: number | undefined): number {
  const members = before ?? told
  if (members === undefined) {
    throw invalid(
      `the layers before ${layer}`,
      'MemberScaling among them, which gives every member its row',
      'none',
      "For example [new MemberScaling(16), new SharedDense(256, { activation: 'relu' }), new MemberHeads(1)], or tabM({ … }).",
    )
  }
  if (told !== undefined && told !== members) throw invalid(`members of ${layer}`, `${members}, as before it`, told)
  return members
}

/** The features of one member's row. */
export function featuresOf(layer: string, inputs: number, members: number): number {
  if (inputs % members === 0) return inputs / members
  throw invalid(`inputs of ${layer}`, `multiple of ${members}, the number of members`, inputs)
}

/** Starting values that are drawn for the first member and are the same for all. `rows` rows belong to one member. */
export function sameForAll(initial: InitialValues, members: number): InitialValues {
  return {
    ...initial,
    adjust(values, rows, columns) {
      const size = (rows / members) * columns
      for (let member = 1; member < members; member++) values.copyWithin(member * size, 0, size)
    },
  }
}

/** Starting values whose `adjust` sees the rows of one member at a time. */
export function memberByMember(initial: InitialValues, members: number): InitialValues {
  const { adjust } = initial
  if (adjust === undefined) return initial
  return {
    ...initial,
    adjust(values, rows, columns) {
      const size = (rows / members) * columns
      for (let member = 0; member < members; member++) {
        adjust(values.subarray(member * size, (member + 1) * size), rows / members, columns)
      }
    },
  }
}
