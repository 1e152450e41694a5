// Copies the parsers that the library brings with it into dist/vendor, with their licenses: they are dev dependencies, so
// that installing deepblas brings no packages. Runs at the end of `npm run build:ts`; lib/vendor.ts loads them.

import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const vendor = join(root, 'dist', 'vendor')

// .cjs: within a package of ES modules, .js would be read as one.
const files = [
  ['fflate/lib/node.cjs', 'fflate.cjs'],
  ['fflate/LICENSE', 'LICENSE.fflate'],
]

mkdirSync(vendor, { recursive: true })
for (const [from, to] of files) copyFileSync(join(root, 'node_modules', from), join(vendor, to))
