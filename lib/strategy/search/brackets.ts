/*
 * The brackets of Hyperband: how many configurations begin at how many epochs, and how many of them go on.
 *
 * Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: "Hyperband: a novel bandit-based approach to hyperparameter
 * optimization", JMLR 18, 2018, algorithm 1.
 */

/** One round of successive halving: so many configurations are trained for so many epochs. */
export interface Rung {
  readonly configurations: number
  readonly epochs: number
}

/**
 * The rungs of every bracket, the one of most configurations first. A bracket begins with many configurations and few
 * epochs; of every rung the best 1/factor go on to factor times the epochs.
 *
 * @param epochs of a whole training, R of the paper
 * @param factor the paper's η: at least 2
 */
export function hyperbandBrackets(epochs: number, factor: number): Rung[][] {
  const most = largestPower(epochs, factor)
  return Array.from({ length: most + 1 }, (_, at) => bracket(most - at, most, epochs, factor))
}

/** Bracket s of the paper, of s + 1 rungs. */
function bracket(s: number, most: number, epochs: number, factor: number): Rung[] {
  const configurations = Math.ceil(((most + 1) * factor ** s) / (s + 1))
  return Array.from({ length: s + 1 }, (_, rung) => ({
    configurations: Math.max(1, Math.floor(configurations / factor ** rung)),
    epochs: Math.max(1, Math.round(epochs / factor ** (s - rung))),
  }))
}

/** The largest k with factor^k <= number: logarithms round. */
function largestPower(number: number, factor: number): number {
  let power = 0
  for (let next = factor; next <= number; next *= factor) power++
  return power
}
