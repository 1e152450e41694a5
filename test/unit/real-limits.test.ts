/*
 * Limits of the system itself, in processes of their own: a user who may have no more threads, and a process that may
 * have little more memory.
 */
import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../helpers/program.js'

const runs = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0

/** A user whose number of threads can be limited, which root's cannot, and who may read this folder and run Node. */
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
const canLimit = process.platform === 'linux' && runs('prlimit', '--version')
const canBeNobody = canLimit && runs(nobody[0]!, ...nobody.slice(1), process.execPath, '-e', "import('deepblas')")

describe.skipIf(!canBeNobody)('a user who may have no more threads (needs prlimit, and setpriv as root)', () => {
  interface Results {
    readonly holds: boolean
    readonly results: readonly string[]
  }

  test('has the bits of one who may', async () => {
    const free = await runProgram<Results>('no-more-threads.mjs')
    const limited = await runProgram<Results>('no-more-threads.mjs', { args: ['limited'], through: nobody })
    expect(limited.holds).toBe(true)
    expect(free.holds).toBe(false)
    expect(free.results).toHaveLength(30)
    expect(limited.results).toEqual(free.results)
  })
})

// What V8's young generation takes is not ours.
const young = '--max-semi-space-size=1'
const heaps = [[young], [young, '--max-old-space-size=64']]

describe.skipIf(!canLimit).each(heaps)(
  'a process that may have little more memory (needs prlimit), Node with %s %s',
  (...flags) => {
    let outcomes: Readonly<Record<string, string>>
    let after: number

    beforeAll(async () => {
      ;({ outcomes, after } = await runProgram<{ outcomes: Record<string, string>; after: number }>(
        'little-memory.mjs',
        {
          flags,
        },
      ))
    })

    test('has errors with a code from every call that needs more', () => {
      expect(Object.keys(outcomes).length).toBeGreaterThan(15)
      for (const [name, outcome] of Object.entries(outcomes)) {
        expect(`${name}: ${outcome}`).toBe(`${name}: ERR_DEEPBLAS_MEMORY`)
      }
    })

    test('trains on', () => {
      expect(after).toBe(1)
    })
  },
)
