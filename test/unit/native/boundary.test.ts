import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { kernels } from '../../../lib/recording/generated/kernels.js'
import { root, runFile } from '../../helpers/program.js'

const script = 'scripts/generate-boundary.mjs'
const folderOf = (name: string) => `native/boundary/${name}`
const tables = ['kernels.json', 'enums.json', 'streams.json'].map(folderOf)
const [table] = tables as [string]
const made = {
  [folderOf('kernels.json')]: ['native/boundary/kernel_table.h', 'lib/recording/generated/kernels.ts'],
  [folderOf('enums.json')]: ['native/boundary/enums.h', 'lib/native/generated/enums.ts'],
  [folderOf('streams.json')]: ['native/boundary/streams.h', 'lib/random/streams.ts'],
}
const allMade = Object.values(made).flat()
const check = (folder: string) => runFile(join(folder, script), { args: ['--check'], cwd: folder })

/** The tables, what is made from them, and what makes it, in a folder of their own. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const path of [script, 'scripts/boundary', ...tables, ...allMade]) {
    await cp(join(root, path), join(folder, path), { recursive: true })
  }
  return folder
}

const edit = async (path: string, change: (text: string) => string) =>
  writeFile(path, change(await readFile(path, 'utf8')))

interface Argument {
  readonly name: string
  readonly kind: string
  readonly optional?: true
}

test('both sides of the boundary are as the tables say', async () => {
  expect(await check(root)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  const { kernels: rows } = JSON.parse(await readFile(join(root, table), 'utf8'))
  expect(Object.entries(kernels).map(([name, { id, arguments: list }]) => ({ name, id, list }))).toEqual(
    rows.map(({ name, arguments: list }: { name: string; arguments: Argument[] }, id: number) => ({
      name,
      id,
      list: list.map(({ name, kind, optional }) => ({ name, kind, ...(optional && { optional }) })),
    })),
  )
})

test.each([
  ['kernels.json', 'momentum', 'friction'],
  ['enums.json', 'largest', 'utmost'],
  ['streams.json', 'columnSample', 'columnPicks'],
])('a changed %s makes both of its files stale, until they are made anew', async (name, before, after) => {
  const folder = await copy()
  const both = made[folderOf(name)]!
  expect((await check(folder)).code).toBe(0)
  await edit(join(folder, folderOf(name)), (text) => text.replace(`"${before}"`, `"${after}"`))
  // A stream that C++ does not draw from stands on one side alone.
  const stale = name === 'streams.json' ? both.slice(1) : both
  const { code, stderr } = await check(folder)
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toEqual(stale.map((path) => `${path} is stale: run node ${script}`))
  const found = async () => {
    const texts = await Promise.all(stale.map((path) => readFile(join(folder, path), 'utf8')))
    return texts.filter((text) => text.toLowerCase().includes(after.toLowerCase())).length
  }
  // Checking writes nothing.
  expect(await found()).toBe(0)
  expect((await runFile(join(folder, script), { cwd: folder })).code).toBe(0)
  expect(await found()).toBe(stale.length)
  expect((await check(folder)).code).toBe(0)
})

test('a kernel that does not say what its arguments must be is refused', async () => {
  const folder = await copy()
  const refused = async (change: (argument: Record<string, unknown>) => void, kind: string) => {
    const whole = JSON.parse(await readFile(join(root, table), 'utf8'))
    const kernel = whole.kernels.find(({ name }: { name: string }) => name === 'copyColumns')
    change(kernel.arguments.find((argument: { kind: string }) => argument.kind === kind))
    await writeFile(join(folder, table), JSON.stringify(whole))
    return (await runFile(join(folder, script), { cwd: folder })).stderr
  }
  expect(await refused((argument) => delete argument.shape, 'tensor')).toContain("'output' has neither a shape")
  expect(await refused((argument) => delete argument.value, 'number')).toContain("'from' says no value")
  const other = (argument: Record<string, unknown>) => Object.assign(argument, { value: { of: 'Reductoin' } })
  expect(await refused(other, 'number')).toContain("'Reductoin' is no enum")
  const misspelt = (argument: Record<string, unknown>) => Object.assign(argument, { covers: ['form'] })
  expect(await refused(misspelt, 'tensor')).toContain("'form' is no argument")
})

test.each(allMade)('a change of %s by hand is reported, and so is its absence', async (path) => {
  const folder = await copy()
  await edit(join(folder, path), (text) => `${text}\n`)
  const changed = await check(folder)
  expect([changed.code, changed.stderr.trim()]).toEqual([1, `${path} is stale: run node ${script}`])
  await rm(join(folder, path))
  expect((await check(folder)).code).toBe(1)
})

describe('a table that contradicts itself is refused:', () => {
  type Rows = Record<string, Record<string, unknown>[]>
  test.each<[string, string, (table: Rows) => void, string]>([
    ['two streams of one number', 'streams.json', ({ streams }) => Object.assign(streams![3]!, { number: 7 }), '7'],
    [
      'two streams of one name',
      'streams.json',
      ({ streams }) => Object.assign(streams![3]!, { name: 'folds' }),
      'folds',
    ],
    [
      "a stream among the layers'",
      'streams.json',
      ({ streams }) => Object.assign(streams![3]!, { number: 17 }),
      "layer's",
    ],
    ['a value twice', 'enums.json', ({ enums }) => Object.assign(enums![0]!, { values: ['avx2', 'avx2'] }), 'avx2'],
    ['a name of two words', 'enums.json', ({ enums }) => Object.assign(enums![0]!, { values: ['a b'] }), 'camel case'],
    ['an enum twice', 'enums.json', ({ enums }) => Object.assign(enums![0]!, { name: 'Type' }), 'Type'],
    ['a kernel twice', 'kernels.json', ({ kernels }) => Object.assign(kernels![0]!, { name: 'adam' }), 'adam'],
    ['a family twice', 'kernels.json', (all) => Object.assign(all, { families: ['map', 'map'] }), 'map'],
  ])('%s', async (_what, name, change, told) => {
    const folder = await copy()
    const whole = JSON.parse(await readFile(join(root, folderOf(name)), 'utf8'))
    change(whole)
    await writeFile(join(folder, folderOf(name)), JSON.stringify(whole))
    const { code, stderr } = await runFile(join(folder, script), { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`Error: ${name}.*${told}`))
    for (const path of allMade) expect(await readFile(join(folder, path), 'utf8')).toBe(await readFile(path, 'utf8'))
  })
})

test('every family of kernels has a source, and every source a family', async () => {
  const { families } = JSON.parse(await readFile(join(root, table), 'utf8'))
  const entered: string[] = []
  for (const name of await readdir(join(root, 'native/kernels/vector'))) {
    const text = await readFile(join(root, 'native/kernels/vector', name), 'utf8')
    for (const [, family] of text.matchAll(/^void register(\w+)\(KernelSet& set\) \{/gm)) {
      entered.push(family!.charAt(0).toLowerCase() + family!.slice(1))
    }
  }
  expect(entered.sort()).toEqual(families)
})
