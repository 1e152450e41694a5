import type { Encoder } from '../../data/encoder/encoder.js'
import type { ColumnType } from '../../data/table/column.js'

/** How the columns of other rows are to be read for a model, its target too. */
export function typesFor(encoder: Encoder, target: string): Record<string, ColumnType> {
  const { labels } = encoder
  // 01 and 1.0 are names too: as numbers they would come back as 1.
  const texts = labels?.some((label) => String(Number(label)) !== label && label !== 'true' && label !== 'false')
  const own = labels === undefined ? 'number' : texts ? 'category' : undefined
  return { ...encoder.types, ...(own === undefined ? {} : { [target]: own }) }
}
