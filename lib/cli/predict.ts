import type { Encoder } from '../data/encoder/encoder.js'
import { type EncoderCheck, joinChecks } from '../data/encoding/check-rows.js'
import { dateFormatsAsRead } from '../data/encoding/dates-as-read.js'
import { csvParts } from '../data/readers/csv/csv.js'
import { requireColumns } from '../data/table/unknown-column.js'
import { atomicWrite } from '../files/atomic-write.js'
import type { Json } from '../files/strict-json.js'
import type { Sequential } from '../model/sequential.js'
import { encodedRows } from '../strategy/tables/scores.js'
import { TableModel } from '../strategy/tables/table-model.js'
import type { Command, Given } from './command.js'
import { coverageOf, coverageOption, coveredBy } from './coverage-cells.js'
import { csvLine, freeName } from './csv-line.js'
import { loadWithEncoder } from './model-file.js'
import { predictedCells } from './prediction-cells.js'
import { type ReaderSettings, readerOptions, readerSettings, settingsFor } from './reader-options.js'
import { drawnProgress, headerOf, tellSkipped } from './reading.js'
import { Source } from './source.js'
import { counted, say, secondsSince, type Terminal, tell, tellNext, UsageError, writeAll } from './terminal.js'
import { checkJson, checkText } from './unlike-rows.js'
import { distinctFiles, requireWritable } from './values.js'

export const predict: Command = {
  name: 'predict',
  summary: 'Predicts the target of every row of a CSV file.',
  arguments: [
    { name: 'model.safetensors', help: 'a model that deepblas train has saved' },
    { name: 'new.csv', help: "a file with the model's columns; others are kept as they are; - for standard input" },
  ],
  options: {
    out: { value: '<file>', help: 'where the predictions are written, as CSV; by default standard output' },
    probabilities: { help: 'adds a column for every class' },
    coverage: coverageOption,
    ...readerOptions,
  },
  notes: `
The output has the columns of the input as they are, with the same delimiter and decimal point, then "prediction": a label,
or a value in the target's units; of a model of quantiles there is a column for each, "quantile <share>". With
--probabilities there is one more for each class, "probability <label>". With --coverage 0.9 there are "lower" and "upper",
between which nine of ten targets are to be, or "set", the labels among which nine of ten are, with " | " between them. The file is read and written in pieces, so it may
be larger than memory; --out is written whole or not at all. A file without one of the model's columns is an error that
names it; a category that the model has not seen counts as unknown; an empty field is missing, which the model knows to
handle; a text in a column of numbers is an error. Unknown categories, and values far outside the training's (by more than
a quarter of its range), are counted and told.

--json: { task, target, rows, seconds, model, out, unknown, outside }; it needs --out. unknown has { column, rows, examples },
outside { column, rows, example, min, max }.

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
  const coverage = coverageOf(given)
  const covered = coverage === undefined ? undefined : coveredBy(model, coverage, path)
  const source = Source.of(file, terminal)
  let rows = 0
  let header: readonly string[] = []
  const checks: EncoderCheck[] = []
  const lines = async function* (): AsyncGenerator<string, void, undefined> {
    for await (const part of predictedLines(
      model,
      encoder,
      source,
      reader,
      { probabilities, covered },
      out,
      terminal,
    )) {
      rows += part.check?.rows ?? 0
      header = part.header
      // One at a time: of a file of any length little is kept.
      if (part.check !== undefined) checks.splice(0, checks.length, joinChecks([...checks, part.check]))
      yield part.text
    }
  }
  if (out === undefined) for await (const text of lines()) await writeAll(terminal.stdout, text)
  else await atomicWrite(out, encoded(lines()))
  const check = joinChecks(checks)
  tell(terminal, checkText(check))
  if (out !== undefined) {
    say(given, terminal, `${counted(rows, 'prediction')} in ${out}`)
    if (header.includes(target) && source.path !== undefined) tellNext(terminal, ['evaluate', path, source.path])
  }
  const seconds = secondsSince(started)
  return { task: encoder.task!, target, rows, seconds, model: path, out: out ?? null, ...checkJson(check) }
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  for await (const text of lines) yield encoder.encode(text)
}

interface Part {
  readonly text: string
  readonly header: readonly string[]
  /** Of the rows in the text; there are none where it is the header. */
  readonly check?: EncoderCheck
}

/** What is written beside the prediction. */
interface Added {
  /** A column for every class. */
  readonly probabilities: boolean
  /** Intervals or sets, where they were asked for. */
  readonly covered: ReturnType<typeof coveredBy> | undefined
}

/** The header, then the rows of one piece of the file after the other. */
async function* predictedLines(
  model: Sequential | TableModel,
  encoder: Encoder,
  source: Source,
  asked: ReaderSettings,
  added: Added,
  out: string | undefined,
  terminal: Terminal,
): AsyncGenerator<Part, void, undefined> {
  const header = await headerOf(source, asked, Object.keys(encoder.types), terminal)
  const reader = settingsFor(asked, header)
  const wanted = encoder.types
  requireColumns(Object.keys(wanted), header)
  const types = { ...wanted, ...reader.types }
  // A terminal that shows the predictions has no line left for progress.
  const quiet = out === undefined && (terminal.stdout as { isTTY?: boolean }).isTTY === true
  const drawn = drawnProgress('predicting', source, terminal)
  const options = {
    ...reader,
    types,
    dateFormats: dateFormatsAsRead(encoder, types, reader.dateFormats),
    readings: encoder.readings,
    // What the model does not know comes out as it went in, and need not mean anything.
    ignore: header.filter((name) => !Object.hasOwn(wanted, name)),
    rowsPerChunk: ROWS_PER_CHUNK,
    ...(quiet ? {} : { onProgress: drawn.report }),
  }
  let begun = false
  for await (const { table, fields, dialect, decimal } of csvParts(source.read(), options)) {
    terminal.signal.throwIfAborted()
    tellSkipped(source.name, table, terminal)
    if (!begun) {
      yield { text: csvLine([...header, ...addedColumns(model, header, added)], dialect), header }
    }
    begun = true
    if (table.rows === 0) continue
    const data = await encodedRows(encoder, table, source.name)
    const cells = await predictedCells(model, encoder, data, added.probabilities, decimal)
    const more = await added.covered?.cells(data, decimal)
    const text = fields.map((own, row) => csvLine([...own, ...cells[row]!, ...(more?.[row] ?? [])], dialect)).join('')
    yield { text, header, check: await encoder.checkAsync(table) }
  }
  drawn.clear()
}

function addedColumns(
  model: Sequential | TableModel,
  header: readonly string[],
  { probabilities, covered }: Added,
): string[] {
  const quantiles = model instanceof TableModel ? model.quantiles : undefined
  const wanted = [
    ...(quantiles?.map((one) => `quantile ${one}`) ?? ['prediction']),
    ...(probabilities ? model.encoder!.labels!.map((label) => `probability ${label}`) : []),
    ...(covered?.names ?? []),
  ]
  const taken = new Set(header)
  return wanted.map((name) => {
    const free = freeName(name, taken)
    taken.add(free)
    return free
  })
}
