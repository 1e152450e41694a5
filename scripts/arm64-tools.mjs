// What the arm64 tests need on another processor: a cross compiler and qemu, installed with apt-get, and an OpenBLAS
// for arm64, unpacked into build-test/arm64-root. Unpacked, because to install it the system would have to be told of a
// second architecture. Plain Node, no dependencies.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateLists } from './prebuild/debian-packages.mjs'
import { onPath } from './requirements.mjs'
import { installDebianPackages } from './setup.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'build-test', 'arm64-root')
const work = `${target}.part`
const openblas = 'usr/lib/aarch64-linux-gnu/openblas-serial/libopenblas.a'
const packages = ['g++-aarch64-linux-gnu', 'qemu-user-static']

/** Whether the cross compiler and qemu are on the PATH. */
export function hasArm64Tools() {
  return onPath('aarch64-linux-gnu-g++') && onPath('qemu-aarch64-static')
}

/**
 * Installs and fetches what is missing.
 *
 * @throws {Error} that says what cannot be had here
 * @returns {string} the root folder of the arm64 OpenBLAS, for DEEPBLAS_ARM64_ROOT
 */
export function setupArm64() {
  if (!hasArm64Tools()) installDebianPackages(packages)
  if (!hasArm64Tools()) {
    throw new Error(
      `aarch64-linux-gnu-g++ and qemu-aarch64-static must be installed (Debian, Ubuntu: ${packages.join(' ')})`,
    )
  }
  const roots = [process.env.DEEPBLAS_ARM64_ROOT, target, '/'].filter(Boolean)
  return roots.find((folder) => existsSync(join(folder, openblas))) ?? fetchOpenblas()
}

function fetchOpenblas() {
  console.error('setup: fetching OpenBLAS for arm64')
  rmSync(work, { recursive: true, force: true })
  const unpacked = join(work, 'root')
  mkdirSync(unpacked, { recursive: true })
  const lists = privateLists(join(work, 'apt'), { type: 'deb', architecture: 'arm64' })
  run('apt-get', [...lists, 'download', 'libopenblas-serial-dev'])
  for (const name of readdirSync(work).filter((file) => file.endsWith('.deb'))) run('dpkg-deb', ['-x', name, unpacked])
  renameSync(unpacked, target)
  rmSync(work, { recursive: true })
  return target
}

function run(program, args) {
  const { status, error, stderr } = spawnSync(program, args, { cwd: work, encoding: 'utf8' })
  if (error || status !== 0) {
    throw new Error(
      `OpenBLAS for arm64 cannot be had: ${program}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`,
    )
  }
}
