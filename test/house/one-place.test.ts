/*
 * What has one place in the house: where callbacks are told, where native passes and trainings are opened; and files that
 * grow too long to have one purpose.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../helpers/program.js'

const library = join(root, 'lib')
const texts = new Map(
  readdirSync(library, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(join(library, file), 'utf8')]),
)

/** `file:line` of everything that matches, comments left out. */
function places(pattern: RegExp): string[] {
  return [...texts].flatMap(([file, text]) =>
    text
      .split('\n')
      .flatMap((line, i) => (!/^\s*(\/\/|\/?\*)/.test(line) && pattern.test(line) ? [`${file}:${i + 1}`] : [])),
  )
}

const filesOf = (found: readonly string[]) => found.map((place) => place.replace(/:\d+$/, ''))

describe('a callback is told in one place', () => {
  const [, body = ''] = /export interface Callback \{\n([\s\S]*?)\n\}/.exec(texts.get('callbacks/callback.ts')!) ?? []
  const hooks = [...body.matchAll(/^ {2}(\w+)\?\(/gm)].map(([, name]) => name!)

  test('its methods are found', () => {
    expect(hooks).toEqual(expect.arrayContaining(['onFitStart', 'onEpochEnd', 'saveState', 'forMember']))
  })

  test.each(hooks.filter((name) => name.startsWith('on')))('%s', (hook) => {
    // The reader's `onProgress` is an option of a reader, not a method of a callback.
    const told = places(new RegExp(`\\.${hook}\\b[?!]*\\.?\\(`)).filter((place) => !place.startsWith('data/readers/'))
    expect(filesOf(told)).toEqual(['model/training/callback-list.ts'])
  })

  test.each(['saveState', 'restoreState'])('%s', (hook) => {
    expect(places(new RegExp(`\\.${hook}\\b[?!]*\\.?\\(`))).toHaveLength(1)
  })
})

describe('a native handle is opened in one place', () => {
  /** By whom the constructor of a native class is reached: as a member of the addon, or taken out of it. */
  const reaching = (name: string) =>
    places(new RegExp(`\\bnative\\(\\)\\.${name}\\b|\\{[^}]*\\b${name}\\b[^}]*\\} = native\\(\\)|new ${name}\\(`))

  test.each([
    ['Training', ['model/programs/passes.ts']],
    ['Pass', ['model/programs/passes.ts']],
    ['Predictor', ['model/prediction/predictor.ts']],
  ])('%s', (name, files) => {
    expect([...new Set(filesOf(reaching(name)))].sort()).toEqual(files)
  })
})

/** Lines that a file may have; above some 300 there are mostly two purposes in it. */
const MOST_LINES = 500

/** Longer ones, each with its reason. */
const long: Readonly<Record<string, string>> = {
  'recording/generated/kernels.ts': 'made from the kernel table',
}

test(`no file of lib/ has more than ${MOST_LINES} lines without a reason`, () => {
  const longer = [...texts].filter(([, text]) => text.split('\n').length - 1 > MOST_LINES).map(([file]) => file)
  expect(longer.sort()).toEqual(Object.keys(long).sort())
})
