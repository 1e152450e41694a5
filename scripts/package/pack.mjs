// The tarball as it would be published. Where prebuilds/ has no addon for this platform, the one that was built here stands
// in for it: all but the compiler is then as users have it.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { libc } from './libc.mjs'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const ofPlatform = `prebuilds/${process.platform}-${process.arch}`

/**
 * Packs into a folder.
 *
 * @param {string} folder
 * @returns what npm tells of the tarball, its path, and whether the addon is a stand-in
 */
export function pack(folder) {
  const stage = join(folder, 'package')
  for (const { path } of npmPack(root, ['--dry-run']).files) {
    if (path.startsWith('native/vendor/')) continue
    mkdirSync(dirname(join(stage, path)), { recursive: true })
    cpSync(join(root, path), join(stage, path))
  }
  // Into the copy alone: tests that run beside this one read the repository.
  run(process.execPath, ['scripts/vendor-headers.mjs', stage], root)
  const brought = existsSync(join(stage, ofPlatform)) ? readdirSync(join(stage, ofPlatform)) : []
  const wanted = `deepblas.${libc === undefined ? '' : `${libc}.`}node`
  const standsIn = !brought.includes(wanted)
  if (standsIn) {
    const file = join(stage, ofPlatform, wanted)
    mkdirSync(dirname(file), { recursive: true })
    cpSync(join(root, 'build', 'Release', 'deepblas.node'), file)
    // Symbols are most of it. Where there is no such program they stay.
    if (process.platform === 'linux') spawnSync('strip', ['--strip-unneeded', file], { stdio: 'ignore' })
  }
  const packed = npmPack(stage, ['--pack-destination', folder])
  return { ...packed, tarball: join(folder, packed.filename), stage, standsIn }
}

function npmPack(cwd, options) {
  const { stdout } = run('npm', ['pack', '--ignore-scripts', '--json', ...options], cwd)
  return JSON.parse(stdout)[0]
}

function run(program, args, cwd) {
  const result = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (result.error) throw result.error
  if (result.status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${result.status}:\n${result.stderr}`)
  return result
}
