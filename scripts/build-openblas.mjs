// Builds a small OpenBLAS for the prebuilt addons, into build-openblas/<arch>, and prints that folder: the value for
// DEEPBLAS_OPENBLAS_ROOT. The system's library has every routine for every processor and makes an addon of 25 MB; this
// one has single precision, no LAPACK, no threads, and the processors that matter: an addon of 2 MB, as fast.
//
// The source is Debian's own package (apt-get source openblas). Where there is none to be had, this says so on the error
// stream, prints an empty line, and the addon is linked with the system's library.
//
// Environment: DEEPBLAS_OPENBLAS_ROOT (already have one: printed as it is), PREBUILD_ARCH (arm64, x64), CC.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateLists } from './debian-packages.mjs'
import { asRoot, isDebian, onPath } from './requirements.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const arch = process.env.PREBUILD_ARCH || process.arch
const target = join(root, 'build-openblas', arch)
const work = join(root, 'build-openblas', `work-${arch}`)
const tools = { 'dpkg-source': 'dpkg-dev', gcc: 'gcc', make: 'make', xz: 'xz-utils' }
const crossCompilers = { arm64: 'aarch64-linux-gnu-gcc', x64: 'x86_64-linux-gnu-gcc' }

// OpenBLAS chooses among these when it is loaded. TARGET is what the rest of the library is compiled for.
const processors = {
  x64: ['TARGET=NEHALEM', 'DYNAMIC_LIST=NEHALEM SANDYBRIDGE HASWELL SKYLAKEX'],
  arm64: ['TARGET=ARMV8', 'DYNAMIC_LIST=CORTEXA57 NEOVERSEN1'],
}

// Only what is switched on may be named: BUILD_DOUBLE=0 and its like break the build. The lock guards OpenBLAS's
// buffers, since our own threads call it side by side.
const options = [
  'BUILD_SINGLE=1',
  'NO_LAPACK=1',
  'NOFORTRAN=1',
  'USE_THREAD=0',
  'USE_LOCKING=1',
  'DYNAMIC_ARCH=1',
  'NO_SHARED=1',
  'NO_AFFINITY=1',
]

/**
 * Builds it if it is not there yet.
 *
 * @returns {string} its folder; empty if it cannot be built here
 */
export function buildOpenblas() {
  if (process.env.DEEPBLAS_OPENBLAS_ROOT) return process.env.DEEPBLAS_OPENBLAS_ROOT
  if (existsSync(join(target, 'lib', 'libopenblas.a'))) return target
  try {
    build()
    return target
  } catch (error) {
    say(`${error.message} The addon will be linked with the system's OpenBLAS, which makes it ten times larger.`)
    return ''
  }
}

function build() {
  if (!processors[arch]) throw new Error(`No choice of processors for ${arch}.`)
  if (!isDebian()) throw new Error('OpenBLAS is built from the source packages of Debian and Ubuntu only.')
  installTools()
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  say('fetching the source of OpenBLAS')
  const source = fetchSource()
  say(`building OpenBLAS for ${arch} (a few minutes)`)
  const settings = [
    ...options,
    ...processors[arch],
    `CC=${compiler()}`,
    'HOSTCC=gcc',
    `PREFIX=${join(work, 'installed')}`,
  ]
  const make = ['-C', source, '--silent', ...settings]
  run('make', [...make, `-j${availableParallelism()}`, 'libs'], 'build.log')
  run('make', [...make, 'install'], 'install.log')
  place(source)
  rmSync(work, { recursive: true })
}

function installTools() {
  const missing = Object.entries(tools).flatMap(([program, name]) => (onPath(program) ? [] : [name]))
  if (missing.length === 0) return
  const line = ['apt-get', '-qq', '-y', '--no-install-recommends', 'install', ...missing]
  const [program, ...args] = [...(asRoot() ?? ['sudo', '-n']), ...line]
  const { status } = spawnSync(program, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`A build of OpenBLAS needs: apt-get install -y ${missing.join(' ')}.`)
}

function fetchSource() {
  const lists = privateLists(join(work, 'apt'), { type: 'deb-src' })
  run('apt-get', [...lists, 'source', 'openblas'], 'source.log')
  const folder = readdirSync(work).find((name) => existsSync(join(work, name, 'Makefile.system')))
  if (!folder) throw new Error('The source package of OpenBLAS has no Makefile.system where it should be.')
  return join(work, folder)
}

function compiler() {
  if (process.env.CC) return process.env.CC
  if (arch === process.arch) return 'gcc'
  if (!onPath(crossCompilers[arch])) throw new Error(`There is no ${crossCompilers[arch]} here.`)
  return crossCompilers[arch]
}

// The library last: its presence says that the folder is complete.
function place(source) {
  mkdirSync(join(target, 'include'), { recursive: true })
  mkdirSync(join(target, 'lib'), { recursive: true })
  for (const name of ['cblas.h', 'openblas_config.h']) {
    copyFileSync(join(work, 'installed', 'include', name), join(target, 'include', name))
  }
  copyFileSync(join(source, 'LICENSE'), join(target, 'LICENSE'))
  const temporary = join(target, 'lib', 'libopenblas.tmp')
  copyFileSync(join(work, 'installed', 'lib', 'libopenblas.a'), temporary)
  renameSync(temporary, join(target, 'lib', 'libopenblas.a'))
}

function run(program, args, log) {
  const env = { ...process.env }
  for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL']) delete env[name]
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: work, env, maxBuffer: 2 ** 28 })
  const file = join(work, log)
  writeFileSync(file, `${program} ${args.join(' ')}\n${stdout}${stderr}`)
  if (error || status !== 0) throw new Error(`${program} failed, see ${file}.`)
}

function say(text) {
  console.error(`build-openblas: ${text}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(buildOpenblas())
