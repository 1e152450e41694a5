import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const library = join(import.meta.dirname, '../../lib')
const texts = readdirSync(library, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name, readFileSync(join(library, name), 'utf8')] as const)

/** Functions whose second or later parameter may be left out, by name. */
function optionalLater(): Set<string> {
  const names = new Set<string>()
  for (const [, text] of texts) {
    for (const [, name, parameters] of text.matchAll(/function\*? (\w+)(?:<[^(]*>)?\(([^)]*)\)/g)) {
      const later = parameters!.split(/,(?![^<{[]*[>}\]])/).slice(1)
      if (later.some((one) => /^\s*\w+\??\s*(\?:|:[^=]*=[^>]|=[^>])/.test(one) || /^\s*\w+\?:/.test(one)))
        names.add(name!)
    }
  }
  return names
}

test('no list hands its index to a function that takes something else as an optional second argument', () => {
  const names = optionalLater()
  // The search itself finds what it should.
  expect(names).toContain('differences')
  const handed = texts.flatMap(([file, text]) =>
    [
      ...text.matchAll(
        /(?:\.(?:map|flatMap|forEach|filter|some|every|find|findIndex)\(|Array\.from\([^,()]+(?:\([^()]*\))?, )(\w+)\)/g,
      ),
    ]
      .filter(([, name]) => names.has(name!))
      .map(([call]) => `${file}: ${call}`),
  )
  expect(handed).toEqual([])
})
