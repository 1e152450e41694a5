/*
 * How a text file is written, as the options of a command line say it.
 */
import { checkEncoding } from '../data/readers/bytes/text-encoding.js'
import type { Given, OptionDescriptions } from './command.js'
import { UsageError } from './terminal.js'
import { wholeNumber } from './values.js'

export const textOptions: OptionDescriptions = {
  delimiter: {
    value: '<text>',
    help: 'between fields: , ; | :: tab, or blanks for runs of blanks; recognized without it',
  },
  quote: { value: '<character>', help: 'around fields, " without it; none where quotes are characters like others' },
  escape: { value: '<character>', help: 'before quotes within a field: \\ or none; recognized without it' },
  encoding: { value: '<name>', help: 'such as windows-1252, shift_jis or gbk; UTF-8 and UTF-16 are recognized' },
  'skip-rows': { value: '<n>', help: 'lines at the start of the file that are left out, such as a title' },
  comment: { value: '<text>', help: 'lines that begin with it are left out; none to leave out no line' },
}

export interface TextSettings {
  readonly delimiter?: string
  readonly quote?: string
  readonly escape?: string
  readonly encoding?: string
  readonly skipRows?: number
  readonly comment?: string
}

export function textSettings(given: Given): TextSettings {
  const delimiter = given.options.get('delimiter')
  const quote = markOf(given, 'quote')
  const mark = markOf(given, 'escape')
  const encoding = encodingOf(given)
  const skipRows = wholeNumber(given, 'skip-rows', 0)
  const comment = given.options.get('comment')
  return {
    ...(delimiter === undefined ? {} : { delimiter: delimiterOf(delimiter, quote ?? '"', mark ?? '') }),
    ...(quote === undefined ? {} : { quote }),
    ...(mark === undefined ? {} : { escape: mark }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(skipRows === undefined ? {} : { skipRows }),
    ...(comment === undefined ? {} : { comment: comment === 'none' ? '' : comment }),
  }
}

function delimiterOf(text: string, quote: string, mark: string): string {
  const delimiter = text === 'tab' ? '\t' : text.replaceAll('\\t', '\t')
  const has = (one: string) => one !== '' && delimiter.includes(one)
  if (delimiter !== '' && !/[\r\n]/.test(delimiter) && !has(quote) && !has(mark)) return delimiter
  throw new UsageError(
    `--delimiter takes one character or several, tab, or blanks, without the quote, but '${text}' was given.`,
  )
}

/** One character; none is the empty text. */
function markOf(given: Given, name: string): string | undefined {
  const text = given.options.get(name)
  if (text === undefined || (text.length === 1 && !/[\r\n]/.test(text))) return text
  if (text === 'none') return ''
  throw new UsageError(`--${name} takes one character, or none, but '${text}' was given.`)
}

function encodingOf(given: Given): string | undefined {
  const name = given.options.get('encoding')
  try {
    return name === undefined ? undefined : checkEncoding(name)
  } catch (error) {
    throw new UsageError((error as Error).message.replace('for encoding', 'for --encoding'))
  }
}
