/*
 * Where the package lies: the addon and what else is no JavaScript of ours are found from there. The sources are one file
 * each, the built ones are bundled into few (scripts/bundle.mjs), and a user's bundler may have put them anywhere else.
 */
import { existsSync, readFileSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DeepblasError } from './errors.js'

/** The version of this code; not there where the sources run as they are. Put in by scripts/bundle.mjs. */
declare const DEEPBLAS_VERSION: string | undefined

const NAME = 'deepblas'

let found: string | undefined

/**
 * The folder of this package's package.json. Of code in a user's bundle, the folder of the installed package that Node
 * finds from the bundle, the program or the working directory.
 *
 * @throws DeepblasError ERR_DEEPBLAS_LOAD that says how to leave deepblas out of a bundle, where there is no such package,
 *   or it is of another version than the code
 */
export function packageRoot(): string {
  found ??= find()
  return found
}

/**
 * Loads CommonJS or an addon, which `import` cannot. From a bundle of webpack too, which takes a `createRequire` that is
 * imported by name out of the code.
 */
export function packageRequire(): NodeJS.Require {
  return nodeModule.createRequire(join(packageRoot(), 'package.json'))
}

function find(): string {
  const files = ownFiles()
  for (const file of files) {
    const folder = nearest(dirname(file))
    if (descriptionIn(folder)?.name === NAME) return ofThisVersion(folder)
  }
  for (const file of [...files, process.argv[1] ?? '', join(process.cwd(), 'package.json')]) {
    const folder = installedFor(file)
    if (folder !== undefined) return ofThisVersion(folder)
  }
  throw bundled([...files, process.argv[1] ?? ''].find((file) => existsSync(file)))
}

/** What code and addon tell each other changes from version to version. */
function ofThisVersion(folder: string): string {
  const version = descriptionIn(folder)?.version
  if (typeof DEEPBLAS_VERSION !== 'string' || version === DEEPBLAS_VERSION) return folder
  throw new DeepblasError(
    'ERR_DEEPBLAS_LOAD',
    `Expected deepblas ${DEEPBLAS_VERSION}, of which the code is that runs, in ${folder} but found ${version}. If deepblas ` +
      'was bundled, build the bundle anew.',
  )
}

/**
 * The file of this code: a module's own in the sources, and CommonJS's name for it where the package is installed. In an
 * ES module that a user's bundler has made of the package there is neither, and the stack says where the code runs.
 */
function ownFiles(): string[] {
  const files: string[] = []
  const url: unknown = import.meta.url
  if (typeof url === 'string' && url.startsWith('file:')) files.push(fileURLToPath(url))
  try {
    // A look at its type first would not do: webpack writes 'string' in, whatever comes out.
    files.push(__filename)
  } catch {
    const place = /\bfile:\/\/[^\s)]+?(?=:\d+:\d+)/.exec(new Error('here').stack ?? '')?.[0]
    if (place !== undefined) files.push(fileURLToPath(place))
  }
  return files
}

/** The first of them; undefined in a bundle that tells of none. */
export function ownFile(): string | undefined {
  return ownFiles()[0]
}

/** The folder of the package.json above that names a package: dist/ has one that only says that it is CommonJS. */
function nearest(folder: string): string {
  return descriptionIn(folder)?.name !== undefined || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

function descriptionIn(folder: string): { name?: unknown; version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
}

function installedFor(file: string): string | undefined {
  try {
    return dirname(nodeModule.createRequire(file).resolve(`${NAME}/package.json`))
  } catch {
    return undefined
  }
}

function bundled(file: string | undefined): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_LOAD',
    `The native addon of deepblas cannot be found: deepblas was bundled${file === undefined ? '' : ` into ${file}`}, and the ` +
      'package deepblas is not installed where the bundle runs. Install it there (npm install deepblas), and mark it ' +
      'external when bundling, so that bundle and addon are of one version:\n' +
      '- esbuild: --external:deepblas\n' +
      "- rollup, rolldown: external: ['deepblas']\n" +
      "- webpack: externals: { deepblas: 'node-commonjs deepblas' }\n" +
      "- Vite: ssr: { external: ['deepblas'] }\n" +
      "- Next.js: serverExternalPackages: ['deepblas']",
  )
}

/** Of this package, as its package.json has it. */
export function packageVersion(): string {
  return String(descriptionIn(packageRoot())?.version)
}
