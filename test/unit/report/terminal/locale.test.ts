import { expect, test } from 'vitest'
import { inPlainCharacters, plainCharacters } from '../../../../lib/report/terminal/locale.js'

test.each([
  [{}, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, true],
  [{ LANG: 'C.UTF-8' }, false],
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'de_AT.utf8@euro' }, false],
  [{ LANG: 'de_DE.ISO-8859-1' }, true],
  [{ LANG: 'de_DE' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
  [{ LANG: 'C', LC_ALL: 'C.UTF-8' }, false],
  [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, false],
])('%j', (environment, plain) => {
  expect(plainCharacters(environment)).toBe(plain)
})

test('our signs have others that stand for them; names stay', () => {
  expect(inPlainCharacters('a…b ── r² Größe 日本')).toBe('a...b -- r^2 Größe 日本')
})
