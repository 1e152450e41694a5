import { describe, expect, it } from 'vitest'
import { renderTable } from '../../../../lib/report/terminal/table.js'

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
