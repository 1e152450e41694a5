/*
 * What a run reads of a data set: its rows in native memory, in the forms that networks and losses want. Forms are made
 * once and kept. Users have the class `Dataset`, which holds one of these.
 */
import { DeepblasError } from '../../errors.js'
import { type Loss, targetColumnsOf } from '../../losses/loss.js'
import { type Matrix, native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { boolean, finiteNumber, knownOptions } from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import { namesInUse, renumberedTargets, sameNames, valuesOfNames } from '../arrays/class-names.js'
import { weightsOf } from '../arrays/row-weights.js'
import type { NumberArray, NumberTable } from '../arrays/rows.js'
import { splitRows } from '../arrays/split-rows.js'
import { classesOf } from '../arrays/target-classes.js'
import { checkTargets, readWeights, requireFinite } from '../arrays/targets.js'
import { FeatureBuffer, type NamedColumns, type Parts, selectingParts } from './contents.js'
import { columnOrder } from './named-rows.js'

/** Targets as a loss wants them. */
export interface TargetMatrix {
  readonly matrix: Matrix
  readonly columns: number
  readonly type: 'int32' | 'float32'
}

/** What has to be known of a loss. */
type LossTargets = Pick<Loss, 'targetKind' | 'sharedTarget'>

export interface SplitOptions {
  readonly seed?: number
  readonly stratified?: boolean
}

const float32 = elementTypes.float32
const int32 = elementTypes.int32

/** How many forms of its targets a data set keeps; the oldest goes first. */
const MOST_KEPT = 4

export class DataForRuns {
  readonly parts: Parts
  /** The `Dataset` of these rows, whose class stands above this one: there is one alone, by which runs tell data apart. */
  dataset: object | undefined
  /** Matrices of the targets, by kind, number of outputs and of columns. */
  readonly #targetMatrices = new Map<string, TargetMatrix>()
  #floats: Matrix | undefined
  readonly #arranged = new Map<string, DataForRuns>()
  /** The same rows with targets in another form: 'values', or by the names that number them. */
  readonly #retargeted = new Map<string, DataForRuns>()
  /** Whose features these are, which are converted once. */
  #featuresOf: DataForRuns = this
  #namesInUse: readonly string[] | undefined
  #rowsThatCount: number | undefined

  constructor(parts: Parts) {
    this.parts = parts
  }

  get rows(): number {
    return this.parts.rows
  }

  /** The targets as they were given. */
  get targets(): NumberTable | undefined {
    return this.parts.targets
  }

  get weights(): Matrix | undefined {
    return this.parts.weights
  }

  /** Whether the targets were texts, which mean their names alone. */
  get textTargets(): boolean {
    return this.parts.textTargets
  }

  /** x as it is kept, or as float32. */
  featureMatrix(asFloats: boolean): Matrix {
    if (this.#featuresOf !== this) return this.#featuresOf.featureMatrix(asFloats)
    if (!asFloats || this.parts.xType === 'float32') return this.parts.x
    this.#floats ??= new (native().Matrix)(this.parts.x)
    return this.#floats
  }

  /** A weight of 1 for every row, for data without weights beside data that have some. */
  equalWeights(): Matrix {
    return new (native().Matrix)(allocate(this.rows, 1, Float32Array).fill(1), this.rows, 1, float32, 1)
  }

  /** How many rows have a weight above 0. */
  get rowsThatCount(): number {
    const { weights } = this.parts
    if (weights === undefined) return this.rows
    if (this.#rowsThatCount === undefined) {
      this.#rowsThatCount = 0
      for (const weight of weightsOf(weights)) if (weight > 0) this.#rowsThatCount++
    }
    return this.#rowsThatCount
  }

  /** The targets as a loss wants them, checked against the number of outputs. */
  targetMatrix(loss: LossTargets, outputs: number): TargetMatrix {
    return atOnce(this.makingTargets(loss, outputs))
  }

  /** As `targetMatrix`, with pauses. */
  *makingTargets(loss: LossTargets, outputs: number): Steps<TargetMatrix> {
    const { targets } = this.parts
    if (targets === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected targets (y) in the data set but received none.')
    }
    const { targetKind: kind } = loss
    const valueColumns = targetColumnsOf(loss, outputs)
    const key = `${kind} ${outputs} ${valueColumns}`
    const known = this.#targetMatrices.get(key)
    if (known !== undefined) return known
    yield* checkTargets(targets, kind, outputs, valueColumns)
    const classes = kind === 'classes' && targets.columns === 1
    const columns = classes ? 1 : valueColumns
    const matrix = new (native().Matrix)(this.rows, columns, classes ? int32 : float32)
    const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / columns)
    for (let from = 0; from < this.rows; from += rowsOfStep) {
      yield
      const given = targets.data.subarray(from * columns, Math.min(this.rows, from + rowsOfStep) * columns)
      matrix.write(kind === 'signs' ? Float32Array.from(given, (value) => (value > 0 ? 1 : -1)) : given, from)
    }
    if (!classes) requireFinite('y', matrix, columns)
    const made: TargetMatrix = { matrix, columns, type: classes ? 'int32' : 'float32' }
    this.#targetMatrices.set(key, made)
    return made
  }

  /** The names of classes that rows have. */
  namesInUse(): readonly string[] {
    const { targets, labels } = this.parts
    if (labels === undefined || targets === undefined) return []
    this.#namesInUse ??= namesInUse(targets, labels)
    return this.#namesInUse
  }

  /**
   * The same rows with classes numbered by these names, among which are those of all rows. Features are shared.
   *
   * @param columns how many columns targets have that have one a class
   */
  numberedBy(names: readonly string[], columns: number): DataForRuns {
    const { targets, labels } = this.parts
    const wide = targets !== undefined && targets.columns > 1
    if (labels !== undefined && sameNames(labels, names) && !(wide && targets.columns !== columns)) return this
    return this.#retarget(JSON.stringify([names, columns]), () =>
      labels === undefined || targets === undefined
        ? { labels: names }
        : { labels: names, targets: renumberedTargets(targets, labels, names, columns) },
    )
  }

  /** The same rows with the numbers that the texts of the targets write. Features are shared. */
  asValues(): DataForRuns {
    return this.#retarget('values', () => ({
      targets: valuesOfNames(this.parts.targets!, this.parts.labels!),
      labels: undefined,
      textTargets: false,
    }))
  }

  #retarget(key: string, make: () => Partial<Parts>): DataForRuns {
    let made = this.#retargeted.get(key)
    if (made === undefined) {
      made = this.#withSameFeatures(make())
      this.#retargeted.set(key, made)
      if (this.#retargeted.size > MOST_KEPT) this.#retargeted.delete(this.#retargeted.keys().next().value!)
    }
    return made
  }

  #withSameFeatures(changed: Partial<Parts>): DataForRuns {
    const made = new DataForRuns({ ...this.parts, ...changed })
    made.#featuresOf = this.#featuresOf
    return made
  }

  /** The same rows with the columns of named inputs in the order wanted. */
  arranged(argument: string, wanted: readonly NamedColumns[]): DataForRuns {
    const order = columnOrder(argument, this.parts.inputs ?? [], wanted)
    if (order.every((from, to) => from === to)) return this
    const known = this.#arranged.get(order.join())
    if (known !== undefined) return known
    const { x, xType, scale, features, rows } = this.parts
    const buffer = new FeatureBuffer(rows, features, xType, scale)
    for (let row = 0; row < rows; row++) {
      const values = x.row(row)
      buffer.set(
        row,
        values.map((_, to) => values[order[to]!]!),
      )
    }
    const arranged = new DataForRuns({ ...this.parts, x: buffer.matrix(), inputs: [...wanted] })
    this.#arranged.set(order.join(), arranged)
    return arranged
  }

  /** The same rows with other weights, with pauses. Features are shared. */
  *weighting(sampleWeights: NumberArray | readonly number[]): Steps<DataForRuns> {
    return this.#withSameFeatures({ weights: yield* readWeights(sampleWeights, this.rows) })
  }

  /** Two parts, the first the larger one, with pauses; or `atOnce`, where features are copied on all threads. */
  *splitting(
    fraction: number,
    options: SplitOptions | undefined,
    form: 'inSteps' | 'atOnce' = 'inSteps',
  ): Steps<[DataForRuns, DataForRuns]> {
    const { seed = 0, stratified = false } = knownOptions<SplitOptions>('split', options, ['seed', 'stratified'])
    finiteNumber('fraction', fraction, { exclusiveMin: 0, exclusiveMax: 1 })
    const { targets, labels } = this.parts
    const classes = boolean('stratified', stratified) ? classesOf('a stratified split', targets, labels) : undefined
    const { kept, held } = yield* splitRows(this.rows, fraction, seed, classes)
    const first = new DataForRuns(yield* selectingParts(this.parts, kept, form))
    return [first, new DataForRuns(yield* selectingParts(this.parts, held, form))]
  }
}
