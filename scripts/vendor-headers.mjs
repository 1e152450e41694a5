// Copies the headers that a build from source needs into native/vendor, so that the published package can be built
// without a dependency on the packages they come from. Runs before npm packs (package.json's "prepack"); the argument is
// the package's folder where that is another one than this.

import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)))
const vendor = join(root, 'native', 'vendor')
const api = dirname(require.resolve('node-api-headers/package.json'))
const wrapper = dirname(require.resolve('node-addon-api/package.json'))

rmSync(vendor, { recursive: true, force: true })
mkdirSync(vendor, { recursive: true })
// The .def files name Node's functions, which a build for Windows must know.
for (const folder of [join(api, 'include'), join(api, 'def'), wrapper]) {
  for (const name of readdirSync(folder).filter((file) => /\.(h|def)$/.test(file))) {
    copyFileSync(join(folder, name), join(vendor, name))
  }
}
copyFileSync(join(api, 'LICENSE'), join(vendor, 'LICENSE.node-api-headers'))
copyFileSync(join(wrapper, 'LICENSE.md'), join(vendor, 'LICENSE.node-addon-api'))
