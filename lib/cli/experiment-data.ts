/*
 * What an experiment is made on: a table, or pictures in a folder.
 */
import { statSync } from 'node:fs'
import type { Given } from './command.js'
import { readerOptions, readerSettings } from './reader-options.js'
import { scalingOption } from './scaling-option.js'
import { type Terminal, UsageError } from './terminal.js'
import { sourcesOf } from './train-data.js'
import { tableOptions, targetHelp, targetOf } from './training-options.js'

/** The argument of a command that takes both. */
export const dataArgument = {
  name: 'data',
  help: "a CSV file, as for deepblas train; or a folder of pictures: MNIST's four files, or train_x.npy; or digits",
} as const

export const experimentTarget = { value: '<column>', help: `${targetHelp}; not of pictures` } as const

export function areSomePictures(path: string): boolean {
  return path === 'digits' || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/**
 * @param own further options of the command that only tables have
 * @throws UsageError for an option that only tables have
 */
export function requireForPictures({ options, switches }: Given, path: string, own: readonly string[]): void {
  const ofTables = ['target', ...own, ...Object.keys(tableOptions), ...Object.keys(readerOptions)]
  const wrong = ofTables.find((name) => options.has(name) || switches.has(name))
  if (wrong !== undefined) throw new UsageError(`--${wrong} is for tables, but ${path} stands for pictures.`)
}

/**
 * The table of an experiment, and a second one where an option names it, held against their headers.
 *
 * @param other the option that names the second table
 */
export async function tablesOf(given: Given, path: string, other: 'test' | 'dev', terminal: Terminal) {
  const [target, scaling] = [targetOf(given), scalingOption(given)]
  const settings = {
    path,
    target,
    test: given.options.get(other),
    reader: readerSettings(given),
    keep: given.lists.get('keep') ?? [],
    scaling,
  }
  const { source, test, reader, keep } = await sourcesOf(settings, terminal, other)
  return { source, other: test, options: { ...reader, target, keep, scaling } }
}
