import { describe, expect, test } from 'vitest'
import { Table } from '../../lib/index.js'
import { golden } from '../helpers/golden.js'

interface DatesOfFormat {
  readonly format: string
  readonly texts: readonly string[]
  readonly milliseconds: readonly (number | null)[]
}

describe.each(golden<DatesOfFormat[]>('tables/dates'))(
  '$format as pandas reads it',
  ({ format, texts, milliseconds }) => {
    test.each(texts.map((text, i) => ({ text, expected: milliseconds[i]! })))('$text', ({ text, expected }) => {
      const read = () => Table.fromRows([{ when: text }], { dateFormats: { when: format } })
      if (expected === null) expect(read).toThrow(`date as ${format}`)
      else expect((read().cell(0, 'when') as Date).getTime()).toBe(expected)
    })
  },
)
