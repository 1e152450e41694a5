import { circles } from './circles.js'
import { digits } from './digits.js'
import { flower } from './flower.js'
import { moons } from './moons.js'
import { parity } from './parity.js'
import { spirals } from './spirals.js'

/** Data sets made by formulas, for lessons, tests and benchmarks: each is a pure function of its options. */
export const datasets = { digits, flower, spirals, moons, circles, parity }
