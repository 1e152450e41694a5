import { setImmediate } from 'node:timers/promises'
import type { ProgressStream } from '../callbacks/progress-bar.js'
import { inPlainCharacters } from '../report/terminal/locale.js'
import { textWidth, wrapped } from '../report/terminal/text.js'

/** Where a command writes and what may end it: the process's own, or those of a test. */
export interface Terminal {
  /** Results: with `--json` one object and nothing else. */
  readonly stdout: NodeJS.WritableStream
  /** Everything else: profile, progress, warnings, errors. */
  readonly stderr: ProgressStream
  /** Of Ctrl+C. */
  readonly signal: AbortSignal
  /** What `-` in the place of a file reads. */
  readonly stdin?: AsyncIterable<string | Uint8Array>
  /** Whether messages and tables are to be of ASCII characters alone, names and values of the user's aside. */
  readonly ascii?: boolean
}

/** What the user typed is wrong: exit code 2. */
export class UsageError extends Error {}

/** The user has pressed Ctrl+C: exit code 130. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted.')
  }
}

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const

/** Signals arrive between turns of the event loop: work that has held it up has held them up too. */
export async function throwIfInterrupted({ signal }: Terminal): Promise<void> {
  await setImmediate()
  signal.throwIfAborted()
}

/** A write that waits where the reader is slower: what is piped to a slow program does not pile up in memory. */
export async function writeAll(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (stream.write(text)) return
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      stream.removeListener('error', failed)
      resolve()
    }
    const failed = (error: Error) => {
      stream.removeListener('drain', done)
      reject(error)
    }
    stream.once('drain', done)
    stream.once('error', failed)
  })
}

/** A value as a shell takes it. */
export function optionValue(text: string): string {
  return /^[\p{L}\p{N}_.,:=/@%+-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

const USUAL_WIDTH = 80

/** Columns of tables: the terminal's, or those that COLUMNS says, or as many as a terminal usually has. */
export function widthOf({ stdout, stderr }: Terminal): number {
  const given = [(stdout as { columns?: number }).columns, stderr.columns, Number(process.env.COLUMNS)]
  return given.find((columns) => columns !== undefined && columns >= 20) ?? USUAL_WIDTH
}

/** Text for people, on standard error; on a terminal broken between words. */
export function tell(terminal: Terminal, text: string): void {
  const { stderr, ascii = false } = terminal
  const lines = ascii ? inPlainCharacters(text) : text
  stderr.write(stderr.isTTY === true ? broken(lines, widthOf(terminal)) : lines)
}

/** Tables are as wide as they should be already, and keep their blanks. */
function broken(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => (textWidth(line) <= width ? [line] : wrapped(line, width)))
    .join('\n')
}

/** The command that one would run next, in one line, to be copied. */
export function tellNext({ stderr }: Terminal, args: readonly string[]): void {
  stderr.write(`next: deepblas ${args.map(optionValue).join(' ')}\n`)
}

/** To milliseconds. */
export function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000
}

/** Whole sentences about things: "1 column", "2 columns". */
export function counted(number: number, one: string, several = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : several}`
}

/** Results for people: on standard output, unless that is for one JSON object. */
export function say(given: { readonly switches: ReadonlySet<string> }, terminal: Terminal, text: string): void {
  const { stdout, ascii = false } = terminal
  if (given.switches.has('json')) {
    tell(terminal, `${text}\n`)
    return
  }
  const lines = ascii ? inPlainCharacters(text) : text
  const drawn = (stdout as { isTTY?: boolean }).isTTY === true
  stdout.write(`${drawn ? broken(lines, widthOf(terminal)) : lines}\n`)
}
