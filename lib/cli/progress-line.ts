/*
 * How far a long experiment has come, in one line.
 */
import type { Terminal } from './terminal.js'

const MILLISECONDS_BETWEEN_REPORTS = 200
/** Without a terminal lines stay: the first comes after this time, */
const MILLISECONDS_BETWEEN_LINES = 10_000
/** and each later one after so much of the time so far, that hours of it fill no log. */
const SHARE_BETWEEN_LINES = 0.1

/**
 * On a terminal one line, drawn over; elsewhere a line now and then.
 *
 * @param now the clock, in milliseconds. Default `performance.now`.
 */
export function progressLine(
  { stderr }: Pick<Terminal, 'stderr'>,
  now: () => number = () => performance.now(),
): (line: () => string) => void {
  const begun = now()
  let reported = begun
  const drawn = stderr.isTTY === true
  return (line) => {
    const time = now()
    const between = drawn
      ? MILLISECONDS_BETWEEN_REPORTS
      : Math.max(MILLISECONDS_BETWEEN_LINES, SHARE_BETWEEN_LINES * (time - begun))
    if (time - reported < between) return
    reported = time
    stderr.write(drawn ? `\r\u001b[K${line()}` : `${line()}\n`)
  }
}
