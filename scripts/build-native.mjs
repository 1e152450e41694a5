#!/usr/bin/env node
// Builds the addon from source into build/Release/deepblas.node (build/Debug with --debug).
//
// In the repository cmake-js drives CMake. In an installed package there is no cmake-js, which would bring 42 packages
// to every user: there this script drives CMake itself, with the two sets of headers (Node-API and its C++ wrapper)
// that were copied into native/vendor when the package was packed. Neither way downloads anything.
//
//   --blas NAME         what multiplies large matrices: openblas (the default), blis, mkl or accelerate (macOS)
//
// Environment: DEEPBLAS_BLAS (as --blas), DEEPBLAS_OPENBLAS_ROOT (a folder with lib/libopenblas.a and include/cblas.h),
// DEEPBLAS_BLIS_ROOT, MKLROOT, CXX, CMAKE_TOOLCHAIN_FILE (cross builds).

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { blasNames, installLines, missingRequirements } from './requirements.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
const config = process.argv.includes('--debug') ? 'Debug' : 'Release'
const arch = process.env.npm_config_arch || process.arch
const blas = argument('--blas') || process.env.DEEPBLAS_BLAS || 'openblas'

if (process.platform === 'win32') {
  fail('deepblas is not built from source on Windows: the package has an addon for Windows on x64.')
}
if (!blasNames.includes(blas)) {
  fail(`--blas (or DEEPBLAS_BLAS): expected one of ${blasNames.join(', ')} but received ${JSON.stringify(blas)}`)
}
if (blas === 'accelerate' && process.platform !== 'darwin') fail('Accelerate is a part of macOS: there is none here.')
const missing = missingRequirements(blas)
if (missing.length > 0) {
  fail(
    `To build deepblas from source, ${missing.join(', ')} must be installed. Do that, then try again:`,
    ...installLines(blas).map((line) => `  ${line}`),
  )
}

const toolchain = process.env.CMAKE_TOOLCHAIN_FILE
const folder = join(root, 'build-cmake', toolchain ? `${arch}-${basename(toolchain, '.cmake')}` : arch)
const cmakeJs = resolve('cmake-js/package.json')
const definitions = {
  // Always given: a build folder remembers what it was configured with.
  DEEPBLAS_BLAS: blas,
  DEEPBLAS_OPENBLAS_ROOT: process.env.DEEPBLAS_OPENBLAS_ROOT || 'system',
  // A compiler that we do not develop with may warn of what ours do not: that must not fail a user's build.
  DEEPBLAS_WARNINGS_AS_ERRORS: cmakeJs && !toolchain ? 'ON' : 'OFF',
  ...(toolchain ? { CMAKE_TOOLCHAIN_FILE: toolchain } : {}),
}
if (cmakeJs) buildByCmakeJs(join(dirname(cmakeJs), 'bin', 'cmake-js'))
else buildByCmake()
place()

function buildByCmakeJs(program) {
  const shared = ['--directory', root, '--out', folder, '--arch', arch, '--config', config, '--log-level', 'warn']
  const defines = Object.entries(definitions).map(([name, value]) => `--CD${name}=${value}`)
  run(process.execPath, [program, 'configure', ...shared, ...defines])
  run(process.execPath, [program, 'build', ...shared, '--parallel', String(availableParallelism())])
}

function buildByCmake() {
  const all = {
    ...definitions,
    CMAKE_BUILD_TYPE: config,
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: join(folder, config),
    DEEPBLAS_NODE_INCLUDES: headers(),
  }
  const defines = Object.entries(all).map(([name, value]) => `-D${name}=${value}`)
  run('cmake', ['-S', root, '-B', folder, ...defines])
  run('cmake', ['--build', folder, '--parallel', String(availableParallelism())])
}

function headers() {
  const vendored = join(root, 'native', 'vendor')
  if (existsSync(join(vendored, 'napi.h'))) return vendored
  const packages = ['node-api-headers', 'node-addon-api'].map((name) => resolve(`${name}/package.json`))
  if (packages.every((found) => found)) {
    return [join(dirname(packages[0]), 'include'), dirname(packages[1])].join(';')
  }
  return fail('The headers of Node-API are missing. In a clone of the repository run: npm ci --ignore-scripts')
}

// By a rename: a process that has the old addon loaded keeps its file, and nobody reads half a file.
function place() {
  const target = join(root, 'build', config)
  mkdirSync(target, { recursive: true })
  const temporary = join(target, `deepblas.${process.pid}.tmp`)
  copyFileSync(join(folder, config, 'deepblas.node'), temporary)
  renameSync(temporary, join(target, 'deepblas.node'))
}

function run(program, args) {
  const env = { ...process.env }
  // A make that calls us (node-gyp's) would pass its job server and flags on to CMake's make.
  for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL']) delete env[name]
  const { status, error } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' })
  if (error) fail(`Could not start ${program}: ${error.message}`)
  if (status !== 0) fail(`The build of the native addon failed: ${program} ${args.join(' ')}`)
}

function resolve(name) {
  try {
    return require.resolve(name)
  } catch {
    return undefined
  }
}

function argument(name) {
  const at = process.argv.indexOf(name)
  if (at >= 0) return process.argv[at + 1] ?? ' '
  return process.argv.find((value) => value.startsWith(`${name}=`))?.slice(name.length + 1)
}

function fail(...lines) {
  console.error(lines.filter(Boolean).join('\n'))
  process.exit(1)
}
