/*
 * Records kernel calls on tensors into a program. Layers, losses, metrics and optimizers write to it; nothing here
 * computes. One typed method per kernel, made from the kernel table.
 */
import { DeepblasError } from '../errors.js'
import { native, type Program } from '../native/addon.js'
import {
  type ActivationKernel,
  activationKernels,
  argumentForms,
  type ElementType,
  elementTypes,
  storages,
  type TensorField,
  tensorFields,
} from '../native/generated/enums.js'
import type { PerMember } from '../per-member.js'
import { streams } from '../random/streams.js'
import type { Schedule } from '../schedules/schedule.js'
import { finiteNumber, nonNegativeInteger, positiveInteger } from '../validate.js'
import { type ArgumentDescription, type KernelArguments, type KernelName, kernels } from './generated/kernels.js'
import type { Parameter } from './parameter.js'
import { Element, Expression } from './rule.js'
import { rowStride, type Scalar, type StepNumber, Tensor, type TensorFields } from './tensor.js'

type KernelMethods = { [Name in KernelName]: (given: KernelArguments[Name]) => void }

/** Arguments of the map kernels whose names begin so. */
const mapArguments = (role: 'output' | 'input' | 'number') =>
  kernels.mapRows.arguments.filter(({ name }) => name.startsWith(role)).length
const MOST_OUTPUTS = mapArguments('output')
const MOST_INPUTS = mapArguments('input')
const MOST_NUMBERS = mapArguments('number')

/** The tensors that a rule reads and writes, by the names that it uses for them. */
export interface MapTensors<Inputs extends string, Numbers extends string, Outputs extends string> {
  readonly inputs: Readonly<Record<Inputs, Tensor>>
  /** Numbers that differ from step to step or from member to member; constants may stand in the rule itself. */
  readonly numbers?: Readonly<Record<Numbers, Scalar>>
  readonly outputs: Readonly<Record<Outputs, Tensor>>
  /** Of ranges and parameters: a number that is 1 at a step that leaves all outputs as they are, else 0. Default 0. */
  readonly waits?: Scalar | undefined
}

/** A column of the step table, the schedule that fills it, and a check of every number. */
export interface ScheduledNumber extends StepNumber {
  readonly schedule: Schedule
  readonly check: (argument: string, value: unknown) => number
}

class Recording {
  /** Label of the calls that follow, which explain() and errors name; set before a layer records. */
  label = ''
  readonly tensors: Tensor[] = []
  readonly labels: string[] = []
  readonly kernels: KernelName[] = []
  /** Columns of the step table that a schedule fills for every step. */
  readonly scheduledNumbers: ScheduledNumber[] = []
  /** Columns of the step table that hold one number per member, at every step the same. */
  readonly memberNumbers: { readonly column: number; readonly values: readonly number[] }[] = []
  /** Columns of the step table for random kernels, where some layer asked for them. */
  randomColumns: { readonly seed: number; readonly step: number } | undefined
  readonly #calls: number[] = []
  readonly #expressions: Expression[] = []
  readonly #arenaTensors = new Map<Parameter, Map<string, Tensor>>()
  #accumulators = 0
  #streams = 0
  #stepNumbers = 0

  /** A new tensor (batch, columns). */
  empty(columns: number, type: ElementType = 'float32'): Tensor {
    positiveInteger('columns', columns)
    return this.#add({ ...plain, type, columns, stride: rowStride(columns, type) })
  }

