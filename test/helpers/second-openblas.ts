/*
 * An addon with an OpenBLAS of its own: the system's shared library with threads if there is one, else Debian's package,
 * unpacked into build-test.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './program.js'

const triplet = process.arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu'
const folder = join(root, 'build-test', 'second-openblas')
const library = 'openblas-pthread/libopenblas.so.0'

/** The addon's file, compiled if it is not there yet, and its library's; or why there is none. */
export function secondOpenblas(): { file: string; library: string } | { missing: string } {
  if (process.platform !== 'linux') return { missing: `this is ${process.platform}: the second library is Debian's` }
  const lib = [`/usr/lib/${triplet}`, join(folder, 'root', 'usr', 'lib', triplet)]
  if (!lib.some((path) => existsSync(join(path, library)))) unpack()
  const found = lib.find((path) => existsSync(join(path, library)))
  if (found === undefined) return { missing: 'libopenblas0-pthread cannot be had here' }
  const file = join(folder, 'second.node')
  if (existsSync(file)) return { file, library: join(found, library) }
  mkdirSync(folder, { recursive: true })
  const include = createRequire(import.meta.url)('node-api-headers').include_dir as string
  const source = join(root, 'test', 'helpers', 'programs', 'second-openblas.c')
  const paths = [join(found, 'openblas-pthread'), found]
  const part = `${file}.${process.pid}.part`
  const args = ['-shared', '-fPIC', '-I', include, source, join(found, library), '-o', part]
  args.push('-Wl,--allow-shlib-undefined', ...paths.map((path) => `-Wl,--disable-new-dtags,-rpath,${path}`))
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' })
  if (status !== 0) return { missing: `there is no C compiler that builds it: ${stderr}` }
  renameSync(part, file)
  return { file, library: join(found, library) }
}

function unpack() {
  const part = `${folder}.${process.pid}.part`
  mkdirSync(part, { recursive: true })
  spawnSync('apt-get', ['-qq', 'download', 'libopenblas0-pthread', 'libgfortran5', 'libquadmath0'], { cwd: part })
  for (const name of readdirSync(part)) spawnSync('dpkg-deb', ['-x', join(part, name), join(part, 'root')])
  // Another test run may have been faster.
  if (!existsSync(folder) && existsSync(join(part, 'root'))) renameSync(part, folder)
  rmSync(part, { recursive: true, force: true })
}
