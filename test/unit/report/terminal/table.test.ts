import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderTable } from '../../../../lib/report/terminal/table.js'
import { textWidth } from '../../../../lib/report/terminal/text.js'

describe('renderTable', () => {
  it('lines columns up, numbers on the right', () => {
    const text = renderTable(
      ['layer', { heading: 'output shape', align: 'left' }, 'parameters'],
      [
        ['Dense', '(batch, 128)', 100_480],
        ['Dropout', '(batch, 128)', 0],
      ],
    )
    expect(text.split('\n')).toEqual([
      'layer    output shape  parameters',
      '─────────────────────────────────',
      'Dense    (batch, 128)      100480',
      'Dropout  (batch, 128)           0',
    ])
  })

  it('aligns by what the terminal shows and cleans what it cannot', () => {
    const text = renderTable(
      [{ heading: 'name', align: 'right' }, 'n'],
      [
        ['日本', 3],
        ['a\tb\u001b', 0.25],
      ],
      { ascii: true },
    )
    expect(text.split('\n')).toEqual(['name       n', '------------', '日本       3', 'a b   0.2500'])
  })

  it('leaves no spaces at line ends', () => {
    const lines = renderTable(['a', 'longer heading'], [['x', 'y']]).split('\n')
    expect(lines[2]).toBe('x  y')
    expect(lines[0]).toBe('a  longer heading')
  })

  it('paints headings and styled cells, and keeps the alignment', () => {
    const text = renderTable(['n'], [[{ value: 5, style: 'green' }], [10]], { colour: true })
    expect(text.split('\n')).toEqual(['\u001b[1m n\u001b[22m', '\u001b[2m──\u001b[22m', '\u001b[32m 5\u001b[39m', '10'])
    expect(renderTable(['n'], [[{ value: 5, style: 'green' }], [10]])).not.toContain('\u001b')
  })

  it('is a heading and a rule without rows', () => {
    expect(renderTable(['a', 'b'], [])).toBe('a  b\n────')
  })

  it('refuses a ragged row', () => {
    expect(() => renderTable(['a', 'b'], [['x', 'y'], ['x']])).toThrow(
      "Expected 2 cells, one per column, for row 1 of the table but received ['x'] of type array",
    )
  })
})

describe('renderTable of a width', () => {
  it('goes on in lines below, broken between words, and leaves numbers whole', () => {
    const text = renderTable(
      ['column', 'values', 'rows'],
      [
        ['fare', 'more than 1,000: 0.4500 to 565.49, mean 23.867', 1_234_567],
        ['x', 'none', 2],
      ],
      { width: 36, ascii: true },
    )
    expect(text.split('\n')).toEqual([
      'column  values                  rows',
      '------------------------------------',
      'fare    more than 1,000:     1234567',
      '        0.4500 to 565.49,',
      '        mean 23.867',
      'x       none                       2',
    ])
  })

  it('fits whatever is in the cells, and loses nothing of it', () => {
    const cell = fc.stringMatching(/^[a-z日本é👍 ,0-9]{0,60}$/u)
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }),
      )
    fc.assert(
      fc.property(table, fc.integer({ min: 60, max: 140 }), (rows, width) => {
        const text = renderTable(
          rows[0]!.map((_, i) => `h${i}`),
          rows,
          { width },
        )
        for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width)
        const letters = (one: string) => [...one.replaceAll(/\s/g, '')].sort().join('')
        const heading = rows[0]!.map((_, i) => `h${i}`).join('')
        expect(letters(text.replaceAll('─', ''))).toBe(letters(heading + rows.flat().join('')))
      }),
    )
  })

  it('is as it would be where there is room', () => {
    const rows = [['some words of text', 3]]
    expect(renderTable(['a', 'b'], rows, { width: 40 })).toBe(renderTable(['a', 'b'], rows))
  })
})
