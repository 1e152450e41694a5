/*
 * Finds the addon: one that was built here, else the one that the package brings for this platform. Nothing is compiled or
 * fetched. What does not load is told in one error, with what to do.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DeepblasError, type ErrorCode } from '../errors.js'
import { packageRequire } from '../package-root.js'
import { readElf } from './elf.js'

/** Of Linux, where a program loads libraries of its own C library alone. */
export type Libc = 'glibc' | 'musl'

interface Attempt {
  readonly file: string
  readonly reason: string
  readonly cause?: unknown
}

const MISSING = 'there is no such file'

/**
 * @param root the folder of the package
 * @throws DeepblasError ERR_DEEPBLAS_LOAD that names the platform, all that was tried, and what to do
 */
export function loadAddon(root: string): unknown {
  const libc = process.platform === 'linux' ? runningLibc() : undefined
  const failed: Attempt[] = []
  for (const file of candidates(root, libc)) {
    const attempt = tryToLoad(file)
    if ('addon' in attempt) return attempt.addon
    failed.push(attempt)
  }
  throw cannotLoad(root, libc, failed)
}

function candidates(root: string, libc: Libc | undefined): string[] {
  const built = (folder: string) => join(folder, 'build', 'Release', 'deepblas.node')
  // Tests put a build of their own in place of all others.
  const instead = process.env.DEEPBLAS_PREBUILD
  if (instead) return [built(instead)]
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`)
  const names = process.platform !== 'linux' ? [''] : libc === undefined ? ['glibc.', 'musl.'] : [`${libc}.`]
  return [built(root), ...names.map((name) => join(folder, `deepblas.${name}node`))]
}

/** Told by what loaded Node itself; undefined of a program that brings its C library inside. */
function runningLibc(): Libc | undefined {
  try {
    const interpreter = readElf(process.execPath)?.interpreter
    return interpreter === undefined ? undefined : interpreter.includes('musl') ? 'musl' : 'glibc'
  } catch {
    return undefined
  }
}

function tryToLoad(file: string): { readonly addon: unknown } | Attempt {
  try {
    if (!existsSync(file)) return { file, reason: MISSING }
    const unfit = process.platform === 'linux' ? whyUnfit(file) : undefined
    if (unfit !== undefined) return { file, reason: unfit }
    return { addon: packageRequire()(file) }
  } catch (cause) {
    const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
    // It was loaded, and says itself why it does not run here.
    if (typeof code === 'string' && code.startsWith('ERR_DEEPBLAS_')) {
      throw new DeepblasError(code as ErrorCode, String(message), { cause })
    }
    return { file, reason: String(message ?? cause).split('\n')[0]!, cause }
  }
}

/** What Linux would tell in puzzling words, or, of a file that is cut short, by ending the process. */
function whyUnfit(file: string): string | undefined {
  const elf = readElf(file)
  if (elf === undefined) return 'it is no library of Linux, or is cut short'
  if (elf.arch !== process.arch) return `it is for ${elf.arch ?? 'another processor'}, not for ${process.arch}`
  return elf.whole ? undefined : 'it is cut short'
}

function cannotLoad(root: string, libc: Libc | undefined, failed: readonly Attempt[]): DeepblasError {
  const here = named(`${process.platform}-${process.arch}`, libc)
  const brought = prebuilt(root)
  // A name of this platform in the package: the installation is at fault, and the platform is not.
  const expected = brought.includes(here)
  const remedies = [
    'build it here: npx deepblas build (it says what that needs)',
    expected
      ? 'install the package anew: remove node_modules/deepblas, then npm install; a copy or a cache may have damaged it'
      : `use a platform that the package brings an addon for: ${brought.length > 0 ? brought.join(', ') : 'this copy has none, so install it anew'}`,
  ]
  const cause = failed.find((attempt) => attempt.cause !== undefined)?.cause
  return new DeepblasError(
    'ERR_DEEPBLAS_LOAD',
    `The native addon of deepblas cannot be loaded on ${here} with Node ${process.versions.node}. Tried:\n` +
      `${list(failed.map(({ file, reason }) => `${file}: ${reason}`))}\nWhat to do:\n${list(remedies)}`,
    cause === undefined ? undefined : { cause },
  )
}

/** The platforms for which the package has an addon, as they are told. */
function prebuilt(root: string): string[] {
  const folder = join(root, 'prebuilds')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .flatMap((file) => {
      const found = /^([^/\\]+)[/\\]deepblas\.(?:(glibc|musl)\.)?node$/.exec(file)
      return found === null ? [] : [named(found[1]!, found[2])]
    })
    .sort()
}

function named(platform: string, libc: string | undefined): string {
  return libc === undefined ? platform : `${platform} (${libc})`
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
