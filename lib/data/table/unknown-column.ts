import { DeepblasError } from '../../errors.js'
import { didYouMean } from '../../validate.js'

/** Names of a long list that are shown. */
const MOST_SHOWN = 100

export function unknownColumn(name: string, names: readonly string[]): DeepblasError {
  const near = didYouMean(name, names)
  const list = names.slice(0, MOST_SHOWN).map((one) => `'${one}'`)
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected a column '${name}' but there is none; there are ${list.join(', ')}${names.length > MOST_SHOWN ? ', …' : ''}.` +
      `${near === undefined ? '' : ` ${near}`}`,
  )
}
