import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A native addon belongs to a process: worker threads that come and go under the runner would share it.
    pool: 'forks',
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
