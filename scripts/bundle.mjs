// Bundles lib/ into dist/: the library and the command line with what they share, as CommonJS, and a thin ES module that
// gives the same names, so that import and require meet one copy. Node takes a third of a millisecond to find and load each
// file of a package, and the sources are some 250. Nothing is minified: debuggers show the code as it was written, and
// source maps tell its files and lines. Its docstrings are left out, a
// fifth of the code: editors show those of the declarations. And the script of the pages (lib/pages/browser) with the
// plotting library, minified: browsers load it as a part of each page. Part of `npm run build:ts`.

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { ofLines } from './line-maps.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const bundle = await rolldown({
  input: { exports: join(root, 'lib/package.ts'), 'cli/main': join(root, 'lib/cli/main.ts') },
  platform: 'node',
  transform: { define: { DEEPBLAS_VERSION: JSON.stringify(version), 'import.meta.url': 'undefined' } },
  tsconfig: join(root, 'tsconfig.build.json'),
  // Optional peer dependencies stay where the user installed them.
  external: (name) => !name.startsWith('.') && !name.startsWith('/'),
  plugins: [{ name: 'modules-of-node', generateBundle: withoutRequire }],
})
const { output } = await bundle.write({
  dir: join(root, 'dist'),
  format: 'cjs',
  // As the sources, which are ES modules.
  strict: true,
  // The optional packages may be ES modules.
  dynamicImportInCjs: true,
  sourcemap: true,
  sourcemapExcludeSources: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  comments: { legal: true, annotation: true, jsdoc: false },
  // All code but that of commands: Node reads exports.js for its names, which is slow, and there are names alone in it.
  codeSplitting: { groups: [{ name: 'library', test: /[\\/]lib[\\/](?!cli[\\/]|index\.ts|package\.ts)/ }] },
})
await bundle.close()
for (const { fileName, source } of output.filter(({ fileName }) => fileName.endsWith('.map'))) {
  writeFileSync(join(root, 'dist', fileName), JSON.stringify(ofLines(JSON.parse(source))))
}
const { exports: all } = output.find(({ fileName }) => fileName === 'exports.js')
const names = all.filter((name) => name !== 'load')
write('index.js', [
  "'use strict'",
  "const library = require('./exports.js')",
  'library.load()',
  ...names.map((name) => `exports.${name} = library.${name}`),
])
write('index.mjs', [
  "import { load } from './exports.js'",
  'load()',
  'export {',
  ...names.map((name) => `\t${name},`),
  "} from './exports.js'",
])
write('package.json', ['{ "type": "commonjs" }'])

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

function write(name, lines) {
  writeFileSync(join(root, 'dist', name), `${lines.join('\n')}\n`)
}

/**
 * Asks the process for the modules of Node: esbuild leaves no `require` to code that it bundles into an ES module, and Jest
 * no `import()` to CommonJS.
 */
function withoutRequire(_options, files) {
  for (const chunk of Object.values(files)) {
    if (chunk.type !== 'chunk') continue
    // In place of lines that map to nothing: the source maps stay right.
    chunk.code = chunk.code
      .replace(/\brequire\(("node:[^"]+")\)/g, 'process.getBuiltinModule($1)')
      .replace(/\bimport\(("node:[^"]+")\)/g, 'Promise.resolve(process.getBuiltinModule($1))')
  }
}

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
