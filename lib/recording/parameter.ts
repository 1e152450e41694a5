import { DeepblasError } from '../errors.js'
import { isFloat32Array, plainNumberArray } from '../kinds.js'
import { newFloats, requireSize } from '../memory.js'
import { type Arena, native } from '../native/addon.js'
import { type Filling, fillings } from '../native/generated/enums.js'
import { ELEMENTS_OF_STEP, type Steps } from '../turns.js'
import {
  array,
  boolean,
  finiteNumber,
  invalid,
  isCallable,
  nonNegativeInteger,
  oneOf,
  plainObject,
  positiveInteger,
  string,
} from '../validate.js'

/** How a parameter starts: drawn anew for every member from the model's seed, or given number by number. */
export interface InitialValues {
  readonly kind: 'constant' | 'uniform' | 'normal'
  /** The constant, the lower bound, or the mean. */
  readonly a: number
  /** The upper bound, or the standard deviation. */
  readonly b: number
  /** Every number of the logical shape, row-major, in place of a draw. */
  readonly values?: Float32Array
  /** Number of rows at the top that start at 0 and that the layer keeps at 0. Default 0. */
  readonly zeroRows?: number
  /** Changes the drawn numbers in place; (rows, columns), row-major. */
  readonly adjust?: (values: Float32Array, rows: number, columns: number) => void
}

/** A tensor that belongs to the model: a logical shape, and a private storage (panels, padding) at a place in the model's arena. */
export class Parameter {
  /** Such as 'weight' or 'bias': the last part of its name in files. */
  readonly role: string
  /** Logical shape: (outputs, inputs) of a weight; (length) of a vector. */
  readonly shape: readonly number[]
  /** Width of a weight's panels; 0 for a vector. */
  readonly panel: number
  readonly initial: InitialValues
  /** Whether an optimizer updates it; false for running statistics. */
  readonly trainable: boolean
  /** Its learning rate is the optimizer's times this. */
  readonly learningRateFactor: number
  /** Set when the model lays out its arena, in floats. */
  offset = 0
  /** Set with the offset: 'layers.0.weight'. */
  name = ''

  /**
   * @param learningRateFactor its learning rate is the optimizer's times this, above 0. Default 1.
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an invalid shape, initial value or factor, ERR_DEEPBLAS_SHAPE for
   *   values that are not as many as the shape has, ERR_DEEPBLAS_MEMORY for more numbers than any machine holds
   */
  constructor(
    role: string,
    shape: readonly number[],
    panel: number,
    initial: InitialValues,
    trainable = true,
    learningRateFactor = 1,
  ) {
    this.role = string('role', role)
    this.shape = checkedShape(shape)
    this.panel = nonNegativeInteger('panel', panel)
    requireSize(`parameter '${role}' of shape (${this.shape.join(', ')})`, this.elements)
    this.initial = checkedStart(initial, this.rows, this.columns)
    this.trainable = boolean('trainable', trainable)
    this.learningRateFactor = rateFactor('learningRateFactor', learningRateFactor)
  }

  /**
   * A vector, such as a bias.
   *
   * @param initial the number that all elements start at, or how they are drawn
   * @param learningRateFactor its learning rate is the optimizer's times this, above 0. Default 1.
   */
  static vector(
    role: string,
    length: number,
    initial: number | InitialValues,
    trainable = true,
    learningRateFactor = 1,
  ): Parameter {
    return new Parameter(role, [length], 0, startOf(initial), trainable, learningRateFactor)
  }

  /**
   * A weight (outputs, inputs), stored as `denseForward` and its backward kernels read it. Element-wise rules see its
   * storage: they may change it number by number, but not by row or column.
   *
   * @param learningRateFactor its learning rate is the optimizer's times this, above 0. Default 1.
   */
  static weight(
    role: string,
    outputs: number,
    inputs: number,
    initial: number | InitialValues,
    learningRateFactor = 1,
  ): Parameter {
    positiveInteger('outputs', outputs)
    const { panel } = native().weightLayout(positiveInteger('inputs', inputs), outputs)
    return new Parameter(role, [outputs, inputs], panel, startOf(initial), true, learningRateFactor)
  }

  get rows(): number {
    return this.shape.length === 2 ? this.shape[0]! : 1
  }

  get columns(): number {
    return this.shape.at(-1)!
  }

  /** Logical numbers. */
  get size(): number {
    return this.rows * this.columns
  }

  /** Stored numbers, padding of panels included. */
  get elements(): number {
    return this.panel === 0 ? this.size : Math.ceil(this.rows / this.panel) * this.panel * this.columns
  }

  /** The numbers of one member, in the order of the logical shape. @internal */
  read(arena: Arena, member: number): Float32Array<ArrayBuffer> {
    return plainNumberArray(arena.read(member, this.offset, this.rows, this.columns, this.panel))
  }

  /** @internal */
  write(arena: Arena, member: number, values: Float32Array): void {
    arena.write(member, this.offset, this.rows, this.columns, this.panel, values)
  }

