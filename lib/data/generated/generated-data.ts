/** Data made by a formula: plain arrays, rows in order. `Dataset.from` takes them as they are. */
export interface GeneratedData<Values extends Float32Array | Uint8Array> {
  /** One row per sample: `data` row by row, `shape` is [rows, features]. */
  readonly x: { readonly data: Values; readonly shape: [rows: number, features: number] }
  /** The class of each row, from 0. */
  readonly y: Int32Array
  /** The classes' names, where they have any. */
  readonly labels?: string[]
  /** The shape of one row, where it is more than a list of features: [28, 28] for a picture. */
  readonly featureShape?: number[]
  /** What a stored number is to be multiplied by: 1/255 for the bytes of a picture. */
  readonly scale?: number
}
