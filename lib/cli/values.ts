/*
 * What is typed behind an option, as the numbers and names that the library wants.
 */
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
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

/** Names between commas. */
export function names(given: Given, name: string): string[] {
  const text = given.options.get(name)
  if (text === undefined) return []
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
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

/** `a=category,b=number` */
export function assignments<const Name extends string>(
  given: Given,
  name: string,
  choices: readonly Name[],
): Record<string, Name> {
  return Object.fromEntries(
    names(given, name).map((part) => {
      const at = part.lastIndexOf('=')
      const type = choices.find((one) => one === part.slice(at + 1))
      if (at > 0 && type !== undefined) return [part.slice(0, at), type]
      const near = at > 0 ? didYouMean(part.slice(at + 1), choices) : undefined
      throw new UsageError(
        `--${name} takes column=type between commas, where a type is ${choices.join(', ')}, but '${part}' was given.` +
          (near === undefined ? '' : ` ${near}`),
      )
    }),
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
    accessSync(folder, constants.W_OK)
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
