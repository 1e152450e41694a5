// Leaves in dist/ the declarations that those of lib/index.ts speak of: the others are for the compiler alone, and were two
// of five files of the package. They are those of CommonJS, as dist/package.json says; those of the ES module pass them on.
// Part of `npm run build:ts`, after the compiler has written them all.

import { readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist')

const reached = new Set()
reach(join(dist, 'index.d.ts'))
writeFileSync(join(dist, 'index.d.mts'), "export * from './index.js'\n")

const entries = readdirSync(dist, { recursive: true, withFileTypes: true })
for (const { parentPath, name } of entries) {
  const file = join(parentPath, name)
  if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file)
}

// From the inside out: a folder's path is longer than that of the folder it is in.
const folders = entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name))
for (const folder of folders.sort((a, b) => b.length - a.length)) {
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}

/** Notes a declaration and all that its imports lead to. */
function reach(file) {
  if (reached.has(file)) return
  reached.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g)
  for (const [, path] of imports) reach(join(dirname(file), `${path}.d.ts`))
}
