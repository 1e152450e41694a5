/*
 * The inputs of a network: its columns by number or by name, and the data sets and rows that fit them.
 */

import { isNumberArray, type NumberArray, type NumberTable, type Rows, table } from '../../data/arrays/rows.js'
import { columnOrder, isNamedRows, type NamedRows, namedTable } from '../../data/contents/named-rows.js'
import { asDataset, type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { checkCodes, type InputLayout, inputLayout, type NamedInputs } from '../../inputs.js'
import { isFloat32Array, plainNumberArray } from '../../kinds.js'
import { newFloats } from '../../memory.js'
import { invalid, isFilled, positiveInteger } from '../../validate.js'
import type { Network } from './network.js'

/** The option `inputs` of a model, checked. */
export function readInputs(value: unknown): number | InputLayout | undefined {
  if (value === undefined) return undefined
  const isNumber = typeof value === 'number' || (typeof value === 'string' && Number(value) > 0)
  if (isNumber) return positiveInteger('inputs', value)
  if (Array.isArray(value) && value.length > 0 && isFilled(value) && value.every((size) => typeof size === 'number')) {
    const features = value.filter((size) => Number.isSafeInteger(size)).reduce((product, size) => product * size, 1)
    const hint = `It is the number of features of one row: write inputs: ${features}.`
    throw invalid('inputs', 'positive integer', value, hint)
  }
  if (typeof value === 'object' && value !== null) return inputLayout('inputs', value)
  throw invalid('inputs', 'positive integer, or inputs by name such as { numeric: 12, city: categorical(500) }', value)
}

/** The option `inputs` that makes the same network. */
export function inputsOf({ inputs, layout }: Network): number | NamedInputs {
  return layout?.given ?? inputs
}

/** Data sets whose codes have been looked at, for which networks, and whether codes had to be known. */
const checked = new WeakMap<Dataset, WeakMap<Network, boolean>>()

/**
 * The data set with its columns in the network's order, and its codes checked.
 *
 * @param known whether codes that a category does not have are refused; those that are no whole numbers always are
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for other features than the network has, ERR_DEEPBLAS_DATA for a wrong code
 */
export function dataFor(argument: string, given: Dataset, network: Network, known = true): Dataset {
  const { layout, codes } = network
  if (layout === undefined && codes.length === 0) requireNumbers(argument, given)
  const data =
    layout === undefined || given.inputs === undefined
      ? given
      : asDataset(forRuns(given).arranged(argument, layout.parts))
  requireFeatures(argument, data.features, network)
  if (codes.length === 0) return data
  const networks = checked.get(data) ?? new WeakMap<Network, boolean>()
  checked.set(data, networks)
  if (networks.get(network) === true || networks.get(network) === known) return data
  for (let row = 0; row < data.rows; row++) checkCodes(argument, data.row(row), row, codes, known)
  networks.set(network, known)
  return data
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where an encoder has made codes of categories */
function requireNumbers(argument: string, { encoder }: Dataset): void {
  const codes = encoder?.columns.flatMap(({ name, kind }) => (kind === 'embedding' ? [`'${name}'`] : [])) ?? []
  if (codes.length === 0) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a model that takes codes of categories, which ${codes.join(', ')} of ${argument} are. Make it by ` +
      'new Sequential(tabularLayers(encoder), { inputs: encoder.inputs }), or read the data with embeddings: false.',
  )
}

/** Rows to predict as floats: the caller's own array where it is one. */
export function floatsFor(
  given: Rows | NumberArray | NamedRows,
  network: Network,
): { data: Float32Array; rows: number; copied: boolean } {
  const { data, rows } = numbersFor(given, network)
  const floats = isFloat32Array(data) ? data : Float32Array.from(data)
  return { data: floats, rows, copied: floats !== data }
}

/** Rows to predict, their columns in the network's order and their codes checked: the caller's own array where it is one. */
export function numbersFor(given: Rows | NumberArray | NamedRows, network: Network): NumberTable {
  const numbers = tableFor(given, network)
  const { data, rows, columns } = numbers
  requireFeatures('rows', columns, network)
  if (network.codes.length === 0) return numbers
  // Codes are checked as the network sees them.
  const floats = isFloat32Array(data) ? data : Float32Array.from(data)
  for (let row = 0; row < rows; row++) {
    checkCodes('rows', floats.subarray(row * columns, (row + 1) * columns), row, network.codes, false)
  }
  return { data: floats, rows, columns }
}

function tableFor(given: Rows | NumberArray | NamedRows, { layout }: Network): NumberTable {
  if (isNumberArray(given)) return { data: plainNumberArray(given), rows: 1, columns: given.length }
  if (!isNamedRows(given)) return table('rows', given)
  const { table: joined, inputs } = namedTable('rows', given)
  if (layout === undefined) return joined
  const order = columnOrder('rows', inputs, layout.parts)
  const { rows, columns } = joined
  const data = newFloats(rows * columns, () => `${rows} rows`)
  for (let row = 0; row < rows; row++) {
    for (const [to, from] of order.entries()) data[row * columns + to] = joined.data[row * columns + from]!
  }
  return { data, rows, columns }
}

function requireFeatures(argument: string, features: number, { inputs }: Network): void {
  if (features === inputs) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    `Expected ${inputs} features for ${argument}, as many as the model's inputs, but received ${features}.`,
  )
}
