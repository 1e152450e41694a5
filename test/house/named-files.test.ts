/*
 * Files that comments and documents name are there. Code moves; what is written about it does not follow by itself.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../helpers/program.js'

/** Files under version control and new ones, not what a build or an installation has made. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)))

const rooms = ['lib', 'native', 'docs', 'test', 'scripts', 'cmake', 'examples', 'bench']
const isCode = (file: string) => /\.(ts|mjs|cpp|h|cmake)$/.test(file)
const inHouse = files.filter((file) => rooms.includes(file.split('/')[0]!))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The comments of a source; a text that looks like one is taken for one, which does no harm. */
function comments(file: string, text: string): string {
  if (file.endsWith('.cmake')) return [...text.matchAll(/^\s*#.*$/gm)].join('\n')
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?:^|\s)\/\/.*$/gm)].map(([one]) => one).join('\n')
}

/** Files of other projects. */
const elsewhere = new Set(['lib/libopenblas.a', 'cblas.h'])

/** What is written for people, with its file; the history of releases names files as they were. */
const written = [
  ...inHouse.filter(isCode).map((file) => [file, comments(file, read(file))] as const),
  ...[...inHouse.filter((file) => file.endsWith('.md')), 'README.md', 'CONTRIBUTING.md'].map(
    (file) => [file, read(file)] as const,
  ),
]

/** A path from the root; one with placeholders or stars is a pattern, which nobody can look for. */
const fromRoot = new RegExp(`(?<![\\w./-])(?:${rooms.join('|')})/[\\w./*<>$-]*\\w(?![*<$])`, 'g')

test('a path from the root leads to a file or folder', () => {
  const named = written.flatMap(([file, text]) =>
    [...text.matchAll(fromRoot)]
      .map(([path]) => path)
      .filter((path) => !/[*<>$]|NAME/.test(path) && !elsewhere.has(path))
      .map((path) => ({ file, path })),
  )
  expect(named.length).toBeGreaterThan(100)
  const missing = named.filter(({ path }) => !existsSync(join(root, path)))
  const made = ignored(missing.map(({ path }) => path))
  expect(missing.filter(({ path }) => !made.has(path)).map(({ file, path }) => `${file}: ${path}`)).toEqual([])
})

/** Those that a build or an installation makes: version control leaves them out. */
function ignored(paths: readonly string[]): ReadonlySet<string> {
  if (paths.length === 0) return new Set()
  const { stdout } = spawnSync('git', ['check-ignore', '--stdin'], {
    cwd: root,
    // A folder that is not there is one by its last character alone.
    input: paths.flatMap((path) => [path, `${path}/`]).join('\n'),
    encoding: 'utf8',
  })
  return new Set(stdout.split('\n').map((path) => path.replace(/\/$/, '')))
}

test('a source that a comment of lib/, native/ or scripts/ names by its name alone is there', () => {
  const names = new Set(files.map((file) => basename(file)))
  const missing = written
    .filter(([file]) => /^(lib|native|scripts|cmake|docs\/adr|docs\/math)\//.test(file))
    .flatMap(([file, text]) =>
      [...text.matchAll(/(?<![\w./-])[\w-]+\.(?:ts|cpp|h|json)\b(?!\()/g)]
        .map(([name]) => name)
        .filter((name) => !names.has(name) && !elsewhere.has(name))
        .map((name) => `${file}: ${name}`),
    )
  expect(missing).toEqual([])
})

test('a file that is named relative to the one that names it is there', () => {
  const missing = written
    .filter(([file]) => isCode(file))
    .flatMap(([file, text]) =>
      [...text.matchAll(/(?<=[`(\s])\.{1,2}\/[\w./-]+\.(?:ts|mjs|cpp|h|json|md)\b/g)]
        .map(([path]) => path)
        .filter((path) => !existsSync(join(root, dirname(file), path)))
        .map((path) => `${file}: ${path}`),
    )
  expect(missing).toEqual([])
})

test('CONTRIBUTING.md has every room of lib/ and native/ on its map', () => {
  const map = read('CONTRIBUTING.md')
  const found = new Set(files.flatMap((file) => /^(?:lib|native)\/[\w-]+(?=\/)/.exec(file)?.slice(0, 1) ?? []))
  expect([...found].filter((room) => !map.includes(`\`${room}\``))).toEqual([])
})