  /** A new tensor of fixed size, in no particular shape. */
  scratch(elements: number, columns: number, panel = 0, type: ElementType = 'float32'): Tensor {
    positiveInteger('elements', elements)
    positiveInteger('columns', columns)
    nonNegativeInteger('panel', panel)
    if (elements < columns * Math.max(panel, 1)) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected at least ${columns * Math.max(panel, 1)} elements for ${columns} columns${panel > 1 ? ` in panels of ${panel}` : ''} but received ${elements}.`,
      )
    }
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

  /** A sum and a weight that last from step to step, numbered from 0 in the order in which they are asked for. */
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

  /** A number that the optimizer gives for every step. */
  stepNumber(): StepNumber {
    return { column: this.#stepNumbers++ }
  }

  /**
   * The source of a random kernel: the fit's seed (each member has its own), the member's step, and a stream of its
   * own, numbered in the order of asking. Only recordings that train have it.
   */
  randomSource(): { seed: Scalar; step: Scalar; stream: number } {
    this.randomColumns ??= { seed: this.stepNumber().column, step: this.stepNumber().column }
    const { seed, step } = this.randomColumns
    return { seed: { column: seed }, step: { column: step }, stream: streams.firstLayer + this.#streams++ }
  }

  /** A number, or a column of the step table where the members of a population have one each. */
  scalar(value: PerMember): Scalar {
    if (typeof value === 'number') return value
    const column = this.stepNumber()
    this.memberNumbers.push({ ...column, values: value })
    return column
  }

  /**
   * A number that a schedule gives for every step of a fit; of any other recording it is not known.
   *
   * @param check of every number, which throws for one that cannot be used. Default: it is finite.
   */
  scheduled(
    schedule: Schedule,
    check: ScheduledNumber['check'] = (argument, value) => finiteNumber(argument, value),
  ): StepNumber {
    const column = this.stepNumber()
    this.scheduledNumbers.push({ ...column, schedule, check })
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
      this.#calls.push(...this.#argument(name, argument, (given as unknown as Record<string, unknown>)[argument.name]))
    }
  }

  /** Form and value of an argument. What a kernel makes of it, and of the others beside it, the native program checks. */
  #argument(kernel: KernelName, { name, kind, optional }: ArgumentDescription, value: unknown): [number, number] {
    const refuse = (expected: string, remedy = '') => {
      const where = this.label === '' ? '' : `${this.label}: `
      return new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `${where}expected ${expected} for '${name}' of the kernel ${kernel} but received ${shown(value)}.${remedy}`,
      )
    }
    if (value === undefined) {
      if (optional) return [argumentForms.absent, 0]
      if (kind === 'expression') throw refuse('an element-wise rule', ' Use record.map.')
      throw refuse('a value (it is not optional)')
    }
    switch (kind) {
      case 'tensor':
        if (!(value instanceof Tensor)) throw refuse('a tensor of this recording')
        if (this.tensors[value.index] !== value) {
          throw refuse(
            'a tensor of this recording',
            ' It is of another one: a layer keeps nothing of a recording, but returns its cache.',
          )
        }
        return [argumentForms.tensor, value.index]
      case 'expression':
        if (!(value instanceof Expression)) throw refuse('an element-wise rule', ' Use record.map.')
        return [argumentForms.expression, this.#expressions.push(value) - 1]
      case 'activation': {
        const names = Object.keys(activationKernels) as ActivationKernel[]
        const name = names.find((one) => one === value)
        if (name === undefined) throw refuse(`one of ${names.join(', ')}`)
        return [argumentForms.constant, activationKernels[name]]
      }
      case 'number': {
        if (typeof value === 'number') return [argumentForms.constant, value]
        const column = (value as Partial<StepNumber> | null)?.column
        if (!Number.isInteger(column) || column! < 0 || column! >= this.#stepNumbers) {
          throw refuse('a number, or a number of this recording such as record.scalar gives')
        }
        return [argumentForms.stepNumber, column!]
      }
    }
  }

  /**
   * Computes every output element by element. Inputs of one row or one column are broadcast. Outputs are tensors of the
   * batch, or ranges and parameters, which inputs of the same stored shape go with element by element.
   *
   * @example
   * record.map({ inputs: { x }, outputs: { y } }, ({ x }) => ({ y: x.times(x.sigmoid()) }))
   */
  map<Inputs extends string, Outputs extends string, Numbers extends string = never>(
    { inputs, numbers, outputs, waits }: MapTensors<Inputs, Numbers, Outputs>,
    rule: (values: Readonly<Record<Inputs | Numbers, Element>>) => Readonly<Record<Outputs, Element | number>>,
  ): void {
    const inputNames = Object.keys(inputs) as Inputs[]
    const numberNames = Object.keys(numbers ?? {}) as Numbers[]
    const outputNames = Object.keys(outputs) as Outputs[]
    atMost('outputs', outputNames, MOST_OUTPUTS)
    atMost('inputs', inputNames, MOST_INPUTS)
    atMost('numbers', numberNames, MOST_NUMBERS)
    const values = Object.fromEntries([
      ...inputNames.map((name, index) => [name, new Element('input', [], index)]),
      ...numberNames.map((name, index) => [name, new Element('number', [], index)]),
    ])
    const results = rule(values as Record<Inputs | Numbers, Element>)
    const stored = outputNames.map((name): Element => {
      const result: Element | number | undefined = results?.[name]
      if (typeof result === 'number') return new Element('constant', [], 0, result)
      if (result instanceof Element) return result
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected the rule of map to give an element or a number for '${name}' but received ${shown(result)}.`,
      )
    })
    const given = Object.fromEntries([
      ...outputNames.map((name, index) => [`output${index}`, outputs[name]]),
      ...inputNames.map((name, index) => [`input${index}`, inputs[name]]),
      ...numberNames.map((name, index) => [`number${index}`, numbers![name]]),
      ['expression', new Expression(stored)],
      ...(waits === undefined ? [] : [['waits', waits]]),
    ])
    const first: unknown = outputs[outputNames[0]!]
    const ofBatch = first instanceof Tensor && first.fields.rows === -1
    if (ofBatch && waits !== undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected no waits for a rule over tensors of the batch but received one: it is for ranges and parameters.',
      )
    }
    this.call(ofBatch ? 'mapRows' : 'mapElements', given as never)
  }

  /**
   * The gradient of a dense product's input, preActivationGradient · weight, in the way that the weight is stored for.
   * Most are turned first, so that the register tiles read them in order; a large one is turned piece by piece as it is
   * multiplied, and a weight of few outputs is kept turned.
   *
   * @param members how many members share the weight, each with columns of its own in both gradients; left out: 1
   */
  denseInputGradient(parameter: Parameter, preActivationGradient: Tensor, members?: number): Tensor {
    const { rows: outputs, columns: inputs } = parameter
    const weight = this.parameter(parameter)
    const inputGradient = this.empty(inputs * (members ?? 1))
    let weightTransposed: Tensor | undefined
    if (native().weightLayout(inputs, outputs).turned) {
      const panel = native().registerPanel(inputs)
      weightTransposed = this.scratch(Math.ceil(inputs / panel) * panel * outputs, outputs, panel)
      this.call('transposeWeight', { output: weightTransposed, weight })
    }
    this.call('denseBackwardInput', { inputGradient, preActivationGradient, weight, weightTransposed, members })
    return inputGradient
  }

  program(): Program {
    const fields = this.tensors.flatMap(({ fields: given }) => {
      const numbers: Record<TensorField, number> = {
        ...given,
        storage: storages[given.storage],
        type: elementTypes[given.type],
      }
      return tensorFields.map((name) => numbers[name])
    })
    const expressions = this.#expressions.flatMap(({ numbers }) => numbers)
    return new (native().Program)(
      Float64Array.from(fields),
      Float64Array.from(this.#calls),
      this.labels,
      Float64Array.from(expressions),
    )
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

function shown(value: unknown): string {
  if (value instanceof Tensor) return 'a tensor'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function atMost(what: string, names: readonly string[], most: number): void {
  if (names.length <= most && (what !== 'outputs' || names.length > 0)) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected ${what === 'outputs' ? 'one to ' : 'at most '}${most} ${what} for map but received ${names.length}.`,
  )
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
