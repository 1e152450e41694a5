// Whether the addon that Node has loaded is the sanitized one of the folder given: otherwise nothing was tested.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { info } from 'deepblas'

info()
const loaded = readFileSync('/proc/self/maps', 'utf8').includes(
  join(process.argv[2], 'build', 'Release', 'deepblas.node'),
)
if (!loaded) console.error('Expected the sanitized addon, but another one was loaded.')
process.exit(loaded ? 0 : 1)
