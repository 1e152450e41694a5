/*
 * Inputs that once gave a wrong answer, one after the other, where they stand beside the repository.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../helpers/program.js'

const folder = join(root, '../shared/cases')

interface Outcome {
  readonly case: string
  readonly came: string
  readonly ok: boolean
}

test.skipIf(!existsSync(folder))(
  `every case of ${folder} has the right outcome`,
  async () => {
    // Case 07 is one of time: the splitter's own tests count characters instead.
    const args = [join(root, 'test/cases/run.mjs'), '--json', '--except', '07']
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error)
    const outcomes = JSON.parse(stdout) as Outcome[]
    expect(outcomes.length).toBeGreaterThan(20)
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
  },
  300_000,
)
