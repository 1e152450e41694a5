/*
 * An encoder makes data sets, and a data set is read by way of an encoder. So that no file imports in a circle, the data
 * set tells here how it is made.
 */
import type { Matrix } from '../../native/addon.js'
import type { NamedColumns } from '../contents/contents.js'
import type { Encoder } from '../encoder/encoder.js'
import type { Dataset } from './dataset.js'

/** What an encoder has made of a table. */
export interface EncodedParts {
  readonly x: Matrix
  readonly rows: number
  readonly columns: number
  readonly y: Int32Array | Float64Array | undefined
  readonly labels: readonly string[] | undefined
  readonly inputs: readonly NamedColumns[] | undefined
}

type Make = (parts: EncodedParts, encoder: Encoder) => Dataset

let make: Make | undefined

/** Called once, by the data set's own file. */
export function makeEncodedDatasetsBy(own: Make): void {
  make = own
}

export function encodedDataset(parts: EncodedParts, encoder: Encoder): Dataset {
  return make!(parts, encoder)
}
