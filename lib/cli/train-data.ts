/*
 * The files of a training, and what options say of their columns, held against their headers.
 */

import { type ReaderSettings, settingsFor } from './reader-options.js'
import { headerOf } from './reading.js'
import { Source } from './source.js'
import { type Terminal, UsageError } from './terminal.js'
import type { Settings } from './train-settings.js'
import { columnNames, knownColumn } from './values.js'

interface Sources {
  readonly source: Source
  readonly test: Source | undefined
  /** With the names of columns as the header has them. */
  readonly reader: ReaderSettings
  readonly keep: readonly string[]
}

/**
 * @param other the option that names the second file
 * @throws UsageError for names that no column has, or that contradict each other
 */
export async function sourcesOf(
  settings: Pick<Settings, 'path' | 'target' | 'test' | 'reader' | 'keep' | 'scaling'>,
  terminal: Terminal,
  other: 'test' | 'dev' = 'test',
): Promise<Sources> {
  const { target, scaling } = settings
  const source = Source.of(settings.path, terminal)
  const header = await headerOf(source, settings.reader, [target], terminal)
  knownColumn('target', target, header)
  const reader = settingsFor(settings.reader, header)
  const keep = columnNames('keep', settings.keep, header)
  if (typeof scaling !== 'string') for (const name of Object.keys(scaling)) knownColumn('scaling', name, header)
  if (reader.ignore.includes(target)) throw new UsageError(`--ignore names the target '${target}'.`)
  if (keep.includes(target)) throw new UsageError(`--keep names the target '${target}'.`)
  if (reader.ignore.length > 0 && header.every((name) => name === target || reader.ignore.includes(name))) {
    throw new UsageError(`--ignore names every column but the target '${target}': nothing is left to learn from.`)
  }
  const both = keep.find((name) => reader.ignore.includes(name))
  if (both !== undefined) throw new UsageError(`--keep and --ignore both name '${both}'.`)
  if (settings.test === undefined) return { source, test: undefined, reader, keep }
  const test = Source.of(settings.test, terminal)
  const names = await headerOf(test, settings.reader, [target], terminal)
  if (!names.includes(target)) throw new UsageError(`--${other} ${settings.test} has no column '${target}'.`)
  return { source, test, reader, keep }
}
