import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import type { GeneratedData } from './generated-data.js'
import { requireSamples } from './planar.js'

export interface ParityOptions {
  /** Features, 1 to 30. Default 2: exclusive or. */
  readonly bits?: number
  /** Rows drawn from all 2^bits, no row twice. Default all of them, for up to 20 bits. */
  readonly samples?: number
  /** Seed of the drawn rows. Default 0. */
  readonly seed?: number
}

const MOST_BITS = 30
const MOST_BITS_WHOLE = 20

/**
 * Rows of zeros and ones; the class is 1 if the number of ones is odd. With two bits this is XOR, the smallest task
 * that no single neuron can learn (Minsky and Papert: "Perceptrons", 1969).
 *
 * All rows are in the order of the binary numbers they spell, the most significant bit first; drawn ones are in random
 * order.
 *
 * @returns x float32 (rows, bits), y 0 or 1
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function parity(options?: ParityOptions): GeneratedData<Float32Array> {
  const { bits = 2, samples, seed = 0 } = knownOptions<ParityOptions>('parity', options, ['bits', 'samples', 'seed'])
  positiveInteger('bits', bits)
  if (bits > MOST_BITS) throw invalid('bits', `integer from 1 to ${MOST_BITS}`, bits)
  nonNegativeInteger('seed', seed)
  const all = 2 ** bits

  let rows: ArrayLike<number>
  if (samples === undefined) {
    const hint = `All rows would be ${all}: give samples to draw some of them.`
    if (bits > MOST_BITS_WHOLE)
      throw invalid('bits', `integer from 1 to ${MOST_BITS_WHOLE} without samples`, bits, hint)
    rows = Uint32Array.from({ length: all }, (_, i) => i)
  } else {
    requireSamples(samples)
    if (samples > all)
      throw invalid('samples', `integer from 1 to ${all}, the rows there are with ${bits} bits,`, samples)
    rows = drawn(all, samples, seed)
  }

  const data = allocate(rows.length, bits, Float32Array)
  const y = new Int32Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const number = rows[row] ?? 0
    let odd = 0
    for (let bit = 0; bit < bits; bit++) {
      const value = (number >>> (bits - 1 - bit)) & 1
      data[row * bits + bit] = value
      odd ^= value
    }
    y[row] = odd
  }
  return { x: { data, shape: [rows.length, bits] }, y }
}

/** Different whole numbers below `all`, in random order (Floyd's algorithm: as much memory as there are numbers). */
function drawn(all: number, count: number, seed: number): Uint32Array {
  const random = new RandomStream(seed, streams.generatedShape)
  const chosen = new Set<number>()
  for (let last = all - count; last < all; last++) {
    const number = random.integer(last + 1)
    chosen.add(chosen.has(number) ? last : number)
  }
  return new RandomStream(seed, streams.generatedOrder).shuffle(Uint32Array.from(chosen))
}
