/** The value below which a share of the sorted samples lies, interpolated. */
function quantile(sorted, share) {
  const at = (sorted.length - 1) * share
  const low = Math.floor(at)
  const high = Math.ceil(at)
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low)
}

/** @param {number[]} samples */
export function summary(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
    min: sorted[0],
    max: sorted.at(-1),
    samples,
  }
}

/** Calls once to warm up, then times `count` calls of a synchronous or asynchronous function. Seconds of each. */
export async function timesOf(count, body) {
  await body()
  const times = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await body()
    times.push((performance.now() - start) / 1000)
  }
  return times
}
