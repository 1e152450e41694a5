import { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import type { ObjectRow } from '../../data/table/plain-rows.js'
import { Table } from '../../data/table/table.js'
import { requireColumns } from '../../data/table/unknown-column.js'
import { DeepblasError } from '../../errors.js'
import { notDescribed } from '../../files/file-error.js'
import { type ModelDescription, readModelFile } from '../../files/model-file.js'
import type { Layer } from '../../layers/layer.js'
import { insideOf } from '../../model/inside.js'
import { methodsElsewhere, tableModelCloning } from '../../model/other-libraries.js'
import { type Population, populationFrom } from '../../model/population.js'
import { type Prediction, type PredictionInput, requireEncoded, savedEncoder } from '../../model/prediction/predict.js'
import type { Sequential } from '../../model/sequential.js'
import type { SaveOptions } from '../../model/sequential-options.js'
import { classOfOutputs } from '../../outputs/classes.js'
import { bringInUnits, inUnits, predictedValue } from '../../outputs/units.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../../own-methods.js'
import { atOnce, ELEMENTS_OF_STEP, inTurns, type Steps } from '../../turns.js'
import { invalid, knownOptions, plainObject } from '../../validate.js'
import type { SetCalibration } from '../conformal/sets.js'
import { applyTemperature, type Calibration, calibrationJson, calibrationOf } from './calibration.js'
import {
  type Bounds,
  boundsOf,
  type IntervalOptions,
  type IntervalPrediction,
  intervalsOf,
  type SetOptions,
  setCalibrationOf,
  setsOf,
} from './covered.js'
import { meanOutputs, meanOutputsSync } from './mean-outputs.js'
import { HALF, labelScores, quantileScores, targetsOf, valueScores } from './scores.js'
import { typesFor } from './types-for.js'

/** Rows that have a target, for `evaluate`. */
export type RowsWithTarget = Dataset | Table | readonly ObjectRow[]

/** What a model of a table is made of. */
export interface TableModelParts {
  readonly population: Population
  readonly encoder: Encoder
  readonly calibration: Calibration
  readonly made?: Readonly<Record<string, unknown>>
}

/** In JavaScript nothing keeps anybody from calling a private constructor: this class alone has the key. */
const OWN = Symbol('TableModel')

/** Makes a model of its parts. Users do not get this function. @internal */
export let tableModelOf: (parts: TableModelParts) => TableModel

/** The model of a file. Users do not get this function. @internal */
export let tableModelFrom: (path: string, description: ModelDescription) => Promise<TableModel>

/** The same model with more of a calibration. Users do not get this function. @internal */
export let recalibrated: (model: TableModel, more: Calibration) => TableModel

/** Values in the target's units, in float64. Users do not get this function. @internal */
export let valuesOfRows: (model: TableModel, rows: PredictionInput) => Promise<Float64Array>

/**
 * Several networks for the rows of one table, of which the mean is the prediction, with the encoder of the table.
 * `trainTable` makes one where it is asked for several members or for folds. It predicts as a `Sequential` with an
 * encoder does, and never changes.
 *
 * @example
 * const { model } = await trainTable('flats.csv', { target: 'price', folds: 5 })
 * const { data, lower, upper } = await model.predictInterval([{ rooms: 3, city: 'Wien' }], { coverage: 0.9 })
 */
export class TableModel {
  readonly #population: Population
  readonly #encoder: Encoder
  readonly #calibration: Calibration
  #made: Readonly<Record<string, unknown>> | undefined

  static {
    onlyWhatItMade(TableModel, (object) => #population in object)
    refuseMethods(TableModel.prototype, 'model of a table', {
      ...methodsElsewhere,
      load: 'It is a function of the library: loadModel(path).',
      clone: 'It never changes: share it.',
      fit: 'It is trained: call trainTable(source, { target }), or fit a copy of one network: model.member(0).',
      predictRaw: 'The mean is one of outputs: for one network call model.member(0).predictRaw(rows).',
      summary: 'For one network call model.member(0).summary().',
      getWeights: 'For one network call model.member(0).getWeights().',
    })
    showWhenInspected(TableModel.prototype, 'TableModel', (model) => ({
      members: model.members,
      target: model.encoder.target,
      inputs: model.inputs,
      layers: model.layers.map((layer) => layer.describe()),
      outputs: model.outputs,
      parameterCount: model.parameterCount,
      ...(model.temperature === undefined ? {} : { temperature: model.temperature }),
    }))
    tableModelOf = (parts) => new TableModel(parts, OWN)
    tableModelFrom = (path, description) => TableModel.#from(path, description)
    recalibrated = (model, more) => model.#with(more)
    valuesOfRows = (model, rows) => model.#values(rows)
  }

  private constructor(parts: TableModelParts, key?: typeof OWN) {
    if (key !== OWN) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected no new TableModel(…). Make one with await trainTable(source, { target, members: 4 }), or load one with ' +
          'await loadModel(path).',
      )
    }
    this.#population = parts.population
    this.#encoder = parts.encoder
    this.#calibration = parts.calibration
    this.#made = parts.made
    refuseStructuredClone(this, tableModelCloning)
  }

  /** Number of networks. */
  get members(): number {
    return this.#population.members
  }

  /** Seed of the first network. */
  get seed(): number {
    return this.#population.seed
  }

  /** Seed of every network. */
  get seeds(): readonly number[] {
    return this.#population.seeds
  }

  /** Layers of every network. */
  get layers(): readonly Layer[] {
    return this.#population.layers
  }

  /** Number of features in an encoded row. */
  get inputs(): number {
    return this.#population.inputs
  }

  get outputs(): number {
    return this.#population.outputs
  }

  /** Number of trainable numbers of one network. */
  get parameterCount(): number {
    return this.#population.parameterCount
  }

  /** Names of the classes, in the order of the outputs; undefined for values. */
  get labels(): readonly string[] | undefined {
    return this.#encoder.labels
  }

  /** The encoder of the table's columns, which all networks share. */
  get encoder(): Encoder {
    return this.#encoder
  }

  /**
   * The temperature that probabilities are brought to, fitted on rows that the networks had not seen: above 1 they
   * become more even, below 1 more extreme. Undefined where none was fitted.
   */
  get temperature(): number | undefined {
    return this.#calibration.temperature
  }

  /** The quantiles that the outputs are, where `trainTable` was asked for some. */
  get quantiles(): readonly number[] | undefined {
    return this.#calibration.quantiles
  }

  /**
   * For two classes: probabilities above this make the later label the prediction, where `trainTable` was asked to choose
   * one. Undefined where it is 0.5, or there are no two classes.
   */
  get threshold(): number | undefined {
    return this.#calibration.threshold
  }

  /** How the model was made, as plain JSON: `save` writes it. */
  get made(): Readonly<Record<string, unknown>> | undefined {
    return this.#made
  }

  set made(made: Readonly<Record<string, unknown>> | undefined) {
    this.#made = made === undefined ? undefined : structuredClone(plainObject('made', made))
  }

  /**
   * Computes the mean of the networks' outputs for every row: { data, shape: [rows, outputs] }. For classes the mean of
   * the probabilities, brought to the `temperature` where there is one; for values the mean in the target's own units,
   * of each quantile where there are some.
   * Rows are objects, a `Table`, a data set that the encoder has made, or encoded numbers.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a column that is missing
   */
  async predict(rows: PredictionInput): Promise<Prediction> {
    const means = await meanOutputs(this.#population, this.#encoder, rows)
    return await inTurns(this.#predictionOf(means))
  }

  /** Does the same as `predict`, on this thread: the event loop waits. */
  predictSync(rows: PredictionInput): Prediction {
    return atOnce(this.#predictionOf(meanOutputsSync(this.#population, this.#encoder, rows)))
  }

  /**
   * Gives the label of every row: of two classes by the `threshold`, else the most probable one.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model that predicts values
   */
  async predictClasses(rows: PredictionInput): Promise<string[]> {
    this.#requireTask('classification', 'predictClasses')
    return await inTurns(this.#labelsOf(await this.predict(rows)))
  }

  /** Does the same as `predictClasses`, on this thread: the event loop waits. */
  predictClassesSync(rows: PredictionInput): string[] {
    this.#requireTask('classification', 'predictClassesSync')
    return atOnce(this.#labelsOf(this.predictSync(rows)))
  }

  /**
   * Computes values with bounds that hold the target with the coverage asked for: the prediction plus quantiles of the
   * residuals of rows that the networks had not seen (split conformal prediction, docs/guide/intervals.md). The distances
   * to the bounds are the same for every row. Of a model of quantiles the bounds lie beyond the outermost of them by the
   * same margin (conformalized quantile regression), so they are far apart where the model is unsure.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model of classes, one that was trained without folds, or a coverage
   *   that its rows do not allow
   */
  async predictInterval(rows: PredictionInput, options?: IntervalOptions): Promise<IntervalPrediction> {
    const bounds = this.#bounds('predictInterval', options)
    return await inTurns(intervalsOf(await this.#values(rows), this.outputs, bounds))
  }

  /** Does the same as `predictInterval`, on this thread: the event loop waits. */
  predictIntervalSync(rows: PredictionInput, options?: IntervalOptions): IntervalPrediction {
    const bounds = this.#bounds('predictIntervalSync', options)
    const values = this.#valuesOf(meanOutputsSync(this.#population, this.#encoder, rows).data)
    return atOnce(intervalsOf(values, this.outputs, bounds))
  }

  /**
   * Computes for every row the set of labels that holds its own with the coverage asked for, the most probable label
   * first (conformal prediction, docs/guide/intervals.md).
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model of values, one that was trained without folds, or a coverage
   *   that its rows do not allow
   */
  async predictSets(rows: PredictionInput, options?: SetOptions): Promise<string[][]> {
    const calibration = this.#setCalibration('predictSets', options)
    return await inTurns(setsOf(await this.predict(rows), calibration, this.#encoder.labels!))
  }

  /** Does the same as `predictSets`, on this thread: the event loop waits. */
  predictSetsSync(rows: PredictionInput, options?: SetOptions): string[][] {
    const calibration = this.#setCalibration('predictSetsSync', options)
    return atOnce(setsOf(this.predictSync(rows), calibration, this.#encoder.labels!))
  }

  /**
   * Computes loss and metrics of the mean prediction over rows that have the target: a data set of the encoder, a
   * `Table`, or objects. For classes `loss` is the mean log loss, for values the mean squared error in the target's
   * units, for quantiles the pinball loss in them; the metrics are those of `trainTable`.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for rows without the target, or with a label that the model does not know
   */
  async evaluate(data: RowsWithTarget): Promise<Readonly<Record<string, number>> & { readonly loss: number }> {
    const rows = await this.#withTargets(data)
    const targets = await inTurns(targetsOf(rows))
    const { targetScale, labels } = this.#encoder
    if (targetScale === undefined) {
      const { data: outputs } = await this.predict(rows)
      const { metrics } = await inTurns(labelScores(targets, outputs, labels!, this.threshold))
      return { loss: metrics.logLoss!, ...metrics }
    }
    await inTurns(bringInUnits(targets, targetScale, inUnits))
    const values = await this.#values(rows)
    if (this.quantiles !== undefined) {
      const metrics = await inTurns(quantileScores(targets, values, this.quantiles))
      return { loss: metrics.pinball!, ...metrics }
    }
    const metrics = await inTurns(valueScores(targets, values))
    return { loss: metrics.rootMeanSquaredError! ** 2, ...metrics }
  }

  /** Gives a copy of one network as a model of its own, with the encoder. */
  member(index: number): Sequential {
    const one = this.#population.member(index)
    insideOf(one).encoder = this.#encoder
    return one
  }

  /**
   * Writes one .safetensors file, whole or not at all, which holds everything that a prediction needs: `loadModel` reads
   * it.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that JSON cannot carry, ERR_DEEPBLAS_FILE if the file cannot
   *   be written
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    const { made } = knownOptions<SaveOptions>('save', options, ['made'])
    const told = made === undefined ? this.#made : structuredClone(plainObject('made', made))
    await insideOf(this.#population).save(path, {
      encoder: this.#encoder.toJSON(),
      ...(told && { made: { ...told } }),
      table: calibrationJson(this.#calibration),
    })
    this.#made = told
  }

  /**
   * Reads a model from a file that `save` wrote. `loadModel` reads files of every kind.
   *
   * @throws DeepblasError ERR_DEEPBLAS_FILE that says what is wrong with the file
   */
  static async load(path: string): Promise<TableModel> {
    return TableModel.#from(path, await readModelFile(path))
  }

  static async #from(path: string, description: ModelDescription): Promise<TableModel> {
    const { encoder: json, table, made, architecture } = description
    if (table === undefined || architecture.members === undefined) {
      const other = architecture.members === undefined ? 'one network' : 'a population'
      throw notDescribed(path, 'a model of a table', new Error(`it holds ${other}: load it with loadModel`))
    }
    const population = await populationFrom(path, description)
    try {
      if (json === undefined) throw new Error('it has no encoder')
      const { network } = insideOf(population)
      const encoder = savedEncoder(json, network)
      const calibration = calibrationOf(table)
      requireOutputs(population, encoder, calibration)
      const forOther = encoder.task === 'regression' ? calibration.temperature : calibration.residuals
      if (forOther !== undefined) throw new Error(`its calibration is not one of ${encoder.task}`)
      return new TableModel({ population, encoder, calibration, ...(made && { made }) }, OWN)
    } catch (cause) {
      throw notDescribed(path, 'a model of a table', cause)
    }
  }

  #with(more: Calibration): TableModel {
    const calibration = { ...this.#calibration, ...more }
    const made = this.#made && { made: this.#made }
    return new TableModel({ population: this.#population, encoder: this.#encoder, calibration, ...made }, OWN)
  }

  *#predictionOf({ data, rows }: { data: Float64Array; rows: number }): Steps<Prediction> {
    const { outputs } = this
    const { temperature } = this.#calibration
    if (temperature !== undefined) yield* applyTemperature(data, outputs, temperature)
    return { data: Float32Array.from(this.#valuesOf(data)), shape: [rows, outputs] }
  }

  async #values(rows: PredictionInput): Promise<Float64Array> {
    return this.#valuesOf((await meanOutputs(this.#population, this.#encoder, rows)).data)
  }

  /** In place. */
  #valuesOf(outputs: Float64Array): Float64Array {
    const { targetScale } = this.#encoder
    if (targetScale !== undefined) atOnce(bringInUnits(outputs, targetScale, predictedValue))
    return outputs
  }

  *#labelsOf({ data, shape: [rows, outputs] }: Prediction): Steps<string[]> {
    const labels = this.#encoder.labels!
    const found = new Array<string>(rows)
    for (let row = 0; row < rows; row++) {
      if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
      found[row] = labels[classOfOutputs(data, row * outputs, outputs, this.threshold ?? HALF)]!
    }
    return found
  }

  #bounds(what: string, options: IntervalOptions | undefined): Bounds {
    this.#requireTask('regression', what)
    return boundsOf(this.#calibration, what, options)
  }

  #setCalibration(what: string, options: SetOptions | undefined): SetCalibration {
    this.#requireTask('classification', what)
    return setCalibrationOf(this.#calibration, what, options)
  }

  #requireTask(task: 'classification' | 'regression', what: string): void {
    if (this.#encoder.task === task) return
    const { target } = this.#encoder
    const [wanted, other, instead] =
      task === 'regression' ? ['values', 'labels', 'predictClasses'] : ['classes', 'values', 'predict']
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected a model of ${wanted} for ${what} but this one gives ${other} of '${target}'. Call ${instead}.`,
    )
  }

  async #withTargets(data: RowsWithTarget): Promise<Dataset> {
    const encoder = this.#encoder
    if (data instanceof Dataset) {
      requireEncoded('data', data, encoder)
      if (!data.hasTargets) throw invalid('data', `rows with the target '${encoder.target}'`, data)
      return data
    }
    if (!(data instanceof Table) && !Array.isArray(data)) {
      throw invalid('data', 'Dataset, Table or array of objects', data)
    }
    const table = data instanceof Table ? data : await inTurns(tableOfObjects(data as readonly ObjectRow[], encoder))
    requireColumns([encoder.target!], table.names)
    return await encoder.encodeAsync(table)
  }
}

/** Each column is read as it was for the training. */
function* tableOfObjects(rows: readonly ObjectRow[], encoder: Encoder): Steps<Table> {
  const names = new Set<string>()
  // What is no object is told by the table.
  for (const row of rows)
    if (typeof row === 'object' && row !== null) for (const name of Object.keys(row)) names.add(name)
  const ofThose = <Value>(byColumn: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(byColumn).filter(([name]) => names.has(name)))
  const { dateFormats, readings } = encoder
  const options = {
    types: ofThose(typesFor(encoder, encoder.target!)),
    dateFormats: ofThose(dateFormats),
    readings: ofThose(readings),
  }
  return yield* Table.rowSteps(rows, options)
}

/** @throws Error where the networks' outputs are not those of the encoder's target */
function requireOutputs(
  { outputs, layers, labels }: Population,
  encoder: Encoder,
  { quantiles, threshold }: Calibration,
): void {
  if (encoder.target === undefined) throw new Error('its encoder has no target')
  const wanted = quantiles?.length ?? encoder.outputs
  if (outputs !== wanted) throw new Error(`its encoder has ${wanted} outputs, but the networks have ${outputs}`)
  if (quantiles !== undefined && encoder.task !== 'regression') throw new Error('its quantiles are of no values')
  if (threshold !== undefined && encoder.labels?.length !== 2) throw new Error('its threshold is not of two classes')
  const classes = encoder.task === 'classification'
  const { gives, name } = layers.at(-1)!.outputActivation
  if (classes && gives !== 'probabilities') throw new Error(`its outputs of '${name}' are no probabilities`)
  if (labels !== undefined && labels.join('\n') !== (encoder.labels ?? []).join('\n')) {
    throw new Error('its labels are not those of the encoder')
  }
}
