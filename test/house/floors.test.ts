/*
 * The house: which rooms there are in lib/, and on which floor each stands. A file imports from its own room and from those
 * above it in this list, never from one below; within a room no files import each other in a circle. Types count as well:
 * who reads a file follows them too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../helpers/program.js'

/** From the ground up. A room is a folder, or a file that stands in lib/ or lib/model by itself. */
const rooms = [
  'errors.ts',
  'package-root.ts',
  'kinds.ts',
  'copy.ts',
  'names-elsewhere.ts',
  'validate.ts',
  'iteration.ts',
  'extremes.ts',
  'statistics.ts',
  'own-methods.ts',
  'per-member.ts',
  'inputs.ts',
  'turns.ts',
  'memory.ts',
  'native',
  'random',
  'files',
  'schedules',
  'recording',
  'activations',
  'initializers',
  'regularizers',
  'losses',
  'outputs',
  'data/arrays',
  'metrics',
  'layers',
  'optimizers',
  'report',
  'callbacks',
  'data/table',
  'data/contents',
  'data/augmentation',
  'data/readers',
  'data/encoding',
  'data/dataset',
  'data/encoder',
  'data/streams',
  'data/generated',
  'data/pictures',
  'model/network',
  'model/programs',
  'model/scoring',
  'model/prediction',
  'model/inspection',
  'model/training',
  'model',
  'strategy',
  'pages',
  'system.ts',
  'public-classes.ts',
  'index.ts',
  'package.ts',
  'cli',
]

const library = join(root, 'lib')
const files = readdirSync(library, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))

/** The longest of the rooms' names that a path begins with. */
function roomOf(file: string): string | undefined {
  return rooms.filter((room) => file === room || file.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0]
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(library, file), 'utf8')
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map(([, path]) =>
    posix.normalize(posix.join(posix.dirname(file), `${path}.ts`)),
  )
}

/** What a file loads before it runs: neither types alone nor what it imports at a call. */
function importsAtStart(file: string): string[] {
  const text = readFileSync(join(library, file), 'utf8')
  return [...text.matchAll(/^(?:import|export) (?!type\b)[^']*?from '(\.[^']+)\.js'/gm)].map(([, path]) =>
    posix.normalize(posix.join(posix.dirname(file), `${path}.ts`)),
  )
}

test('every file stands in a room that has a floor', () => {
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([])
  expect(rooms.filter((room) => !files.some((file) => roomOf(file) === room))).toEqual([])
})

test('no import runs up', () => {
  const up = files.flatMap((file) =>
    importsOf(file)
      .filter((other) => rooms.indexOf(roomOf(other)!) > rooms.indexOf(roomOf(file)!))
      .map((other) => `${file} -> ${other}`),
  )
  expect(up).toEqual([])
})

test('a data set is loaded without encoders', () => {
  const loaded = new Set<string>()
  const load = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    for (const other of importsAtStart(file)) load(other)
  }
  load('data/dataset/dataset.ts')
  expect([...loaded].filter((file) => /^data\/encod(er|ing)\//.test(file))).toEqual([])
  expect(loaded).toContain('data/dataset/from-npy.ts')
})

test('no files import each other in a circle', () => {
  const imports = new Map(files.map((file) => [file, importsOf(file)]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const other of imports.get(file) ?? []) visit(other, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('an import names a file that is there', () => {
  const missing = files.flatMap((file) =>
    importsOf(file)
      .filter((other) => !files.includes(other))
      .map((other) => `${file} -> ${other}`),
  )
  expect(missing).toEqual([])
})

test('the room of the addon is a door: what loads and declares it, and what is generated', () => {
  const inside = files.filter((file) => roomOf(file) === 'native')
  expect(inside.filter((file) => !file.startsWith('native/generated/'))).toEqual([
    'native/addon.ts',
    'native/elf.ts',
    'native/load-addon.ts',
  ])
})

test('no kernel is asked for a kind by its number: the kinds have names', () => {
  const numbered = files.filter((file) => /\bkind: \d/.test(readFileSync(join(library, file), 'utf8')))
  expect(numbered).toEqual([])
})
