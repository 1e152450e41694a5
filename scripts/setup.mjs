// Makes a fresh clone ready to run: system packages, npm packages, the native addon, the compiled TypeScript. Silent
// and quick when all is there; one line for each step that it takes. Plain Node, no dependencies.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asRoot, installCommands, installLines, isDebian, isForUsers, missingRequirements } from './requirements.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Brings everything up to date; ends the process with code 1 and says what to do if it cannot.
 *
 * @param {{ toolchain?: boolean }} [options] toolchain: whether a compiler is needed even when the addon is up to date,
 *   as for the C++ tests. Default: false.
 */
export function setup({ toolchain = false } = {}) {
  const packages = isOlder('node_modules/.package-lock.json', ['package-lock.json'])
  const addon = isOlder('build/Release/deepblas.node', [
    'native/binding',
    'native/blas',
    'native/core',
    'native/kernels',
    'native/program',
    'native/table',
    'cmake',
    'CMakeLists.txt',
    'scripts/build-native.mjs',
  ])
  const library = isOlder('dist/index.js', [
    'lib',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
    'scripts/bundle.mjs',
    'scripts/public-declarations.mjs',
  ])

  if (addon || toolchain) installSystemPackages()
  // Without scripts: the package's own install script would build the addon, which is the next step here.
  if (packages) step('installing npm packages', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
  if (addon) step('building the native addon', process.execPath, ['scripts/build-native.mjs'])
  if (library) step('compiling TypeScript', 'npm', ['run', '--silent', 'build:ts'])
}

function installSystemPackages() {
  const missing = missingRequirements()
  if (missing.length === 0) return
  if (installMissing() && missingRequirements().length === 0) return
  fail(`To build deepblas, ${missing.join(', ')} must be installed:`, ...installLines().map((line) => `  ${line}`))
}

/** By the system's own program, where that needs no person: as root, or Homebrew. */
function installMissing() {
  const commands = installCommands()
  if (commands === undefined) return false
  const prefix = isForUsers(commands[0][0]) ? [] : asRoot()
  if (prefix === undefined) return false
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] }
  return commands.every((command) => {
    const [program, ...args] = [...prefix, ...command]
    return attempt([program, ...args].join(' '), program, args, quiet)
  })
}

/**
 * Installs packages with apt-get; ends the process with code 1 if apt-get fails and they are needed.
 *
 * @param {string[]} packages
 * @param {{ needed?: boolean }} [options] needed: whether there is no going on without them. Default: true.
 * @returns {boolean} false if this is no Debian, there is no way to be root without a person, or apt-get failed
 */
export function installDebianPackages(packages, { needed = true } = {}) {
  const prefix = asRoot()
  if (!isDebian() || !prefix) return false
  // What apt says of each package is of no use; what goes wrong comes on the error stream.
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] }
  const [program, ...before] = [...prefix, 'apt-get']
  const take = needed ? step : attempt
  const install = ['-qq', '-y', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends', 'install', ...packages]
  return (
    take('updating the package lists', program, [...before, '-qq', 'update'], quiet) &&
    take(`installing ${packages.join(' ')}`, program, [...before, ...install], quiet)
  )
}

/**
 * Installs Chromium for the tests of pages where that needs no person and changes no one's desktop: on Debian, as root, as
 * in a container. It is large (some 100 MB to load), and whoever has one elsewhere names it in DEEPBLAS_CHROMIUM. Without
 * it those tests are skipped, and say so.
 */
export function setupBrowser() {
  if (process.env.DEEPBLAS_CHROMIUM || existsSync('/usr/bin/chromium') || process.getuid?.() !== 0) return
  installDebianPackages(['chromium', 'fonts-dejavu-core'], { needed: false })
}

function step(what, program, args, options) {
  return attempt(what, program, args, options) || process.exit(1)
}

// Output of a step goes to the error stream: what a started program prints stays alone on standard output.
function attempt(what, program, args, options = {}) {
  console.error(`setup: ${what}`)
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (!error && status === 0) return true
  console.error(`setup: ${what} failed${error ? `: ${error.message}` : ''}`)
  return false
}

function isOlder(product, sources) {
  const file = join(root, product)
  if (!existsSync(file)) return true
  const made = statSync(file).mtimeMs
  return sources.some((source) => newest(join(root, source)) > made)
}

// Folders count too: their time is that of the last file added or removed.
function newest(path) {
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status) return 0
  if (!status.isDirectory()) return status.mtimeMs
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), status.mtimeMs)
}

function fail(...lines) {
  console.error(lines.join('\n'))
  process.exit(1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup()
