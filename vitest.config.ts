import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A native addon belongs to a process: worker threads that come and go under the runner would share it.
    pool: 'forks',
    // By default one processor is left idle: on a machine of two, half of it.
    maxWorkers: availableParallelism(),
    include: ['test/**/*.test.ts'],
    // Against what hangs: nothing is timed, and a busy machine is slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 300_000 } },
  },
})
