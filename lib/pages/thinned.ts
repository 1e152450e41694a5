/** So many points at most, evenly taken, the first and the last among them: a line of a page shows no more. */
export function thinned<Point>(points: readonly Point[], most = 200): readonly Point[] {
  if (points.length <= most) return points
  const step = (points.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, at) => points[Math.round(at * step)]!)
}
