// `npm run prebuildify`: the addons as they are published, into prebuilds/, all of them on one Linux x64 with the packages
// of Debian and npm. Each is linked with a small OpenBLAS and its C++ runtime, so that it needs the C library only.
//
//   --target linux-x64-glibc   only this one (several with commas, or the option again)
//
// What it does for a target that cannot be built: says why, builds the others, and ends with 1.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keepPeExports } from './prebuild/binary.mjs'
import { compilerOf } from './prebuild/compiler.mjs'
import { keepExports } from './prebuild/macos-exports.mjs'
import { withoutSymbols } from './prebuild/macos-symbols.mjs'
import { buildOpenblas } from './prebuild/openblas.mjs'
import { addonPath, entryPoint, targetArguments, targetsNamed } from './prebuild/targets.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `prebuildify: the addons that are published are built on Linux x64; this is ${process.platform}-${process.arch}.\n` +
      'An addon for this machine alone: npm run build:native',
  )
  process.exit(1)
}

let failures = 0
for (const target of namedTargets()) {
  try {
    build(target)
  } catch (error) {
    failures += 1
    console.error(`prebuildify: ${target.name} was not built: ${error.message}`)
  }
}
process.exit(failures > 0 ? 1 : 0)

function namedTargets() {
  try {
    return targetsNamed(targetArguments(process.argv.slice(2)))
  } catch (error) {
    console.error(`prebuildify: ${error.message}`)
    return process.exit(2)
  }
}

function build(target) {
  const compiler = compilerOf(target)
  const openblas = buildOpenblas(target, compiler)
  const folder = join(root, 'build-cmake', `${target.name}-${compiler.isZig ? 'zig' : 'debian11'}`)
  const output = join(folder, 'addon')
  const definitions = {
    CMAKE_TOOLCHAIN_FILE: compiler.toolchain,
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: output,
    CMAKE_RUNTIME_OUTPUT_DIRECTORY: output,
    DEEPBLAS_OPENBLAS_ROOT: openblas,
    DEEPBLAS_OPENBLAS_LOCKED: 'ON',
  }
  const defines = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`)
  run('cmake', ['-S', root, '-B', folder, ...defines], compiler.env)
  run('cmake', ['--build', folder, '--target', 'deepblas', '--parallel', String(availableParallelism())], compiler.env)
  let addon = readFileSync(join(output, 'deepblas.node'))
  if (target.platform === 'win32') keepPeExports(addon, entryPoint)
  if (target.platform === 'darwin') {
    keepExports(addon, entryPoint)
    addon = withoutSymbols(addon, entryPoint)
  }
  place(addon, join(root, addonPath(target)))
  console.log(`${addonPath(target)}  by ${compiler.name}`)
}

// By a rename: a process that has the old addon loaded keeps its file, and nobody reads half a file.
function place(addon, to) {
  mkdirSync(dirname(to), { recursive: true })
  const temporary = `${to}.${process.pid}.tmp`
  writeFileSync(temporary, addon)
  renameSync(temporary, to)
}

function run(program, args, variables) {
  const env = { ...process.env, ...variables }
  // A make that calls us would pass its job server and flags on to CMake's make.
  for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL']) delete env[name]
  const { status, error } = spawnSync(program, args, { cwd: root, env, stdio: ['ignore', 2, 2] })
  if (error) throw new Error(`Could not start ${program}: ${error.message}.`)
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}.`)
}
