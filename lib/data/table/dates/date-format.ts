/*
 * Dates by a format such as dd.MM.yyyy: the letters of Unicode's date patterns, as Java, .NET, date-fns and Luxon have them.
 */
import { invalid } from '../../../validate.js'
import { dateOf } from '../texts/cell-texts.js'

/** A format made ready: milliseconds since 1970 of a text, undefined for one that does not fit or for no day there is. */
export interface DateFormat {
  readonly pattern: string
  read(text: string): number | undefined
}

/** The parts of a date that letters stand for. */
type Part =
  | 'year'
  | 'shortYear'
  | 'month'
  | 'monthName'
  | 'day'
  | 'weekday'
  | 'hour'
  | 'hourOf12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half'
  | 'zone'

/** By month: English names, then those of German, French, Spanish, Italian, Portuguese and Dutch; short ones may end in a point. */
const MONTHS: readonly string[] = [
  'january|jan|januar|jänner|jän|janvier|janv|enero|ene|gennaio|gen|janeiro|januari',
  'february|feb|februar|février|févr|fév|febrero|febbraio|fevereiro|fev|februari',
  'march|mar|märz|mär|mrz|mars|marzo|março|maart|mrt',
  'april|apr|avril|avr|abril|abr|aprile',
  'may|mai|mayo|maggio|mag|maio|mei',
  'june|jun|juni|juin|junio|giugno|giu|junho',
  'july|jul|juli|juillet|juil|julio|luglio|lug|julho',
  'august|aug|août|agosto|ago|augustus',
  'september|sept|sep|septembre|septiembre|settembre|set|setembro',
  'october|oct|oktober|okt|octobre|octubre|ottobre|ott|outubro|out',
  'november|nov|novembre|noviembre|novembro',
  'december|dec|dezember|dez|décembre|déc|diciembre|dic|dicembre|dezembro',
]
const MONTH_OF: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, month) => names.split('|').map((name) => [name, month + 1] as const)),
)
// The longest first: sept before sep, which is not followed by a t then.
const MONTH_NAME = `(?:${[...MONTH_OF.keys()].sort((a, b) => b.length - a.length).join('|')})\\.?`
const WEEKDAY =
  '(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\\.?'
const HALF = '[ap]\\.?m\\.?'
const ZONE = '(?:z|(?:utc|gmt|ut)?[+-]\\d{2}(?::?\\d{2})?|utc|gmt|ut)(?:\\s*\\([^()]*\\)|\\[[^\\[\\]]*\\])?'
/** A time behind a date, for formats that say nothing of times: 14:05:33.123, 14.05, 14h05, 2:05 PM, 2 PM. */
const TIME =
  '(?:(?:\\s*t\\s*|\\s*,\\s*|\\s+(?:at\\s+|-\\s+)?|:)(?<hour>\\d{1,2})' +
  `(?:[:.h](?<minute>\\d{2})(?:[:.](?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?|(?=\\s*${HALF}))` +
  `(?:\\s*(?<half>${HALF})|\\s*uhr|\\s+h)?(?:\\s*(?<zone>${ZONE}))?)?`

/** Two digits of a year from here on are of the 20th century, as POSIX, Python and pandas have it. */
export const FIRST_SHORT_YEAR = 69

/** What a letter, so many times, stands for. */
function partOf(letters: string): Part | undefined {
  const { length } = letters
  switch (letters[0]) {
    case 'y':
      return length === 4 || length === 1 ? 'year' : length === 2 ? 'shortYear' : undefined
    case 'M':
      return length <= 2 ? 'month' : length <= 4 ? 'monthName' : undefined
    case 'd':
      return length <= 2 ? 'day' : undefined
    case 'E':
      return length <= 4 ? 'weekday' : undefined
    case 'H':
      return length <= 2 ? 'hour' : undefined
    case 'h':
      return length <= 2 ? 'hourOf12' : undefined
    case 'm':
      return length <= 2 ? 'minute' : undefined
    case 's':
      return length <= 2 ? 'second' : undefined
    case 'S':
      return length <= 9 ? 'fraction' : undefined
    case 'a':
      return length === 1 ? 'half' : undefined
    case 'X':
    case 'x':
    case 'Z':
      return length <= 3 ? 'zone' : undefined
    default:
      return undefined
  }
}

const TIME_PARTS: ReadonlySet<Part> = new Set<Part>([
  'hour',
  'hourOf12',
  'minute',
  'second',
  'fraction',
  'half',
  'zone',
])

