// Makes what TypeScript and C++ must agree on, from the tables of native/boundary: kernels.json, enums.json, streams.json.
// `--check` only compares (a test runs it).
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enumsHeader, enumsModule, readEnums } from './boundary/enums.mjs'
import { kernelsHeader, kernelsModule, readKernels } from './boundary/kernels.mjs'
import { readStreams, streamsHeader, streamsModule } from './boundary/streams.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const table = (name) => JSON.parse(readFileSync(join(root, 'native/boundary', name), 'utf8'))
const origin = (name) =>
  `Made from native/boundary/${name} by scripts/generate-boundary.mjs: change the table, not this file.`

const enums = readEnums(table('enums.json'))
const streams = readStreams(table('streams.json'))
const kernels = readKernels(table('kernels.json'), enums)

let stale = 0
for (const [path, name, content] of [
  ['native/boundary/enums.h', 'enums.json', enumsHeader(enums)],
  ['lib/native/generated/enums.ts', 'enums.json', enumsModule(enums)],
  ['native/boundary/streams.h', 'streams.json', streamsHeader(streams)],
  ['lib/random/streams.ts', 'streams.json', streamsModule(streams)],
  ['native/boundary/kernel_table.h', 'kernels.json', kernelsHeader(kernels)],
  ['lib/recording/generated/kernels.ts', 'kernels.json', kernelsModule(kernels)],
]) {
  const file = join(root, path)
  const made = `// ${origin(name)}\n${content}`
  let present = ''
  try {
    present = readFileSync(file, 'utf8')
  } catch {}
  if (present === made) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is stale: run node scripts/generate-boundary.mjs`)
    stale = 1
  } else {
    writeFileSync(file, made)
    console.log(`wrote ${path}`)
  }
}
process.exitCode = stale
