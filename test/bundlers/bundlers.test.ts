/*
 * A program that uses deepblas, bundled: it runs where the package is installed, bundled in or left out, and says what to
 * do where it is not. Bundlers that are not installed are skipped.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rollup'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// Bundling takes a few seconds, on a busy machine many times that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)
const installed = (name: string) => existsSync(join(root, 'node_modules', name))

const scratch = mkdtempSync(join(tmpdir(), 'deepblas-bundlers-'))
const app = join(scratch, 'app')
const packageFolder = join(app, 'node_modules', 'deepblas')
afterAll(() => rmSync(scratch, { recursive: true }))

interface Result {
  readonly predicted?: readonly number[]
  readonly code?: string
  readonly message?: string
}

function run(file: string, cwd: string): Result {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd, encoding: 'utf8' })
  const line = stdout.split('\n').find((one) => one.startsWith('{'))
  if (line !== undefined) return JSON.parse(line) as Result
  // The import itself fails, before the program can catch anything: Node prints the error.
  const code = /code: '(ERR_DEEPBLAS_\w+)'/.exec(stderr)?.[1]
  if (code === undefined) throw new Error(`${stdout}\n${stderr}`)
  return { code, message: stderr }
}

type Bundle = (out: string, external: boolean) => Promise<void>

const entry = join(app, 'program.mjs')

function esbuild(options: object): Bundle {
  return async (outfile, external) => {
    const { build } = require('esbuild') as { build(options: object): Promise<{ warnings: unknown[] }> }
    const externals = external ? { external: ['deepblas'] } : {}
    const common = { entryPoints: [entry], bundle: true, platform: 'node', outfile, logLevel: 'silent' }
    const { warnings } = await build({ ...common, ...externals, ...options })
    expect(warnings).toEqual([])
  }
}

function rolled(format: 'esm' | 'cjs', minify: boolean): Bundle {
  return async (file, external) => {
    const warnings: string[] = []
    const bundle = await rolldown({
      input: entry,
      platform: 'node',
      external: external ? ['deepblas'] : [],
      onLog: (_level, { message }) => warnings.push(message),
    })
    await bundle.write({ file, format, minify })
    await bundle.close()
    expect(warnings).toEqual([])
  }
}

function rollup(format: 'es' | 'cjs'): Bundle {
  return async (file, external) => {
    const { rollup } = await import('rollup')
    const { default: commonjs } = await import('@rollup/plugin-commonjs')
    const { default: nodeResolve } = await import('@rollup/plugin-node-resolve')
    const warnings: string[] = []
    const bundle = await rollup({
      input: entry,
      external: external ? ['deepblas'] : [],
      // Its plugins are of a type of their own, made for another module system than that of this file.
      plugins: [(nodeResolve as unknown as () => Plugin)(), (commonjs as unknown as () => Plugin)()],
      onLog: (_level, { message }) => warnings.push(message),
    })
    await bundle.write({ file, format })
    await bundle.close()
    expect(warnings).toEqual([])
  }
}

interface Stats {
  toString(options: object): string
}

function webpacked(module: boolean): Bundle {
  return async (out, external) => {
    const webpack = require('webpack') as (options: object, done: (error: unknown, stats: Stats) => void) => void
    const options = {
      mode: 'production',
      // Minifying takes most of the time; the others are tested with it.
      optimization: { minimize: false },
      target: 'node',
      context: app,
      entry: './program.mjs',
      externals: external ? { deepblas: 'node-commonjs deepblas' } : {},
      experiments: module ? { outputModule: true } : {},
      output: { path: join(out, '..'), filename: basename(out), module },
    }
    const said = await new Promise<string>((resolve, reject) => {
      webpack(options, (error, stats) => {
        if (error) reject(error)
        else resolve(stats.toString({ all: false, errors: true, warnings: true }))
      })
    })
    expect(said).toBe('')
  }
}

const bundlers: readonly (readonly [name: string, ending: string, bundle: Bundle])[] = [
  ['esbuild', '.mjs', esbuild({ format: 'esm' })],
  ['esbuild', '.cjs', esbuild({ format: 'cjs' })],
  ['esbuild', '.min.cjs', esbuild({ format: 'cjs', minify: true })],
  ['rolldown', '.mjs', rolled('esm', false)],
  ['rolldown', '.cjs', rolled('cjs', false)],
  ['rolldown', '.min.mjs', rolled('esm', true)],
  ['rollup', '.mjs', rollup('es')],
  ['rollup', '.cjs', rollup('cjs')],
  ['webpack', '.cjs', webpacked(false)],
  ['webpack', '.mjs', webpacked(true)],
]

let plain: Result = {}
test('the package is three files of code and two lists of names, and loads none of them at a call', () => {
  const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.m?js$/.test(name),
  )
  // Beside them stands the script of HTML pages, which is text to the library.
  expect(files.map((name) => name.replaceAll('\\', '/')).sort()).toEqual([
    'cli/main.js',
    'exports.js',
    'index.js',
    'index.mjs',
    'library.js',
    'pages/page.js',
  ])
  const code = files.map((name) => readFileSync(join(root, 'dist', name), 'utf8')).join('\n')
  expect(code).toContain('datasetFromCsv: (')
  expect(code).not.toMatch(/\bimport\(\s*['"]\./)
})

beforeAll(() => {
  mkdirSync(packageFolder, { recursive: true })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '9.9.9', private: true }))
  copyFileSync(join(root, 'test', 'bundlers', 'program.mjs'), entry)
  for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(packageFolder, name), { recursive: true })
  for (const name of ['build', 'prebuilds']) {
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(packageFolder, name))
  }
  plain = run(entry, app)
  expect(plain.predicted?.length).toBe(1)
})

test.for(bundlers)('%s to %s', async ([name, ending, bundle], { skip }) => {
  skip(!installed(name), `${name} is not installed: npm install`)
  const file = join(app, 'out', `${name}${ending}`)
  await bundle(file, false)
  expect(run(file, app)).toEqual(plain)
  expect(run(file, scratch)).toEqual(plain)

  // Where the package is not, the bundle says how to leave deepblas out.
  const away = join(mkdtempSync(join(scratch, 'away-')), basename(file))
  copyFileSync(file, away)
  const modules = join(app, 'node_modules')
  renameSync(modules, `${modules}-aside`)
  const { code, message } = run(away, dirname(away))
  renameSync(`${modules}-aside`, modules)
  expect(code).toBe('ERR_DEEPBLAS_LOAD')
  const ways = ['--external:deepblas', "external: ['deepblas']", 'node-commonjs deepblas', 'serverExternalPackages']
  for (const told of ['npm install deepblas', basename(file), ...ways]) expect(message).toContain(told)

  // And that is a way that works.
  await bundle(file, true)
  expect(run(file, app)).toEqual(plain)
})

test('a bundle refuses a package of another version', async () => {
  const file = join(app, 'out', 'older.mjs')
  await rolled('esm', false)(file, false)
  const description = join(packageFolder, 'package.json')
  writeFileSync(description, JSON.stringify({ name: 'deepblas', version: '99.0.0' }))
  const { code, message } = run(file, app)
  copyFileSync(join(root, 'package.json'), description)
  expect(code).toBe('ERR_DEEPBLAS_LOAD')
  expect(message).toMatch(/Expected deepblas [\d.]+, .* but found 99\.0\.0.*[Bb]uild the bundle anew/)
})

test("an addon of the program's own is not taken for deepblas's", async () => {
  const own = join(scratch, 'own')
  mkdirSync(join(own, 'build', 'Release'), { recursive: true })
  writeFileSync(join(own, 'package.json'), JSON.stringify({ name: 'own', gypfile: true }))
  writeFileSync(join(own, 'build', 'Release', 'own.node'), 'no addon')
  const file = join(own, 'bundle.mjs')
  await rolled('esm', false)(file, false)
  expect(run(file, own).message).toContain("external: ['deepblas']")
})
