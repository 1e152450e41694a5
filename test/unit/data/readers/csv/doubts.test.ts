import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv, type Table } from '../../../../../lib/index.js'

async function* once(content: string | Uint8Array) {
  yield content
}

const fileNotes = ({ notes }: Table) => notes.filter(({ kind }) => kind === 'file').map(({ text }) => text)
const notesOf = async (content: string | Uint8Array, options = {}) => fileNotes(await readCsv(once(content), options))

const rows = Array.from({ length: 12 }, (_, i) => [`name${i % 5}`, `${i}.5`, `${(i * 7) % 5}`])
const written = (lines: readonly (readonly string[])[], delimiter = ',') =>
  `${lines.map((fields) => fields.join(delimiter)).join('\n')}\n`

describe('what a file may mean otherwise is told', () => {
  it.each(['~', '^', ':', '\u0001', '&', '\u00a7'])('one field a line, with %j in each', async (delimiter) => {
    const text = written([['who', 'x', 'y'], ...rows], delimiter)
    const shown = JSON.stringify(delimiter).slice(1, -1)
    expect(await notesOf(text)).toEqual([
      `Every line is one field. If '${shown}' stands between fields, give delimiter: '${shown}'.`,
    ])
    expect(await notesOf(text, { delimiter })).toEqual([])
  })

  it('lines in quotes as a whole', async () => {
    const text = written([['who', 'x', 'y'], ...rows])
      .trim()
      .replaceAll(/^|$/gm, '"')
    expect((await notesOf(text))[0]).toMatch(/If ',' stands between fields, take off the quotes around whole lines/)
  })

  it('names that stand below a title of as many fields', async () => {
    const text = written([['Report', '2024', ''], ['', '', ''], ['who', 'x', 'y'], ...rows])
    expect(await notesOf(text)).toEqual([
      'Line 3 stands above numbers and may name the columns, rather than the first row. If it does, give skipRows: 2.',
    ])
    expect(await notesOf(text, { skipRows: 2 })).toEqual([])
  })

  it('a first row that is like the others', async () => {
    const note = /^The first row \(.*\) names the columns\. If it is a row like the others, give header: false\.$/
    for (const first of [
      ['7', 'Ann', 'red'],
      ['2024-01-01', 'Ann', 'red'],
      ['x', 'Bob', 'blue'],
    ]) {
      const below = Array.from({ length: 9 }, (_, i) => [
        first[0] === '7' ? `${i + 8}` : `2024-02-0${i + 1}`,
        'Bob',
        'red',
      ])
      const text = written([first, ...below])
      expect((await notesOf(text))[0]).toMatch(note)
      const table = await readCsv(once(text), { header: false })
      expect([table.rows, fileNotes(table)]).toEqual([10, []])
    }
  })

  it('nothing of files with names and numbers below', async () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefgh_'), minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(word, { minLength: 2, maxLength: 5 }),
        fc.array(fc.array(fc.integer(), { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 9 }),
        fc.constantFrom(',', ';', '\t', '|'),
        async (names, numbers, delimiter) => {
          const lines = numbers.map((row) => row.slice(0, names.length).map(String))
          expect(await notesOf(written([names, ...lines], delimiter))).toEqual([])
        },
      ),
    )
  })
})

describe('bytes that are not UTF-8', () => {
  it('are told where they are taken for windows-1252', async () => {
    const table = await readCsv(once(Buffer.from('who,x\nJosé,1\nZoë,2\n', 'latin1')))
    expect(table.cell(0, 'who')).toBe('José')
    expect(fileNotes(table)[0]).toMatch(/^Its bytes are not UTF-8: they are read as windows-1252\./)
  })

  it('are told of a file whose only such letter is its last one', async () => {
    const table = await readCsv(once(Buffer.from('x,who\n1,Ann\n2,Zoë', 'latin1').subarray(0, 17)))
    expect(fileNotes(table)[0] ?? '').toMatch(/windows-1252/)
  })

  it('are an error with its line among letters of UTF-8, rather than all of them wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 29 }), async (count, at) => {
        const lines = Array.from({ length: count }, (_, i) => Buffer.from(`Zürich,${i}\n`))
        const place = at % (count + 1)
        lines.splice(place, 0, Buffer.from('Gen\xe8ve,7\n', 'latin1'))
        const bytes = Buffer.concat([Buffer.from('city,x\n'), ...lines])
        await expect(readCsv(once(bytes))).rejects.toThrow(
          `line ${place + 2}: it is UTF-8, but not here. Correct the characters, or give encoding: 'windows-1252'`,
        )
        expect((await readCsv(once(bytes), { encoding: 'windows-1252' })).cell(place, 'city')).toBe('Genève')
      }),
    )
  })

  it.each([
    ['an Excel file', 'd0cf11e0a1b11ae1'],
    ['a picture', '89504e470d0a1a0a00'],
    ['an xz file', 'fd377a585a000004'],
    ['a zstd file', '28b52ffd00000000'],
    ['a bzip2 file', '425a683931415926'],
    ['a PDF', '255044462d312e340a'],
  ])('%s is told by its name', async (what, hex) => {
    await expect(notesOf(Buffer.from(hex, 'hex'))).rejects.toThrow(`it is not a text but ${what}`)
  })
})
