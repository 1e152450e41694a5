import { BLANKS, type Dialect } from '../data/readers/csv-records.js'
import { DeepblasError } from '../errors.js'

/** A row as the dialect writes it, with quotes where they must be. */
export function csvLine(fields: readonly string[], dialect: Dialect): string {
  const { delimiter, comment } = dialect
  const texts = fields.map((text, i) => {
    const isComment = i === 0 && comment !== '' && text.startsWith(comment)
    return isComment || mustBeQuoted(text, dialect) ? quoted(text, dialect) : text
  })
  return `${texts.join(delimiter === BLANKS ? ' ' : delimiter)}\n`
}

function mustBeQuoted(text: string, { delimiter, quote, escape: mark }: Dialect): boolean {
  if (delimiter === BLANKS && (text === '' || /\s/.test(text))) return true
  const special = /[\r\n]/.test(text) || text.includes(delimiter) || (mark !== '' && text.includes(mark))
  return special || (quote !== '' && (text.includes(quote) || text !== text.trim()))
}

function quoted(text: string, { delimiter, quote, escape: mark }: Dialect): string {
  const escaped = mark === '' ? text : text.replaceAll(mark, mark + mark)
  if (quote !== '') return `${quote}${escaped.replaceAll(quote, (mark || quote) + quote)}${quote}`
  if (mark !== '' && !text.includes('\r')) {
    return escaped.replaceAll(delimiter, mark + delimiter).replaceAll('\n', `${mark}\n`)
  }
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected fields that can be written without quotes, as --quote none asks for, but received '${text}'.`,
  )
}

/** The name, or the first of "name 2", "name 3" that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let own = name
  for (let i = 2; taken.has(own); i++) own = `${name} ${i}`
  return own
}
