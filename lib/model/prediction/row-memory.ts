/*
 * Native memory for rows of predictions. A system that gives new memory clears it first, which takes longer than copying
 * rows into it. So memory that a prediction has used is kept for the next one, until the garbage collector wants it.
 */
import { type Matrix, native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'

type RowType = 'float32' | 'uint8'

interface Spare {
  readonly memory: WeakRef<Matrix>
  readonly rows: number
  readonly columns: number
  readonly type: RowType
}

let spare: Spare | undefined

/** Lends a matrix of at least so many rows, whatever they hold, until the promise of `use` is settled. */
export async function usingRowMemory<Result>(
  rows: number,
  columns: number,
  type: RowType,
  use: (matrix: Matrix) => Promise<Result>,
): Promise<Result> {
  const taken = takeSpare(rows, columns, type)
  const memory = taken?.memory ?? new (native().Matrix)(rows, columns, elementTypes[type])
  try {
    return await use(memory)
  } finally {
    spare?.memory.deref()?.release()
    spare = { memory: new WeakRef(memory), rows: taken?.rows ?? rows, columns, type }
  }
}

function takeSpare(rows: number, columns: number, type: RowType): { memory: Matrix; rows: number } | undefined {
  if (spare === undefined || spare.columns !== columns || spare.type !== type || spare.rows < rows) return undefined
  const { memory, rows: has } = spare
  const matrix = memory.deref()
  spare = undefined
  return matrix && { memory: matrix, rows: has }
}
