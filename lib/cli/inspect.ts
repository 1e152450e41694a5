import type { Encoder } from '../data/encoder/encoder.js'
import type { ColumnEncoding } from '../data/encoding/column-encoding.js'
import { readModelFile } from '../files/model-file.js'
import type { Json } from '../files/strict-json.js'
import { Population } from '../model/population.js'
import { Sequential } from '../model/sequential.js'
import { renderTable } from '../report/terminal/table.js'
import { loadModel } from '../strategy/tables/load-model.js'
import type { Command, Given } from './command.js'
import { counted, optionValue, say, type Terminal, widthOf } from './terminal.js'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows what is in a model file: layers, parameters, columns, and how it was trained.',
  arguments: [{ name: 'model.safetensors', help: 'a model that deepblas train or model.save has written' }],
  options: {},
  notes: `
A model that deepblas train has saved also tells of its making: the version, the options that decide the result, the data
(SHA-256 of the file's bytes, as sha256sum tells it, rows and columns), the epoch that was kept, and the metrics.

--json: { model, seed, inputs, outputs, parameters, layers, labels, encoder, training, made }; encoder is null for a model
that was not trained on a table, made for one that does not tell: { version, options, data, epoch, metrics }. For a file of
several networks also { members }, their number; layers and parameters are those of one network.

Exit code: 0; 1 failed; 2 wrong use.`,
  run: runInspect,
}

async function runInspect(given: Given, terminal: Terminal): Promise<Readonly<Record<string, Json>>> {
  const [path] = given.arguments as readonly [string]
  const model = await loadModel(path)
  const { architecture, training, made, table } = await readModelFile(path)
  const members = model instanceof Sequential ? undefined : model.members
  const one = model instanceof Sequential ? model : model.member(0)
  const encoder = model instanceof Population ? undefined : model.encoder
  const look = { width: widthOf(terminal), ascii: terminal.ascii === true }
  const parts = [
    ...(members === undefined ? [] : [membersText(members, table)]),
    one.summary(look),
    ...(encoder === undefined ? [] : [encoderText(encoder, look)]),
    trainingText(training),
    ...(made === undefined ? [] : [madeText(made)]),
    ...(encoder?.target === undefined
      ? []
      : [`next: deepblas predict ${optionValue(path)} new.csv --out predictions.csv`]),
  ]
  say(given, terminal, parts.join('\n\n'))
  return {
    model: path,
    ...(members === undefined ? {} : { members }),
    seed: model.seed,
    inputs: model.inputs,
    outputs: model.outputs,
    parameters: model.parameterCount,
    layers: architecture.layers.map(({ type, options }) => ({ type, options })),
    labels: model.labels === undefined ? null : [...model.labels],
    encoder: encoder === undefined ? null : encoder.toJSON(),
    training: (training as { [name: string]: Json } | undefined) ?? null,
    made: (made as { [name: string]: Json } | undefined) ?? null,
  }
}

/** How many networks there are; the summary is that of one. */
function membersText(members: number, table: Readonly<Record<string, unknown>> | undefined): string {
  const what = table === undefined ? 'a population of' : 'the mean of'
  const temperature = typeof table?.temperature === 'number' ? `, temperature ${number(table.temperature)}` : ''
  const threshold = typeof table?.threshold === 'number' ? `, threshold ${number(table.threshold)}` : ''
  return `${what} ${counted(members, 'network')}${temperature}${threshold}; one of them:`
}

function trainingText(training: Readonly<Record<string, unknown>> | undefined): string {
  // Of several networks each has its own, of which the file does not tell.
  const epochs = typeof training?.epochs === 'number' ? `${counted(training.epochs, 'epoch')}, ` : ''
  return training === undefined
    ? 'not trained'
    : `trained: ${epochs}loss ${typeof training.loss === 'string' ? training.loss : JSON.stringify(training.loss)}`
}

const placesOfRows: Readonly<Record<string, string>> = { heldOut: 'held out', outOfFold: 'out of fold' }

/** What `deepblas train` wrote; of a file from elsewhere as much as it has. */
function madeText({ version, options, data, epoch, metrics }: Readonly<Record<string, unknown>>): string {
  const { sha256, rows, columns } = object(data)
  const own = Object.entries(object(options)).filter(([, value]) => !empty(value))
  const scores = Object.entries(object(metrics)).map(([where, values]) => {
    const { rows: number, ...others } = object(values)
    return `${placesOfRows[where] ?? where} (${number} rows): ${listed(Object.entries(others))}`
  })
  return [
    `made by deepblas ${version} from ${rows} rows and ${columns} columns${sha256 === undefined ? '' : `, SHA-256 ${sha256}`}`,
    `options: ${listed(own)}`,
    `kept: epoch ${epoch}`,
    ...scores,
  ].join('\n')
}

function listed(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `${name} ${valueText(value)}`).join(', ')
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ')
  if (typeof value !== 'object' || value === null) return String(value)
  return `(${Object.entries(value)
    .map(([name, one]) => `${name}: ${valueText(one)}`)
    .join(', ')})`
}

function empty(value: unknown): boolean {
  return value === null || value === false || (typeof value === 'object' && Object.keys(value).length === 0)
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

interface Look {
  readonly width: number
  readonly ascii: boolean
}

function encoderText(encoder: Encoder, look: Look): string {
  const rows = encoder.columns.map((column) => [column.name, column.kind, encodingText(column)])
  const { target, task, labels } = encoder
  const dropped = encoder.dropped.map(({ name, reason }) => `${name} (${reason})`)
  return [
    renderTable(['column', 'encoded as', ''], rows, look),
    '',
    `target ${target}, ${task}${labels === undefined ? '' : `: ${labels.join(', ')}`}; fitted on ${counted(encoder.rows, 'row')}`,
    ...(dropped.length === 0 ? [] : [`not used: ${dropped.join(', ')}`]),
  ].join('\n')
}

function encodingText(column: ColumnEncoding): string {
  switch (column.kind) {
    case 'oneHot':
    case 'embedding':
      return `${counted(column.levels.length, 'level')}: ${column.levels.slice(0, 4).join(', ')}${column.levels.length > 4 ? ', …' : ''}`
    case 'number':
      return `mean ${number(column.mean)}, deviation ${number(column.deviation)}${column.indicator ? ', missing values marked' : ''}`
    case 'quantile':
      return `ranks from ${number(column.quantiles[0]!)} to ${number(column.quantiles.at(-1)!)}${column.indicator ? ', missing values marked' : ''}`
    case 'robust':
      return `median ${number(column.median)}, quartiles ${number(column.distance)} apart${column.indicator ? ', missing values marked' : ''}`
    default:
      return column.indicator ? 'missing values marked' : ''
  }
}

function number(value: number): string {
  return String(Number(value.toPrecision(5)))
}
