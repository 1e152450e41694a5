/*
 * The package as users have it: packed, installed and used. The short form of `npm run check-package`, which also runs the
 * other package managers and builds from source.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../helpers/program.js'

test('npm, pnpm and Yarn Plug and Play install it; import, require, TypeScript, Jest and vitest take it', () => {
  const script = join(root, 'scripts', 'check-package.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--short'], { cwd: root, encoding: 'utf8' })
  expect(status, `${stdout}\n${stderr}`).toBe(0)
  for (const name of ['npm', 'pnpm 10', 'yarn 4, Plug and Play']) expect(stdout).toContain(`== ${name}`)
})
