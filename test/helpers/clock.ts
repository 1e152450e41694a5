/*
 * A clock that a test sets, for what is decided by time: a busy machine then makes no difference.
 */
import { vi } from 'vitest'

/** Meanwhile `performance.now` stands still, but for the milliseconds that are let pass. */
export async function onStandingClock<Result>(
  run: (pass: (milliseconds: number) => void) => Promise<Result>,
): Promise<Result> {
  let now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    return await run((milliseconds) => {
      now += milliseconds
    })
  } finally {
    clock.mockRestore()
  }
}
