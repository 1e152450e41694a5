/*
 * Tensors as a recorder names them. A tensor is a description; memory belongs to the native run.
 */
import type { ElementType, Storage } from '../native/generated/enums.js'

/** A number that changes from step to step: a column of the table that the optimizer fills ahead of every chunk. */
export interface StepNumber {
  readonly column: number
}

/** A number argument of a kernel: recorded once, or read from the step table. */
export type Scalar = number | StepNumber

export interface TensorFields {
  readonly storage: Storage
  readonly type: ElementType
  /** -1: as many as the batch has. */
  readonly rows: number
  readonly columns: number
  readonly stride: number
  /** For a weight: the width of the panels in which it is stored. */
  readonly panel: number
  /** Stored elements of a tensor with fixed rows. */
  readonly elements: number
  readonly offset: number
  readonly slot: number
}

/** A tensor of one recording. */
export class Tensor {
  readonly fields: TensorFields
  /** Position in the recording's tensor table. */
  readonly index: number

  constructor(index: number, fields: TensorFields) {
    this.index = index
    this.fields = fields
  }

  get columns(): number {
    return this.fields.columns
  }
}

/**
 * Elements from one row of a workspace tensor to the next. Narrow tensors have no gaps, so that element-wise kernels see
 * one long row; wide ones start every row on a cache line, an odd number of lines apart, because rows a power of two
 * apart would compete for the same few cache sets.
 */
export function rowStride(columns: number, type: ElementType): number {
  // Half as wide; whole lines, since pairs of rows are written by whole vectors.
  if (type === 'bfloat16') return (Math.ceil(columns / 32) | 1) * 32
  if (type !== 'float32' || columns <= 16) return columns
  return (Math.ceil(columns / 16) | 1) * 16
}
