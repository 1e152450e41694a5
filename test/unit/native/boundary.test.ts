import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { kernels } from '../../../lib/recording/generated/kernels.js'
import { root, runFile } from '../../helpers/program.js'

const script = 'scripts/generate-boundary.mjs'
const table = 'native/boundary/kernels.json'
const made = ['native/kernels/kernel_table.h', 'lib/recording/generated/kernels.ts']
const check = (folder: string) => runFile(join(folder, script), { args: ['--check'], cwd: folder })

/** The table, what is made from it, and what makes it, in a folder of their own. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const path of [script, table, ...made]) await cp(join(root, path), join(folder, path))
  return folder
}

const edit = async (path: string, change: (text: string) => string) =>
  writeFile(path, change(await readFile(path, 'utf8')))

interface Argument {
  readonly name: string
  readonly kind: string
  readonly optional?: true
}

test('both sides of the boundary are as the kernel table says', async () => {
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

test('a changed table makes both files stale, until they are made anew', async () => {
  const folder = await copy()
  expect((await check(folder)).code).toBe(0)
  await edit(join(folder, table), (text) => text.replace('"name": "momentum"', '"name": "friction"'))
  const { code, stderr } = await check(folder)
  expect(code).toBe(1)
  for (const path of made) expect(stderr).toContain(`${path} is stale`)
  // Checking writes nothing.
  for (const path of made) expect(await readFile(join(folder, path), 'utf8')).not.toContain('friction')
  expect((await runFile(join(folder, script), { cwd: folder })).code).toBe(0)
  for (const path of made) expect(await readFile(join(folder, path), 'utf8')).toContain('friction')
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
  const misspelt = (argument: Record<string, unknown>) => Object.assign(argument, { covers: ['form'] })
  expect(await refused(misspelt, 'tensor')).toContain("'form' is no argument")
})

test.each(made)('a change of %s by hand is reported, and so is its absence', async (path) => {
  const folder = await copy()
  await edit(join(folder, path), (text) => `${text}\n`)
  const changed = await check(folder)
  expect([changed.code, changed.stderr.trim()]).toEqual([1, `${path} is stale: run node ${script}`])
  await rm(join(folder, path))
  expect((await check(folder)).code).toBe(1)
})
