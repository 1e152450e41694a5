// `npm run prebuildify`: the addon as it is published, into prebuilds/<platform>-<arch>. On Debian it is linked with a
// small OpenBLAS and compiled for old C libraries; elsewhere, or where that cannot be had, with what the system has.
// A cross build (PREBUILD_ARCH, CMAKE_TOOLCHAIN_FILE) brings its own compiler.

import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildOpenblas } from './build-openblas.mjs'
import { buildSysroot } from './build-sysroot.mjs'
import { isDebian } from './requirements.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const prebuildify = join(dirname(createRequire(import.meta.url).resolve('prebuildify/package.json')), 'bin.js')
const builder = join(root, 'scripts', 'build-native.mjs')

const env = { ...process.env, DEEPBLAS_OPENBLAS_ROOT: buildOpenblas() }
if (isDebian() && !env.CMAKE_TOOLCHAIN_FILE && (env.PREBUILD_ARCH ?? process.arch) === process.arch) {
  env.DEEPBLAS_SYSROOT = buildSysroot()
  if (env.DEEPBLAS_SYSROOT) env.CMAKE_TOOLCHAIN_FILE = join(root, 'cmake', 'toolchains', 'debian11.cmake')
}

// The libc in the file's name keeps a glibc addon from being tried where there is musl.
const options = ['--napi', '--strip', '--tag-libc', '--node-gyp', builder]
const { status, error } = spawnSync(process.execPath, [prebuildify, ...options, ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
})
if (error) console.error(`Could not start prebuildify: ${error.message}`)
process.exit(status ?? 1)
