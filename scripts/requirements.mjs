// What a build from source needs of the system, and the exact lines that install it. Plain Node, no dependencies:
// setup.mjs and build-native.mjs use it before anything is installed.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian's and Ubuntu's packages: the only ones that setup.mjs installs by itself. */
export const debianPackages = ['cmake', 'g++', 'make', 'libopenblas-serial-dev']

/**
 * What is missing here to build the addon, in words.
 *
 * @returns {string[]} empty when all is there
 */
export function missingRequirements() {
  const missing = []
  if (!onPath('cmake')) missing.push('cmake')
  if (!process.env.CXX && !onPath('c++') && !onPath('g++') && !onPath('clang++')) missing.push('a C++17 compiler')
  if (!onPath('make') && !onPath('ninja')) missing.push('make')
  if (!hasOpenblas()) missing.push('OpenBLAS with its header cblas.h')
  return missing
}

/**
 * The exact lines that install all of it on this system.
 *
 * @returns {string[]}
 */
export function installLines() {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo '
  if (process.platform === 'darwin') return ['xcode-select --install', 'brew install cmake openblas']
  if (isDebian()) return [`${sudo}apt-get update`, `${sudo}apt-get install -y ${debianPackages.join(' ')}`]
  const kind = systemKind()
  if (/fedora|rhel|centos|rocky|almalinux/.test(kind)) {
    return [`${sudo}dnf install -y cmake gcc-c++ make libstdc++-static openblas-devel openblas-static`]
  }
  if (/arch/.test(kind)) return [`${sudo}pacman -S --needed cmake gcc make openblas`]
  if (/alpine/.test(kind)) return [`${sudo}apk add cmake g++ make openblas-dev`]
  if (/suse/.test(kind)) return [`${sudo}zypper install cmake gcc-c++ make openblas-devel openblas-devel-static`]
  return ["with your system's package manager: cmake, g++ (or clang++), make, OpenBLAS with its headers"]
}

/** Whether this is Debian, Ubuntu or one that descends from them, where apt-get installs. */
export function isDebian() {
  return /debian|ubuntu/.test(systemKind())
}

/**
 * What to put before a command to run it as root: nothing for root, sudo where it asks for no password.
 *
 * @returns {string[] | undefined} undefined if there is no way without a person
 */
export function asRoot() {
  if (process.getuid?.() === 0) return []
  if (onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n']
  return undefined
}

/** Whether a program of this name is on the PATH. */
export function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// Whether cmake/openblas.cmake is likely to find one. It has the last word: this only spares a user a CMake log when
// there is clearly none.
function hasOpenblas() {
  if (process.env.DEEPBLAS_OPENBLAS_ROOT) return true
  const folders = ['/usr/include', '/usr/include/openblas', '/usr/local/include', '/usr/local/include/openblas']
  folders.push('/opt/OpenBLAS/include', '/opt/homebrew/opt/openblas/include', '/usr/local/opt/openblas/include')
  for (const triplet of list('/usr/include').filter((name) => name.includes('-linux-gnu'))) {
    for (const threading of ['serial', 'pthread', 'openmp']) {
      folders.push(`/usr/include/${triplet}/openblas-${threading}`)
    }
  }
  return folders.some((folder) => existsSync(join(folder, 'cblas.h')) && existsSync(join(folder, 'openblas_config.h')))
}

function list(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function systemKind() {
  try {
    const release = readFileSync('/etc/os-release', 'utf8')
    return [...release.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].map((match) => match[1]).join(' ')
  } catch {
    return ''
  }
}
