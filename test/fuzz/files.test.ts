/*
 * The short form of files.mjs, in a process of its own: a damaged file must not end it, nor hang it. The long form is
 * `node test/fuzz/files.mjs --seconds 600`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const built = existsSync(join(here, '../../dist/index.mjs'))

test.skipIf(!built)('damaged files are read or refused, whatever kind they are of', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(here, 'files.mjs'), '--rounds', '6', '--seed', '7'],
    { encoding: 'utf8', timeout: 280_000 },
  )
  expect(`${stderr}\n${stdout}`).toMatch(/, 0 faults/)
  expect(status).toBe(0)
})
