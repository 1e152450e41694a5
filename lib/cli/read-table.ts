/*
 * CSV files as the options of a command line ask for them.
 */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { csvChunks, readCsv } from '../data/readers/csv.js'
import { type ColumnType, columnTypes } from '../data/table/column.js'
import { dateFormat } from '../data/table/date-format.js'
import { type DateOrder, dateOrders } from '../data/table/date-inference.js'
import type { Table } from '../data/table/table.js'
import { DeepblasError } from '../errors.js'
import { messageOf } from '../kinds.js'
import { isMissing } from '../strategy/column-values.js'
import type { Given, OptionDescriptions } from './command.js'
import { count } from './profile.js'
import { inOptions, type Terminal, UsageError } from './terminal.js'
import { type TextSettings, textOptions, textSettings } from './text-options.js'
import { assignments, choice, columnNames, knownColumn } from './values.js'

export const readerOptions: OptionDescriptions = {
  ...textOptions,
  types: {
    value: '<column=type,...>',
    help: 'types of columns: number, category, boolean or date; inferred without it; may be given several times',
    repeatable: true,
  },
  decimal: { value: '<character>', help: 'the decimal point of numbers: . or a comma; recognised without it' },
  'date-format': {
    value: '<column=format>',
    help: 'how dates are written: when=dd.MM.yyyy or "when=MM/dd/yyyy HH:mm"; recognised without it; may be given several times',
    repeatable: true,
  },
  dates: {
    value: '<order>',
    help: 'how dates such as 03/04/2024 are read: dayFirst or monthFirst; iso: only 2024-04-03 is a date',
  },
  'ignore-case': { help: 'Yes, yes and YES are one category, yes; without it they are kept apart, which is told' },
  header: { value: '<yes or no>', help: 'whether the first row names the columns; recognised without it' },
  'skip-bad-rows': { help: 'leave out rows that cannot be read, and say how many; without it they are an error' },
}

export interface ReaderSettings extends TextSettings {
  readonly decimal?: '.' | ','
  readonly header?: boolean
  readonly ignoreCase: boolean
  readonly dateFormats: Readonly<Record<string, string>>
  readonly dates?: DateOrder
  readonly types: Readonly<Record<string, ColumnType>>
  readonly ignore: readonly string[]
  readonly skipBadRows: boolean
}

export function readerSettings(given: Given): ReaderSettings {
  const delimiter = given.options.get('delimiter')
  const decimal = choice(given, 'decimal', ['.', ','])
  if (decimal === ',' && delimiter === ',') throw new UsageError('--decimal and --delimiter cannot both be a comma.')
  const header = choice(given, 'header', ['yes', 'no'])
  const dates = choice(given, 'dates', dateOrders)
  return {
    ...textSettings(given),
    ...(dates === undefined ? {} : { dates }),
    dateFormats: dateFormatsOf(given),
    ignoreCase: given.switches.has('ignore-case'),
    ...(decimal === undefined ? {} : { decimal }),
    ...(header === undefined ? {} : { header: header === 'yes' }),
    types: assignments(given, 'types', columnTypes),
    ignore: given.lists.get('ignore') ?? [],
    skipBadRows: given.switches.has('skip-bad-rows'),
  }
}

/** The same for a file's columns: names as the header has them. */
export function settingsFor(settings: ReaderSettings, header: readonly string[]): ReaderSettings {
  for (const name of Object.keys(settings.types)) knownColumn('types', name, header)
  for (const name of Object.keys(settings.dateFormats)) knownColumn('date-format', name, header)
  return { ...settings, ignore: columnNames('ignore', settings.ignore, header) }
}

/** `when=dd.MM.yyyy`, one a time: a format may hold a comma. */
function dateFormatsOf(given: Given): Record<string, string> {
  return Object.fromEntries(
    (given.lists.get('date-format') ?? []).map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) {
        throw new UsageError(`--date-format takes column=format, such as when=dd.MM.yyyy, but '${text}' was given.`)
      }
      const [name, format] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
      try {
        return [name, dateFormat(`--date-format ${name}`, format).pattern]
      } catch (error) {
        throw new UsageError(messageOf(error))
      }
    }),
  )
}

const MILLISECONDS_BETWEEN_REPORTS = 200

/** A whole file, with its progress on a terminal. */
export async function readTable(path: string, settings: ReaderSettings, terminal: Terminal): Promise<Table> {
  const { stderr, signal } = terminal
  const name = basename(path)
  let reported = Date.now()
  const drawn = stderr.isTTY === true
  let cleared = true
  const table = await readCsv(path, {
    ...settings,
    onProgress: ({ rows, bytes, totalBytes }: { rows: number; bytes: number; totalBytes?: number | undefined }) => {
      signal.throwIfAborted()
      if (!drawn || Date.now() - reported < MILLISECONDS_BETWEEN_REPORTS) return
      reported = Date.now()
      cleared = false
      const share = totalBytes === undefined || totalBytes === 0 ? '' : ` ${Math.floor((100 * bytes) / totalBytes)} %`
      stderr.write(`\r\u001b[Kreading ${name}${share}, ${count(rows)} rows`)
    },
  })
  if (!cleared) stderr.write('\r\u001b[K')
  tellSkipped(path, table, terminal)
  return table
}

const MOST_SHOWN = 3

/** What was left out of the file, and what was taken for granted. */
export function tellSkipped(path: string, { skipped, fileNotes }: Table, { stderr }: Terminal): void {
  for (const note of fileNotes) stderr.write(`${path}: ${inOptions(note)}\n`)
  if (skipped.rows === 0) return
  const shown = skipped.first.slice(0, MOST_SHOWN).map(({ line, reason }) => `  ${path}:${line}: ${inOptions(reason)}`)
  stderr.write(`${rowsText(skipped.rows, 'bad row')} of ${path} left out:\n${shown.join('\n')}\n`)
}

/** The names of the columns of a file. */
export async function headerOf(path: string, settings: ReaderSettings): Promise<string[]> {
  requireFile(path)
  const { types: _types, dateFormats: _formats, ...reader } = settings
  // Only names are wanted: how dates are written must not be asked here.
  const options = { ...reader, dates: 'iso' as const, ignore: [], skipBadRows: true, rowsPerChunk: 1 }
  for await (const table of csvChunks(path, options)) return table.names
  throw new DeepblasError('ERR_DEEPBLAS_DATA', `${path} has no rows.`)
}

/** Commands read a file more than once: its header first. */
function requireFile(path: string): void {
  const status = statSync(path, { throwIfNoEntry: false })
  const streamed = path === '-' ? status === undefined : status?.isFIFO() || status?.isCharacterDevice()
  if (streamed) throw new UsageError(`${path} is a stream, and is read more than once. Write it into a file first.`)
}

/** The rows that have a target; how many have none is told. */
export function withTargets(table: Table, path: string, target: string, { stderr }: Terminal): Table {
  const column = table.column(target)
  const values = column.type === 'category' ? column.codes : column.values
  let missing = 0
  for (const value of values) if (isMissing(column, value)) missing++
  if (missing === 0) return table
  if (missing === table.rows) {
    throw new DeepblasError('ERR_DEEPBLAS_DATA', `The column '${target}' of ${path} has no values.`)
  }
  stderr.write(`${rowsText(missing, 'row')} of ${path} left out: no ${target}\n`)
  const kept = new Int32Array(table.rows - missing)
  let next = 0
  for (const [row, value] of values.entries()) if (!isMissing(column, value)) kept[next++] = row
  return table.select(kept)
}

function rowsText(rows: number, what: string): string {
  return `${count(rows)} ${what}${rows === 1 ? '' : 's'}`
}
