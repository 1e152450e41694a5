import { isAbsolute } from 'node:path'
import { DeepblasError } from '../errors.js'
import { codeOf, messageOf } from '../kinds.js'
import { isOutOfMemory } from '../memory.js'
import { systemAdvice } from './system-advice.js'

/** Names in a file may be megabytes long. */
const LONGEST_REASON = 500
/** The longest message of an error of our own, which ends with what to do. */
const LONGEST_ADVICE = 1000

/** A problem with a file whose path is not known where it is thrown; `asFileError` adds the path. */
export class FileProblem extends Error {}

/**
 * The error of a file that cannot be used.
 *
 * @param action what was tried: `read` or `write`
 * @param path the file; undefined for bytes that came from elsewhere
 * @param reason what is wrong, after a colon: `it is cut short`. Parts of the file may be in it: it is cut to a length
 *   that can be read, and its control characters, which could take over a terminal, are spelled out.
 * @param cause the error underneath, where there is one
 * @param longest characters that the reason is cut to
 */
export function fileError(
  action: 'read' | 'write',
  path: string | undefined,
  reason: string,
  cause?: unknown,
  longest?: number,
): DeepblasError {
  const file = path === undefined ? 'the bytes of a file' : `the file '${path}'`
  const options = cause === undefined ? undefined : { cause }
  return new DeepblasError('ERR_DEEPBLAS_FILE', `Cannot ${action} ${file}: ${printable(reason, longest)}`, options)
}

/** Makes such an error from anything caught: an error of our own is passed on, any other becomes the cause. */
export function asFileError(action: 'read' | 'write', path: string | undefined, error: unknown): DeepblasError {
  if (error instanceof DeepblasError) return error
  if (isOutOfMemory(error)) {
    const what = path === undefined ? 'the bytes of a file' : `what the file '${path}' holds`
    return new DeepblasError('ERR_DEEPBLAS_MEMORY', `Out of memory: there is none for ${what}.`, { cause: error })
  }
  if (error instanceof FileProblem) return fileError(action, path, error.message, error.cause)
  const absent = path !== undefined && codeOf(error) === 'ENOENT'
  if (absent) return fileError(action, path, absentReason(action, path), error)
  const advice = systemAdvice(action, codeOf(error))
  if (advice === undefined) return fileError(action, path, messageOf(error), error)
  return fileError(action, path, `${printable(systemReason(error))}. ${advice}`, error, LONGEST_ADVICE)
}

/** Without the call and its paths, of which one may be that of a temporary file: `ENOSPC: no space left on device`. */
function systemReason(error: unknown): string {
  const message = messageOf(error)
  const { syscall } = error as { syscall?: unknown }
  const call = typeof syscall === 'string' ? message.lastIndexOf(`, ${syscall}`) : -1
  return call < 0 ? message : message.slice(0, call)
}

/** Node's own message names a temporary file, or nothing more than the path. */
function absentReason(action: 'read' | 'write', path: string): string {
  const what = action === 'read' ? 'there is no such file' : 'its folder does not exist'
  return `ENOENT, ${what}${isAbsolute(path) ? '' : `. The path is relative to ${process.cwd()}`}`
}

/** The error of a file that reads well and describes something that cannot be. */
export function notDescribed(path: string, what: string, cause: unknown): DeepblasError {
  const reason = printable(messageOf(cause), LONGEST_ADVICE)
  return new DeepblasError('ERR_DEEPBLAS_FILE', `${path} does not describe ${what}: ${reason}`, { cause })
}

function printable(text: string, longest = LONGEST_REASON): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return short.replaceAll(/\p{Control}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
