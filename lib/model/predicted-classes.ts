/** The class of every row of a prediction: 0 or 1 by the threshold of one output, else the largest output's index. */
export function predictedClasses(
  data: Float32Array,
  [rows, outputs]: readonly [rows: number, outputs: number],
  outputActivation: string,
  labels: readonly string[] | undefined,
): number[] | string[] {
  // A linear output is a logit.
  const threshold = outputActivation === 'linear' ? 0 : 0.5
  const indices = Array.from({ length: rows }, (_, row) => {
    if (outputs === 1) return Number(data[row]! > threshold)
    let best = 0
    for (let c = 1; c < outputs; c++) if (data[row * outputs + c]! > data[row * outputs + best]!) best = c
    return best
  })
  return labels === undefined ? indices : indices.map((index) => labels[index] ?? String(index))
}
