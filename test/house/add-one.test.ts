/*
 * Adding one of a kind touches the files that CONTRIBUTING.md names, three at most, and no others. In a copy of the sources
 * one of each kind is added by exactly those files; the copy is type-checked and bundled, and a program uses what is new.
 *
 * With DEEPBLAS_LONG_TESTS=1 the copy's addon is built too, and the new kernel runs.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../helpers/program.js'
import { type Addition, additions } from './additions.js'

const run = promisify(execFile)
const long = process.env.DEEPBLAS_LONG_TESTS === '1'

/** Of every kind, the files that CONTRIBUTING.md names. */
const told = new Map(
  [...readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').matchAll(/^\| (?:an? )?([^|]+?) \| ([^|]+?) \|/gm)].map(
    ([, kind, files]) => [kind!, [...files!.matchAll(/`([^`]+)`/g)].map(([, file]) => file!)] as const,
  ),
)

/** Whether a file is one that was told; NAME stands for what is new. */
function isTold(file: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('NAME').map((part) => part.replaceAll(/[.\\/]/g, '\\$&'))
    return new RegExp(`^${parts.join('[\\w/-]+')}$`).test(file)
  })
}

describe.each(additions)('$kind', ({ kind, files }) => {
  test('touches the files that CONTRIBUTING.md names', () => {
    const patterns = told.get(kind) ?? []
    expect(patterns.length, `a row for '${kind}'`).toBeGreaterThan(0)
    expect(patterns.length).toBeLessThanOrEqual(3)
    const touched = Object.keys(files)
    expect(touched.filter((file) => !isTold(file, patterns))).toEqual([])
    expect(patterns.filter((pattern) => !touched.some((file) => isTold(file, [pattern])))).toEqual([])
  })
})

describe('a copy with one more of each kind', () => {
  let copy = ''
  const inCopy = (path: string) => join(copy, path)
  const node = async (...args: readonly string[]) => {
    const { stdout } = await run(process.execPath, [...args], { cwd: copy, maxBuffer: 2 ** 26 })
    return stdout
  }

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), 'deepblas-add-one-'))
    const whole = ['lib', 'scripts', 'native', 'cmake', 'package.json', 'tsconfig.json', 'tsconfig.build.json']
    for (const path of [...whole, 'CMakeLists.txt']) {
      cpSync(join(root, path), inCopy(path), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), inCopy('node_modules'))
    if (!long) symlinkSync(join(root, 'build'), inCopy('build'))
    for (const addition of additions) add(addition, copy)
    await node('scripts/generate-boundary.mjs')
    if (long) await node('scripts/build-native.mjs')
    await node('scripts/bundle.mjs')
  }, 900_000)

  afterAll(() => {
    if (copy !== '') rmSync(copy, { recursive: true, force: true })
  })

  test('has the right types', async () => {
    // A layer of the library may record the new kernel.
    writeFileSync(
      inCopy('lib/reversed.ts'),
      `import type { Recorder } from './recording/recorder.js'
import type { Tensor } from './recording/tensor.js'

export const reversed = (record: Recorder, output: Tensor, x: Tensor) => record.reverseColumns({ output, x })
`,
    )
    // The compiler follows dimensions through the new layer.
    writeFileSync(
      inCopy('lib/unfit.ts'),
      `import { Dense, Halve, Sequential } from './index.js'

// @ts-expect-error the new layer passes four features on, and five are needed
export const unfit = () => new Sequential([new Dense(4), new Halve(), new Dense(3, { inputs: 5 })], { inputs: 2 })
`,
    )
    const settings = { extends: './tsconfig.json', include: ['lib'] }
    writeFileSync(inCopy('tsconfig.copy.json'), JSON.stringify(settings))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [compiler, '-p', 'tsconfig.copy.json'], { cwd: copy }).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
  })

  test('has the new kernel on both sides of the boundary', () => {
    expect(readFileSync(inCopy('native/boundary/kernel_table.h'), 'utf8')).toMatch(/ReverseColumns = \d+,/)
    const kernels = readFileSync(inCopy('lib/recording/generated/kernels.ts'), 'utf8')
    expect(kernels).toContain('reverseColumns: ReverseColumnsArguments')
  })

  test.each(additions.filter(({ kind }) => long || kind !== 'kernel'))(
    'runs the new $kind',
    async ({ kind, program }) => {
      const file = inCopy(`${kind.replaceAll(' ', '-')}.mjs`)
      writeFileSync(file, `import assert from 'node:assert/strict'\n${program}`)
      // What is asserted is in the program, beside what was added.
      expect(await node(file)).toBe('')
    },
  )
})

/** Writes new files and lines; a place that is not there, or there twice, is an error that says which. */
function add({ kind, files }: Addition, copy: string): void {
  for (const [file, change] of Object.entries(files)) {
    const path = join(copy, file)
    if (typeof change === 'string') {
      writeFileSync(path, change, { flag: 'wx' })
      continue
    }
    let text = readFileSync(path, 'utf8')
    for (const [place, lines] of change) {
      if (text.split(place).length !== 2) {
        throw new Error(
          `A new ${kind} has its place in ${file} at '${place}', which is there ${text.split(place).length - 1} times`,
        )
      }
      text = text.replace(place, () => lines)
    }
    writeFileSync(path, text)
  }
}
