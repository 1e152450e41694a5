import type { Column } from '../data/table/column.js'

/** The numbers behind a column: values, or the codes of its levels. */
export function valuesOf(column: Column): Float64Array | Int32Array {
  return column.type === 'category' ? column.codes : column.values
}

/** Whether one of the numbers behind a column stands for nothing. */
export function isMissing(column: Column, value: number): boolean {
  return column.type === 'category' ? value < 0 : Number.isNaN(value)
}