  /** As `read`, with pauses. The parameter must not change meanwhile. @internal */
  *reading(arena: Arena, member: number): Steps<Float32Array<ArrayBuffer>> {
    if (this.size <= ELEMENTS_OF_STEP) return this.read(arena, member)
    const values = newFloats(this.size, () => `the weights of '${this.name}'`)
    for (const { offset, rows, columns, at, rowLength } of this.#parts()) {
      if (at > 0) yield
      const part = arena.read(member, offset, rows, columns, this.panel)
      if (columns === rowLength) values.set(part, at)
      else copyBlock(part, 0, columns, values, at, rowLength, rows, columns)
    }
    return values
  }

  /** As `write`, with pauses. @internal */
  *writing(arena: Arena, member: number, values: Float32Array): Steps<void> {
    for (const { offset, rows, columns, at, rowLength } of this.#parts()) {
      if (at > 0) yield
      let part = values.subarray(at, at + rows * columns)
      if (columns !== rowLength) {
        part = new Float32Array(rows * columns)
        copyBlock(values, at, rowLength, part, 0, columns, rows, columns)
      }
      arena.write(member, offset, rows, columns, this.panel, part)
    }
  }

  /**
   * What is read or written in one step: rows and columns that are stored from `offset` on, of which the first number is
   * the value `at`. Whole panels lie one behind the other, in a panel whole columns, and without panels all numbers.
   */
  *#parts(): Generator<{ offset: number; rows: number; columns: number; at: number; rowLength: number }> {
    const [count, rowLength, unit] = this.panel <= 1 ? [this.size, 1, 1] : [this.rows, this.columns, this.panel]
    const rowsOfPart = Math.max(1, Math.floor(ELEMENTS_OF_STEP / (rowLength * unit))) * unit
    const columnsOfPart = Math.max(1, Math.floor(ELEMENTS_OF_STEP / Math.min(count, rowsOfPart)))
    for (let row = 0; row < count; row += rowsOfPart) {
      const rows = Math.min(rowsOfPart, count - row)
      for (let column = 0; column < rowLength; column += columnsOfPart) {
        const columns = Math.min(columnsOfPart, rowLength - column)
        const offset = this.offset + row * rowLength + column * unit
        yield { offset, rows, columns, at: row * rowLength + column, rowLength }
      }
    }
  }

  /**
   * Draws the starting values of one member.
   *
   * @internal
   * @param index the parameter's position in the model, which numbers its random stream
   */
  initialize(arena: Arena, member: number, seed: number, index: number): void {
    const { kind, a, b, values, zeroRows = 0, adjust } = this.initial
    if (values !== undefined) {
      this.write(arena, member, values)
      return
    }
    arena.fill(member, this.offset, this.rows, this.columns, this.panel, fillings[kind], a, b, seed, index)
    if (zeroRows === 0 && adjust === undefined) return
    const drawn = this.read(arena, member)
    adjust?.(drawn, this.rows, this.columns)
    this.write(arena, member, drawn.fill(0, 0, zeroRows * this.columns))
  }
}

/** Rows of two arrays, each with places of its own between the beginnings of two rows. */
function copyBlock(
  from: Float32Array,
  fromAt: number,
  fromLength: number,
  to: Float32Array,
  toAt: number,
  toLength: number,
  rows: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    const [source, target] = [fromAt + row * fromLength, toAt + row * toLength]
    for (let column = 0; column < columns; column++) to[target + column] = from[source + column]!
  }
}

/**
 * Checks the factor of a learning rate, above 0.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT, with how a layer is kept as it is for a factor of 0
 */
export function rateFactor(argument: string, value: unknown): number {
  const hint = value === 0 ? 'Write trainable: false for a layer that is to stay as it is.' : undefined
  return finiteNumber(argument, value, { exclusiveMin: 0 }, hint)
}

function checkedShape(shape: readonly number[]): readonly number[] {
  const sizes = array(
    'shape',
    shape,
    'one or two sizes',
    'For example [units] of a vector, [outputs, inputs] of a weight.',
  )
  if (sizes.length !== 1 && sizes.length !== 2) throw invalid('shape', 'one or two sizes', shape)
  return sizes.map((size, index) => positiveInteger(`shape[${index}]`, size))
}

function checkedStart(initial: InitialValues, rows: number, columns: number): InitialValues {
  plainObject('initial', initial, "For example { kind: 'uniform', a: -0.1, b: 0.1 }.")
  const { kind, a, b, values, zeroRows, adjust } = initial
  oneOf('initial.kind', kind, Object.keys(fillings) as Filling[])
  finiteNumber('initial.a', a)
  finiteNumber('initial.b', b)
  if (values !== undefined) {
    if (!isFloat32Array(values)) {
      throw invalid('initial.values', 'Float32Array', values, 'Write Float32Array.from(values) for other numbers.')
    }
    if (values.length !== rows * columns) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${rows * columns} numbers for initial.values, one for every place of shape (${rows}, ${columns}), but ` +
          `received ${values.length}.`,
      )
    }
  }
  if (zeroRows !== undefined && nonNegativeInteger('initial.zeroRows', zeroRows) > rows) {
    throw invalid('initial.zeroRows', `at most ${rows} rows, as many as the shape has`, zeroRows)
  }
  if (adjust !== undefined && !isCallable(adjust)) throw invalid('initial.adjust', 'function', adjust)
  return initial
}

function startOf(initial: number | InitialValues): InitialValues {
  return typeof initial === 'number' ? { kind: 'constant', a: initial, b: 0 } : initial
}
