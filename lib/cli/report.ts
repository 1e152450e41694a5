/*
 * `--report`: a command's result as a page.
 */
import { writePage } from '../pages/page.js'
import type { Command, Given, OptionDescription } from './command.js'
import { optionValue, type Terminal, tell } from './terminal.js'
import { distinctFiles, requireWritable } from './values.js'

export const reportOption: OptionDescription = {
  value: '<file.html>',
  help: 'writes a page of the result, with charts and tables, that needs no network',
}

/**
 * Where the page is to go; undefined where none was asked for.
 *
 * @param read files that the command reads, by what they are
 * @throws UsageError for a file that cannot be written, or that is read: told before the work, not after
 */
export function reportPath(given: Given, read: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = given.options.get('report')
  if (path === undefined) return undefined
  requireWritable('--report', path)
  distinctFiles('--report', path, read)
  return path
}

export async function writeReport(path: string, page: string, terminal: Terminal): Promise<void> {
  await writePage(path, page)
  tell(terminal, `saved ${path}\n`)
}

/** The command as it was typed, to be run again in a shell. */
export function commandTyped({ name }: Command, { typed }: Given): string {
  return ['deepblas', name, ...typed].map(optionValue).join(' ')
}
