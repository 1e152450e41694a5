/*
 * Parsers of others that are part of the package: dist/vendor holds them once it is built (scripts/vendor-parsers.mjs).
 * The sources run with the same files out of the dev dependencies.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from './package-root.js'

const load = createRequire(import.meta.url)

/** What is used of papaparse. */
export interface Papaparse {
  Parser: new (options: {
    delimiter: string
    newline: string
    quoteChar: string
    preview?: number
    fastMode?: boolean
  }) => {
    /** @param ignoreLastRow whether the last row may go on in text that is not there yet, and is left out */
    parse(text: string, baseIndex: number, ignoreLastRow: boolean): PapaparseResult
  }
}

export interface PapaparseResult {
  readonly data: string[][]
  readonly errors: readonly { readonly code: string; readonly row: number }[]
  /** `cursor`: where the last row ends. */
  readonly meta: { readonly cursor: number }
}

/** What is used of fflate. */
export interface Fflate {
  unzipSync(
    bytes: Uint8Array,
    options: { filter: (file: { name: string; size: number; originalSize: number }) => boolean },
  ): Record<string, Uint8Array<ArrayBuffer>>
}

interface Vendored {
  readonly papaparse: Papaparse
  readonly fflate: Fflate
}

export function vendored<Name extends keyof Vendored>(name: Name): Vendored[Name] {
  const path = join(packageRoot, 'dist', 'vendor', `${name}.cjs`)
  return load(existsSync(path) ? path : name) as Vendored[Name]
}
