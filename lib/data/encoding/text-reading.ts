/*
 * How the texts of a column are read, as an encoder keeps it: later texts are read as those of the training data were.
 */

import { array, string } from '../../validate.js'
import type { Column } from '../table/column.js'
import type { Notation } from '../table/numbers/notation.js'
import { checkedNotation } from '../table/reading-options.js'

export interface TextReading {
  /** How numbers are written, where that is not 1234.5. */
  readonly notation?: Notation
  /** The texts that stand for a missing value, where options changed them. */
  readonly missing?: readonly string[]
}

export const textReadingNames = ['notation', 'missing'] as const

/** What an encoder keeps of how a column was read. */
export function textReadingOf({ reading }: Pick<Column, 'reading'>): TextReading {
  return {
    ...(reading?.notation === undefined ? {} : { notation: reading.notation }),
    ...(reading?.missing === undefined ? {} : { missing: reading.missing }),
  }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the part that is wrong */
export function textReadingFrom(what: string, { notation, missing }: Record<string, unknown>): TextReading {
  return {
    ...(notation === undefined ? {} : { notation: checkedNotation(`${what}.notation`, notation) }),
    ...(missing === undefined
      ? {}
      : {
          missing: array(`${what}.missing`, missing, 'strings').map((text, i) => string(`${what}.missing[${i}]`, text)),
        }),
  }
}
