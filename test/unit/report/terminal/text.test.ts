import { describe, expect, it } from 'vitest'
import { paint } from '../../../../lib/report/terminal/style.js'
import {
  formatDuration,
  formatNumber,
  formatPercent,
  formatScore,
  pad,
  printable,
  textWidth,
  truncate,
  wrapped,
} from '../../../../lib/report/terminal/text.js'

describe('text on a terminal', () => {
  it('takes the sting out of control characters', () => {
    expect(printable('a\u001b[31mb\nc\u202ed')).toBe('a [31mb c d')
  })

  it.each([
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🙂', 2],
    ['ｆ', 2],
    ['löß', 3],
  ])('knows that %j takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })

  it.each(['e\u0301', '🙂', '👨\u200d👩\u200d👧', '日', '🇦🇹', 'a🙂e\u0301'])(
    'of a long text of %j as of its parts',
    (part) => {
      for (const times of [255, 256, 257, 1000]) expect(textWidth(part.repeat(times))).toBe(times * textWidth(part))
      expect(wrapped(part.repeat(300), 7).join('')).toBe(part.repeat(300))
      expect(Math.max(...wrapped(part.repeat(300), 7).map(textWidth))).toBeLessThanOrEqual(7)
    },
  )

  it('fills on either side', () => {
    expect(pad('日', 4)).toBe('日  ')
    expect(pad('日', 4, 'right')).toBe('  日')
    expect(pad('long', 2)).toBe('long')
  })

  it('cuts at a width, never inside a wide character', () => {
    expect(truncate('short', 5)).toBe('short')
    expect(truncate('longer', 5)).toBe('long…')
    expect(truncate('日本語', 4)).toBe('日…')
    expect(truncate('longer', 0)).toBe('')
  })

  it.each([
    [0, '0'],
    [7, '7'],
    [-123456, '-123456'],
    [0.21339, '0.2134'],
    [12.3456, '12.346'],
    [1234.5678, '1234.6'],
    [123456.7, '123457'],
    [0.00031, '3.10e-4'],
    [1.5e12, '1.50e+12'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('keeps decimals on scores', () => {
    expect(formatScore(1)).toBe('1.0000')
    expect(formatScore(0.5)).toBe('0.5000')
    expect(formatScore(120)).toBe('120')
  })

  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3599.7, '1 h 00 min'],
    [7620, '2 h 07 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it('writes shares as percentages', () => {
    expect(formatPercent(0.9434)).toBe('94.3 %')
  })

  it('paints only when asked', () => {
    expect(paint('a', 'red', true)).toBe('\u001b[31ma\u001b[39m')
    expect(paint('a', 'red', false)).toBe('a')
    expect(paint('a', undefined, true)).toBe('a')
    expect(paint('', 'red', true)).toBe('')
  })
})

describe('what a terminal shows', () => {
  it.each([
    ['e\u0301', 1],
    ['ｱｲｳ', 3],
    ['ＡＢ', 4],
    ['한글', 4],
    ['\u1112\u1161\u11ab', 2],
    ['👍', 2],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['🇦🇹', 2],
    ['❤', 1],
    ['❤️', 2],
    ['1️⃣', 2],
    ['ß', 1],
    ['ไทย', 3],
    ['', 0],
  ])('%s is %i columns wide', (text, width) => {
    expect(textWidth(text)).toBe(width)
    expect(textWidth(printable(text))).toBe(width)
  })

  it('joiners of emoji stay, other invisible characters do not', () => {
    expect(printable('👩‍👧 a\u200db\u202e')).toBe('👩‍👧 a b ')
  })
})
