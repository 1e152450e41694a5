/*
 * Options that say something of all columns, `--decimal ,`, or of one, `--decimal price=,`.
 */
import type { Given } from './command.js'
import { UsageError } from './terminal.js'
import { knownColumn } from './values.js'

/** A value for all columns, or one for each that is named. */
export type ByColumn<Value> = Value | Readonly<Record<string, Value>>

/** One of several words; undefined where the option was not given. */
export function choiceByColumn<const Word extends string>(
  given: Given,
  option: string,
  words: readonly Word[],
): ByColumn<Word> | undefined {
  const texts = given.lists.get(option)
  if (texts === undefined) return undefined
  const all = new Set<Word>()
  const own: [column: string, Word][] = []
  for (const text of texts) {
    const word = words.find((one) => one === text)
    const ofColumn = words.find((one) => text.endsWith(`=${one}`))
    const column = text.slice(0, -1 - (ofColumn?.length ?? 0)).trim()
    if (word !== undefined) all.add(word)
    else if (ofColumn !== undefined && column !== '') own.push([column, ofColumn])
    else {
      throw new UsageError(
        `--${option} takes ${words.join(' or ')}, for all columns or for one as column=${words[0]}, but '${text}' was given.`,
      )
    }
  }
  if (all.size === 0) return Object.fromEntries(own)
  if (all.size === 1 && own.length === 0) return [...all][0]!
  throw new UsageError(`--${option} is given for all columns more than once: give it once, or for columns alone.`)
}

/** Whether a value is one for each column that is named. */
export function isByColumn<Value>(value: ByColumn<Value> | undefined): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && !Array.isArray(value)
}

/** @throws UsageError for a name that no column has */
export function knownColumns(option: string, value: ByColumn<unknown> | undefined, header: readonly string[]): void {
  if (isByColumn(value)) for (const name of Object.keys(value)) knownColumn(option, name, header)
}

/**
 * Texts between commas, `-999,None`, or those of a column, `price=-999`. Those of all columns hold for every one.
 *
 * @throws UsageError for a name that no column has
 */
export function textsByColumn(
  option: string,
  texts: ByColumn<readonly string[]>,
  header: readonly string[],
): ByColumn<readonly string[]> {
  if (isByColumn(texts)) return texts
  const all: string[] = []
  const own = new Map<string, string[]>()
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at <= 0) {
      all.push(...textsBetween(text))
      continue
    }
    // A name may have an = itself: the longest is meant.
    const names = header.filter((name) => text.startsWith(`${name}=`)).sort((a, b) => b.length - a.length)
    const column = names[0] ?? knownColumn(option, text.slice(0, at).trim(), header)
    const value = text.slice(names[0] === undefined ? at + 1 : column.length + 1)
    own.set(column, [...(own.get(column) ?? []), ...textsBetween(value)])
  }
  if (own.size === 0) return all
  return Object.fromEntries(header.map((name) => [name, [...all, ...(own.get(name) ?? [])]]))
}

/** What holds for all columns, before they are known: nothing where a column has texts of its own. */
export function textsOfAll(texts: ByColumn<readonly string[]>): readonly string[] {
  return isByColumn(texts) || texts.some((text) => text.indexOf('=') > 0) ? [] : texts.flatMap(textsBetween)
}

/** Texts between commas. */
function textsBetween(text: string): string[] {
  return text.split(',').map((one) => one.trim())
}
