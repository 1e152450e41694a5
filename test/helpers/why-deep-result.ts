/*
 * A result of whyDeep as it could be, made up: what a page shows of it is known beforehand.
 */
import type { ParityTraining, WhyDeep } from '../../lib/index.js'

/** Networks of 2 to 8 bits, trained ones of 2 to 4; the fewest units of 3 bits were not found. */
export function whyDeepResult(): WhyDeep {
  const network = (form: 'tree' | 'patterns' | 'counting', bits: number, hidden: readonly number[]) => {
    const hiddenUnits = hidden.reduce((sum, one) => sum + one, 0)
    return { form, bits, hidden, hiddenUnits, rows: 2 ** bits, all: true, wrong: 0 }
  }
  const training = (bits: number, hidden: readonly number[], solved: number): ParityTraining => ({
    bits,
    hidden,
    seeds: 4,
    rate: 0.01,
    solved,
    share: solved / 4,
    steps: solved === 0 ? undefined : 200,
    byRate: [],
  })
  return {
    constructed: [2, 3, 4, 5, 6, 7, 8].flatMap((bits) => [
      network(
        'tree',
        bits,
        [bits, bits - 2].filter((units) => units > 0),
      ),
      network('patterns', bits, [2 ** (bits - 1)]),
      network('counting', bits, [bits]),
    ]),
    depths: [2, 3, 4].flatMap((bits) => [training(bits, [2 * bits], 3), training(bits, [2 * bits, 2 * bits], 4)]),
    fewest: [
      { bits: 2, units: 2, triedUpTo: 2, training: training(2, [2], 1) },
      { bits: 3, units: undefined, triedUpTo: 5, training: training(3, [5], 0) },
    ],
    activation: 'relu',
    seeds: 4,
    steps: 3000,
    seed: 0,
    stopped: 'completed',
    text: 'The lesson <again>',
  }
}
