// A small OpenBLAS for the prebuilt addons. A system's library has every routine for every processor and makes an addon
// of 25 MB; this one has single precision, no LAPACK, no threads, and the processors that matter: an addon of 2 MB, as
// fast.
//
// The source is Debian's package, which apt-get fetches; DEEPBLAS_OPENBLAS_SOURCE can name a folder that has both of its
// archives. Whatever they come from, they are held against the checksums below.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateLists } from './debian-packages.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(root, 'build-openblas')
const version = '0.3.21+ds-4'
// Its files are small: most of a compiler's time goes by in starting it.
const jobs = 4 * availableParallelism()
const archives = {
  'openblas_0.3.21+ds.orig.tar.xz': 'bbec5cca61c8033b2d57aaecde205d709323a0b35a5f193290081dbb3826848a',
  'openblas_0.3.21+ds-4.debian.tar.xz': 'cb8ded6f29379c6a720ce3e7b62f9884419c7d3ba66e49184a3c09272af2065b',
}

// On x64 only the AVX2 kernels of dense layers call OpenBLAS (native/kernels/vector/dense_layout.h), so it is built for HASWELL
// alone, and what of it a product does not need is not linked. On arm64 it chooses among these when it is loaded, and has ARMV8
// beside them. Apple's processors differ too little to choose.
function processors({ platform, arch }) {
  if (arch === 'x64') return ['TARGET=HASWELL']
  if (platform === 'darwin') return ['TARGET=VORTEX']
  return ['DYNAMIC_ARCH=1', 'TARGET=ARMV8', 'DYNAMIC_LIST=CORTEXA57 NEOVERSEN1']
}

// A C compiler that leaves AVX to OpenBLAS's kernels: the rest runs wherever the addon is loaded, on processors without AVX too.
function kernelsAloneByAvx(work, cc) {
  const file = join(work, 'cc')
  const text = `#!/bin/sh\ncase "$PWD" in\n*/kernel) exec '${cc}' "$@" ;;\n*) exec '${cc}' "$@" -mno-avx ;;\nesac\n`
  writeFileSync(file, text, { mode: 0o755 })
  return file
}

const options = [
  'BUILD_SINGLE=1',
  'NO_LAPACK=1',
  'NOFORTRAN=1',
  'USE_THREAD=0',
  'USE_LOCKING=1',
  'NO_SHARED=1',
  'NO_AFFINITY=1',
  // Kernels for products so small that ours make them.
  'SMALL_MATRIX_OPT=0',
  'HOSTCC=gcc',
]

/**
 * Builds it for a target, if it is not there yet.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {{ tools: string, isZig: boolean }} compiler
 * @throws {Error} where it cannot be built
 * @returns {string} a folder with lib/libopenblas.a and include/cblas.h
 */
export function buildOpenblas(target, { tools, isZig }) {
  const built = join(folder, `${target.name}-${isZig ? 'zig' : 'debian11'}`)
  if (existsSync(join(built, 'lib', 'libopenblas.a'))) return built
  const work = `${built}.part`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const source = unpackSource(work)
  console.error(`prebuildify: building OpenBLAS for ${target.name} (a few minutes)`)
  const installed = join(work, 'installed')
  const cc = join(tools, 'cc')
  const settings = [
    ...options,
    ...processors(target),
    `CC=${target.arch === 'x64' ? kernelsAloneByAvx(work, cc) : cc}`,
    `AR=${join(tools, 'ar')}`,
    `RANLIB=${join(tools, 'ranlib')}`,
    // No addon may show OpenBLAS's names to another in the same process. What its authors have not unrolled themselves is
    // not worth it: clang does more than GCC, and makes an addon half as large again.
    `COMMON_OPT=-O2 -fvisibility=hidden ${isZig ? '-fno-unroll-loops -fno-vectorize -fno-slp-vectorize' : ''}`,
    `PREFIX=${installed}`,
    `MAKE_NB_JOBS=${jobs}`,
  ]
  const make = ['-C', source, '--silent', ...settings]
  run('make', [...make, `-j${jobs}`, 'libs'], work)
  run('make', [...make, 'install'], work)
  place(source, installed, built)
  rmSync(work, { recursive: true })
  return built
}

function unpackSource(work) {
  const source = join(work, 'source')
  mkdirSync(source)
  const [original, debian] = Object.keys(archives).map((name) => join(fetchSource(), name))
  run('tar', ['-xJf', original, '-C', source, '--strip-components=1'], work)
  run('tar', ['-xJf', debian, '-C', source], work)
  const patches = join(source, 'debian', 'patches')
  for (const name of readFileSync(join(patches, 'series'), 'utf8').split('\n').filter(Boolean)) {
    run('patch', ['-p1', '--quiet', '-d', source, '-i', join(patches, name)], work)
  }
  return source
}

function fetchSource() {
  const source = process.env.DEEPBLAS_OPENBLAS_SOURCE || join(folder, 'source')
  if (!Object.keys(archives).every((name) => existsSync(join(source, name)))) {
    console.error(`prebuildify: fetching the source of OpenBLAS ${version}`)
    mkdirSync(source, { recursive: true })
    const lists = privateLists(join(folder, 'apt'), { type: 'deb-src', suite: 'bookworm' })
    run('apt-get', [...lists, 'source', '--download-only', `openblas=${version}`], source)
  }
  for (const [name, checksum] of Object.entries(archives)) {
    const came = createHash('sha256')
      .update(readFileSync(join(source, name)))
      .digest('hex')
    if (came !== checksum) throw new Error(`${name} is not what it was: expected sha256 ${checksum}, came ${came}.`)
  }
  return source
}

// The library last: its presence says that the folder is complete.
function place(source, installed, built) {
  mkdirSync(join(built, 'include'), { recursive: true })
  mkdirSync(join(built, 'lib'), { recursive: true })
  for (const name of ['cblas.h', 'openblas_config.h']) {
    copyFileSync(join(installed, 'include', name), join(built, 'include', name))
  }
  copyFileSync(join(source, 'LICENSE'), join(built, 'LICENSE'))
  const archive = readdirSync(join(installed, 'lib')).find((name) => name.endsWith('.a'))
  const temporary = join(built, 'lib', 'libopenblas.tmp')
  copyFileSync(join(installed, 'lib', archive), temporary)
  renameSync(temporary, join(built, 'lib', 'libopenblas.a'))
}

function run(program, args, cwd) {
  const env = { ...process.env }
  for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL']) delete env[name]
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, env, maxBuffer: 2 ** 28 })
  const log = `${cwd}.${program}.log`
  writeFileSync(log, `${program} ${args.join(' ')}\n${stdout}${stderr}`)
  if (error || status !== 0) throw new Error(`${program} failed: ${error?.message ?? `see ${log}`}.`)
}
