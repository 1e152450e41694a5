/**
 * Whether a terminal is told to show ASCII characters alone: by LC_ALL, LC_CTYPE or LANG, the first that is set, if it is C,
 * POSIX or names a character set other than UTF-8. Where none is set, as on Windows, UTF-8 is taken for granted.
 */
export function plainCharacters(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = environment
  const locale = [LC_ALL, LC_CTYPE, LANG].find((one) => one !== undefined && one !== '')
  if (locale === undefined) return false
  if (locale === 'C' || locale === 'POSIX') return true
  const [, characters] = /\.([^@]+)/.exec(locale) ?? []
  return characters !== undefined && !/^utf-?8$/i.test(characters)
}

/** Signs of ours that ASCII lacks, and what stands for them. */
const STANDING_FOR: ReadonlyMap<string, string> = new Map([
  ['…', '...'],
  ['─', '-'],
  ['━', '='],
  ['╸', '>'],
  ['╲', '\\'],
  ['×', 'x'],
  ['·', '*'],
  ['–', '-'],
  ['’', "'"],
  ['²', '^2'],
  ['±', '+-'],
])

/** A message in ASCII as far as the signs are ours; names and values of the user's stay as they are. */
export function inPlainCharacters(text: string): string {
  return text.replaceAll(/[…─━╸╲×·–’²±]/g, (sign) => STANDING_FOR.get(sign)!)
}
