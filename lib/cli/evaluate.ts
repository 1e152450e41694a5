import { dateFormatsAsRead } from '../data/encoder/dates-as-read.js'
import type { Json } from '../files/strict-json.js'
import type { Command, Given } from './command.js'
import { loadWithEncoder, typesFor } from './model-file.js'
import { encodedRows, scoresOf, trainedEpochs } from './predictions.js'
import { count } from './profile.js'
import { headerOf, readerOptions, readerSettings, readTable, settingsFor, withTargets } from './read-table.js'
import { scoresJson, scoresText } from './scores.js'
import { say, type Terminal, throwIfInterrupted, UsageError } from './terminal.js'

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Tells how good a model is on a CSV file that has the target.',
  arguments: [
    { name: 'model.safetensors', help: 'a model that deepblas train has saved' },
    { name: 'test.csv', help: "a file with the model's columns and the target" },
  ],
  options: readerOptions,
  notes: `
Rows without a target are left out and counted. A label that the model was not trained on is an error; a category that it
has not seen counts as unknown.

--json: { task, target, rows, features, epochs, seconds, model, metrics }, as deepblas train prints it; epochs are those of
the training.

Exit code: 0; 1 failed; 2 wrong use.`,
  run: runEvaluate,
}

async function runEvaluate(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const started = performance.now()
  const [path, file] = given.arguments as readonly [string, string]
  const { model, encoder, target } = await loadWithEncoder(path)
  const asked = readerSettings(given)
  const header = await headerOf(file, asked)
  if (!header.includes(target)) {
    throw new UsageError(`${file} has no column '${target}', the target of ${path}. Without it: deepblas predict.`)
  }
  const reader = settingsFor(asked, header)
  const known = Object.entries(typesFor(encoder, target)).filter(([name]) => header.includes(name))
  const types = { ...Object.fromEntries(known), ...reader.types }
  const dateFormats = dateFormatsAsRead(encoder, types, reader.dateFormats)
  const table = withTargets(await readTable(file, { ...reader, types, dateFormats }, terminal), file, target, terminal)
  const scores = await scoresOf(model, encoder, encodedRows(encoder, table, file))
  await throwIfInterrupted(terminal)
  say(given, terminal, `${count(table.rows)} rows of ${file}: ${scoresText(scores)}`)
  return {
    task: encoder.task!,
    target,
    rows: table.rows,
    features: encoder.columns.length,
    epochs: await trainedEpochs(path),
    seconds: (performance.now() - started) / 1000,
    model: path,
    metrics: scoresJson(scores),
  }
}
