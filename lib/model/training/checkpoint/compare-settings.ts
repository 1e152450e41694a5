/*
 * Settings as values that JSON can carry, and the differences between two of them: a resume compares the settings of
 * its fit with those in the checkpoint.
 */
import type { CheckpointDescription } from '../../../files/checkpoint-file.js'
import { crc32c } from '../../../files/crc32c.js'
import { jsonNumber, numberOf } from '../../../files/json-number.js'
import type { Json } from '../../../files/strict-json.js'
import { isDate, isMap, isRegExp, isSet } from '../../../kinds.js'
import { savedLoss } from '../../../losses/names.js'
import { savedMetric } from '../../../metrics/names.js'
import { describe } from '../../../validate.js'
import { leavesOf } from '../../network/network.js'
import { type FitSettings, type ResumeChange, resumeChanges } from '../settings.js'
import type { Batches } from './standing.js'

/**
 * The numbers, texts and lists of an object and of everything it holds, however deep. Functions are left out, since two
 * of them cannot be compared. Where an object holds itself, the number of levels up is written.
 */
export function configurationOf(value: unknown): Json {
  return plain(value, [])
}

/** @param around the objects that hold this value, the outermost first */
function plain(value: unknown, around: readonly object[]): Json {
  if (typeof value === 'number') return jsonNumber(value)
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  // This is within a list; a property without a value is left out.
  if (typeof value !== 'object') return null
  const level = around.indexOf(value)
  return level < 0 ? contents(value, [...around, value]) : { levelsUp: around.length - level }
}

function contents(value: object, around: readonly object[]): Json {
  if (Array.isArray(value)) return value.map((one) => plain(one, around))
  if (ArrayBuffer.isView(value)) {
    const bytes = () => new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    const numbers = 'length' in value ? (value as unknown as ArrayLike<unknown>) : bytes()
    return Array.from(numbers, (one) => plain(one, around))
  }
  if (isDate(value)) return { date: String(value.getTime()) }
  // Maps and sets have no properties of their own; their entries are listed.
  if (isMap(value) || isSet(value)) return Array.from(value as Iterable<unknown>, (one) => plain(one, around))
  if (isRegExp(value)) return String(value)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && typeof one !== 'function')
  return Object.fromEntries(entries.map(([name, one]) => [name, plain(one, around)]))
}

export interface Difference {
  /** 'optimizer.learningRate' */
  readonly name: string
  /** 'optimizer.learningRate is 0.1 there and 0.2 here' */
  readonly text: string
  readonly there: Json | undefined
  readonly here: Json | undefined
}

/** All parts that differ. */
export function differences(there: Json | undefined, here: Json | undefined, name = ''): Difference[] {
  if (isParent(there) && isParent(here) && Array.isArray(there) === Array.isArray(here)) {
    const inside = Array.isArray(there)
      ? (key: string) => `${name}[${key}]`
      : (key: string) => (name === '' ? key : `${name}.${key}`)
    const keys = new Set([...Object.keys(there), ...Object.keys(here)])
    // Own ones alone: every object has a 'constructor'.
    const own = (of: { [name: string]: Json }, key: string) => (Object.hasOwn(of, key) ? of[key] : undefined)
    return [...keys].flatMap((key) => differences(own(there, key), own(here, key), inside(key)))
  }
  if (JSON.stringify(there) === JSON.stringify(here)) return []
  const shown = (value: Json | undefined) => (value === undefined ? 'absent' : describe(numberOf(value) ?? value))
  return [{ name, text: `${name} is ${shown(there)} there and ${shown(here)} here`, there, here }]
}

function isParent(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && numberOf(value) === undefined
}

