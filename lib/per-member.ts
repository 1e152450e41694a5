/*
 * Rates and strengths that may differ between the members of a population.
 */
import { DeepblasError } from './errors.js'
import { isNumberArray, plainNumberArray } from './kinds.js'
import { array } from './validate.js'

/**
 * One number for all members of a population, or a list with one number per member. A single network takes one number.
 */
export type PerMember = number | readonly number[]

/** Checks one number, or every number of an array. */
export function perMember(
  argument: string,
  value: unknown,
  check: (argument: string, value: unknown) => number,
): PerMember {
  const isList = Array.isArray(value)
  if (!isList && !isNumberArray(value)) return check(argument, value)
  const list = isList ? array(argument, value, 'numbers, one per member') : plainNumberArray(value)
  return Array.from(list as ArrayLike<unknown>, (one, member) => check(`${argument}[${member}]`, one))
}

export function ofMember(value: PerMember, member: number): number {
  return typeof value === 'number' ? value : value[member]!
}

/**
 * Refuses lists whose length is not the number of members.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE that names the argument
 */
export function requireMembers(argument: string, value: PerMember, members: number): void {
  if (typeof value === 'number' || value.length === members) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    members === 1
      ? `Expected one number for ${argument} but received ${value.length}. A list, with one number per member, is for a Population.`
      : `Expected one number for ${argument}, or ${members}, one per member, but received ${value.length}.`,
  )
}
