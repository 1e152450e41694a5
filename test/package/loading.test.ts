/*
 * How the package finds its addon, in copies of the installed package: which one it takes, and the one error where none
 * loads. Each copy is imported by a process of its own.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readElf } from '../../lib/native/elf.js'
import { root } from '../helpers/program.js'

const scratch = mkdtempSync(join(tmpdir(), 'deepblas-loading-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const addon = join(root, 'build', 'Release', 'deepblas.node')
const linux = process.platform === 'linux'
const musl = linux && readElf(process.execPath)?.interpreter?.includes('musl') === true
const [own, other] = musl ? ['musl', 'glibc'] : ['glibc', 'musl']
const here = `${process.platform}-${process.arch}${linux ? ` (${own})` : ''}`
const ofPlatform = join('prebuilds', `${process.platform}-${process.arch}`)
const prebuilt = join(ofPlatform, linux ? `deepblas.${own}.node` : 'deepblas.node')
const built = join('build', 'Release', 'deepblas.node')

/** The addon with some bytes changed. */
function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(readFileSync(addon))
  change(bytes)
  return bytes
}

let copies = 0

/** A copy of the package with these addons: what is in them, or the one of this build. */
function copyWith(addons: Readonly<Record<string, Buffer | 'good'>>): string {
  const folder = join(scratch, `copy-${++copies}`, 'node_modules', 'deepblas')
  for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true })
  for (const [name, content] of Object.entries(addons)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    if (content === 'good') symlinkSync(addon, join(folder, name))
    else writeFileSync(join(folder, name), content)
  }
  return folder
}

interface Told {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly threads?: number
}

/** What an import of a copy gives, by each way of importing. */
function load(folder: string): Told {
  const told = [
    ['--input-type=commonjs', "new Promise((done) => done(require('deepblas')))"],
    ['--input-type=module', "import('deepblas')"],
  ].map(([type, load]) => {
    const code = `${load}.then(({ info }) => ({ threads: info().threads }), ({ name, code, message }) => ({ name, code, message }))
      .then((told) => console.log(JSON.stringify(told)))`
    const cwd = dirname(dirname(folder))
    const env = { ...process.env, DEEPBLAS_PREBUILD: '', DEEPBLAS_THREADS: '1' }
    const { stdout, stderr, status } = spawnSync(process.execPath, [type!, '-e', code], { cwd, env, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return JSON.parse(stdout) as Told
  })
  expect(told[0]).toEqual(told[1])
  return told[0]!
}

/** The one error, with why each file was not taken. */
function expectError({ name, code, message }: Told, reasons: readonly (readonly [file: string, reason: RegExp])[]) {
  expect({ name, code }).toEqual({ name: 'DeepblasError', code: 'ERR_DEEPBLAS_LOAD' })
  expect(message).toContain(here)
  expect(message).toContain(process.versions.node)
  const lines = message!.split('\n').filter((line) => line.startsWith('- '))
  for (const [at, [file, reason]] of reasons.entries()) {
    expect(lines[at]).toContain(`${file}: `)
    expect(lines[at]).toMatch(reason)
  }
  // The first remedy.
  expect(lines[reasons.length]).toContain('npx deepblas build')
}

test('what was built here comes before what the package brings', () => {
  expect(load(copyWith({ [built]: 'good', [prebuilt]: Buffer.from('none') }))).toEqual({ threads: 1 })
})

test('what the package brings is taken where nothing was built, and where what was built does not load', () => {
  expect(load(copyWith({ [prebuilt]: 'good' }))).toEqual({ threads: 1 })
  expect(load(copyWith({ [built]: Buffer.alloc(0), [prebuilt]: 'good' }))).toEqual({ threads: 1 })
})

test('none at all', () => {
  const told = load(copyWith({}))
  expectError(told, [
    [built, /there is no such file/],
    [prebuilt, /there is no such file/],
  ])
  expect(told.message).toContain('this copy has none')
})

test('one for another platform only', () => {
  const told = load(copyWith({ [join('prebuilds', 'aix-ppc64', 'deepblas.node')]: 'good' }))
  expectError(told, [
    [built, /there is no such file/],
    [prebuilt, /there is no such file/],
  ])
  expect(told.message).toContain('use a platform that the package brings an addon for: aix-ppc64')
})

test.runIf(linux)('one for the other C library only is not tried', () => {
  const told = load(copyWith({ [join(ofPlatform, `deepblas.${other}.node`)]: 'good' }))
  expectError(told, [
    [built, /there is no such file/],
    [prebuilt, /there is no such file/],
  ])
  expect(told.message).toContain(`(${other})`)
})

type Damage = readonly [what: string, content: () => Buffer, reason: RegExp]
const otherArch = process.arch === 'x64' ? 'arm64' : 'x64'
const damages: readonly Damage[] = [
  ['empty', () => Buffer.alloc(0), /cut short/],
  ['no addon', () => Buffer.from('<html>proxy</html>'.repeat(100)), /no library of Linux/],
  ['cut off in its head', () => readFileSync(addon).subarray(0, 100), /cut short/],
  ['cut off in the middle', () => readFileSync(addon).subarray(0, 300_000), /cut short/],
  [
    'for another processor',
    () => changed((bytes) => bytes.writeUInt16LE(otherArch === 'arm64' ? 183 : 62, 18)),
    new RegExp(`it is for ${otherArch}, not for ${process.arch}`),
  ],
  [
    'for another C library',
    // A name of the C library that is nowhere here, as musl's is with glibc.
    () => changed((bytes) => bytes.write('libno', bytes.indexOf(musl ? 'libc.' : 'libc.so.6\0'), 'latin1')),
    /libno/,
  ],
]

test.runIf(linux).for(damages)('%s', ([, content, reason]) => {
  const told = load(copyWith({ [prebuilt]: content() }))
  expectError(told, [
    [built, /there is no such file/],
    [prebuilt, reason],
  ])
  expect(told.message).toContain('install the package anew')
})

test('the command line tells its version and help without an addon', () => {
  const folder = copyWith({})
  for (const [args, expected] of [
    [['--version'], /^\d+\.\d+\.\d+/],
    [['--help'], /usage: deepblas/],
    [['train', '--help'], /--target/],
  ] as const) {
    const main = join(folder, 'dist', 'cli', 'main.js')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    expect(stdout).toMatch(expected)
  }
  const csv = join(scratch, 'a.csv')
  writeFileSync(csv, `a,b\n${Array.from({ length: 40 }, (_, i) => `${i},${2 * i}\n`).join('')}`)
  const main = join(folder, 'dist', 'cli', 'main.js')
  const { status, stderr } = spawnSync(process.execPath, [main, 'train', csv, '--target', 'b'], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain('npx deepblas build')
})
