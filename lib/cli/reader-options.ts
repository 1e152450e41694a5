/*
 * CSV files as the options of a command line ask for them.
 */
import { type ColumnType, columnTypes } from '../data/table/column.js'
import { dateFormat } from '../data/table/dates/date-format.js'
import { type DateOrder, dateOrders } from '../data/table/dates/date-inference.js'
import type { ThousandsMark } from '../data/table/numbers/notation.js'
import { messageOf } from '../kinds.js'
import { type ByColumn, choiceByColumn, isByColumn, knownColumns, textsByColumn } from './by-column.js'
import type { Given, OptionDescriptions } from './command.js'
import { UsageError } from './terminal.js'
import { type TextSettings, textOptions, textSettings } from './text-options.js'
import { assignments, choice, columnNames, knownColumn } from './values.js'

export const readerOptions: OptionDescriptions = {
  ...textOptions,
  types: {
    value: '<column=type,...>',
    help: 'types of columns: number, category, boolean or date; inferred without it; may be given several times',
    repeatable: true,
  },
  decimal: {
    value: '<character>',
    help: 'the decimal point of numbers: . or a comma, or of one column: price=, ; recognized without it',
    repeatable: true,
  },
  thousands: {
    value: '<character>',
    help: 'between thousands: , or . or space or apostrophe, or none; or of one column: price=. ; recognized without it',
    repeatable: true,
  },
  missing: {
    value: '<texts>',
    help: 'between commas: more texts that stand for a missing value, beside NA, null and the like; or of one column: price=-999',
    repeatable: true,
  },
  'not-missing': {
    value: '<texts>',
    help: 'between commas: texts that are values although they look like missing ones, such as NA for Namibia; or of one column: country=NA',
    repeatable: true,
  },
  'date-format': {
    value: '<column=format>',
    help: 'how dates are written: when=dd.MM.yyyy or "when=MM/dd/yyyy HH:mm"; recognized without it; may be given several times',
    repeatable: true,
  },
  dates: {
    value: '<order>',
    help: 'how dates such as 03/04/2024 are read: dayFirst or monthFirst; iso: only 2024-04-03 is a date',
  },
  'ignore-case': { help: 'Yes, yes and YES are one category, yes; without it they are kept apart, which is told' },
  header: { value: '<yes or no>', help: 'whether the first row names the columns; recognized without it' },
  'duplicate-names': { value: 'number', help: 'columns of one name get numbers: price, price_2; without it an error' },
  'skip-bad-rows': { help: 'leave out rows that cannot be read, and say how many; without it they are an error' },
}

/** What a shell makes hard to type has a name. */
const THOUSANDS = { ',': ',', '.': '.', space: ' ', apostrophe: "'", none: 'none' } as const

export interface ReaderSettings extends TextSettings {
  readonly decimal?: ByColumn<'.' | ','>
  readonly thousands?: ByColumn<ThousandsMark | 'none'>
  readonly alsoMissing: ByColumn<readonly string[]>
  readonly notMissing: ByColumn<readonly string[]>
  readonly header?: boolean
  readonly ignoreCase: boolean
  readonly dateFormats: Readonly<Record<string, string>>
  readonly dates?: DateOrder
  readonly types: Readonly<Record<string, ColumnType>>
  readonly ignore: readonly string[]
  readonly duplicateNames?: 'number'
  readonly skipBadRows: boolean
}

export function readerSettings(given: Given): ReaderSettings {
  const delimiter = given.options.get('delimiter')
  const decimal = choiceByColumn(given, 'decimal', ['.', ','])
  if (decimal === ',' && delimiter === ',') throw new UsageError('--decimal and --delimiter cannot both be a comma.')
  const words = choiceByColumn(given, 'thousands', Object.keys(THOUSANDS) as (keyof typeof THOUSANDS)[])
  const thousands = isByColumn(words)
    ? Object.fromEntries(Object.entries(words).map(([name, word]) => [name, THOUSANDS[word]]))
    : words && THOUSANDS[words]
  if (thousands !== undefined && thousands === decimal) {
    throw new UsageError(`--thousands and --decimal cannot both be ${thousands}`)
  }
  const header = choice(given, 'header', ['yes', 'no'])
  const dates = choice(given, 'dates', dateOrders)
  const duplicateNames = choice(given, 'duplicate-names', ['number'])
  return {
    ...textSettings(given),
    ...(dates === undefined ? {} : { dates }),
    ...(duplicateNames === undefined ? {} : { duplicateNames }),
    dateFormats: dateFormatsOf(given),
    ignoreCase: given.switches.has('ignore-case'),
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    alsoMissing: given.lists.get('missing') ?? [],
    notMissing: given.lists.get('not-missing') ?? [],
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
  knownColumns('decimal', settings.decimal, header)
  knownColumns('thousands', settings.thousands, header)
  return {
    ...settings,
    alsoMissing: textsByColumn('missing', settings.alsoMissing, header),
    notMissing: textsByColumn('not-missing', settings.notMissing, header),
    ignore: columnNames('ignore', settings.ignore, header),
  }
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
