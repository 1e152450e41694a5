/*
 * Another package in the same process may bring another OpenBLAS, with the same names of functions: neither may call the
 * other's.
 */
import { expect, test } from 'vitest'
import { runProgram } from '../../helpers/program.js'
import { secondOpenblas } from '../../helpers/second-openblas.js'

interface Result {
  readonly ours: string
  readonly theirs: readonly string[]
  readonly openblas: string
  readonly openblasAfter: string
}

const second = secondOpenblas()
const { file, library } = 'file' in second ? second : { file: '', library: '' }
const run = (when: string, env = {}) => runProgram<Result>('second-openblas.mjs', { args: [file, when], env })

test.skipIf('missing' in second)(
  `an addon with an OpenBLAS of its own changes nothing, nor is it changed${'missing' in second ? `: left out, ${second.missing}` : ''}`,
  async () => {
    const alone = await run('never')
    expect(alone.theirs).toEqual([])
    const before = await run('before')
    const after = await run('after')
    // Its names stand before all others in the process then.
    const preloaded = await run('after', { LD_PRELOAD: library })
    for (const { ours, theirs, openblas, openblasAfter } of [before, after, preloaded]) {
      expect(ours).toBe(alone.ours)
      expect(openblas).toBe(alone.openblas)
      expect(openblasAfter).toBe(alone.openblas)
      // Each product had the same bits, whatever deepblas did meanwhile.
      expect(theirs).toHaveLength(1)
    }
    expect(before.theirs).toEqual(after.theirs)
  },
)
