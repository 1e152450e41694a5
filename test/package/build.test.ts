/*
 * `deepblas build` in copies of the installed package: with a builder that stands in for CMake and a compiler, and with the
 * real one where there is neither.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../helpers/program.js'

const scratch = mkdtempSync(join(tmpdir(), 'deepblas-build-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const addon = join(root, 'build', 'Release', 'deepblas.node')
const scripts = ['build-native.mjs', 'requirements.mjs']
let copies = 0

/** A copy of the package without an addon. */
function copy(builder?: string): string {
  const folder = join(scratch, `copy-${++copies}`)
  for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true })
  mkdirSync(join(folder, 'scripts'))
  for (const name of scripts) cpSync(join(root, 'scripts', name), join(folder, 'scripts', name))
  if (builder !== undefined) writeFileSync(join(folder, 'scripts', 'build-native.mjs'), builder)
  return folder
}

function build(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const line = [join(folder, 'dist', 'cli', 'main.js'), 'build', ...args]
  const all = { ...process.env, DEEPBLAS_PREBUILD: '', DEEPBLAS_OPENBLAS_ROOT: '', ...env }
  return spawnSync(process.execPath, line, { cwd: scratch, env: all, encoding: 'utf8' })
}

const placing = `
import { copyFileSync, mkdirSync } from 'node:fs'
const folder = new URL(process.argv.includes('--debug') ? '../build/Debug/' : '../build/Release/', import.meta.url)
console.log('compiling with ' + process.argv.slice(2).join(' '))
console.error('a warning')
mkdirSync(folder, { recursive: true })
copyFileSync(${JSON.stringify(addon)}, new URL('deepblas.node', folder))
`

test('builds, loads what was built, and says what it is', () => {
  const folder = copy(placing)
  const { status, stdout, stderr } = build(folder, ['--blas', 'blis', '--json'])
  expect(status, stderr).toBe(0)
  const file = join(folder, 'build', 'Release', 'deepblas.node')
  expect(JSON.parse(stdout)).toMatchObject({ file, blas: 'blis', info: { node: process.versions.node } })
  expect(stderr).toContain('compiling with --blas=blis')
  expect(stderr).toContain('a warning')
  const program = "console.log(require('./dist/index.js').getThreads() > 0)"
  expect(spawnSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' }).stdout).toBe('true\n')
})

test('--debug stands beside what is loaded', () => {
  const folder = copy(placing)
  const { status, stdout, stderr } = build(folder, ['--debug'])
  expect(status, stderr).toBe(0)
  expect(stdout).toBe(`built: ${join(folder, 'build', 'Debug', 'deepblas.node')}\n`)
  expect(stderr).toContain('compiling with --blas=openblas --debug')
  expect(existsSync(join(folder, 'build', 'Release'))).toBe(false)
})

test('a build that fails, and one that does not load', () => {
  const failed = build(copy("console.error('no compiler')\nprocess.exit(1)"), [])
  expect(failed.status).toBe(1)
  expect(failed.stderr).toContain('no compiler')
  expect(failed.stderr).toContain('The build ended with 1')

  const folder = copy(
    placing.replace(/copyFileSync\(.*\)$/m, "writeFileSync(new URL('deepblas.node', folder), 'none')"),
  )
  const script = join(folder, 'scripts', 'build-native.mjs')
  writeFileSync(script, readFileSync(script, 'utf8').replace('copyFileSync, ', 'writeFileSync, '))
  const broken = build(folder, ['--json'])
  expect(broken.status).toBe(1)
  expect(JSON.parse(broken.stdout).error.code).toBe('ERR_DEEPBLAS_LOAD')
})

test('wrong use', () => {
  const folder = copy(placing)
  const unknown = build(folder, ['--blas', 'bliss'])
  expect(unknown.status).toBe(2)
  expect(unknown.stderr).toMatch(/--blas takes openblas or blis or mkl or accelerate, .*Did you mean 'blis'/)
  expect(build(folder, ['now']).status).toBe(2)
})

test('the builder says what is missing and how it is installed', () => {
  const bin = join(scratch, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const [manager, line] of [
    ['apt-get', /apt-get install -y .*cmake g\+\+ make libopenblas-serial-dev/],
    ['dnf', /dnf install -y cmake gcc-c\+\+ make libstdc\+\+-static openblas-devel openblas-static/],
    ['apk', /apk add cmake g\+\+ make openblas-dev/],
    ['brew', /^ +brew install cmake openblas/m],
    ['none', /with your system's package manager: cmake, g\+\+ \(or clang\+\+\), make, OpenBLAS/],
  ] as const) {
    const only = join(bin, manager)
    mkdirSync(only)
    if (manager !== 'none') writeFileSync(join(only, manager), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const { status, stderr } = build(copy(), [], { PATH: only, CXX: '' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/To build deepblas from source, cmake, a C\+\+17 compiler, make/)
    expect(stderr).toMatch(line)
  }
})

test.runIf(process.platform !== 'darwin')('Accelerate is of macOS alone', () => {
  const { status, stderr } = build(copy(), ['--blas', 'accelerate'])
  expect(status).toBe(1)
  expect(stderr).toContain('Accelerate is a part of macOS')
})
