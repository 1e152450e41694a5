import { DeepblasError } from '../../errors.js'
import { didYouMean } from '../../validate.js'

/** Names of a long list that are shown. */
const MOST_SHOWN = 100

/**
 * Checks that there is a column of every name.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA that names all that are missing, and those there are
 */
export function requireColumns(wanted: Iterable<string>, names: readonly string[]): void {
  const there = new Set(names)
  const missing = [...new Set(wanted)].filter((name) => !there.has(name))
  if (missing.length > 0) throw unknownColumns(missing, names)
}

/** The error for one name. */
export function unknownColumn(name: string, names: readonly string[]): DeepblasError {
  return unknownColumns([name], names)
}

function unknownColumns(missing: readonly string[], names: readonly string[]): DeepblasError {
  const what =
    missing.length === 1
      ? `Expected a column ${listOf(missing)} but there is none`
      : `Expected the columns ${listOf(missing)} but there are none of these names`
  const known = names.length === 0 ? 'the table has no columns' : `there are ${listOf(names)}`
  return new DeepblasError('ERR_DEEPBLAS_DATA', `${what}; ${known}.${adviceOn(missing, names)}`)
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map((one) => `'${one}'`)
  return `${shown.join(', ')}${names.length > MOST_SHOWN ? ', …' : ''}`
}

function adviceOn(missing: readonly string[], names: readonly string[]): string {
  if (names.length > 0 && names.every((name, i) => name === `column${i + 1}`)) {
    return " Does the file have no header? Its first row was taken for data: name the columns with the option header: ['a', 'b', …]."
  }
  if (names.some((name) => name.trim() !== '' && Number.isFinite(Number(name)))) {
    return " Does the file have no header? Its first row was taken for names: name the columns with the option header: ['a', 'b', …]."
  }
  const near = missing.flatMap((name) => {
    const question = didYouMean(name, names)
    if (question === undefined) return []
    return missing.length === 1 ? [question] : [question.replace('?', ` for '${name}'?`)]
  })
  return near.length === 0 ? '' : ` ${near.join(' ')}`
}
