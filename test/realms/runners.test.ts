/*
 * The public API under the test runners that give tests built-in classes of their own: Jest, and vitest's vm pools.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

// Each runner is a process of its own, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 240_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
const jest = `${root}node_modules/jest/bin/jest.js`
const vitest = `${root}node_modules/vitest/vitest.mjs`

interface Report {
  readonly numPassedTests: number
  readonly numTotalTests: number
  readonly numTotalTestSuites: number
  readonly testResults: readonly { readonly name: string }[]
}

/** What a runner says of the two specs, as Jest's JSON, which vitest writes too. */
function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Report {
  // A runner inside a runner: it must not take itself for the outer one's worker.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|TINYPOOL|JEST)/.test(name)))
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...own, NO_COLOR: '1', NODE_ENV: 'test', ...environment },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const start = stdout.indexOf('{"num')
  if (status !== 0 || start < 0) throw new Error(`The runner ended with ${status}.\n${stderr}\n${stdout}`)
  return JSON.parse(stdout.slice(start)) as Report
}

function expectAll({ numPassedTests, numTotalTests, testResults }: Report) {
  expect(testResults.map(({ name }) => name.replace(/.*\//, '')).sort()).toEqual([
    'public-api.spec.mjs',
    'second-file.spec.mjs',
  ])
  expect(numTotalTests).toBeGreaterThan(90)
  expect(numPassedTests).toBe(numTotalTests)
}

test('the specs are in order where there is one realm alone', () => {
  const args = [vitest, 'run', '--config', 'test/realms/vitest.config.mjs', '--pool', 'forks', '--reporter', 'json']
  expectAll(run(args, { DEEPBLAS_TEST_REALM: 'shared' }))
})

test.for(['vmThreads', 'vmForks'])('vitest --pool %s', (pool) => {
  const config = ['--config', 'test/realms/vitest.config.mjs', '--reporter', 'json']
  expectAll(run([vitest, 'run', ...config, '--pool', pool, '--maxWorkers', '1']))
})

test('Jest', ({ skip }) => {
  skip(!existsSync(jest), 'jest is not installed: npm install')
  const options = ['--experimental-vm-modules', jest, '--config', 'test/realms/jest.config.json']
  expectAll(run([...options, '--json', '--runInBand']))
})
