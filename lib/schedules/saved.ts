/*
 * Schedules as files hold them: the name and the options of one of deepblas's own.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { ofMember, type PerMember, perMember } from '../per-member.js'
import { finiteNumber, oneOf, plainObject, positiveInteger } from '../validate.js'
import { constantRate } from './constant-rate.js'
import { cosine } from './cosine.js'
import { coslog } from './coslog.js'
import { exponentialDecay } from './exponential-decay.js'
import { flatCosine } from './flat-cosine.js'
import { oneCycle } from './one-cycle.js'
import { polynomial } from './polynomial.js'
import { isOurSchedule, isSchedule, type Schedule } from './schedule.js'
import { stepDecay } from './step-decay.js'
import { stretched, withUpdatesPerEpoch } from './stretched.js'
import { warmUp } from './warm-up.js'

type Options = Record<string, unknown>

/** How each is made of its options. */
const simple: Readonly<Record<string, (options: never) => Schedule>> = {
  constantRate,
  coslog,
  cosine,
  exponentialDecay,
  flatCosine,
  oneCycle,
  polynomial,
  stepDecay,
}

/** Those around another one: its own options hold the rate. */
const around: Readonly<Record<string, (options: Options) => Schedule>> = {
  warmUp: ({ before, ...options }) => warmUp(scheduleFrom('before', before), options as never),
  stretched: ({ of, times }) => stretched(scheduleFrom('of', of), finiteNumber('times', times, { exclusiveMin: 0 })),
  withUpdatesPerEpoch: ({ of, updatesPerEpoch }) =>
    withUpdatesPerEpoch(scheduleFrom('of', of), positiveInteger('updatesPerEpoch', updatesPerEpoch)),
}

/** Whether a file can hold it: a schedule of the user's own is code. */
export function canBeSaved(schedule: Schedule): boolean {
  return isOurSchedule(schedule)
}

/**
 * The schedule as a file holds it.
 *
 * @param what whose it is, such as 'Dropout'
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for one of the user's own
 */
export function savedSchedule(what: string, schedule: Schedule): { [name: string]: Json } {
  if (canBeSaved(schedule)) return JSON.parse(JSON.stringify(schedule)) as { [name: string]: Json }
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `The schedule '${schedule.name}' of ${what} is your own, and a file holds no code: a model with it cannot be saved. ` +
      'Keep its weights (getWeights, writeSafetensors), build the model again in code, and call setWeights.',
  )
}

/** The schedule of one member of a population. */
export function scheduleOfMember(schedule: Schedule, member: number): Schedule {
  const { name, learningRate } = schedule
  if (typeof learningRate === 'number') return schedule
  if (canBeSaved(schedule)) return scheduleFrom(name, ofOneMember(savedSchedule(name, schedule), member))
  const rate: Schedule['rate'] = (step, place) => schedule.rate(step, { ...place, member })
  return { ...schedule, learningRate: ofMember(learningRate, member), rate }
}

/** Every rate of a description, also of one inside, as the member has it. */
function ofOneMember(saved: { [name: string]: Json }, member: number): { [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(saved).map(([name, value]) => {
      if (name === 'learningRate') return [name, ofMember(value as PerMember, member)]
      const isInner = typeof value === 'object' && value !== null && !Array.isArray(value)
      return [name, isInner ? ofOneMember(value, member) : value]
    }),
  )
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what `savedSchedule` did not write */
export function scheduleFrom(argument: string, value: unknown): Schedule {
  if (isSchedule(value)) return value
  const { name, ...options } = plainObject(argument, value, 'Give a number, or a schedule such as flatCosine({ … }).')
  const known = oneOf(`${argument}.name`, name, [...Object.keys(simple), ...Object.keys(around)])
  if (Object.hasOwn(simple, known)) return simple[known]!(options as never)
  const { learningRate: _, ...own } = options
  return around[known]!(own)
}

/**
 * Checks a number, or one per member, or a schedule of them, which may come as a file holds it.
 *
 * @param check of every number; of a schedule, of those that it is made from
 */
export function scheduleOrNumbers(
  argument: string,
  value: unknown,
  check: (argument: string, value: unknown) => number,
): Schedule | PerMember {
  const isDescription = typeof value === 'object' && value !== null && 'name' in value
  if (!isSchedule(value) && !isDescription) return perMember(argument, value, check)
  const schedule = scheduleFrom(argument, value)
  perMember(`${argument}.learningRate`, schedule.learningRate, check)
  return schedule
}
