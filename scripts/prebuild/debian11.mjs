// Debian 11's compiler and C library, for the addons for glibc: what they make needs no symbol newer than glibc 2.28.
// The packages are unpacked into build-sysroot, not installed.

import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateLists } from './debian-packages.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const packages = {
  x64: [
    ...['g++-10', 'gcc-10', 'cpp-10', 'libgcc-10-dev', 'libstdc++-10-dev', 'libgcc-s1'],
    ...['libc6', 'libc6-dev', 'linux-libc-dev', 'libcrypt1', 'libcrypt-dev'],
  ],
  arm64: [
    ...['g++-10', 'gcc-10', 'cpp-10', 'binutils'].map((name) => `${name}-aarch64-linux-gnu`),
    ...['libgcc-10-dev', 'libstdc++-10-dev', 'libgcc-s1', 'libc6', 'libc6-dev', 'linux-libc-dev'].map(
      (name) => `${name}-arm64-cross`,
    ),
  ],
}

// The assembler and linker for x64 are the system's own: those of Debian 11 would bring libraries that it needs.
const programs = {
  x64: (folder) => ({
    cc: `exec '${folder}/usr/bin/gcc-10' '--sysroot=${folder}' "$@"`,
    'c++': `exec '${folder}/usr/bin/g++-10' '--sysroot=${folder}' "$@"`,
    ar: 'exec ar "$@"',
    ranlib: 'exec ranlib "$@"',
  }),
  arm64: (folder) => {
    const line = (program) =>
      `LD_LIBRARY_PATH='${folder}/usr/lib/x86_64-linux-gnu' exec '${folder}/usr/bin/aarch64-linux-gnu-${program}' "$@"`
    return { cc: line('gcc-10'), 'c++': line('g++-10'), ar: line('ar'), ranlib: line('ranlib') }
  },
}

/**
 * Programs named cc, c++, ar and ranlib that compile for a target of glibc. Fetches them if they are not there yet.
 *
 * @param {import('./targets.mjs').Target} target
 * @throws {Error} where they cannot be had
 * @returns {string} their folder
 */
export function debian11Tools({ arch }) {
  const folder = join(root, 'build-sysroot', `debian11-${arch}`)
  if (!existsSync(folder)) fetch(arch, folder)
  const tools = join(root, 'build-sysroot', `tools-${arch}`)
  mkdirSync(tools, { recursive: true })
  for (const [name, text] of Object.entries(programs[arch](folder))) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  run(join(tools, 'c++'), ['--version'], tools)
  return tools
}

function fetch(arch, folder) {
  console.error(`prebuildify: fetching the compiler and the C library of Debian 11 for ${arch}`)
  const work = `${folder}.part`
  const archives = join(work, 'packages')
  const unpacked = join(work, 'root')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(archives, { recursive: true })
  const lists = privateLists(join(work, 'apt'), { type: 'deb', suite: 'bullseye' })
  run('apt-get', [...lists, 'download', ...packages[arch]], archives)
  for (const name of readdirSync(archives)) run('dpkg-deb', ['-x', join(archives, name), unpacked], work)
  makeLinksRelative(unpacked)
  if (arch === 'arm64') makeScriptRelative(join(unpacked, 'usr', 'aarch64-linux-gnu', 'lib', 'libc.so'))
  renameSync(unpacked, folder)
  rmSync(work, { recursive: true })
}

// libpthread.so and its like point to /lib/..., which would be the system's own.
function makeLinksRelative(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue
    const link = join(entry.parentPath, entry.name)
    const goal = readlinkSync(link)
    if (!goal.startsWith('/')) continue
    rmSync(link)
    symlinkSync(relative(entry.parentPath, join(folder, goal)), link)
  }
}

// A script of the linker that names its libraries by their whole paths: by their names they are found beside it.
function makeScriptRelative(file) {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('/usr/aarch64-linux-gnu/lib/', ''))
}

function run(program, args, cwd) {
  const { status, error, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (error || status !== 0) {
    throw new Error(`${program} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`)
  }
}
