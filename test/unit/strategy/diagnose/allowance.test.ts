/*
 * What a diagnosis has room for within a budget of time, with a clock that stands still.
 */
import { expect, test } from 'vitest'
import { Allowance } from '../../../../lib/strategy/diagnose/allowance.js'
import { Deadline } from '../../../../lib/strategy/experiments/deadline.js'

const allowanceOf = (budget: number) =>
  new Allowance({ training: 1, deadline: new Deadline(budget, () => 0), signal: undefined, onProgress: undefined })

/** Ends with the signal's reason, never by itself. */
const endless = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)))

test('what is expected to take too long is left out, unless it may take a share of the time', async () => {
  const allowance = allowanceOf(10_000)
  await allowance.run(['small'], 1, () => new Promise((resolve) => setTimeout(resolve, 5)))
  expect(await allowance.run(['large'], 1e9, async () => 1)).toBeUndefined()
  expect(await allowance.run(['most telling'], 1e9, async () => 2, 0.5)).toBe(2)
  expect(allowance.leftOut).toEqual(['large'])
})

test('what has taken its share of the time is told as begun', async () => {
  const allowance = allowanceOf(40)
  expect(await allowance.run(['fits'], 1, endless, 0.25)).toBeUndefined()
  expect(allowance.leftOut).toEqual(['fits (begun, not finished)'])
})

test('nothing is begun when the time has passed', async () => {
  let now = 0
  const deadline = new Deadline(10, () => now)
  const allowance = new Allowance({ training: 1, deadline, signal: undefined, onProgress: undefined })
  now = 10
  expect(await allowance.run(['fits'], 1, async () => 1, 0.5)).toBeUndefined()
  expect(allowance.leftOut).toEqual(['fits'])
})

test('a signal ends what is under way, and nothing is begun after it; another error is thrown', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const allowance = new Allowance({ training: 1, deadline: undefined, signal, onProgress: undefined })
  const broken = new Error('broken')
  await expect(allowance.run(['broken'], 1, () => Promise.reject(broken))).rejects.toBe(broken)
  const under = allowance.run(['fits'], 1, endless)
  controller.abort(new Error('enough'))
  expect(await under).toBeUndefined()
  expect(await allowance.run(['later'], 1, async () => 1)).toBeUndefined()
  expect(allowance.leftOut).toEqual(['fits (begun, not finished)', 'later'])
})
