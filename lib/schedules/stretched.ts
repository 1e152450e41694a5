import { ourSchedule, type Schedule } from './schedule.js'

/**
 * A schedule over `times` as many updates: update `step` has the rate of update `step / times`, rounded down, since a
 * schedule of the user's own may know whole updates alone.
 */
export function stretched(schedule: Schedule, times: number): Schedule {
  const shown = { of: schedule, times }
  return ourSchedule(
    {
      name: 'stretched',
      learningRate: schedule.learningRate,
      ...shown,
      rate: (step, place) => schedule.rate(Math.floor(step / times), place),
    },
    schedule,
  )
}

/** A schedule whose epochs have so many updates, whatever those of the training have. */
export function withUpdatesPerEpoch(schedule: Schedule, updatesPerEpoch: number): Schedule {
  const shown = { of: schedule, updatesPerEpoch }
  return ourSchedule(
    {
      name: 'withUpdatesPerEpoch',
      learningRate: schedule.learningRate,
      ...shown,
      rate: (step, place) => schedule.rate(step, { ...place, stepsPerEpoch: updatesPerEpoch }),
    },
    schedule,
  )
}
