/*
 * What `import 'deepblas'` reads and does before anything is called. Every program pays for it, also a server that only
 * predicts: what takes time is done by the first call that needs it.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, runProgram } from '../helpers/program.js'

const dist = join(root, 'dist')

/** A built file and those that it imports. */
function read(name: string, texts = new Map<string, string>()): ReadonlyMap<string, string> {
  const text = readFileSync(join(dist, name), 'utf8')
  texts.set(name, text)
  for (const [, path] of text.matchAll(/\b(?:from '|require\(")\.\/([^"']+)["']/g))
    if (!texts.has(path!)) read(path!, texts)
  return texts
}

const files = read('index.mjs')
const code = [...files.values()].join('\n')

test('two files and a list of names are read, and of them nothing is of the command line', () => {
  expect([...files.keys()]).toEqual(['index.mjs', 'exports.js', 'library.js'])
  const sources = [...code.matchAll(/^\/\/ lib\/(\S+)$/gm)].map(([, path]) => path)
  expect(sources).toContain('model/sequential.ts')
  expect(sources.filter((path) => path!.startsWith('cli/'))).toEqual([])
})

test('the code comes without docstrings, and is readable', () => {
  expect(code).not.toMatch(/^\s*\/\*\*/m)
  expect(code).toMatch(/^\tpredictSync\(\w/m)
})

test('the code is strict, as that of ES modules is', () => {
  for (const name of ['index.js', 'exports.js', 'library.js', 'cli/main.js']) {
    const [first, second] = readFileSync(join(dist, name), 'utf8').split('\n')
    expect(/^#!/.test(first!) ? second : first).toMatch(/^["']use strict["'];?$/)
  }
})

test('the modules of Node that are loaded', () => {
  const modules = [...code.matchAll(/^(?:let|const) .*\("node:([^"]+)"\);$/gm)].map(([, name]) => name)
  expect([...new Set(modules)].sort()).toEqual([
    'buffer',
    'crypto',
    'fs',
    'fs/promises',
    'module',
    'os',
    'path',
    'stream',
    'timers',
    'timers/promises',
    'url',
    'util',
    'vm',
    'worker_threads',
    'zlib',
  ])
})

test('no locale is read, and no standard stream is opened', async () => {
  expect(await runProgram<string[]>('import-work.mjs')).toEqual([])
})

test('the declarations are whole, and no others are there', () => {
  const options = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--types', 'node']
  const program = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const line = ['--ignoreConfig', '--noEmit', ...options, '--module', 'nodenext', '--target', 'es2023', '--listFiles']
  const { status, stdout } = spawnSync(process.execPath, [program, ...line, 'dist/index.d.mts'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  expect(status, stdout).toBe(0)
  const reached = stdout.split('\n').map((file) => file.trim())
  const there = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.d\.m?ts$/.test(file))
  expect(there.length).toBeGreaterThan(100)
  const places = there.map((file) => join(dist, file).replaceAll('\\', '/'))
  expect(places.filter((file) => !reached.includes(file))).toEqual([])
})
