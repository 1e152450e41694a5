import { parity } from '../../data/generated/parity.js'
import type { Sequential } from '../../model/sequential.js'

/** Whether a network tells the parity of rows of bits. */
export interface ParityCheck {
  /** Rows that were asked. */
  readonly rows: number
  /** Whether these are all rows there are, 2^bits; otherwise they are drawn, no row twice. */
  readonly all: boolean
  /** Rows whose parity the network tells wrongly. */
  readonly wrong: number
}

/** All rows are asked up to so many bits: 65,536 rows. Beyond, as many are drawn. */
export const MOST_BITS_CHECKED_WHOLE = 16

/** Asks a network of one sigmoid output for the parity of all rows, or of 65,536 drawn by the seed where there are more. */
export async function checkParity(model: Sequential, bits: number, seed: number): Promise<ParityCheck> {
  const all = bits <= MOST_BITS_CHECKED_WHOLE
  const { x, y } = parity(all ? { bits } : { bits, samples: 2 ** MOST_BITS_CHECKED_WHOLE, seed })
  const { data } = await model.predict(x)
  let wrong = 0
  for (let row = 0; row < y.length; row++) if (data[row]! > 0.5 !== (y[row] === 1)) wrong++
  return { rows: y.length, all, wrong }
}
