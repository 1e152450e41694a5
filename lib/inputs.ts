/*
 * What the columns of a row are: numbers, and codes of categories.
 */
import { DeepblasError } from './errors.js'
import { invalid, plainObject, positiveInteger } from './validate.js'

/** A column of whole numbers from 0 to levels - 1, each the code of a category. */
export interface Categorical {
  readonly levels: number
}

/** Inputs by name: each a number of numeric columns, or a category made by `categorical`. */
export type NamedInputs = Readonly<Record<string, number | Categorical>>

/** One named input, and where its columns are. */
export interface InputPart {
  readonly name: string
  /** Its first column. */
  readonly from: number
  readonly columns: number
  /** Number of codes of a categorical input; undefined for a numeric one. */
  readonly levels: number | undefined
}

/** The columns of one row: numeric ones first, then a column of codes for every category, each in the order given. */
export interface InputLayout {
  readonly given: NamedInputs
  readonly parts: readonly InputPart[]
  readonly columns: number
}

/** Codes are float32 beside the numbers: whole ones are exact up to here. */
const MOST_LEVELS = 2 ** 24

/**
 * A categorical input of a model, for `inputs: { numeric: 12, city: categorical(500) }`.
 *
 * @param levels number of categories, whose codes run from 0 to levels - 1. Keep code 0 for unknown or missing
 *   categories, since a prediction treats a code that it does not know as 0.
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that is not a whole number from 1 to 2^24
 */
export function categorical(levels: number): Categorical {
  return { levels: levelsOf('levels', levels) }
}

export function levelsOf(argument: string, value: unknown): number {
  const levels = positiveInteger(argument, value)
  if (levels > MOST_LEVELS) throw invalid(argument, 'at most 2^24 levels', levels)
  return levels
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the input that is neither */
export function inputLayout(argument: string, value: unknown): InputLayout {
  const given = plainObject(argument, value, 'For example { numeric: 12, city: categorical(500) }.')
  const numeric: Omit<InputPart, 'from'>[] = []
  const categories: Omit<InputPart, 'from'>[] = []
  for (const [name, one] of Object.entries(given)) {
    const what = `${argument}.${name}`
    if (typeof one === 'number') numeric.push({ name, columns: positiveInteger(what, one), levels: undefined })
    else if (typeof one === 'object' && one !== null && 'levels' in one) {
      categories.push({ name, columns: 1, levels: levelsOf(`${what}.levels`, one.levels) })
    } else throw invalid(what, 'number of columns, or categorical(levels)', one)
  }
  let columns = 0
  const parts = [...numeric, ...categories].map((part): InputPart => {
    const from = columns
    columns += part.columns
    return { ...part, from }
  })
  if (parts.length === 0) throw invalid(argument, 'at least one input', value)
  return { given: given as NamedInputs, parts, columns }
}

/**
 * Refuses codes that are no whole numbers, and with `known` those that a category does not have.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA that names row, input and code
 */
export function checkCodes(
  argument: string,
  row: ArrayLike<number>,
  index: number,
  codes: readonly InputPart[],
  known: boolean,
): void {
  for (const { name, from, levels } of codes) {
    const code = row[from]!
    if (Number.isInteger(code) && (!known || (code >= 0 && code < levels!))) continue
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a code from 0 to ${levels! - 1} for ${name} in row ${index} of ${argument} (column ${from}) but ` +
        `received ${code}. Number the categories from 0; give those that are unknown a code of their own, such as 0.`,
    )
  }
}
