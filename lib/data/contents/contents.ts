/*
 * What a Dataset is made of, and the same for chosen rows.
 */

import { isFloat32Array } from '../../kinds.js'
import { type Matrix, native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { allocate } from '../arrays/allocate.js'
import { selectWeights } from '../arrays/row-weights.js'
import type { NumberTable } from '../arrays/rows.js'
import { selectRows } from '../arrays/targets.js'
import type { TableNote } from '../table/column-reading.js'

/** Which columns belong to an input. */
export interface NamedColumns {
  readonly name: string
  readonly columns: number
}

/** All that data sets know of an encoder, which stands above them. */
export interface RowEncoder {
  /** What is odd about the names of classes and levels. */
  readonly notes: readonly TableNote[]
  /** Whether another encoder would encode every table to the same numbers. */
  equals(other: RowEncoder | undefined): boolean
}

export interface Parts {
  readonly x: Matrix
  readonly xType: 'float32' | 'uint8'
  /** What a kept byte is multiplied by; floats are kept scaled. */
  readonly scale: number
  readonly features: number
  readonly rows: number
  readonly targets: NumberTable | undefined
  readonly weights: Matrix | undefined
  readonly labels: readonly string[] | undefined
  /** Whether the targets were texts, which `labels` has numbered: the numbers mean nothing else. */
  readonly textTargets: boolean
  readonly featureShape: readonly number[]
  /** Where x was given by names. */
  readonly inputs: readonly NamedColumns[] | undefined
  /** Where an encoder made the features of a table. */
  readonly encoder: RowEncoder | undefined
}

export function selectParts(parts: Parts, rows: Int32Array): Parts {
  return atOnce(selectingParts(parts, rows, 'atOnce'))
}

/** As `selectParts`, with pauses; or `atOnce`, where the features are copied in one go, on all threads. */
export function* selectingParts(parts: Parts, rows: Int32Array, form: 'inSteps' | 'atOnce'): Steps<Parts> {
  const { targets, weights } = parts
  const features = form === 'atOnce' ? new (native().Matrix)(parts.x, rows) : yield* selectFeatures(parts, rows)
  yield
  return {
    ...parts,
    rows: rows.length,
    x: features,
    targets: targets && (yield* selectRows(targets, rows)),
    weights: weights && (yield* selectWeights(weights, rows)),
  }
}

function* selectFeatures({ x, xType, features }: Parts, rows: Int32Array): Steps<Matrix> {
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / features)
  const selected = new (native().Matrix)(rows.length, features, elementTypes[xType])
  for (let first = 0; first < rows.length; first += rowsOfStep) {
    if (first > 0) yield
    selected.gather(x, rows.subarray(first, first + rowsOfStep), first)
  }
  return selected
}

/** Features being collected row by row, in the storage of a data set. */
export class FeatureBuffer {
  readonly #data: Float32Array | Uint8ClampedArray
  readonly #features: number
  readonly #rows: number
  readonly #scale: number

  /** @param scale of bytes; 1 for floats */
  constructor(rows: number, features: number, type: 'float32' | 'uint8', scale: number) {
    this.#rows = rows
    this.#features = features
    this.#scale = scale
    this.#data = allocate<Float32Array | Uint8ClampedArray>(
      rows,
      features,
      type === 'uint8' ? Uint8ClampedArray : Float32Array,
    )
  }

  /**
   * @param values the features as the network sees them, scaled. A byte that was read and not changed becomes the same
   *   byte again: its product with the scale is off by one rounding, far less than half a byte. Others are rounded to the
   *   nearest byte from 0 to 255.
   */
  set(row: number, values: Float32Array | Float64Array): void {
    const data = this.#data
    const at = row * this.#features
    if (isFloat32Array(data)) {
      data.set(values, at)
      return
    }
    // A scale of 0 makes every byte the same number.
    const inverse = this.#scale === 0 ? 0 : 1 / this.#scale
    for (let i = 0; i < values.length; i++) data[at + i] = values[i]! * inverse
  }

  matrix(): Matrix {
    const type = isFloat32Array(this.#data) ? elementTypes.float32 : elementTypes.uint8
    return new (native().Matrix)(this.#data, this.#rows, this.#features, type, this.#scale)
  }
}
