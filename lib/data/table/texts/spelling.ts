/*
 * Texts that differ only in how they are written: Yes, yes and YES. Whether they are one category only the user knows: they
 * are kept apart and that is told, or united where that is asked for.
 */
import { describe } from '../../../validate.js'
import type { Column } from '../column.js'
import type { ColumnNote } from '../column-reading.js'

type CategoryColumn = Column & { readonly type: 'category' }

/** Columns of more different texts hold no categories, and are not looked at. */
const MOST_LEVELS = 10_000
/** Characters: longer ones are texts, and no names of categories. */
const LONGEST_NAME = 1000
const MOST_GROUPS = 3
const MOST_SPELLINGS = 4
const COUNTED = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** A text in lower case, with single blanks, in Unicode's composed form: the same for all spellings of it. */
export function oneSpelling(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC').replaceAll(/\s+/g, ' ').trim()
}

/** Names that differ only in their spelling, and how many rows have each where that is known. */
export function spelledAlike(names: readonly string[]): (readonly string[])[] {
  if (names.length > MOST_LEVELS) return []
  const groups = new Map<string, string[]>()
  for (const name of names) {
    if (name.length > LONGEST_NAME) continue
    const spelling = oneSpelling(name)
    const group = groups.get(spelling)
    if (group === undefined) groups.set(spelling, [name])
    else group.push(name)
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

/** @param rowsOf how many rows have a name; undefined where that is not known */
export function spellingNotes(
  names: readonly string[],
  rowsOf: () => ReadonlyMap<string, number> | undefined,
): ColumnNote[] {
  const groups = spelledAlike(names)
  if (groups.length === 0) return []
  const rows = rowsOf()
  const shown = groups.slice(0, MOST_GROUPS).map((group) => {
    const sorted = [...group].sort((a, b) => (rows?.get(b) ?? 0) - (rows?.get(a) ?? 0))
    const spellings = sorted.slice(0, MOST_SPELLINGS).map((name) => {
      return `${visible(name)}${rows === undefined ? '' : ` ${rows.get(name) ?? 0}`}`
    })
    const more = sorted.length > MOST_SPELLINGS ? ', …' : ''
    return `${spellings.join(', ')}${more}: one category written ${COUNTED[group.length] ?? group.length} ways?`
  })
  const more = groups.length > MOST_GROUPS ? ` And ${groups.length - MOST_GROUPS} more such groups.` : ''
  const text = `has ${shown.join(' ')}${more} They are kept apart; to unite them, give ignoreCase: true`
  return [{ kind: 'spelling', text }]
}

/** Quoted; what cannot be told apart by eye is written out. */
function visible(name: string): string {
  return describe(name).replaceAll(/[^\S ]|[\u0300-\u036f\u200b-\u200f\u2060\ufeff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** The column with a note where its texts differ only in spelling; with one level for each where they are to be united. */
export function spelledColumn(column: CategoryColumn, unite: boolean): CategoryColumn {
  if (unite) return united(column)
  const notes = spellingNotes(column.levels, () => rowsOfLevels(column))
  if (notes.length === 0) return column
  const others = (column.reading?.notes ?? []).filter(({ kind }) => kind !== 'spelling')
  return { ...column, reading: { ...column.reading, notes: [...others, ...notes] } }
}

function rowsOfLevels({ levels, codes }: CategoryColumn): ReadonlyMap<string, number> {
  const counts = new Float64Array(levels.length)
  for (const code of codes) if (code >= 0) counts[code]!++
  return new Map(levels.map((level, code) => [level, counts[code]!]))
}

function united(column: CategoryColumn): CategoryColumn {
  const numbers = new Map<string, number>()
  const codeOf = column.levels.map((level) => {
    const spelling = oneSpelling(level)
    const known = numbers.get(spelling)
    if (known !== undefined) return known
    numbers.set(spelling, numbers.size)
    return numbers.size - 1
  })
  return {
    ...column,
    levels: [...numbers.keys()],
    codes: column.codes.map((code) => codeOf[code] ?? -1),
    ignoreCase: true,
  }
}
