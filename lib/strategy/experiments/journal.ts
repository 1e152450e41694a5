/*
 * Results of an experiment in a file of JSON lines, so that a second run goes on where the first one ended, however it
 * ended: the first line says what was measured and how, each of the others holds one result.
 */
import { readFileSync, truncateSync } from 'node:fs'
import { appendWholeSync } from '../../files/append-file.js'
import { asFileError, FileProblem } from '../../files/file-error.js'
import { jsonNumber, numberOf } from '../../files/json-number.js'
import type { Json } from '../../files/strict-json.js'
import { codeOf } from '../../kinds.js'
import { differences } from '../../model/training/checkpoint/compare-settings.js'
import type { TrialResult } from './trial.js'

/** What figures depend on, by name; long ones as checksums. */
export type Settings = { [name: string]: Json }

interface Entry {
  readonly result: TrialResult
  /** Those of its trial. */
  readonly settings: Settings
}

const FORMAT = 'deepblas experiment 1'
/** How the file of a journal begins. */
const BEGINNING = `{"format":"${FORMAT}"`

/** Keeps results in a file, and knows those that the file held before. */
export class Journal {
  readonly #path: string
  readonly #entries = new Map<string, Entry>()

  /**
   * Opens a journal, or begins one where there is no file. A last line that was cut when a process ended is taken out.
   *
   * @param settings of the experiment, which must be those that the journal was begun with
   * @throws DeepblasError ERR_DEEPBLAS_FILE for a file that is no journal, cannot be written, or has other settings
   */
  constructor(path: string, settings: Settings) {
    this.#path = path
    try {
      const [first, ...rest] = wholeLines(path)
      if (first === undefined) {
        this.#append({ format: FORMAT, settings })
        return
      }
      requireSame('the experiment', parsed(first, 1).settings, settings)
      for (const [at, line] of rest.entries()) {
        const entry = entryOf(parsed(line, at + 2), at + 2)
        this.#entries.set(entry.result.key, entry)
      }
    } catch (error) {
      throw asFileError('read', path, error)
    }
  }

  /**
   * The result of a trial that ran before; undefined of others.
   *
   * @param settings of the trial
   * @throws DeepblasError ERR_DEEPBLAS_FILE for a trial that had other settings then
   */
  resultOf(key: string, settings: () => Settings): TrialResult | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    try {
      requireSame(`the trial '${key}'`, entry.settings, settings())
    } catch (error) {
      throw asFileError('read', this.#path, error)
    }
    return entry.result
  }

  add(result: TrialResult, settings: Settings): void {
    this.#entries.set(result.key, { result, settings })
    this.#append({ result, settings })
  }

  #append(line: object): void {
    const text = JSON.stringify(line, (_, value: unknown) => (typeof value === 'number' ? jsonNumber(value) : value))
    try {
      appendWholeSync(this.#path, Buffer.from(`${text}\n`))
    } catch (error) {
      throw asFileError('write', this.#path, error)
    }
  }
}

/** The lines of the file, none where there is no file. What follows the last whole line is cut off. */
function wholeLines(path: string): string[] {
  const text = textOf(path) ?? ''
  if (!BEGINNING.startsWith(text.slice(0, BEGINNING.length))) {
    throw new FileProblem('it is no journal of an experiment. Give another path')
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole))
  return whole.split('\n').slice(0, -1)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function parsed(line: string, number: number): Readonly<Record<string, Json | undefined>> {
  try {
    const value: unknown = JSON.parse(line, (_, one: Json) => numberOf(one) ?? one)
    if (typeof value === 'object' && value !== null) return value as Record<string, Json>
  } catch (cause) {
    throw new FileProblem(`line ${number} is not valid JSON`, { cause })
  }
  throw new FileProblem(`line ${number} holds no object`)
}

function entryOf({ result, settings }: Readonly<Record<string, Json | undefined>>, number: number): Entry {
  const found = result as unknown as TrialResult
  const isWhole =
    typeof found === 'object' &&
    found !== null &&
    typeof found.key === 'string' &&
    [found.value, found.seconds].every((one) => typeof one === 'number') &&
    [found.groups, found.trainLoss, found.devLoss, found.devValue].every(isNumbers) &&
    typeof settings === 'object'
  if (!isWhole) throw new FileProblem(`line ${number} holds no result of a trial`)
  return { result: found, settings: settings as Settings }
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'number')
}

function requireSame(what: string, there: Json | undefined, here: Settings): void {
  const different = differences(there, here)
  if (different.length === 0) return
  throw new FileProblem(
    `it is the journal of other settings of ${what}: ${different.map(({ text }) => text).join('; ')}. ` +
      'Give another path, or the settings that it was begun with',
  )
}
