/*
 * Where the package lies: the sources are one file each, and the built ones are bundled into few (scripts/bundle.mjs),
 * so no path relative to the file at hand would hold for both.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package's package.json. */
export const packageRoot: string = nearest(dirname(fileURLToPath(import.meta.url)))

function nearest(folder: string): string {
  return existsSync(join(folder, 'package.json')) || dirname(folder) === folder ? folder : nearest(dirname(folder))
}
