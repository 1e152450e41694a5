import { describe, expect, it } from 'vitest'
import { renderLearningCurve } from '../../../../lib/report/terminal/learning-curve.js'
import { textWidth } from '../../../../lib/report/terminal/text.js'

const SERIES = [
  { name: 'loss', values: [2, 1.5, 1.2, 1, 0.9, 0.85, 0.8, 0.78, 0.77, 0.76] },
  { name: 'accuracy', values: [0, 0.4, 0.6, 0.7, 0.75, 0.78, 0.8, 0.82, 0.83, 0.84] },
]

describe('renderLearningCurve', () => {
  it('draws in braille, lines told apart by dashes', () => {
    expect(renderLearningCurve(SERIES, { width: 40, height: 8 }).split('\n')).toEqual([
      '⠤⠤⠤⠤⠤⠤ loss   ⠤⠤ ⠠⠤⠄ accuracy',
      '2.0 ┤⠑⢄',
      '    │  ⠑⢄',
      '1.5 ┤    ⠑⠢⢄⡀',
      '    │       ⠈⠒⠤⣀',
      '1.0 ┤           ⠉⠉⠑⣒⣒⠒⢢⣤⡤⠤⣀⣀⣀⣀⣤⣄⣀⣤⣤⣀⣠⣤⣄⣀',
      '0.5 ┤       ⠤⠔ ⠈⠉⠁',
      '    │   ⠠⠒⠁',
      '0.0 ┤⡠⠒',
      '    └┬──────────────┬──────────────────┬',
      '     1              5                 10',
      '                   epoch',
    ])
  })

  it('draws in ASCII, a mark per line', () => {
    expect(renderLearningCurve(SERIES, { width: 40, height: 8, ascii: true }).split('\n')).toEqual([
      '****** loss   oooooo accuracy',
      '2.0 +*',
      '    | **',
      '1.5 +   ***',
      '    |      ****',
      '1.0 +          ***oooooooooooooooooooooo',
      '0.5 +      ooooooo',
      '    |  oooo',
      '0.0 +oo',
      '    ++--------------+------------------+',
      '     1              5                 10',
      '                   epoch',
    ])
  })

  it('leaves gaps where there is nothing to draw, and names the axis', () => {
    const values = [1, 2, Number.NaN, undefined, 3, 2, Number.POSITIVE_INFINITY, 1, -1e305]
    const text = renderLearningCurve([{ name: 'loss', values }], {
      width: 30,
      height: 5,
      ascii: true,
      firstX: 0,
      xLabel: 'step',
    })
    expect(text.split('\n')).toEqual([
      '****** loss',
      '3 +             *',
      '  |              **',
      '2 +   *            *',
      '  | **',
      '1 +*                      *',
      '  ++---------------+---------+',
      '   0               5         8',
      '              step',
    ])
  })

  it('draws an array whose memory went to another thread as an empty one', () => {
    const values = Float32Array.of(3, 2, 1)
    structuredClone(values.buffer, { transfer: [values.buffer] })
    const empty = renderLearningCurve([{ name: 'loss', values: [] }])
    expect(renderLearningCurve([{ name: 'loss', values: values as unknown as number[] }])).toBe(empty)
  })

  it('draws one epoch, and none', () => {
    const one = renderLearningCurve([{ name: 'loss', values: [0.5] }], { width: 24, height: 5, ascii: true })
    expect(one.split('\n')[3]).toBe('0.5 +*')
    const none = renderLearningCurve([{ name: 'loss', values: [] }], { width: 24, height: 5, ascii: true })
    expect(none.split('\n')[1]).toBe('1.0 +')
  })

  it('stays within its width, legend included', () => {
    const series = ['loss', 'validation.loss', 'a name that is far too long for one line'].map((name, i) => ({
      name,
      values: [i, 1e6 * i, 3],
    }))
    for (let width = 24; width < 80; width += 7) {
      const lines = renderLearningCurve(series, { width, height: 6 }).split('\n')
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
    }
  })

  it('paints lines when asked, and draws the same', () => {
    const painted = renderLearningCurve(SERIES, { colour: true })
    expect(painted).toContain('\u001b[36m')
    expect(painted).toContain('\u001b[33m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the control characters that have to go
    const plain = painted.replaceAll(/\u001b\[\d+m/g, '')
    expect(plain.split('\n').map((line) => line.trimEnd())).toEqual(renderLearningCurve(SERIES).split('\n'))
  })

  it('refuses what it has no room for', () => {
    expect(() => renderLearningCurve([])).toThrow(/at least one series for series/)
    expect(() => renderLearningCurve(SERIES, { width: 10 })).toThrow(/integer of at least 24 for width/)
    expect(() => renderLearningCurve(SERIES, { height: 2 })).toThrow(/integer of at least 3 for height/)
  })
})