/** The name of the format that dates have unless another one is asked for or found. */
export const ISO_FORMAT = 'ISO 8601'

const known = new Map<string, DateFormat>([[ISO_FORMAT, { pattern: ISO_FORMAT, read: dateOf }]])

/**
 * A format, made ready once. Letters: yyyy and yy (69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068), MM or M, MMM or
 * MMMM (names, short or long, in English, German, French, Spanish, Italian, Portuguese or Dutch), dd or d, EEE (a weekday, which is not looked at), HH (0 to 23), hh (1 to 12, with a
 * for AM and PM), mm, ss, SSS, and X for a zone (Z, +01, +0100, +01:00, UTC, GMT). Other signs stand for themselves, and
 * so do letters between single quotes. Leading zeros may be left out where something stands between the numbers, and
 * capitals do not matter. A format without a time takes dates with a time behind them too. Several formats with | between
 * are tried one after the other. 'ISO 8601' is a format of its own: that of dates without one.
 *
 * @param argument the name the user knows the format by, for messages
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a format without a year, or letters that stand for nothing
 */
export function dateFormat(argument: string, pattern: string): DateFormat {
  const made = known.get(pattern)
  if (made !== undefined) return made
  const single = pattern.split('|').map((one) => singleFormat(argument, one.trim(), pattern))
  const [first] = single as [DateFormat]
  const format: DateFormat =
    single.length === 1
      ? first
      : {
          pattern,
          read(text) {
            for (const one of single) {
              const time = one.read(text)
              if (time !== undefined) return time
            }
            return undefined
          },
        }
  // Formats are few; whoever makes thousands does so on purpose.
  if (known.size < 1000) known.set(pattern, format)
  return format
}

function singleFormat(argument: string, pattern: string, whole: string): DateFormat {
  if (pattern === ISO_FORMAT) return { pattern, read: dateOf }
  if (pattern.includes('%')) {
    throw invalid(argument, EXPECTED, whole, `Write '${fromStrftime(pattern)}'.`)
  }
  const pieces = piecesOf(argument, pattern, whole)
  const parts = pieces.flatMap((piece) => (piece.part === undefined ? [] : [piece.part]))
  const twice = parts.find((part, i) => parts.indexOf(part) !== i)
  if (twice !== undefined) throw invalid(argument, EXPECTED, whole, 'It names one part of a date twice.')
  const has = (...wanted: Part[]) => wanted.some((part) => parts.includes(part))
  if (!has('year', 'shortYear')) throw invalid(argument, EXPECTED, whole, 'It needs a year: yyyy, or yy.')
  if (has('day') && !has('month', 'monthName'))
    throw invalid(argument, EXPECTED, whole, 'It needs a month: MM, or MMM.')
  if (has('hourOf12') && !has('half'))
    throw invalid(argument, EXPECTED, whole, 'hh needs an a for AM and PM; or write HH.')
  const expression = new RegExp(
    `^${expressionOf(pieces)}${parts.some((part) => TIME_PARTS.has(part)) ? '' : TIME}$`,
    'i',
  )
  return {
    pattern,
    read(text) {
      const trimmed = text.trim()
      // An accent may be a letter of its own.
      const groups = expression.exec(has('monthName') ? trimmed.normalize('NFC') : trimmed)?.groups
      return groups === undefined ? undefined : timeOf(groups)
    },
  }
}

const EXPECTED = "format of dates such as 'dd.MM.yyyy' or 'MM/dd/yyyy HH:mm'"

interface Piece {
  readonly part: Part | undefined
  /** As the pattern has it, without quotes. */
  readonly text: string
}

function piecesOf(argument: string, pattern: string, whole: string): Piece[] {
  const pieces: Piece[] = []
  for (const [text] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'/g)) {
    if (text.startsWith("'")) pieces.push({ part: undefined, text: quoted(argument, text, whole) })
    else if (!/^[A-Za-z]/.test(text) || text === 'T') pieces.push({ part: undefined, text })
    else {
      const part = partOf(text)
      if (part === undefined) throw invalid(argument, EXPECTED, whole, letterHint(text))
      pieces.push({ part, text })
    }
  }
  return pieces
}

function quoted(argument: string, text: string, whole: string): string {
  if (text.length < 2) throw invalid(argument, EXPECTED, whole, 'It has a single quote that is not closed.')
  return text === "''" ? "'" : text.slice(1, -1).replaceAll("''", "'")
}

