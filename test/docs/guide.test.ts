// Every JavaScript block of the guide runs as it stands; a ```text block right behind one is what it prints.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = join(root, 'docs/guide')

interface Block {
  readonly name: string
  readonly code: string
  readonly printed: string | undefined
}

function blocksOf(page: string, text: string): Block[] {
  const fences = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  return fences.flatMap(([whole, language, code], i) => {
    if (language !== 'js') return []
    const next = fences[i + 1]
    const end = fences[i]!.index + whole.length
    const behind = next !== undefined && next[1] === 'text' && text.slice(end, next.index).trim() === ''
    const line = text.slice(0, fences[i]!.index).split('\n').length
    return [{ name: `${page}:${line}`, code: code!, printed: behind ? next[2] : undefined }]
  })
}

async function run(code: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-guide-'))
  try {
    await mkdir(join(folder, 'node_modules'))
    await symlink(root, join(folder, 'node_modules/deepblas'), 'junction')
    await symlink(join(root, 'node_modules/@duckdb'), join(folder, 'node_modules/@duckdb'), 'junction')
    await writeFile(join(folder, 'block.mjs'), code)
    // A block that fails makes the exit code another than 0, and the promise is rejected with what it wrote.
    const { stdout } = await promisify(execFile)(process.execPath, ['block.mjs'], { cwd: folder })
    return stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

const pages = (await readdir(guide)).filter((name) => name.endsWith('.md'))
for (const page of pages) {
  const blocks = blocksOf(page, await readFile(join(guide, page), 'utf8'))
  test(`${page} has examples`, () => {
    expect(blocks.length).toBeGreaterThan(0)
  })
  for (const { name, code, printed } of blocks) {
    test.concurrent(name, async () => {
      const stdout = await run(code)
      if (printed !== undefined) expect(stdout).toBe(printed)
    })
  }
}
