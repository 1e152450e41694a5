// Every `deepblas` command that README and guide show is one that the command line takes.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readCommandLine } from '../../lib/cli/command.js'
import { commandNamed } from '../../lib/cli/commands.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = (await readdir(join(root, 'docs/guide'))).map((name) => `docs/guide/${name}`)
const texts = await Promise.all(['README.md', ...guide].map((path) => readFile(join(root, path), 'utf8')))
const lines = texts.flatMap((text) => [...text.matchAll(/(?:^npx |`)deepblas ([a-z]+ .*?)(?=`|$| #)/gm)])

test('there are commands to check', () => {
  expect(lines.length).toBeGreaterThan(5)
})

test.each([...new Set(lines.map(([, line]) => line!))])('deepblas %s', (line) => {
  const [name, ...args] = line.trim().split(/\s+/)
  expect(() => readCommandLine(commandNamed(name!), args)).not.toThrow()
})
