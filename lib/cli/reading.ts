/*
 * What the reading of a table tells, as a terminal shows it: how far it has come, what was left out, what was assumed.
 */
import type { ReadProgress } from '../data/readers/csv/options.js'
import type { Table } from '../data/table/table.js'
import { DeepblasError } from '../errors.js'
import type { TableProgress, TableRole } from '../strategy/tables/progress.js'
import { textHeader } from '../strategy/tables/table-source.js'
import { textsOfAll } from './by-column.js'
import { inOptions } from './flags.js'
import { suspicionsText } from './profile.js'
import type { ReaderSettings } from './reader-options.js'
import type { Source } from './source.js'
import { counted, type Terminal, tell } from './terminal.js'

const MILLISECONDS_BETWEEN_REPORTS = 200

/** How far a file has been read, drawn over on a terminal; an interrupt ends the reading. */
export function drawnProgress(doing: string, source: Source, { stderr, signal }: Terminal) {
  let reported = Date.now()
  let drawn = false
  return {
    report({ rows, bytes, totalBytes }: ReadProgress): void {
      signal.throwIfAborted()
      if (stderr.isTTY !== true || Date.now() - reported < MILLISECONDS_BETWEEN_REPORTS) return
      reported = Date.now()
      drawn = true
      const share = totalBytes === undefined || totalBytes === 0 ? '' : ` ${Math.floor((100 * bytes) / totalBytes)} %`
      stderr.write(`\r\u001b[K${doing} ${source.shortName}${share}, ${counted(rows, 'row')}`)
    },
    clear(): void {
      if (drawn) stderr.write('\r\u001b[K')
    },
  }
}

/**
 * Shows what the library tells of reading: how far it has come, and at the end which rows are left out.
 *
 * @param sources of which tables there are
 */
export function shownReading(
  sources: Readonly<Partial<Record<TableRole, Source>>>,
  target: string,
  terminal: Terminal,
): (progress: TableProgress) => void {
  const drawn = Object.fromEntries(
    Object.entries(sources).map(([role, source]) => [role, drawnProgress('reading', source, terminal)]),
  )
  return (progress) => {
    if (progress.stage === 'reading') drawn[progress.of]!.report(progress)
    if (progress.stage !== 'read') return
    const { of, table, withoutTarget } = progress
    const { name } = sources[of]!
    drawn[of]!.clear()
    tellSkipped(name, table, terminal)
    // Where no row has one, an error says so.
    if (withoutTarget === 0 || withoutTarget === table.rows) return
    tell(terminal, `${counted(withoutTarget, 'row')} of ${name} left out: no ${target}\n`)
  }
}

/** As `shownReading`, and which columns look as if they should not be learned from. */
export function shownTable(
  sources: Readonly<Partial<Record<TableRole, Source>>>,
  target: string,
  terminal: Terminal,
): (progress: TableProgress) => void {
  const reading = shownReading(sources, target, terminal)
  return (progress) => {
    reading(progress)
    if (progress.stage === 'profiled') tell(terminal, suspicionsText(progress.profile))
  }
}

const MOST_SHOWN = 3

function tellNotes(name: string, notes: Table['notes'], terminal: Terminal): void {
  for (const { kind, text } of notes) if (kind === 'file') tell(terminal, `${name}: ${inOptions(text)}\n`)
}

/** What was left out of the file, and what was taken for granted. */
export function tellSkipped(name: string, { skipped, notes }: Table, terminal: Terminal): void {
  tellNotes(name, notes, terminal)
  if (skipped.rows === 0) return
  const shown = skipped.first.slice(0, MOST_SHOWN).map(({ line, reason }) => `  ${name}:${line}: ${inOptions(reason)}`)
  tell(terminal, `${counted(skipped.rows, 'bad row')} of ${name} left out:\n${shown.join('\n')}\n`)
}

/**
 * The names of the columns of a file; of a stream, which can still be read as a whole. Where one that is wanted is missing,
 * what was taken for granted of the file is told: it may say why.
 */
export async function headerOf(
  source: Source,
  settings: ReaderSettings,
  wanted: readonly string[],
  terminal: Terminal,
): Promise<readonly string[]> {
  const found = await textHeader(source.peek(), {
    ...settings,
    alsoMissing: textsOfAll(settings.alsoMissing),
    notMissing: textsOfAll(settings.notMissing),
  })
  if (found === undefined) throw new DeepblasError('ERR_DEEPBLAS_DATA', `${source.name} has no rows.`)
  const { names, notes } = found
  if (wanted.some((name) => !names.includes(name))) tellNotes(source.name, notes, terminal)
  return names
}
