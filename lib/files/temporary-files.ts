/*
 * Temporary files: how they are named, and which of them nobody will ever finish. A process that is killed leaves its own
 * behind; a name says which process that was.
 */
import { createHash, randomBytes } from 'node:crypto'
import { opendirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { codeOf } from '../kinds.js'

/** `.deepblas-<place>-<process>-<start>-<random>.tmp`; of earlier versions `.deepblas-<random>.tmp`. */
const NAME = /^\.deepblas-(?:([0-9a-f]{12})-(\d{1,10})-(\d{1,20})-)?[0-9a-f]{16}\.tmp$/

/** Whether the process of another machine still runs cannot be asked. A write that goes on touches its file all the time. */
const ABANDONED_AFTER = 24 * 60 * 60 * 1000

/** A folder of more names is looked through once by a process. */
const MANY_NAMES = 2000

/** What is looked at of one folder: a folder may hold millions. */
const MOST_NAMES = 100_000

const seen = new Set<string>()

/** Named without the target's name, which may be as long as the file system allows. */
export function temporaryBeside(target: string): string {
  const random = randomBytes(8).toString('hex')
  return `${dirname(target)}${sep}${beginningOfOurs()}${random}.tmp`
}

/**
 * Removes the temporary files in a folder whose process has ended without finishing them. Those of a process that runs, on
 * this machine or perhaps on another, are left alone; so is all else. Never fails: a folder that cannot be looked through
 * may well be written to.
 */
export function removeAbandoned(folder: string): void {
  if (seen.has(folder)) return
  try {
    const entries = opendirSync(folder, { bufferSize: 256 })
    try {
      let names = 0
      for (let entry = entries.readSync(); entry !== null && names < MOST_NAMES; entry = entries.readSync()) {
        names++
        // Hundreds of writes at once have hundreds of files here: whether this process runs need not be asked for each.
        if (!entry.name.startsWith('.deepblas-') || entry.name.startsWith(beginningOfOurs())) continue
        if (entry.isFile()) removeIfAbandoned(join(folder, entry.name), entry.name)
      }
      if (names > MANY_NAMES) seen.add(folder)
    } finally {
      entries.closeSync()
    }
  } catch {
    // No such folder, or no permission: the write that follows says so, or needs neither.
  }
}

function removeIfAbandoned(path: string, name: string): void {
  const parts = NAME.exec(name)
  if (parts === null) return
  const [, place, number, start] = parts
  try {
    const ours = place !== undefined && place === placeName()
    const abandoned = ours ? hasEnded(Number(number), start!) : Date.now() - statSync(path).mtimeMs > ABANDONED_AFTER
    if (abandoned) rmSync(path, { force: true })
  } catch {
    // Another process was faster, or it is another user's.
  }
}

/** Whether no process of this number runs that started then. */
function hasEnded(number: number, start: string): boolean {
  try {
    process.kill(number, 0)
  } catch (error) {
    // A number too large for any process is refused as an argument.
    return codeOf(error) === 'ESRCH'
  }
  const now = startOf(number)
  return now !== undefined && start !== '0' && now !== start
}

let oursKnown: string | undefined

/** What the names of this process's own files begin with: place, process and start. */
function beginningOfOurs(): string {
  oursKnown ??= `.deepblas-${placeName()}-${process.pid}-${startOf(process.pid) ?? 0}-`
  return oursKnown
}

/**
 * When a process started, in ticks since the machine did: a number may be given to another process later. 'ended' for one
 * that waits for its parent to take note; undefined where the system does not say.
 */
function startOf(number: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${number}/stat`, 'latin1')
    // The name, in parentheses, may hold anything; behind it comes the state, and the start is the 20th from there.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended'
    return /^\d+$/.test(fields[19] ?? '') ? fields[19] : undefined
  } catch {
    return undefined
  }
}

let placeKnown: string | undefined

/**
 * Where numbers of processes mean the same: one machine since it started, and one container of it. Two machines may have
 * the same name, and two containers number their processes alike.
 */
function placeName(): string {
  placeKnown ??= createHash('sha256')
    .update([hostname(), textOf('/proc/sys/kernel/random/boot_id'), linkOf('/proc/self/ns/pid')].join('\n'))
    .digest('hex')
    .slice(0, 12)
  return placeKnown
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
