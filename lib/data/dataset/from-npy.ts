/*
 * Features and targets out of numpy's files, as a data set takes them.
 */
import { asFileError, FileProblem } from '../../files/file-error.js'
import { knownOptions, string } from '../../validate.js'
import type { ArrayWithShape, NumberArray } from '../arrays/rows.js'
import type { ReadArray } from '../readers/arrays/element-kinds.js'
import { readNpy } from '../readers/arrays/npy.js'
import { readArrays } from '../readers/arrays/npz.js'

interface ArrayFileOptions {
  /** Multiplies x, such as 1/255. */
  readonly scale?: number
  /** Shape of one row's features; left out, that of the file: [28, 28] for pictures of [60000, 28, 28]. */
  readonly featureShape?: readonly number[]
  /** Names of the classes 0, 1, 2 … */
  readonly labels?: readonly string[]
}

/** Options of `Dataset.fromNPY`. */
export interface NpyOptions extends ArrayFileOptions {
  /** The file of the targets; left out, there are none. */
  readonly y?: string
}

/** Options of `Dataset.fromNPZ`. */
export interface NpzOptions extends ArrayFileOptions {
  /** The name of the features in the archive. Default: x. */
  readonly x?: string
  /** The name of the targets; left out, y, or none where there is no y. */
  readonly y?: string
}

interface ArrayInput extends ArrayFileOptions {
  readonly x: ArrayWithShape
  readonly y?: ArrayWithShape | NumberArray
}

const optionNames = ['scale', 'featureShape', 'labels', 'y'] as const

export async function npyInput(path: string, options: NpyOptions | undefined): Promise<ArrayInput> {
  const { y, ...rest } = knownOptions<NpyOptions>('fromNPY', options, optionNames)
  const target = y === undefined ? undefined : await readNpy(string('y', y))
  return arrayInput(path, await readNpy(path), target, rest)
}

export async function npzInput(path: string, options: NpzOptions | undefined): Promise<ArrayInput> {
  const { x = 'x', y, ...rest } = knownOptions<NpzOptions>('fromNPZ', options, [...optionNames, 'x'])
  const names = [string('x', x), ...(y === undefined ? [] : [string('y', y)])]
  const arrays = await readArrays(path, names, y === undefined ? ['y'] : [])
  return arrayInput(path, arrays[x]!, arrays[y ?? 'y'], rest)
}

function arrayInput(path: string, x: ReadArray, y: ReadArray | undefined, options: ArrayFileOptions): ArrayInput {
  if (x.shape.length === 0) {
    throw asFileError('read', path, new FileProblem('expected rows of features but it is a single number'))
  }
  const own = x.shape.length > 2 ? { featureShape: x.shape.slice(1) } : {}
  const target = y === undefined ? {} : { y: isColumn(y.shape) ? y.data : { data: y.data, shape: y.shape } }
  return { x: { data: x.data, shape: x.shape }, ...target, ...own, ...options }
}

/** Whether targets are one value a row: [rows] or [rows, 1]. */
function isColumn(shape: readonly number[]): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1)
}
