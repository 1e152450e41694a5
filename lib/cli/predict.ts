import type { Dataset } from '../data/dataset.js'
import { dateFormatsAsRead } from '../data/encoder/dates-as-read.js'
import type { Encoder } from '../data/encoder/encoder.js'
import { csvParts } from '../data/readers/csv.js'
import { unknownColumn } from '../data/table/unknown-column.js'
import { atomicWrite } from '../files/atomic-write.js'
import type { Json } from '../files/strict-json.js'
import type { Sequential } from '../model/sequential.js'
import type { Command, Given } from './command.js'
import { csvLine, freeName } from './csv-line.js'
import { loadWithEncoder } from './model-file.js'
import { encodedRows, predictedValues } from './predictions.js'
import { count } from './profile.js'
import { headerOf, type ReaderSettings, readerOptions, readerSettings, settingsFor, tellSkipped } from './read-table.js'
import { say, type Terminal, UsageError, writeAll } from './terminal.js'
import { distinctFiles, requireWritable } from './values.js'

export const predict: Command = {
  name: 'predict',
  summary: 'Predicts the target of every row of a CSV file.',
  arguments: [
    { name: 'model.safetensors', help: 'a model that deepblas train has saved' },
    { name: 'new.csv', help: "a file with the model's columns; others are kept as they are" },
  ],
  options: {
    out: { value: '<file>', help: 'where the predictions are written, as CSV; by default standard output' },
    probabilities: { help: 'adds a column for every class' },
    ...readerOptions,
  },
  notes: `
The output has the columns of the input as they are, with the same delimiter and decimal point, then "prediction": a label,
or a value in the target's units. With
--probabilities there is one more for each class, "probability <label>". The file is read and written in pieces, so it may
be larger than memory; --out is written whole or not at all. A file without one of the model's columns is an error that
names it; a category that the model has not seen counts as unknown; an empty field is missing, which the model knows to
handle; a text in a column of numbers is an error.

--json: { task, target, rows, seconds, model, out }; it needs --out.

Exit code: 0; 1 failed; 2 wrong use; 130 after Ctrl+C, with no file written.`,
  run: runPredict,
}

const ROWS_PER_CHUNK = 10_000

async function runPredict(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const started = performance.now()
  const [path, file] = given.arguments as readonly [string, string]
  const out = given.options.get('out')
  if (out === undefined && given.switches.has('json')) {
    throw new UsageError('--json needs --out: predictions and the JSON object cannot both have standard output.')
  }
  if (out !== undefined) {
    requireWritable('--out', out)
    distinctFiles('--out', out, { 'the model': path, 'the data': file })
  }
  const reader = readerSettings(given)
  const { model, encoder, target } = await loadWithEncoder(path)
  const probabilities = given.switches.has('probabilities')
  if (probabilities && encoder.task !== 'classification') {
    throw new UsageError(`--probabilities is for classes, but ${path} predicts values of '${target}'.`)
  }
  let rows = 0
  const lines = async function* (): AsyncGenerator<string, void, undefined> {
    for await (const { text, added } of predictedLines(model, encoder, file, reader, probabilities, terminal)) {
      rows += added
      yield text
    }
  }
  if (out === undefined) for await (const text of lines()) await writeAll(terminal.stdout, text)
  else {
    await atomicWrite(out, encoded(lines()))
    say(given, terminal, `${count(rows)} predictions in ${out}`)
  }
  const seconds = (performance.now() - started) / 1000
  return { task: encoder.task!, target, rows, seconds, model: path, out: out ?? null }
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  for await (const text of lines) yield encoder.encode(text)
}

/** The header, then the rows of one piece of the file after the other. */
async function* predictedLines(
  model: Sequential,
  encoder: Encoder,
  file: string,
  asked: ReaderSettings,
  probabilities: boolean,
  terminal: Terminal,
): AsyncGenerator<{ text: string; added: number }, void, undefined> {
  const header = await headerOf(file, asked)
  const reader = settingsFor(asked, header)
  const wanted = encoder.types
  for (const name of Object.keys(wanted)) if (!header.includes(name)) throw unknownColumn(name, header)
  const types = { ...wanted, ...reader.types }
  const options = {
    ...reader,
    types,
    dateFormats: dateFormatsAsRead(encoder, types, reader.dateFormats),
    // What the model does not know comes out as it went in, and need not mean anything.
    ignore: header.filter((name) => !Object.hasOwn(wanted, name)),
    rowsPerChunk: ROWS_PER_CHUNK,
  }
  let begun = false
  for await (const { table, fields, dialect, decimal } of csvParts(file, options)) {
    terminal.signal.throwIfAborted()
    tellSkipped(file, table, terminal)
    if (!begun) yield { text: csvLine([...header, ...addedColumns(encoder, header, probabilities)], dialect), added: 0 }
    begun = true
    if (table.rows === 0) continue
    const data = encodedRows(encoder, table, file)
    const added = await predictedCells(model, encoder, data, probabilities, decimal)
    const text = fields.map((own, row) => csvLine([...own, ...added[row]!], dialect)).join('')
    yield { text, added: table.rows }
  }
}

function addedColumns({ labels }: Encoder, header: readonly string[], probabilities: boolean): string[] {
  const wanted = ['prediction', ...(probabilities ? labels!.map((label) => `probability ${label}`) : [])]
  const taken = new Set(header)
  return wanted.map((name) => {
    const free = freeName(name, taken)
    taken.add(free)
    return free
  })
}

async function predictedCells(
  model: Sequential,
  encoder: Encoder,
  data: Dataset,
  probabilities: boolean,
  decimal: '.' | ',',
): Promise<string[][]> {
  const written = (value: number) => (decimal === ',' ? String(value).replace('.', ',') : String(value))
  const { labels, targetScale } = encoder
  if (labels === undefined) {
    // The network's precision is a share of the targets' deviation, whatever their mean.
    const places = 6 - Math.floor(Math.log10(targetScale!.deviation))
    const step = 10 ** Math.max(0, -places)
    const round = (value: number) =>
      places < 0 ? Math.round(value / step) * step : Number(value.toFixed(Math.min(100, places)))
    return Array.from(await predictedValues(model, encoder, data), (value) => [written(round(value))])
  }
  const outputs = await model.predict(data)
  const decoded = encoder.decode(outputs)
  // As many digits as a float32 has.
  const digits = (value: number) => written(Number(value.toPrecision(7)))
  const probability = (row: number, one: number) => {
    if (labels.length > 2) return outputs.data[row * labels.length + one]!
    return one === 1 ? outputs.data[row]! : 1 - outputs.data[row]!
  }
  return decoded.map((label: string | number, row: number) => [
    String(label),
    ...(probabilities ? labels.map((_, one) => digits(probability(row, one))) : []),
  ])
}
