// Numbers written in any notation, with signs, currencies and marks between them, are read back to the last bit.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Encoder, missingInValues, missingTexts, readCsv, Table } from '../../lib/index.js'

const runs = { numRuns: 200 }

interface Written {
  readonly decimal: '.' | ','
  readonly thousands: string
  readonly before: string
  readonly behind: string
  readonly negative: (text: string) => string
  readonly digits: number
}

const notation: fc.Arbitrary<Written> = fc
  .record({
    decimal: fc.constantFrom('.' as const, ',' as const),
    thousands: fc.constantFrom('', ',', '.', ' ', "'", '\u2019', '\u00a0', '\u202f', '\u2009'),
    around: fc.constantFrom(
      ['', ''],
      ['$', ''],
      ['€ ', ''],
      ['', ' €'],
      ['CHF ', ''],
      ['', ' USD'],
      ['R$ ', ''],
      ['', '%'],
      ['', ' %'],
    ),
    negative: fc.constantFrom(
      (text: string) => `-${text}`,
      (text: string) => `\u2212${text}`,
      (text: string) => `(${text})`,
      (text: string) => `${text}-`,
    ),
    digits: fc.constantFrom(1, 2, 4),
  })
  .filter(({ decimal, thousands }) => decimal !== thousands)
  .map(({ around: [before, behind], ...rest }) => ({ ...rest, before: before!, behind: behind! }))

function written(value: number, { decimal, thousands, before, behind, negative, digits }: Written): string {
  const [whole, fraction] = Math.abs(value).toFixed(digits).split('.')
  const text = `${before}${whole!.replaceAll(/\B(?=(\d{3})+$)/g, thousands)}${decimal}${fraction}${behind}`
  return value < 0 ? negative(text) : text
}

// 1.5 and not three digits behind the point: one value at least settles each column.
const values = fc
  .array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 30 })
  .map((all) => [1.5, ...all.map((value) => value / 10)])
const marks = fc.constantFrom(...missingTexts, ...missingInValues, '', '  ')

async function* inPieces(text: string) {
  yield text
}

test('of a file and of objects; an encoder reads the same texts in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(notation, values, fc.array(marks, { maxLength: 5 }), async (how, numbers, missing) => {
      const texts = [...numbers.map((value) => written(value, how)), ...missing]
      const expected = [...numbers, ...missing.map(() => undefined)]
      const table = await readCsv(inPieces(`n|c\n${texts.map((text) => `${text}|x\n`).join('')}`))
      expect(texts.map((_, row) => table.cell(row, 'n'))).toEqual(expected)
      const rows = Table.fromRows(texts.map((n) => ({ n })))
      expect(texts.map((_, row) => rows.cell(row, 'n'))).toEqual(expected)
      if (new Set(numbers).size < 2) return
      const encoder = Encoder.fitSync(table, { dropIdentifiers: false })
      const fromTexts = encoder.encodeFeatures(texts.map((n) => ({ n, c: 'x' })))
      expect(fromTexts.data).toEqual(encoder.encodeFeatures(expected.map((n) => ({ n, c: 'x' }))).data)
    }),
    runs,
  )
})

test('a text of another notation is never a number by mistake', () => {
  fc.assert(
    fc.property(notation, notation, values, (one, other, numbers) => {
      const encoder = Encoder.fitSync(Table.fromRows([...numbers, 7.5].map((value) => ({ n: written(value, one) }))))
      for (const value of numbers) {
        let read: Float32Array
        try {
          read = encoder.encodeFeatures([{ n: written(value, other) }]).data
        } catch {
          continue
        }
        // With three digits behind the point it may be a thousand of the other notation: none is written here.
        expect([...read]).toEqual([...encoder.encodeFeatures([{ n: value }]).data])
      }
    }),
    runs,
  )
})

test('whole numbers keep every digit, as numbers or as texts', async () => {
  const wholes = fc.array(fc.bigInt({ min: 0n, max: 1n << 70n }), { minLength: 1, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(wholes, fc.integer({ min: 0, max: 22 }), async (ids, width) => {
      const texts = ids.map((id) => String(id).padStart(width, '0'))
      const table = await readCsv(inPieces(`n|c\n${texts.map((text) => `${text}|x\n`).join('')}`))
      const cells = texts.map((_, row) => String(table.cell(row, 'n')))
      expect(cells).toEqual(texts)
    }),
    runs,
  )
})