/** Other libraries' letters are answered with ours. */
function letterHint(letters: string): string {
  const ours = new Map([
    ['D', 'dd'],
    ['Y', 'yyyy'],
    ['A', 'a'],
    ['u', 'yyyy'],
    ['z', 'X'],
    ['f', 'SSS'],
    ['t', 'a'],
    ['K', 'hh'],
  ]).get(letters[0]!)
  const own = ours === 'yyyy' && letters.length === 2 ? 'yy' : ours
  return own === undefined
    ? `Write letters that stand for themselves between single quotes: '${letters}'.`
    : `Write ${own} in place of ${letters}.`
}

const STRFTIME: Readonly<Record<string, string>> = {
  Y: 'yyyy',
  y: 'yy',
  m: 'MM',
  d: 'dd',
  e: 'd',
  b: 'MMM',
  h: 'MMM',
  B: 'MMMM',
  a: 'EEE',
  A: 'EEEE',
  H: 'HH',
  I: 'hh',
  p: 'a',
  M: 'mm',
  S: 'ss',
  f: 'SSS',
  z: 'X',
  Z: 'X',
  F: 'yyyy-MM-dd',
  T: 'HH:mm:ss',
  D: 'MM/dd/yy',
  R: 'HH:mm',
}

function fromStrftime(pattern: string): string {
  return pattern.replaceAll(/%[-#]?([A-Za-z])/g, (all, letter: string) => STRFTIME[letter] ?? all)
}

function expressionOf(pieces: readonly Piece[]): string {
  return pieces
    .map(({ part, text }, i) => {
      if (part === undefined) return literal(text)
      const beside = [pieces[i - 1]?.part, pieces[i + 1]?.part]
      // Numbers with nothing between them have all their digits.
      const fixed = beside.some((other) => other !== undefined && other !== 'monthName' && other !== 'half')
      return `(?<${part}>${digitsOf(part, fixed)})${part === 'day' && !fixed ? '(?:st|nd|rd|th)?' : ''}`
    })
    .join('')
}

function digitsOf(part: Part, fixed: boolean): string {
  switch (part) {
    case 'year':
      return '\\d{4}'
    case 'shortYear':
      return '\\d{2}'
    case 'monthName':
      return MONTH_NAME
    case 'weekday':
      return WEEKDAY
    case 'fraction':
      return '\\d{1,9}'
    case 'half':
      return HALF
    case 'zone':
      return ZONE
    default:
      return fixed ? '\\d{2}' : '\\d{1,2}'
  }
}

/** Blanks stand for any blanks, no-break ones too. */
function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replaceAll(/\s+/g, '\\s+')
}

type Groups = Readonly<Record<string, string | undefined>>

function timeOf({
  year,
  shortYear,
  month,
  monthName,
  day,
  hour,
  hourOf12,
  minute,
  second,
  fraction,
  half,
  zone,
}: Groups) {
  const short = Number(shortYear)
  const fullYear = year === undefined ? short + (short >= FIRST_SHORT_YEAR ? 1900 : 2000) : Number(year)
  const monthNumber =
    monthName === undefined ? Number(month ?? 1) : MONTH_OF.get(monthName.replace('.', '').toLowerCase())!
  const hours = hoursOf(Number(hour ?? hourOf12 ?? 0), half)
  if (hours === undefined || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined
  const offset = zone === undefined ? 0 : zoneOffset(zone)
  if (offset === undefined) return undefined
  const date = new Date(0)
  date.setUTCFullYear(fullYear, monthNumber - 1, Number(day ?? 1))
  // The 31st of February would be a day of March.
  if (date.getUTCMonth() !== monthNumber - 1 || date.getUTCDate() !== Number(day ?? 1)) return undefined
  date.setUTCHours(hours, Number(minute ?? 0), Number(second ?? 0), Number((fraction ?? '').padEnd(3, '0').slice(0, 3)))
  return date.getTime() - offset
}

function hoursOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour > 23 ? undefined : hour
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0)
}

/** Milliseconds east of Greenwich; undefined for what no clock shows. */
function zoneOffset(zone: string): number | undefined {
  const match = /([+-])(\d{2}):?(\d{2})?/.exec(zone)
  if (match === null) return 0
  const [, sign, hours, minutes = '0'] = match
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
