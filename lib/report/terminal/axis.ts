/** The marks of an axis. */
export interface Ticks {
  /** Round numbers, rising, within the range they were made for or just around it. */
  readonly values: readonly number[]
  /** Digits after the point that tell them apart. */
  readonly decimals: number
}

/** A smaller spread cannot be told from none, and its powers of ten would leave the range of numbers. */
const SMALLEST_SPREAD = 1e-290

/**
 * Round numbers that cover a range: multiples of 1, 2 or 5 times a power of ten, the first at or below `low`, the last
 * at or above `high`.
 *
 * @param low to `high`: finite, of magnitude up to 1e300
 * @param most how many there may be, at least 2
 */
export function coveringTicks(low: number, high: number, most: number): Ticks {
  // A flat line is put in the middle of a range of its own.
  const flat = high - low < SMALLEST_SPREAD
  const own = Math.abs(high) < SMALLEST_SPREAD ? 1 : Math.abs(high)
  const from = flat ? low - own / 2 : low
  const to = flat ? high + own / 2 : high
  const spread = to - from
  let power = Math.floor(Math.log10(spread / most))
  for (;;) {
    for (const factor of [1, 2, 5]) {
      const step = factor * 10 ** power
      // The tolerance keeps 0.3 / 0.1 = 2.9999999999999996 from asking for one mark more.
      const first = Math.floor(from / step + 1e-9)
      const last = Math.ceil(to / step - 1e-9)
      if (last - first + 1 > most) continue
      const values = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
      return { values, decimals: Math.min(100, Math.max(0, -power)) }
    }
    power++
  }
}

/** The whole numbers from `first` to `last` that are worth a mark: both ends, and round ones between. */
export function wholeTicks(first: number, last: number, most: number): number[] {
  const span = last - first
  if (span <= 0) return [first]
  if (most <= 2) return [first, last]
  let step = 1
  for (let power = 0; ; power++) {
    const fitting = [1, 2, 5].map((factor) => factor * 10 ** power).find((s) => span / s <= most - 1)
    if (fitting === undefined) continue
    step = fitting
    break
  }
  const between: number[] = []
  for (let value = Math.ceil((first + 1) / step) * step; value < last; value += step) between.push(value)
  return [first, ...between, last]
}
