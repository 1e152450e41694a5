// Bundles lib/ into dist/: the library and the command line with what they share. Node takes a third of a millisecond to
// find and load each file of a package, and the sources are some 250. Nothing is minified: stack traces and debuggers
// show the code as it was written. Its docstrings are left out, a fifth of the code: editors show those of the
// declarations. And the script of the pages (lib/pages/browser) with the plotting library, minified: browsers load it as a
// part of each page. Part of `npm run build:ts`.

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

const pages = await rolldown({
  input: join(root, 'lib/pages/browser/main.ts'),
  platform: 'browser',
  tsconfig: join(root, 'lib/pages/browser/tsconfig.json'),
})
await pages.write({
  file: join(root, 'dist/pages/page.js'),
  format: 'iife',
  minify: true,
  postBanner: ({ moduleIds }) => licensesOf(moduleIds),
})
await pages.close()

/** The licenses of the packages that modules are from, as a comment: a page that is passed on has them with it. */
function licensesOf(modules) {
  const found = new Map()
  for (const path of modules) {
    const [, folder, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(path.replaceAll('\\', '/')) ?? []
    if (folder === undefined) continue
    const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim()
    found.set(text, new Set(found.get(text)).add(name))
  }
  return `/*\n${[...found].map(([text, names]) => `${[...names].join(', ')}:\n${text}`).join('\n\n')}\n*/`
}
