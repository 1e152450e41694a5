import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

// The declarations in dist/ are what is described: npm test builds them first.
test('the reference is what the declarations say', async () => {
  // Stale pages make the exit code 1, and the promise is rejected with their names.
  await promisify(execFile)(process.execPath, ['scripts/generate-reference.mjs', '--check'], { cwd: root })
})

test('no page shows what the library alone can call', async () => {
  const folder = `${root}/docs/reference`
  const pages = (await readdir(folder)).filter((name) => name.endsWith('.md'))
  const inner =
    /\bFor runs\b|\bSteps<|\b(DataForRuns|RowEncoder|TableEncoder|TableReaders|Arena)\b|^# (Turns|Opened)$/gm
  const found = await Promise.all(
    pages.map(async (name) =>
      [...(await readFile(`${folder}/${name}`, 'utf8')).matchAll(inner)].map(([word]) => `${name}: ${word}`),
    ),
  )
  expect(pages.length).toBeGreaterThan(15)
  expect(found.flat()).toEqual([])
})

test('the index names every export', async () => {
  const index = await readFile(`${root}/lib/index.ts`, 'utf8')
  const reference = await readFile(`${root}/docs/reference/README.md`, 'utf8')
  const names = [...index.matchAll(/\bexport (?:type )?\{([^}]*)\}/g)].flatMap(([, list]) =>
    list!.split(',').map((name) => name.trim().replace(/^type /, '')),
  )
  const missing = names.filter((name) => name !== '' && !reference.includes(`\`${name}\``))
  expect(names.length).toBeGreaterThan(50)
  expect(missing).toEqual([])
})
