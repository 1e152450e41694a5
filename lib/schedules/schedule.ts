/*
 * A schedule gives the learning rate of every update, or another number of a training: a weight decay, a rate of dropout. It
 * is a pure function of the update's number, so the rates do not depend on chunks, resumes or the number of threads.
 */
import { ofMember, type PerMember, perMember } from '../per-member.js'
import { finiteNumber, invalid, oneOf } from '../validate.js'

/** Further arguments of a schedule, beside the number of the update. */
export interface SchedulePlace {
  /** Updates in an epoch. Default 1. */
  readonly stepsPerEpoch?: number
  /** Index of the member in its population. Default 0. */
  readonly member?: number
}

/**
 * A learning rate that changes from update to update, or another number that takes a schedule (`weightDecay`, the rate of
 * Dropout, `labelSmoothing`): `learningRate` is then that number. For a schedule of your own, write an object of this type.
 */
export interface Schedule {
  readonly name: string
  /** The rate that the schedule starts from or leads to: one for all members of a population, or one for each. */
  readonly learningRate: PerMember
  /** The learning rate of update `step`, counted from 0: a finite number of at least 0. */
  rate(step: number, place?: SchedulePlace): number
}

/** Whether durations count updates or epochs. */
export type ScheduleUnit = 'epoch' | 'step'

export interface DurationOptions {
  /** Whether durations count updates ('step') or epochs ('epoch'; fractions such as 0.5 are fine). Default 'step'. */
  readonly unit?: ScheduleUnit
}

/** The form that most schedules have: a base rate, and a rule that gives the rate at a time. */
export interface ScheduleRule {
  readonly name: string
  readonly learningRate: PerMember
  readonly unit?: ScheduleUnit
  /** base: the member's rate; time: updates or epochs since the start; last: one update, in that unit. */
  readonly rule: (base: number, time: number, last: number) => number
  /** Options to show in summaries. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** Makes a schedule from a rule over the time since the start. */
export function scheduleOf({ name, learningRate, unit = 'step', rule, options = {} }: ScheduleRule): Schedule {
  return ourSchedule({
    name,
    learningRate,
    ...options,
    rate(step, { stepsPerEpoch = 1, member = 0 } = {}) {
      const length = unit === 'epoch' ? stepsPerEpoch : 1
      return rule(ofMember(learningRate, member), step / length, 1 / length)
    },
  })
}

const ours = new WeakSet<Schedule>()

/** Marks a schedule whose name and options tell all of it; one around another does if the other's do. */
export function ourSchedule<Made extends Schedule>(schedule: Made, inner?: Schedule): Made {
  if (inner === undefined || isOurSchedule(inner)) ours.add(schedule)
  return schedule
}

export function isOurSchedule(schedule: Schedule): boolean {
  return ours.has(schedule)
}

/** Whether a schedule counts by epochs, whose length it must then be told. */
export function countsEpochs(schedule: Schedule): boolean {
  // Far enough for the longest durations; a rule of the user's own may be no longer than its training.
  const steps = isOurSchedule(schedule) ? STEPS_AT_ANY_LENGTH : [1, 10, 100]
  return steps.some(
    (step) => schedule.rate(step, { stepsPerEpoch: 1 }) !== schedule.rate(step, { stepsPerEpoch: 1000 }),
  )
}

/** Whatever lasts that long, one of these is behind it, and a thousandth of it is not. */
const STEPS_AT_ANY_LENGTH = Array.from({ length: 13 }, (_, power) => 10 ** power)

/** Checks rates, which must be at least 0: one, or one per member. */
export function rates(argument: string, value: unknown): PerMember {
  return perMember(argument, value, (name, rate) => finiteNumber(name, rate, { min: 0 }))
}

export function unitOf(unit: unknown): ScheduleUnit {
  return oneOf('unit', unit ?? 'step', ['epoch', 'step'])
}

/** Checks a time in updates or epochs, which must be above 0. */
export function duration(argument: string, value: unknown): number {
  return finiteNumber(argument, value, { exclusiveMin: 0 })
}

export function isSchedule(value: unknown): value is Schedule {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Schedule>).rate === 'function'
}

/** Checks a schedule, or the rate or rates of a constant one. */
export function scheduleOrRates(argument: string, value: unknown): Schedule | PerMember {
  if (!isSchedule(value)) return rates(argument, value)
  if (typeof value.name !== 'string') throw invalid(`${argument}.name`, 'string', value.name)
  rates(`${argument}.learningRate`, value.learningRate)
  return value
}
