import type { ColumnEncoding } from '../data/encoder/column-encoding.js'
import type { Encoder } from '../data/encoder/encoder.js'
import { readModelFile } from '../files/model-file.js'
import type { Json } from '../files/strict-json.js'
import { Sequential } from '../model/sequential.js'
import { renderTable } from '../report/terminal/table.js'
import type { Command, Given } from './command.js'
import { count } from './profile.js'
import { say, type Terminal } from './terminal.js'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows what is in a model file: layers, parameters, columns, and how it was trained.',
  arguments: [{ name: 'model.safetensors', help: 'a model that deepblas train or model.save has written' }],
  options: {},
  notes: `
--json: { model, seed, inputs, outputs, parameters, layers, labels, encoder, training }; encoder is null for a model that
was not trained on a table.

Exit code: 0; 1 failed; 2 wrong use.`,
  run: runInspect,
}

async function runInspect(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const [path] = given.arguments as readonly [string]
  const model = await Sequential.load(path)
  const { architecture, training } = await readModelFile(path)
  const { encoder } = model
  const parts = [model.summary(), ...(encoder === undefined ? [] : [encoderText(encoder)]), trainingText(training)]
  say(given, terminal, parts.join('\n\n'))
  return {
    model: path,
    seed: model.seed,
    inputs: model.inputs,
    outputs: model.outputs,
    parameters: model.parameterCount,
    layers: architecture.layers.map(({ type, options }) => ({ type, options })),
    labels: model.labels === undefined ? null : [...model.labels],
    encoder: encoder === undefined ? null : encoder.toJSON(),
    training: (training as { [name: string]: Json } | undefined) ?? null,
  }
}

function trainingText(training: Readonly<Record<string, unknown>> | undefined): string {
  const epochs = typeof training?.epochs === 'number' ? `${count(training.epochs)} epochs` : 'epochs unknown'
  return training === undefined ? 'not trained' : `trained: ${epochs}, loss ${JSON.stringify(training.loss)}`
}

function encoderText(encoder: Encoder): string {
  const rows = encoder.columns.map((column) => [column.name, column.kind, encodingText(column)])
  const { target, task, labels } = encoder
  const dropped = encoder.dropped.map(({ name, reason }) => `${name} (${reason})`)
  return [
    renderTable(['column', 'encoded as', ''], rows),
    '',
    `target ${target}, ${task}${labels === undefined ? '' : `: ${labels.join(', ')}`}; fitted on ${count(encoder.rows)} rows`,
    ...(dropped.length === 0 ? [] : [`not used: ${dropped.join(', ')}`]),
  ].join('\n')
}

function encodingText(column: ColumnEncoding): string {
  switch (column.kind) {
    case 'oneHot':
    case 'embedding':
      return `${count(column.levels.length)} levels: ${column.levels.slice(0, 4).join(', ')}${column.levels.length > 4 ? ', …' : ''}`
    case 'number':
      return `mean ${number(column.mean)}, deviation ${number(column.deviation)}${column.indicator ? ', missing values marked' : ''}`
    case 'quantile':
      return `ranks from ${number(column.quantiles[0]!)} to ${number(column.quantiles.at(-1)!)}${column.indicator ? ', missing values marked' : ''}`
    default:
      return column.indicator ? 'missing values marked' : ''
  }
}

function number(value: number): string {
  return String(Number(value.toPrecision(5)))
}
