// What is published: one addon for each of these, all built on Linux x64 by `npm run prebuildify`.

import { join } from 'node:path'

/**
 * @typedef {object} Target
 * @property {string} name what --target takes
 * @property {'linux' | 'darwin' | 'win32'} platform Node's process.platform
 * @property {'x64' | 'arm64'} arch Node's process.arch
 * @property {'glibc' | 'musl'} [libc] on Linux
 * @property {string} zig the triple that zig compiles for, with the oldest system it runs on
 */

/** @type {readonly Target[]} */
export const targets = [
  // 2.28 is what Node's own binaries from version 18 on need.
  { name: 'linux-x64-glibc', platform: 'linux', arch: 'x64', libc: 'glibc', zig: 'x86_64-linux-gnu.2.28' },
  { name: 'linux-arm64-glibc', platform: 'linux', arch: 'arm64', libc: 'glibc', zig: 'aarch64-linux-gnu.2.28' },
  { name: 'linux-x64-musl', platform: 'linux', arch: 'x64', libc: 'musl', zig: 'x86_64-linux-musl' },
  { name: 'linux-arm64-musl', platform: 'linux', arch: 'arm64', libc: 'musl', zig: 'aarch64-linux-musl' },
  { name: 'darwin-arm64', platform: 'darwin', arch: 'arm64', zig: 'aarch64-macos.11.0' },
  { name: 'darwin-x64', platform: 'darwin', arch: 'x64', zig: 'x86_64-macos.10.15' },
  { name: 'win32-x64', platform: 'win32', arch: 'x64', zig: 'x86_64-windows-gnu' },
]

/** What an addon exports: what Node looks for. */
export const entryPoint = /^(napi_register_module_v\d+|node_api_module_get_api_version_v\d+)$/

/** The addon's path under the package's folder. */
export function addonPath({ platform, arch, libc }) {
  return join('prebuilds', `${platform}-${arch}`, libc ? `deepblas.${libc}.node` : 'deepblas.node')
}

/**
 * The targets of these names, all of them for no names.
 *
 * @param {string[]} names
 * @throws {Error} for a name that is none
 */
export function targetsNamed(names) {
  const unknown = names.find((name) => !targets.some((target) => target.name === name))
  if (unknown !== undefined) {
    const known = targets.map(({ name }) => name).join(', ')
    throw new Error(`Expected one of ${known} for --target but received ${JSON.stringify(unknown)}`)
  }
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name))
}

/** The values of --target in a command line: `--target a,b`, `--target=a`, repeated or not. */
export function targetArguments(args) {
  return args
    .flatMap((value, i) => {
      if (value === '--target') return [args[i + 1] ?? '']
      return value.startsWith('--target=') ? [value.slice('--target='.length)] : []
    })
    .flatMap((value) => value.split(','))
}
