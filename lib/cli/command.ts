import { parseArgs } from 'node:util'
import type { Json } from '../files/strict-json.js'
import { didYouMean } from '../validate.js'
import { type Terminal, UsageError } from './terminal.js'

/** An option of a command: `--epochs <n>`, or a switch. */
export interface OptionDescription {
  /** What stands in the help for its value; a switch has none. */
  readonly value?: string
  readonly help: string
  /** Of a switch: a whole number that may follow it, as it stands in the help. */
  readonly number?: string
  /** Whether it may be given several times. */
  readonly repeatable?: boolean
}

export type OptionDescriptions = Readonly<Record<string, OptionDescription>>

/** What the user gave: options by name, checked to exist, and the arguments in order. */
export interface Given {
  readonly options: ReadonlyMap<string, string>
  /** Of options that may be given several times: all that was given. */
  readonly lists: ReadonlyMap<string, readonly string[]>
  readonly switches: ReadonlySet<string>
  readonly arguments: readonly string[]
  /** All that stood behind the command's name, as it was typed. */
  readonly typed: readonly string[]
}

export interface Command {
  readonly name: string
  /** One line, in the list of commands. */
  readonly summary: string
  /** Names of its arguments, all of them needed. */
  readonly arguments: readonly { readonly name: string; readonly help: string }[]
  readonly options: OptionDescriptions
  /** Paragraphs below the options. */
  readonly notes: string
  /** @returns the one object that `--json` prints; undefined where what it wrote is the result */
  run(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>>
}

const common: OptionDescriptions = {
  json: { help: 'one JSON object on standard output, everything else on standard error' },
  help: { help: 'this text' },
}

/** Every option of a command with those that all have. */
export function optionsOf(command: Command): OptionDescriptions {
  return { ...command.options, ...common }
}

/** @throws UsageError that names the flag, and the one that was probably meant */
export function readCommandLine(command: Command, args: readonly string[]): Given {
  const described = optionsOf(command)
  const names = Object.keys(described)
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      names.map((name) => [name, { type: described[name]!.value === undefined ? 'boolean' : 'string' }] as const),
    ),
    allowPositionals: true,
    // Its own messages know no nearest name: the tokens are checked here.
    strict: false,
    tokens: true,
  })
  const options = new Map<string, string>()
  const lists = new Map<string, string[]>()
  const switches = new Set<string>()
  const positionals: string[] = []
  const taken = new Set<number>()
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'positional' && !taken.has(at)) positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const option = Object.hasOwn(described, name) && rawName.startsWith('--') ? described[name] : undefined
    if (option === undefined) {
      const near = didYouMean(name, names)?.replace(/'(.*)'/, '--$1')
      const list = names.map((one) => `--${one}`).join(', ')
      throw new UsageError(
        `There is no option ${rawName}.${near === undefined ? '' : ` ${near}`} The options of ${command.name} are: ${list}.`,
      )
    }
    if ((options.has(name) || (option.number !== undefined && switches.has(name))) && option.repeatable !== true)
      throw new UsageError(`${rawName} is given twice.`)
    if (option.number !== undefined) {
      const next = tokens[at + 1]
      const follows = value === undefined && next?.kind === 'positional' && /^\d+$/.test(next.value)
      if (follows) taken.add(at + 1)
      switches.add(name)
      const number = follows ? next.value : value
      if (number !== undefined) options.set(name, number)
      continue
    }
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value, but '${value}' was given.`)
      switches.add(name)
      continue
    }
    // `--out --json`: the next option is no value. A negative number is one: `--learning-rate -1` is told by its check.
    if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('--'))) {
      throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`)
    }
    options.set(name, value)
    if (option.repeatable === true) lists.set(name, [...(lists.get(name) ?? []), value])
  }
  if (!switches.has('help')) requireArguments(command, positionals)
  return { options, lists, switches, arguments: positionals, typed: args }
}

function requireArguments(command: Command, given: readonly string[]): void {
  const missing = command.arguments[given.length]
  if (missing !== undefined) {
    throw new UsageError(`${missing.name} is missing: ${usageLine(command)}`)
  }
  const extra = given[command.arguments.length]
  if (extra === undefined) return
  const wanted = command.arguments.map(({ name }) => name).join(' and ')
  throw new UsageError(`deepblas ${command.name} takes ${wanted}, but '${extra}' was given too.`)
}

export function usageLine(command: Command): string {
  return ['deepblas', command.name, ...command.arguments.map(({ name }) => name), '[options]'].join(' ')
}

/** Columns of a help: not more, since long lines are hard to read. */
export const HELP_WIDTH = 100

export function helpText(command: Command, columns = HELP_WIDTH): string {
  const rows = [
    ...command.arguments.map(({ name, help }) => [name, help] as const),
    ...Object.entries(optionsOf(command)).map(
      ([name, { value, number, help }]) => [[`--${name}`, value ?? number ?? ''].join(' ').trimEnd(), help] as const,
    ),
  ]
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  const lines = rows.map(
    ([left, help]) => `  ${left.padEnd(width)}${wrapped(help, Math.max(20, columns - width - 2), width + 2)}`,
  )
  const notes = command.notes
    .trim()
    .split('\n\n')
    .map((paragraph) => wrapped(paragraph.replaceAll('\n', ' '), columns, 0))
  return `${command.summary}\n\nusage: ${usageLine(command)}\n\n${lines.join('\n')}\n\n${notes.join('\n\n')}\n`
}

function wrapped(text: string, width: number, indent: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
