/*
 * Predictions: rows in any form that is accepted, and the network's outputs for them.
 */

import { isNumberArray, type NumberArray, type NumberTable, type Rows } from '../../data/arrays/rows.js'
import { columnOrder, type NamedRows } from '../../data/contents/named-rows.js'
import { Dataset, forRuns } from '../../data/dataset/dataset.js'
import { Encoder } from '../../data/encoder/encoder.js'
import type { ObjectRow } from '../../data/table/plain-rows.js'
import { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import { isDate } from '../../kinds.js'
import { newFloats } from '../../memory.js'
import { bringInUnits, predictedValue, type TargetUnits } from '../../outputs/units.js'
import { atOnce, inTurns, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'
import { dataFor, floatsFor, numbersFor } from '../network/inputs.js'
import type { Network } from '../network/network.js'
import { MOST_BATCHED_ROWS, type ModelReader, type PredictKind, type RowsToPredict } from './predictor.js'

/**
 * Rows to predict: in any form that `x` of a data set takes (also by name), a bare typed array for one row, or a data
 * set. A model with an encoder also takes a table, or objects with a value for every column.
 */
export type PredictionInput = Rows | NumberArray | NamedRows | Dataset | Table | readonly ObjectRow[]

/** The outputs for some rows, row-major. */
export interface Prediction {
  readonly data: Float32Array<ArrayBuffer>
  /** [rows, outputs] */
  readonly shape: [rows: number, outputs: number]
}

/** A network with its present parameters, and how rows are encoded for it. */
export interface Predicting {
  readonly network: Network
  readonly reader: ModelReader
  readonly encoder: Encoder | undefined
}

export async function predictRows(model: Predicting, given: PredictionInput, kind: PredictKind): Promise<Prediction> {
  const { network, reader } = model
  const { outputs } = network
  if (isLong(given)) {
    // It counts as reading from the call on, so the parameters are those of the call.
    return await reader.during('predict', async () => {
      const rows = await inTurns(encodedNumbers(model, given))
      return await predictMany(model, rows instanceof Dataset ? rows : numbersFor(rows, network), kind)
    })
  }
  const givenNumbers = atOnce(encodedNumbers(model, given))
  if (givenNumbers instanceof Dataset) return await predictMany(model, givenNumbers, kind)
  const numbers = numbersFor(givenNumbers, network)
  if (numbers.rows > MOST_BATCHED_ROWS) return await predictMany(model, numbers, kind)
  const data = await reader.predictLater(new Float32Array(numbers.data), numbers.rows, kind)
  return broughtInUnits(model, kind, { data, shape: [numbers.rows, outputs] })
}

async function predictMany(model: Predicting, rows: NumberTable | Dataset, kind: PredictKind): Promise<Prediction> {
  const { network, reader } = model
  const data =
    rows instanceof Dataset
      ? await reader.predictAll('predict', rowsToPredict(network, rows), { kind })
      : await reader.predictArray('predict', rows, kind)
  return await broughtInUnitsLater(model, kind, { data, shape: [rows.rows, network.outputs] })
}

/** From this many rows on, encoding pauses for the event loop. */
const MANY_ROWS = 1000

function isLong(given: PredictionInput): boolean {
  return given instanceof Table ? given.rows > MANY_ROWS : areObjects(given) && given.length > MANY_ROWS
}

export function predictRowsSync(model: Predicting, given: PredictionInput, kind: PredictKind): Prediction {
  const { network, reader } = model
  // Numbers go without the generator's steps: one row takes about a microsecond.
  const rows = isNumberArray(given) ? given : atOnce(encodedNumbers(model, given))
  if (rows instanceof Dataset) {
    const data = reader.predictAllSync(rowsToPredict(network, rows), { kind })
    return broughtInUnits(model, kind, { data, shape: [rows.rows, network.outputs] })
  }
  const few = floatsFor(rows, network)
  return broughtInUnits(model, kind, {
    data: reader.predictNow(few.data, few.rows, kind),
    shape: [few.rows, network.outputs],
  })
}

/** The outputs of layer `upTo` for the rows. */
export async function layerOutputs(model: Predicting, given: PredictionInput, upTo: number): Promise<Prediction> {
  const rows = rowsToPredict(model.network, atOnce(encodedNumbers(model, given)))
  const data = await model.reader.predictAll('activations', rows, { kind: 'output', upTo })
  return { data, shape: [rows.rows, model.network.layers[upTo]!.outputs!] }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where the model's encoder has a target of values */
export function requireClasses({ encoder }: Predicting): void {
  if (encoder?.task !== 'regression') return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a model of classes for predictClasses but this one gives values of '${encoder.target}'. Call predict.`,
  )
}

/**
 * Checks that a data set was made by the model's encoder, since the numbers of another encoder mean something else.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA where it is not
 */
export function requireEncoded(argument: string, data: Dataset, encoder: Encoder | undefined): void {
  if (encoder === undefined || encoder.equals(data.encoder)) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected ${argument} as the encoder of the training data makes it but it is ` +
      `${data.encoder === undefined ? 'of no encoder' : "another encoder's"}. Give the reader that encoder: ` +
      'Dataset.fromCSV(path, { encoder: train.encoder }), or encode a table: model.encoder.encode(table).',
  )
}

/**
 * The encoder in a file.
 *
 * @throws Error where it is none, or is not that of the network
 */
export function savedEncoder(json: unknown, network: Network): Encoder {
  const encoder = Encoder.fromJSON(json)
  const { features } = encoder
  if (features !== network.inputs) {
    throw new Error(`its encoder makes ${features} features, but the network has ${network.inputs} inputs`)
  }
  if (encoder.namedInputs !== undefined && network.layout !== undefined) {
    columnOrder("the file's encoder", encoder.namedInputs, network.layout.parts)
  }
  return encoder
}

/** The rows as a pass reads them; what it reads of a data set, others may read too. */
export function rowsToPredict(network: Network, given: Rows | NumberArray | NamedRows | Dataset): RowsToPredict {
  const own = !(given instanceof Dataset)
  const made = own
    ? Dataset.from({ x: isNumberArray(given) ? { data: given, shape: [1, given.length] } : given })
    : given
  const data = dataFor('rows', made, network, false)
  return { matrix: forRuns(data).featureMatrix(false), own, rows: data.rows, type: data.type }
}

/** The rows as numbers: objects and tables go through the encoder, other rows are numbers already. */
export function* encodedNumbers(
  { encoder, network }: Pick<Predicting, 'encoder' | 'network'>,
  rows: PredictionInput,
): Steps<Rows | NumberArray | NamedRows | Dataset> {
  if (rows instanceof Dataset) {
    requireEncoded('rows', rows, encoder)
    return rows
  }
  if (encoder !== undefined && isOneObject(rows, encoder)) {
    throw invalid('rows', 'array of objects', rows, 'For one row: predict([row]).')
  }
  if (!(rows instanceof Table) && !areObjects(rows)) return rows
  if (encoder === undefined) {
    const hint = 'A model has one if it is trained on a data set of an encoder, such as Dataset.fromCSV gives.'
    throw invalid('rows', 'numbers, since the model has no encoder', rows, hint)
  }
  const { data, rows: count, columns } = yield* encoder.featureSteps(rows)
  return { data: inOrder(encoder, network, data, columns), shape: [count, columns] }
}

/** Whether this is a single row: an object that has a column of the encoder and is no list of rows. */
function isOneObject(rows: unknown, { columns }: Encoder): boolean {
  if (typeof rows !== 'object' || rows === null || Array.isArray(rows) || ArrayBuffer.isView(rows)) return false
  if (rows instanceof Table || 'shape' in rows) return false
  return columns.some(({ name }) => {
    const value: unknown = (rows as Record<string, unknown>)[name]
    return value !== undefined && (value === null || typeof value !== 'object' || isDate(value))
  })
}

function areObjects(rows: unknown): rows is readonly ObjectRow[] {
  if (!Array.isArray(rows) || rows.length === 0) return false
  const [first] = rows as unknown[]
  return typeof first === 'object' && first !== null && !Array.isArray(first) && !ArrayBuffer.isView(first)
}

/** The columns as the model's inputs have them. */
function inOrder(encoder: Encoder, { layout }: Network, data: Float32Array, columns: number): Float32Array {
  if (encoder.namedInputs === undefined || layout === undefined) return data
  const order = columnOrder('rows', encoder.namedInputs, layout.parts)
  if (order.every((from, to) => from === to)) return data
  const arranged = newFloats(data.length, () => 'the rows')
  for (let at = 0; at < data.length; at += columns) {
    for (let to = 0; to < columns; to++) arranged[at + to] = data[at + order[to]!]!
  }
  return arranged
}

/** The units of a regression's output; undefined for raw outputs, which stay in the network's units. */
function unitsOf({ encoder }: Predicting, kind: PredictKind): TargetUnits | undefined {
  return kind === 'raw' ? undefined : encoder?.targetScale
}

function broughtInUnits(model: Predicting, kind: PredictKind, prediction: Prediction): Prediction {
  const units = unitsOf(model, kind)
  // In place, since the prediction owns the outputs.
  if (units !== undefined) atOnce(bringInUnits(prediction.data, units, predictedValue))
  return prediction
}

/** The same with turns of the event loop in between. */
async function broughtInUnitsLater(model: Predicting, kind: PredictKind, prediction: Prediction): Promise<Prediction> {
  const units = unitsOf(model, kind)
  if (units !== undefined) await inTurns(bringInUnits(prediction.data, units, predictedValue))
  return prediction
}