/** The settings that must be the same for a training to continue bit for bit. */
export function comparedSettings(settings: FitSettings, batches: Batches): Record<string, Json> {
  const { network, optimizer, scoring, shuffle, seeds, precision, describe } = settings
  const { rows, batch, stepsPerEpoch } = batches
  const { architecture, encoder } = describe()
  const { inputs, layers } = architecture
  return {
    // The checksum of an encoder is enough to detect another one.
    ...(encoder === undefined ? {} : { encoder: crc32c(Buffer.from(JSON.stringify(encoder))) }),
    inputs: configurationOf(inputs),
    members: seeds.length,
    layers: configurationOf(layers),
    trainable: leavesOf(network.layers).map(({ trainable }) => trainable),
    optimizer: { ...(configurationOf(optimizer) as Record<string, Json>), name: optimizer.name },
    loss: savedLoss(scoring.loss),
    metrics: scoring.metrics.map(savedMetric),
    rows: [...rows],
    ...batches.checksums(),
    batchSize: batch,
    ...(stepsPerEpoch === undefined ? {} : { stepsPerEpoch }),
    shuffle,
    // Left out as before there were others.
    ...(precision === 'float32' ? {} : { precision }),
    seeds: [...seeds],
  }
}

/**
 * Compares the settings. A file of the former format has `null` in place of deeply nested ones, which cannot be
 * compared: a warning says so.
 */
export function differentSettings(
  path: string,
  { settings, formerFormat }: CheckpointDescription,
  here: Record<string, Json>,
): Difference[] {
  const all = differences(settings, here)
  if (formerFormat === undefined) return all
  const unknown = all.filter(({ there, here: now }) => there === null && now !== undefined)
  if (unknown.length > 0) {
    warnOf(
      `The checkpoint ${path} was written by an earlier deepblas, which kept no settings of deeply nested layers: ` +
        `${unknown.map(({ name }) => name).join(', ')} could not be compared with those of the training that wrote it.`,
    )
  }
  return all.filter((one) => !unknown.includes(one))
}

/** Of the items of a list the first, with how many more differ; what is known by a checksum alone comes last. */
export function textOf(differing: readonly Difference[]): string {
  const byList = new Map<string, Difference[]>()
  for (const one of differing) {
    const list = one.name.replace(/\[\d+\]/g, '[]')
    byList.set(list, [...(byList.get(list) ?? []), one])
  }
  const texts = [...byList.values()].map((all) => {
    const [{ text }] = all as [Difference]
    return all.length === 1 ? text : `${text} (and ${all.length - 1} more of this list)`
  })
  const isChecksum = (text: string) => Number(text.includes('checksum '))
  return texts.sort((a, b) => isChecksum(a) - isChecksum(b)).join('; ')
}

export function warnOf(message: string): void {
  process.emitWarning(message, { type: 'DeepblasWarning', code: 'DEEPBLAS_CHECKPOINT_INCOMPLETE' })
}

/** Whether a setting is part of an option that the user has named. */
export function isPartOf(name: string, change: ResumeChange): boolean {
  const path = change === 'batchSize' ? change : `optimizer.${change}`
  return name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}[`)
}

export function adviceFor(differing: readonly Difference[], named: readonly ResumeChange[]): string {
  const changes = differing.map(({ name }) => resumeChanges.find((change) => isPartOf(name, change)))
  if (changes.includes(undefined)) return 'Give fit the model, data and options of the training that wrote it.'
  const list = [...new Set([...named, ...changes])].map((change) => `'${change}'`).join(', ')
  return (
    'Give fit the model, data and options of the training that wrote it; or, if this is to change, say so: ' +
    `fit(data, { resume, resumeChanges: [${list}] }).`
  )
}

/**
 * Whether the user has named the learning rate and it is different, so that the factors of callbacks no longer apply.
 */
export function hasNewRate(saved: CheckpointDescription, { resumeChanges: named, optimizer }: FitSettings): boolean {
  if (!named.includes('learningRate')) return false
  const before = saved.settings.optimizer as { [name: string]: Json } | undefined
  return differences(before?.learningRate, configurationOf(optimizer.learningRate)).length > 0
}

/** Compares class names: the same numbers with other names are another training. A population's file may lack names. */
export function differentNames({ model }: CheckpointDescription, { describe }: FitSettings): Difference[] {
  const { labels } = describe()
  return model.labels === undefined && model.architecture.members !== undefined
    ? []
    : differences(model.labels, labels, 'labels')
}
