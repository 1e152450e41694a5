// The compiler of each target: Debian 11's g++ for glibc, zig's clang for all others, and for glibc too where Debian's
// packages cannot be had.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debian11Tools } from './debian11.mjs'
import { zigTools } from './zig.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const systems = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' }
const processors = { x64: 'x86_64', arm64: 'aarch64' }

/**
 * @param {import('./targets.mjs').Target} target
 * @throws {Error} where there is none to be had
 * @returns {{ tools: string, isZig: boolean, name: string, toolchain: string, env: Record<string, string> }} tools: a
 *   folder with cc, c++, ar and ranlib; toolchain and env: what CMake is told; name: for people
 */
export function compilerOf(target) {
  const { tools, isZig } = toolsOf(target)
  const { stdout } = spawnSync(join(tools, 'c++'), ['--version'], { encoding: 'utf8' })
  return {
    tools,
    isZig,
    name: isZig
      ? `zig: clang ${stdout.match(/clang version ([\d.]+)/)?.[1]}`
      : `Debian 11: g++ ${stdout.match(/ ([\d.]+)\n/)?.[1]}`,
    toolchain: join(root, 'cmake', 'toolchains', 'prebuild.cmake'),
    env: {
      DEEPBLAS_TOOLS: tools,
      DEEPBLAS_TARGET_SYSTEM: systems[target.platform],
      DEEPBLAS_TARGET_ARCH: processors[target.arch],
    },
  }
}

function toolsOf(target) {
  if (target.libc === 'glibc') {
    try {
      return { tools: debian11Tools(target), isZig: false }
    } catch (error) {
      console.error(
        `prebuildify: Debian 11's compiler cannot be had (${error.message}). ${target.name} is built by zig.`,
      )
    }
  }
  return { tools: zigTools(target), isZig: true }
}
