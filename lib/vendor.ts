/*
 * Parsers of others that are part of the package: dist/vendor holds them once it is built (scripts/vendor-parsers.mjs).
 * The sources run with the same files out of the dev dependencies.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRequire, packageRoot } from './package-root.js'

/** What is used of fflate. */
export interface Fflate {
  unzipSync(
    bytes: Uint8Array,
    options: { filter: (file: { name: string; size: number; originalSize: number }) => boolean },
  ): Record<string, Uint8Array<ArrayBuffer>>
}

interface Vendored {
  readonly fflate: Fflate
}

export function vendored<Name extends keyof Vendored>(name: Name): Vendored[Name] {
  const path = join(packageRoot(), 'dist', 'vendor', `${name}.cjs`)
  return packageRequire()(existsSync(path) ? path : name) as Vendored[Name]
}
