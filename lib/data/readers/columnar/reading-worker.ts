/*
 * What reads Arrow and Parquet files on a thread of its own. It is a text, because a worker must be found wherever a user's
 * bundler puts this code, and short, because nothing checks it but its tests: it loads the package, tells what the file
 * holds, and hands out values piece by piece as it is asked. CommonJS.
 */
export const columnarWorker = `
'use strict'
const { parentPort, workerData } = require('node:worker_threads')
const { readFileSync } = require('node:fs')
const { brotliDecompressSync, gunzipSync } = require('node:zlib')
const { Script, constants } = require('node:vm')

const VALUES_OF_PIECE = 16384
const DICTIONARY = -1
const DECIMAL = 7

// Packages are found as the library finds them, not from the working directory. That Node may say so in another way one
// day is nothing for users: on this thread, which runs nothing of theirs, no warning is told.
process.emitWarning = () => undefined
const load = new Script('(name) => import(name)', {
  filename: workerData.base,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext()

const typeOf = (type) => ({
  typeId: type.typeId,
  scale: type.scale,
  text: String(type),
  dictionary: type.dictionary && typeOf(type.dictionary),
})

function* texts(values) {
  for (const value of values) yield value === null ? null : String(value)
}

async function arrow() {
  const { tableFromIPC } = await load('apache-arrow')
  parentPort.postMessage({ ready: true })
  const table = tableFromIPC(workerData.bytes ?? readFileSync(workerData.path))
  const fields = table.schema.fields.map(({ name, type }) => ({ name, type: typeOf(type) }))
  return {
    described: { rows: table.numRows, fields },
    values: ({ column }) => {
      const { type } = table.schema.fields[column]
      const isDecimal = (type.typeId === DICTIONARY ? type.dictionary : type).typeId === DECIMAL
      const values = table.getChildAt(column) ?? []
      return isDecimal ? texts(values) : values
    },
  }
}

const elementOf = ({ element, children }) => ({ element, children: children.map(elementOf) })

async function parquet() {
  const library = await load('hyparquet')
  const more = await load('hyparquet-compressors').catch(() => undefined)
  parentPort.postMessage({ ready: true })
  const compressors = {
    GZIP: (page, length) => new Uint8Array(gunzipSync(page, { maxOutputLength: Math.max(1, length) })),
    BROTLI: (page, length) => new Uint8Array(brotliDecompressSync(page, { maxOutputLength: Math.max(1, length) })),
    ...more?.compressors,
  }
  const missing = (name) => () => {
    throw new Error('it is compressed with ' + name + '. Run: npm install hyparquet-compressors')
  }
  for (const [codec, name] of [['ZSTD', 'Zstandard'], ['LZ4', 'LZ4'], ['LZ4_RAW', 'LZ4'], ['LZO', 'LZO']]) {
    compressors[codec] ??= missing(name)
  }
  const file = await library.asyncBufferFromFile(workerData.path)
  const metadata = await library.parquetMetadataAsync(file)
  const groups = metadata.row_groups.map(({ num_rows, columns }) => ({
    num_rows,
    columns: columns.map(({ meta_data: own }) => ({
      meta_data: own && {
        path_in_schema: own.path_in_schema,
        statistics: own.statistics && { min_value: own.statistics.min_value, max_value: own.statistics.max_value },
      },
    })),
  }))
  // The digits of a decimal as they are stored: hyparquet makes rounded numbers of decimals.
  const withoutTypes = (name) => ({
    ...metadata,
    schema: metadata.schema.map((element) => {
      if (element.name !== name) return element
      const { converted_type, logical_type, ...plain } = element
      return plain
    }),
  })
  return {
    described: { groups, tree: library.parquetSchema(metadata).children.map(elementOf) },
    values: async ({ name, decimal, rowStart, rowEnd }) => {
      const known = decimal ? withoutTypes(name) : metadata
      const range = { file, metadata: known, columns: [name], rowStart, rowEnd, compressors, utf8: !decimal }
      return (await library.parquetReadObjects(range)).map((row) => row[name])
    },
  }
}

// What a package stumbles over in a damaged file says nothing to a user.
const textOf = (error) => {
  const text = error instanceof Error ? error.message : String(error)
  return error instanceof TypeError || error instanceof RangeError ? 'it is damaged (' + text + ')' : text
}

async function serve() {
  const source = await (workerData.format === 'arrow' ? arrow() : parquet())
  parentPort.postMessage({ described: source.described })
  let values
  let asked = Promise.resolve()
  const answer = async (request) => {
    if (request !== 'more') values = (await source.values(request))[Symbol.iterator]()
    const piece = []
    let done = false
    while (!done && piece.length < VALUES_OF_PIECE) {
      const step = values.next()
      done = step.done === true
      if (!done) piece.push(step.value)
    }
    parentPort.postMessage({ piece, done })
  }
  parentPort.on('message', (request) => {
    asked = asked.then(() => answer(request)).catch((error) => parentPort.postMessage({ failure: textOf(error) }))
  })
}

serve().catch((error) => parentPort.postMessage({ failure: textOf(error), code: error?.code }))
`
