/*
 * Records kernel calls on tensors into a program. Layers, losses, metrics and optimizers write to it; nothing here
 * computes. One typed method per kernel, made from the kernel table.
 */
import type { PerMember } from '../per-member.js'
import { native, type Program } from './addon.js'
import { type KernelArguments, type KernelName, kernels } from './kernels.js'
import type { Parameter } from './parameter.js'
import {
  type ActivationName,
  activationKernels,
  type ElementType,
  rowStride,
  type Scalar,
  type StepNumber,
  storages,
  Tensor,
  type TensorFields,
  types,
} from './tensor.js'

type KernelMethods = { [Name in KernelName]: (given: KernelArguments[Name]) => void }

const ABSENT = 0
const TENSOR = 1
const CONSTANT = 2
const STEP_NUMBER = 3

class Recording {
  /** Named in explain() and errors; set before a layer records. */
  label = ''
  readonly tensors: Tensor[] = []
  readonly labels: string[] = []
  readonly kernels: KernelName[] = []
  /** Columns of the step table that hold one number a member, at every step the same. */
  readonly memberNumbers: { readonly column: number; readonly values: readonly number[] }[] = []
  readonly #calls: number[] = []
  readonly #arenaTensors = new Map<Parameter, Map<string, Tensor>>()
  #accumulators = 0
  #stepNumbers = 0

  /** A new tensor of the batch's rows. */
  empty(columns: number, type: ElementType = 'float32'): Tensor {
    return this.#add({ ...plain, type, columns, stride: rowStride(columns, type) })
  }

  /** A new tensor of fixed size, in no particular shape. */
  scratch(elements: number, columns: number, panel = 0, type: ElementType = 'float32'): Tensor {
    return this.#add({ ...plain, type, rows: 1, columns, stride: columns, panel, elements })
  }

  /** A bound matrix: from the batch's first row on, or, with `whole`, from its own (to be read through an order). */
  data(slot: number, columns: number, type: ElementType, whole = false): Tensor {
    return this.#add({ ...plain, storage: whole ? 'wholeData' : 'data', type, columns, stride: columns, slot })
  }

  /** The row numbers of this batch. */
  order(): Tensor {
    return this.#add({ ...plain, storage: 'order', type: 'int32', columns: 1, stride: 1 })
  }

  /** A sum and a weight that last from step to step; numbered from 0 in the order they are asked for. */
  accumulator(): Tensor {
    const offset = 2 * this.#accumulators++
    return this.#add({
      ...plain,
      storage: 'accumulator',
      type: 'float64',
      rows: 1,
      columns: 2,
      stride: 2,
      elements: 2,
      offset,
    })
  }

  /** A number that the optimizer gives anew for every step. */
  stepNumber(): StepNumber {
    return { column: this.#stepNumbers++ }
  }

  /** A number, or a column of the step table where the members of a population have one each. */
  scalar(value: PerMember): Scalar {
    if (typeof value === 'number') return value
    const column = this.stepNumber()
    this.memberNumbers.push({ ...column, values: value })
    return column
  }

  parameter(parameter: Parameter): Tensor {
    return this.#inArena(parameter, 'parameter', 0)
  }

  gradient(parameter: Parameter): Tensor {
    return this.#inArena(parameter, 'gradient', 0)
  }

  /** A range of the arena as one row, for rules that run over many parameters at once. */
  range(storage: 'parameter' | 'gradient' | 'state', offset: number, length: number, slot = 0): Tensor {
    return this.#add({ ...plain, storage, rows: 1, columns: length, stride: length, elements: length, offset, slot })
  }

  get accumulatorCount(): number {
    return this.#accumulators
  }

  get stepNumberCount(): number {
    return this.#stepNumbers
  }

  call<Name extends KernelName>(name: Name, given: KernelArguments[Name]): void {
    const kernel = kernels[name]
    this.labels.push(this.label)
    this.kernels.push(name)
    this.#calls.push(kernel.id, kernel.arguments.length)
    for (const argument of kernel.arguments) {
      const value = (given as unknown as Record<string, Tensor | Scalar | ActivationName | undefined>)[argument.name]
      if (value === undefined) this.#calls.push(ABSENT, 0)
      else if (value instanceof Tensor) this.#calls.push(TENSOR, value.index)
      else if (typeof value === 'number') this.#calls.push(CONSTANT, value)
      else if (typeof value === 'string') this.#calls.push(CONSTANT, activationKernels.indexOf(value))
      else this.#calls.push(STEP_NUMBER, value.column)
    }
  }

  program(): Program {
    const fields = this.tensors.flatMap(({ fields: f }) => [
      storages.indexOf(f.storage),
      types.indexOf(f.type),
      f.rows,
      f.columns,
      f.stride,
      f.panel,
      f.elements,
      f.offset,
      f.slot,
    ])
    return new (native().Program)(Float64Array.from(fields), Float64Array.from(this.#calls), this.labels)
  }

  #inArena(parameter: Parameter, storage: 'parameter' | 'gradient', slot: number): Tensor {
    const known = this.#arenaTensors.get(parameter) ?? new Map<string, Tensor>()
    this.#arenaTensors.set(parameter, known)
    const found = known.get(storage)
    if (found !== undefined) return found
    const { rows, columns, panel, elements, offset } = parameter
    const tensor = this.#add({ ...plain, storage, rows, columns, stride: columns, panel, elements, offset, slot })
    known.set(storage, tensor)
    return tensor
  }

  #add(fields: TensorFields): Tensor {
    const tensor = new Tensor(this.tensors.length, fields)
    this.tensors.push(tensor)
    return tensor
  }
}

const plain: Omit<TensorFields, 'columns' | 'stride'> = {
  storage: 'workspace',
  type: 'float32',
  rows: -1,
  panel: 0,
  elements: 0,
  offset: 0,
  slot: 0,
}

for (const name of Object.keys(kernels) as KernelName[]) {
  Object.defineProperty(Recording.prototype, name, {
    value(this: Recording, given: KernelArguments[typeof name]) {
      this.call(name, given)
    },
  })
}

export type Recorder = Recording & KernelMethods

/** An empty recording. */
export function createRecorder(): Recorder {
  return new Recording() as Recorder
}
