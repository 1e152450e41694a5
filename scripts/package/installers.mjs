// The programs that install packages, each in a folder of its own where nothing but Node can be found.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './pack.mjs'

/** How each one is got, and what it is given. The registry's newest, unless this repository's own is as good. */
export const installers = [
  { name: 'npm', args: ['install'] },
  { name: 'npm --ignore-scripts', args: ['install', '--ignore-scripts'], short: false },
  { name: 'npm --offline, empty cache', args: ['install', '--offline'], emptyCache: true, short: false },
  { name: 'pnpm 10', package: 'pnpm', own: true, bin: 'bin/pnpm.cjs', args: ['add'] },
  { name: 'pnpm latest', package: 'pnpm', version: 'latest', args: ['add'], short: false },
  { name: 'yarn 1', package: 'yarn', version: '1', args: ['add', '--non-interactive'], short: false },
  {
    name: 'yarn 4, node_modules',
    package: '@yarnpkg/cli-dist',
    own: true,
    bin: 'bin/yarn.js',
    args: ['add'],
    linker: 'node-modules',
    short: false,
  },
  {
    name: 'yarn 4, Plug and Play',
    package: '@yarnpkg/cli-dist',
    own: true,
    bin: 'bin/yarn.js',
    args: ['add'],
    linker: 'pnp',
  },
]

/**
 * Installs the tarball in an empty folder, by one of the installers.
 *
 * @param {(typeof installers)[number]} installer
 * @param {{ tarball: string, scratch: string }} where
 * @returns {{ folder: string, run: (args: string[]) => { status: number | null, output: string } }} run runs Node there
 */
export function install(installer, { tarball, scratch }) {
  const { name, args, linker, emptyCache } = installer
  const folder = join(scratch, name.replaceAll(/\W+/g, '-'))
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', version: '1.0.0', private: true }))
  if (linker !== undefined) {
    const lines = [
      `nodeLinker: ${linker}`,
      'enableTelemetry: false',
      'enableGlobalCache: false',
      'enableNetwork: false',
    ]
    writeFileSync(join(folder, '.yarnrc.yml'), `${lines.join('\n')}\n`)
    // Without it Yarn looks for a project above.
    writeFileSync(join(folder, 'yarn.lock'), '')
  }
  const [program, ...before] = programOf(installer, scratch)
  const source = linker === undefined ? tarball : `deepblas@file:${tarball}`
  // A registry where nothing answers: the tarball is all that there is. npm asks for the optional peers, and does without.
  const nowhere = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' }
  const env = {
    ...bareEnvironment(scratch),
    ...nowhere,
    ...(emptyCache ? { npm_config_cache: join(folder, 'cache') } : {}),
  }
  const run = (file, line) => {
    const result = spawnSync(file, line, { cwd: folder, env, encoding: 'utf8', maxBuffer: 2 ** 26 })
    return { status: result.status, output: `${result.stdout}${result.stderr}` }
  }
  const { status, output } = run(program, [...before, ...args, source])
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${output}`)
  if (linker !== 'pnp') return { folder, run: (line) => run(process.execPath, line) }
  return { folder, run: (line) => run(program, [...before, 'node', ...line]) }
}

/** What starts it: Node with its JavaScript, or a program of its own. */
function programOf({ name, package: of, version, own, bin }, scratch) {
  if (of === undefined) return [process.execPath, realpathSync(find('npm'))]
  if (own) return [process.execPath, join(root, 'node_modules', of, bin)]
  const folder = join(scratch, `program-${name.replaceAll(/\W+/g, '-')}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', `${of}@${version}`], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${of}@${version} could not be had:\n${stderr}`)
  const { version: got } = JSON.parse(readFileSync(join(folder, 'node_modules', of, 'package.json'), 'utf8'))
  console.log(`${name}: ${of} ${got}`)
  return [join(folder, 'node_modules', '.bin', of)]
}

/** Nothing but Node and npm can be found: no compiler, no CMake, no Python. How this machine reaches its registry stays. */
export function bareEnvironment(scratch) {
  const bin = join(scratch, 'bin')
  if (!existsSync(bin)) {
    mkdirSync(bin)
    symlinkSync(process.execPath, join(bin, 'node'))
    symlinkSync(realpathSync(find('npm')), join(bin, 'npm'))
  }
  return { ...cleanEnvironment(), PATH: bin, npm_config_script_shell: '/bin/sh', HOME: scratch, CI: '1' }
}

/** Without what `npm run` adds, and without choices for our own builds. */
export function cleanEnvironment() {
  const kept = /^npm_config_(registry|userconfig|globalconfig|cafile|cache|proxy|https_proxy|noproxy)$/i
  const ours = /^(npm_|DEEPBLAS_|PREBUILD_|VITEST|TINYPOOL|INIT_CWD$|NODE_OPTIONS$|NODE_ENV$|CXX$|CMAKE_)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name) || !ours.test(name)))
}

function find(program) {
  const folder = process.env.PATH.split(delimiter).find((entry) => existsSync(join(entry, program)))
  if (folder === undefined) throw new Error(`${program} is not on the PATH`)
  return join(folder, program)
}
