/*
 * Writes parameters and optimizer state of all members as the tensors of a checkpoint, and reads them.
 */
import { DeepblasError } from '../../../errors.js'
import type { WeightDescription } from '../../../files/model-file.js'
import type { Arena } from '../../../native/addon.js'
import type { Network } from '../../network/network.js'

/** Prefix of the weights of a population's first member. */
export const FIRST_MEMBER = 'members.0.'
/** Prefix of the parameters' names where the model's weights are averages. */
export const PARAMETERS = 'parameters.'

function nameOf(name: string, member: number, members: number): string {
  return members === 1 ? name : `members.${member}.${name}`
}

export function readArena(network: Network, arena: Arena, members: number, prefix: string): WeightDescription[] {
  return Array.from({ length: members }, (_, member) =>
    network.parameters.map((parameter) => ({
      name: prefix + nameOf(parameter.name, member, members),
      shape: [...parameter.shape],
      data: parameter.read(arena, member),
    })),
  ).flat()
}

export function writeArena(
  path: string,
  network: Network,
  arena: Arena,
  members: number,
  list: readonly WeightDescription[],
  prefix: string,
): void {
  const given = new Map(list.map((one) => [one.name, one]))
  const found = Array.from({ length: members }, (_, member) =>
    network.parameters.map((parameter) => {
      const name = prefix + nameOf(parameter.name, member, members)
      // A population of one has only its weights under the member's name.
      const one = given.get(name) ?? (members === 1 ? given.get(FIRST_MEMBER + name) : undefined)
      if (one === undefined || one.shape.join() !== parameter.shape.join()) throw incomplete(path, `'${name}'`)
      return { parameter, member, data: one.data }
    }),
  )
  // If anything is missing, nothing is written.
  for (const { parameter, member, data } of found.flat()) parameter.write(arena, member, data)
}

export function incomplete(path: string, part: string): DeepblasError {
  return new DeepblasError('ERR_DEEPBLAS_FILE', `The checkpoint ${path} cannot be used: ${part} is missing or wrong.`)
}
