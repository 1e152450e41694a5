// What a build from source needs of the system, and the exact lines that install it. Plain Node, no dependencies:
// setup.mjs and build-native.mjs use it before anything is installed.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What may multiply: OpenBLAS, or another BLAS of the system. */
export const blasNames = ['openblas', 'blis', 'mkl', 'accelerate']

/** Programs that install packages, in the order in which they are looked for, with what has to be installed. */
const managers = [
  {
    program: 'apt-get',
    before: [['update']],
    install: ['install', '-y', '--no-install-recommends'],
    tools: ['cmake', 'g++', 'make'],
    blas: { openblas: ['libopenblas-serial-dev'], blis: ['libblis-serial-dev'], mkl: ['intel-mkl'] },
  },
  {
    program: 'dnf',
    install: ['install', '-y'],
    tools: ['cmake', 'gcc-c++', 'make', 'libstdc++-static'],
    blas: { openblas: ['openblas-devel', 'openblas-static'], blis: ['blis-devel'] },
  },
  {
    program: 'apk',
    install: ['add'],
    tools: ['cmake', 'g++', 'make'],
    blas: { openblas: ['openblas-dev'] },
  },
  {
    program: 'pacman',
    install: ['-S', '--needed', '--noconfirm'],
    tools: ['cmake', 'gcc', 'make'],
    blas: { openblas: ['openblas'], blis: ['blis'] },
  },
  {
    program: 'zypper',
    install: ['--non-interactive', 'install'],
    tools: ['cmake', 'gcc-c++', 'make'],
    blas: { openblas: ['openblas-devel', 'openblas-devel-static'], blis: ['blis-devel'] },
  },
  {
    program: 'brew',
    // Homebrew refuses to run as root, and needs no root.
    asUser: true,
    install: ['install'],
    tools: ['cmake'],
    blas: { openblas: ['openblas'], blis: ['blis'], accelerate: [] },
  },
]

/**
 * What is missing here to build the addon, in words.
 *
 * @param {string} [blas] of blasNames
 * @returns {string[]} empty when all is there
 */
export function missingRequirements(blas = 'openblas') {
  const missing = []
  if (!onPath('cmake')) missing.push('cmake')
  if (!process.env.CXX && !onPath('c++') && !onPath('g++') && !onPath('clang++')) missing.push('a C++17 compiler')
  if (!onPath('make') && !onPath('ninja')) missing.push('make')
  if (blas === 'openblas' && !hasOpenblas()) missing.push('OpenBLAS with its header cblas.h')
  return missing
}

/**
 * The commands that install all of it on this system, each with its arguments.
 *
 * @param {string} [blas] of blasNames
 * @returns {string[][] | undefined} undefined where no program is known that installs packages, or none of its packages
 */
export function installCommands(blas = 'openblas') {
  const manager = managers.find(({ program }) => onPath(program))
  const packages = manager?.blas[blas]
  if (packages === undefined) return undefined
  const { program, before = [], install, tools } = manager
  return [...before, [...install, ...tools, ...packages]].map((line) => [program, ...line])
}

/**
 * The same as lines for a person.
 *
 * @param {string} [blas] of blasNames
 * @returns {string[]}
 */
export function installLines(blas = 'openblas') {
  const commands = installCommands(blas)
  const compiler = process.platform === 'darwin' ? ['xcode-select --install'] : []
  if (commands === undefined) {
    const name = { openblas: 'OpenBLAS', blis: 'BLIS', mkl: 'MKL', accelerate: 'Accelerate' }[blas]
    const ways = process.platform === 'darwin' ? ' (Homebrew, https://brew.sh, has them)' : ''
    return [
      ...compiler,
      `with your system's package manager${ways}: cmake, g++ (or clang++), make, ${name} with its headers`,
    ]
  }
  const needsRoot = process.getuid?.() !== 0 && !isForUsers(commands[0][0])
  return [...compiler, ...commands.map((command) => [...(needsRoot ? ['sudo'] : []), ...command].join(' '))]
}

/** Whether a program that installs packages does so without root. */
export function isForUsers(program) {
  return managers.some((manager) => manager.program === program && manager.asUser === true)
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
