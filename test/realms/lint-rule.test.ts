import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
const rule = fileURLToPath(new URL('../../scripts/lint/no-builtin-instanceof.grit', import.meta.url))

/** What the rule finds in a file that holds these lines: the numbers of the lines, from 1. */
function found(lines: readonly string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-lint-'))
  try {
    const linter = { rules: { preset: 'none' } }
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ plugins: [rule], linter }))
    writeFileSync(join(folder, 'lines.ts'), `${lines.join('\n')}\n`)
    const args = [biome, 'lint', '--max-diagnostics=none', '--colors=off', 'lines.ts']
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    if (!stderr.includes('Checked 1 file') && !stdout.includes('Checked 1 file')) throw new Error(`${stdout}${stderr}`)
    const places = `${stdout}${stderr}`.matchAll(/lines\.ts:(\d+):\d+ plugin/g)
    return [...new Set(Array.from(places, ([, line]) => Number(line)))].sort((a, b) => a - b)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const all = (lines: readonly string[]) => lines.map((_, i) => i + 1)

describe('the rule against instanceof of built-in classes', () => {
  test('finds every class of ECMAScript and of Node', () => {
    const classes = Object.getOwnPropertyNames(globalThis).filter((name) => {
      const value: unknown = (globalThis as Record<string, unknown>)[name]
      // Node gives its own globals by getters, ECMAScript's are values; a class has a prototype.
      return /^[A-Z]/.test(name) && typeof value === 'function' && (value.prototype !== undefined || name === 'Proxy')
    })
    // Those that this Node has: a newer one may know more than the rule.
    const known = classes.filter((name) => !/^(Temporal|Navigator|Lock|Locks|Crypto\w*)$/.test(name))
    const lines = [...known, 'Readable', 'EventEmitter'].map(
      (name) => `export const is${name} = (x: unknown) => x instanceof ${name}`,
    )
    expect(lines.length).toBeGreaterThan(80)
    expect(found(lines)).toEqual(all(lines))
  })

  test('finds comparisons of constructors and prototypes, and constructors taken for classes', () => {
    const lines = [
      'export const a = (x: any) => x.constructor === Float32Array',
      'export const b = (x: any) => x.data.constructor !== Array',
      'export const c = (x: any) => Object.getPrototypeOf(x) === Object.prototype',
      'export const d = (x: any) => new (x.constructor as new (length: number) => Float32Array)(3)',
      'export const e = (x: any) => typeof x === "object" && !(x instanceof globalThis.Date)',
    ]
    expect(found(lines)).toEqual(all(lines))
  })

  test('lets classes of the package be', () => {
    expect(
      found(['export const a = (x: any) => x instanceof Dataset || x instanceof ErrorList || x instanceof Mapping']),
    ).toEqual([])
  })
})
