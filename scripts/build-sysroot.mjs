// Fetches Debian 11's compiler and C library into build-sysroot/<arch>, and prints that folder: the value for
// DEEPBLAS_SYSROOT, with cmake/toolchains/debian11.cmake. An addon built with it runs on systems as old as glibc 2.31;
// built with Debian 12's own compiler it needs 2.35, which Ubuntu 20.04, Debian 11 and Red Hat 9 do not have.
//
// The packages are unpacked, not installed. Where they are not to be had, this says so on the error stream, prints an
// empty line, and the addon is built with the system's compiler.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateLists } from './debian-packages.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'build-sysroot', process.arch)
const work = `${target}.part`
const compiler = ['g++-10', 'gcc-10', 'cpp-10', 'libgcc-10-dev', 'libstdc++-10-dev', 'libgcc-s1']
const library = ['libc6', 'libc6-dev', 'linux-libc-dev', 'libcrypt1', 'libcrypt-dev']

/**
 * Fetches it if it is not there yet.
 *
 * @returns {string} its folder; empty if it cannot be had here
 */
export function buildSysroot() {
  if (existsSync(target)) return target
  try {
    console.error('build-sysroot: fetching the compiler and the C library of Debian 11')
    rmSync(work, { recursive: true, force: true })
    mkdirSync(join(work, 'packages'), { recursive: true })
    fetch()
    makeLinksRelative(join(work, 'root'))
    run(join(work, 'root', 'usr', 'bin', 'g++-10'), ['--version'])
    renameSync(join(work, 'root'), target)
    rmSync(work, { recursive: true })
    return target
  } catch (error) {
    console.error(`build-sysroot: ${error.message} The addon will need a C library as new as this system's.`)
    return ''
  }
}

function fetch() {
  const lists = privateLists(join(work, 'apt'), { type: 'deb', suite: 'bullseye' })
  const packages = join(work, 'packages')
  run('apt-get', [...lists, 'download', ...compiler, ...library], packages)
  for (const name of readdirSync(packages)) run('dpkg-deb', ['-x', join(packages, name), join(work, 'root')])
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

function run(program, args, cwd = work) {
  const { status, error, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (error || status !== 0)
    throw new Error(`${program} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}.`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(buildSysroot())
