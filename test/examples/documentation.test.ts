/*
 * The code that the README shows runs as it stands, against the built package.
 */
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root, runFile } from '../helpers/program.js'

interface Block {
  readonly name: string
  readonly code: string
}

const pages = ['README.md']
const blocks = pages.flatMap((page): Block[] => {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(?:js|javascript|mjs)\n(.*?)^```$/gms)].map(({ 1: code, index }) => ({
    name: `${page}, line ${text.slice(0, index).split('\n').length}`,
    code: code!,
  }))
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await mkdir(join(folder, 'node_modules'))
  await symlink(root, join(folder, 'node_modules', 'deepblas'), 'dir')
})
afterAll(() => rm(folder, { recursive: true }))

test('there is code to run', () => {
  expect(blocks.some(({ name }) => name.startsWith('README.md'))).toBe(true)
})

test.each(blocks)('$name', async ({ name, code }) => {
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.mjs`)
  await writeFile(path, code)
  const ended = await runFile(path, { cwd: folder })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  // A comment after console.log that shows a value shows what is printed.
  for (const { 1: shown } of code.matchAll(/^ *console\.log\(.*\) *\/\/ *([[{'\d-].*)$/gm)) {
    expect(ended.stdout).toContain(shown)
  }
})
