/*
 * Texts that stand for a missing value. Some do so everywhere; others are words that may be categories, such as None for a
 * house without a garage: they stand for nothing in columns of numbers, booleans and dates alone.
 */

/**
 * Texts that stand for a missing value in every column, beside the empty one and blanks: what pandas takes for one, and
 * what databases and spreadsheets write.
 */
export const missingTexts: readonly string[] = [
  '?',
  'NA',
  '<NA>',
  'N/A',
  'n/a',
  '#NA',
  '#N/A',
  '#N/A N/A',
  'NaN',
  'nan',
  '-NaN',
  '-nan',
  '1.#IND',
  '-1.#IND',
  '1.#QNAN',
  '-1.#QNAN',
  'NaT',
  'NULL',
  'null',
  '(null)',
  '(NULL)',
  '<null>',
  '<NULL>',
  '[NULL]',
  '\\N',
  '#NULL!',
  '#DIV/0!',
  '#REF!',
  '#VALUE!',
  '#NAME?',
  '#NUM!',
  '#DIV/0',
  '#n/a',
  '#N/D',
  '#NV',
  '#WERT!',
  '#BEZUG!',
  '#ZAHL!',
  '#VALEUR!',
  '#NOM?',
  '#¡VALOR!',
  '#VALOR!',
  '#VALORE!',
  '#RIF!',
  '#¡REF!',
  '-nan(ind)',
  'nan(ind)',
  '1.#INF',
  '-1.#INF',
  '-1.#IND00',
  '1.#QNAN0',
]

/** Texts that stand for a missing value in columns of numbers, booleans and dates, and are values in a category. */
export const missingInValues: readonly string[] = [
  '-',
  '--',
  '---',
  '–',
  '—',
  '.',
  '..',
  '...',
  '…',
  '*',
  'None',
  'none',
  'NONE',
  'Null',
  'nil',
  'Nil',
  'NIL',
  'na',
  'Na',
  'n.a.',
  'N.A.',
  'n. a.',
  'k.A.',
  'k. A.',
  'nd',
  'ND',
  'n/d',
  'N/D',
  'NAN',
  'Nan',
  'nat',
  'NAT',
  'undefined',
  'missing',
  'Missing',
  'MISSING',
  'unknown',
  'Unknown',
  'UNKNOWN',
  'blank',
  '(blank)',
  '(empty)',
  'not available',
  'Not available',
  'Not Available',
  '0000-00-00',
  '00.00.0000',
  '00/00/0000',
  '00-00-0000',
  '0000-00-00 00:00:00',
  '0000-00-00T00:00:00',
  '0000-00-00T00:00:00Z',
]

/** What stands for a missing value in one column. */
export interface MissingMarks {
  /** In a category. */
  readonly inCategories: ReadonlySet<string>
  /** In numbers, booleans and dates. */
  readonly inValues: ReadonlySet<string>
  /** Whether options changed them. */
  readonly changed: boolean
}

export const defaultMarks: MissingMarks = {
  inCategories: new Set(missingTexts),
  inValues: new Set([...missingTexts, ...missingInValues]),
  changed: false,
}

/** Texts for all columns, or by column name. */
export type TextsByColumn = readonly string[] | Readonly<Record<string, readonly string[]>>

/** Exactly these texts. */
export function marksOf(texts: readonly string[]): MissingMarks {
  const all = new Set(texts)
  return { inCategories: all, inValues: all, changed: true }
}

/** The marks and some more, in every column. */
export function marksWith({ inCategories, inValues, changed }: MissingMarks, more: readonly string[]): MissingMarks {
  if (more.length === 0) return { inCategories, inValues, changed }
  const withMore = (texts: ReadonlySet<string>) => new Set([...texts, ...more])
  return { inCategories: withMore(inCategories), inValues: withMore(inValues), changed: true }
}

/** The marks without those that are values. */
export function marksWithout(marks: MissingMarks, values: readonly string[]): MissingMarks {
  if (values.length === 0) return marks
  const without = (texts: ReadonlySet<string>) => new Set([...texts].filter((text) => !values.includes(text)))
  return { inCategories: without(marks.inCategories), inValues: without(marks.inValues), changed: true }
}

/** The marks of a column of a type; all of them as a list where options changed them. */
export function marksFor(
  type: 'number' | 'category' | 'boolean' | 'date',
  { inCategories, inValues, changed }: MissingMarks,
): { readonly missing: ReadonlySet<string>; readonly given: readonly string[] | undefined } {
  const missing = type === 'category' ? inCategories : inValues
  return { missing, given: changed ? [...missing] : undefined }
}
