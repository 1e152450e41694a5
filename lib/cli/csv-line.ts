import { BLANKS, type Dialect } from '../data/readers/csv/record.js'
import { DeepblasError } from '../errors.js'

/**
 * A row as the dialect writes it, with quotes where they must be.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a text that it cannot write, such as one with a delimiter where nothing quotes
 */
export function csvLine(fields: readonly string[], dialect: Dialect): string {
  const { delimiter, comment } = dialect
  const texts = fields.map((text, i) => {
    const isComment = i === 0 && comment !== '' && text.startsWith(comment)
    return isComment || mustBeQuoted(text, dialect) ? quoted(text, isComment, dialect) : text
  })
  return `${texts.join(delimiter === BLANKS ? ' ' : delimiter)}\n`
}

function mustBeQuoted(text: string, { delimiter, quote, escape: mark }: Dialect): boolean {
  if (/[\r\n]/.test(text) || (mark !== '' && text.includes(mark))) return true
  if (delimiter === BLANKS ? text === '' || /\s/.test(text) : text.includes(delimiter[0]!)) return true
  return quote !== '' && (text.includes(quote) || text !== text.trim())
}

function quoted(text: string, isComment: boolean, { delimiter, quote, escape: mark }: Dialect): string {
  if (quote !== '') {
    const escaped = mark === '' ? text : text.replaceAll(mark, mark + mark)
    return `${quote}${escaped.replaceAll(quote, (mark || quote) + quote)}${quote}`
  }
  if (mark !== '' && !isComment && text !== '' && !text.includes('\r')) {
    const special = (character: string) =>
      character === mark ||
      character === '\n' ||
      (delimiter === BLANKS ? character === ' ' || character === '\t' : character === delimiter[0])
    return Array.from(text, (character) => (special(character) ? mark + character : character)).join('')
  }
  // A part of a delimiter of several characters needs nothing.
  if (mark === '' && !isComment && delimiter !== BLANKS && !text.includes(delimiter) && !/[\r\n]/.test(text))
    return text
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected texts that can be written without quotes, as the file has none, but received '${text}'.`,
  )
}

/** The name, or the first of "name 2", "name 3" that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let own = name
  for (let i = 2; taken.has(own); i++) own = `${name} ${i}`
  return own
}
