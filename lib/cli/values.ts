/*
 * What is typed behind an option, as the numbers and names that the library wants.
 */
import { closeSync, existsSync, openSync, realpathSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { temporaryBeside } from '../files/temporary-files.js'
import { didYouMean } from '../validate.js'
import type { Given } from './command.js'
import { UsageError } from './terminal.js'

interface Bounds {
  readonly min?: number
  readonly max?: number
  readonly exclusiveMin?: number
  readonly below?: number
}

/** A whole number; undefined where the option was not given. */
export function wholeNumber(given: Given, name: string, min: number): number | undefined {
  const text = given.options.get(name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min && text.trim() !== '') return value
  throw new UsageError(`--${name} takes a whole number of at least ${min}, but '${text}' was given.`)
}

export function decimal(given: Given, name: string, expected: string, bounds: Bounds): number | undefined {
  const text = given.options.get(name)
  if (text === undefined) return undefined
  const value = Number(text)
  const { min = -Infinity, max = Infinity, exclusiveMin = -Infinity, below = Infinity } = bounds
  const fits = value >= min && value <= max && value > exclusiveMin && value < below
  if (fits && Number.isFinite(value) && text.trim() !== '') return value
  throw new UsageError(`--${name} takes ${expected}, but '${text}' was given.`)
}

const unitsOfTime = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** A time such as 90s, 2m or 1.5h, in milliseconds; undefined where the option was not given. */
export function duration(given: Given, name: string): number | undefined {
  const text = given.options.get(name)
  if (text === undefined) return undefined
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim()) ?? []
  if (number !== undefined) return Number(number) * unitsOfTime[unit as keyof typeof unitsOfTime]
  throw new UsageError(`--${name} takes a time such as 90s, 2m or 1h, but '${text}' was given.`)
}

/**
 * The columns that an option names between commas. A name may hold commas itself: a whole value that is a column's name is
 * that column, and so are parts that make one together.
 *
 * @throws UsageError for a name that no column has
 */
export function columnNames(option: string, texts: readonly string[], columns: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => columnsIn(option, text, columns)))]
}

function columnsIn(option: string, text: string, columns: readonly string[]): string[] {
  if (columns.includes(text)) return [text]
  const parts = text.split(',')
  const found: string[] = []
  for (let from = 0; from < parts.length; ) {
    let end = parts.length
    while (end > from + 1 && !columns.includes(parts.slice(from, end).join(',').trim())) end--
    const name = parts.slice(from, end).join(',').trim()
    if (name !== '') found.push(knownColumn(option, name, columns))
    from = end
  }
  return found
}

export function wholeNumbers(given: Given, name: string): number[] | undefined {
  const text = given.options.get(name)
  if (text === undefined) return undefined
  return text.split(',').map((part) => {
    const value = Number(part)
    if (Number.isSafeInteger(value) && value >= 1 && part.trim() !== '') return value
    throw new UsageError(
      `--${name} takes positive whole numbers between commas such as 64,32, but '${text}' was given.`,
    )
  })
}

export function choice<const Name extends string>(
  given: Given,
  name: string,
  choices: readonly Name[],
): Name | undefined {
  const text = given.options.get(name)
  if (text === undefined) return undefined
  const found = choices.find((one) => one === text)
  if (found !== undefined) return found
  const near = didYouMean(text, choices)
  throw new UsageError(
    `--${name} takes ${choices.join(' or ')}, but '${text}' was given.${near === undefined ? '' : ` ${near}`}`,
  )
}

/**
 * `a=category,b=number`, in one value or several. A comma within a name is part of it: what stands before `=type` reaches
 * back to the type before.
 */
export function assignments<const Name extends string>(
  given: Given,
  option: string,
  choices: readonly Name[],
  what = 'type',
): Record<string, Name> {
  const found: [string, Name][] = []
  for (const text of given.lists.get(option) ?? []) {
    let pending = ''
    for (const part of text.split(',')) {
      pending = pending === '' ? part : `${pending},${part}`
      if (pending.trim() === '') pending = ''
      const at = pending.lastIndexOf('=')
      const chosen = choices.find((one) => one === pending.slice(at + 1).trim())
      const name = pending.slice(0, Math.max(0, at)).trim()
      if (name === '' || chosen === undefined) continue
      found.push([name, chosen])
      pending = ''
    }
    if (pending !== '') throw notAssigned(option, pending.trim(), choices, what)
  }
  return Object.fromEntries(found)
}

function notAssigned(option: string, part: string, choices: readonly string[], what: string): UsageError {
  const at = part.lastIndexOf('=')
  const near = at > 0 ? didYouMean(part.slice(at + 1), choices) : undefined
  return new UsageError(
    `--${option} takes column=${what} between commas, where a ${what} is ${choices.join(', ')}, but '${part}' was given.` +
      (near === undefined ? '' : ` ${near}`),
  )
}

/** The name itself where there is such a column. */
export function knownColumn(option: string, name: string, columns: readonly string[]): string {
  if (columns.includes(name)) return name
  const near = didYouMean(name, columns)
  const shown = columns.slice(0, 20).join(', ')
  const list = columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown
  throw new UsageError(
    `--${option} names '${name}', which is no column.${near === undefined ? '' : ` ${near}`} The columns are: ${list}.`,
  )
}

/** Refuses a path that nothing can be written to, before the work whose result it is for. */
export function requireWritable(option: string, path: string): void {
  const folder = dirname(path)
  if (!existsSync(folder)) throw new UsageError(`${option} ${path}: the folder ${folder} does not exist.`)
  if (existsSync(path) && !statSync(path).isFile()) {
    throw new UsageError(`${option} ${path}: it is there, and is no file.`)
  }
  try {
    // Permissions do not tell of folders that take no new files, such as /proc: what is written is first a new file.
    const probe = temporaryBeside(path)
    closeSync(openSync(probe, 'wx'))
    rmSync(probe)
  } catch {
    throw new UsageError(`${option} ${path}: the folder ${folder} cannot be written to.`)
  }
}

/**
 * Refuses to write where a command reads, or writes something else: a slip would cost the data.
 *
 * @param files by what they are: the flag, or 'the data'; undefined where there is none
 */
export function distinctFiles(option: string, path: string, files: Readonly<Record<string, string | undefined>>): void {
  for (const [what, file] of Object.entries(files)) {
    if (file === undefined || trueName(file) !== trueName(path)) continue
    throw new UsageError(`${option} ${path} would overwrite ${what}. Give it another name.`)
  }
}

/** Two names of one file are the same here; a file that is not there yet is its full name. */
function trueName(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

type Defined<Options> = { readonly [Name in keyof Options]?: Exclude<Options[Name], undefined> }

/** Without the options that were not given. */
export function defined<Options extends object>(options: Options): Defined<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<Options>
}
