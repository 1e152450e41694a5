// Bundles lib/ into dist/: the library and the command line with what they share. Node takes a third of a millisecond to
// find and load each file of a package, and the sources are some 250. Nothing is minified: stack traces and debuggers
// show the code as it was written. Its docstrings are left out, a fifth of the code: editors show those of the
// declarations. Part of `npm run build:ts`.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const bundle = await rolldown({
  input: { index: join(root, 'lib/index.ts'), 'cli/main': join(root, 'lib/cli/main.ts') },
  platform: 'node',
  transform: { define: { DEEPBLAS_VERSION: JSON.stringify(version) } },
  tsconfig: join(root, 'tsconfig.build.json'),
  // Optional peer dependencies stay where the user installed them.
  external: (name) => !name.startsWith('.') && !name.startsWith('/'),
})
await bundle.write({
  dir: join(root, 'dist'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  comments: { legal: true, annotation: true, jsdoc: false },
  codeSplitting: { groups: [{ name: 'library', minShareCount: 2 }] },
})
await bundle.close()
