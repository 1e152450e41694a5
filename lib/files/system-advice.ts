/*
 * What to do about an error of the operating system: its own message names the call and the code, and no more.
 */

const ELSEWHERE = 'or give a path in another folder'

const WRITING: Readonly<Record<string, string>> = {
  EACCES: `This process may not write there: change the permissions of the folder, ${ELSEWHERE}`,
  EBUSY: 'It is in use, or mounted by itself, as into a container: mount its folder instead',
  EDQUOT: `The quota of this user is used up: delete what is no longer needed, ${ELSEWHERE}`,
  EFBIG: `The file would be larger than the file system or the limits of this process allow: raise them, ${ELSEWHERE}`,
  EIO: `The disk reported an error: check the disk, ${ELSEWHERE}`,
  EISDIR: 'It is a folder: give the path of a file, in it or elsewhere',
  EMFILE: 'This process has too many files open: close some, or raise its limit (ulimit -n)',
  ENAMETOOLONG: 'Give a shorter name, or a shorter path',
  ENFILE: 'The system has too many files open: close some, or raise its limit',
  ENOSPC: `The disk is full: make room on it, ${ELSEWHERE}`,
  ENOTDIR: 'A part of the path is a file and no folder: give another path',
  EPERM: `This process may not write there: change the permissions of the folder, ${ELSEWHERE}`,
  EROFS: 'The file system can only be read: give a path in a folder of another one',
  EXDEV: 'The finished file could not take its place, which is on another file system: give a path in another folder',
}

const READING: Readonly<Record<string, string>> = {
  EACCES: 'This process may not read it: change its permissions, or give another path',
  EIO: 'The disk reported an error: check the disk, or read another copy of the file',
  EISDIR: 'It is a folder: give the path of a file',
  EMFILE: WRITING.EMFILE!,
  ENAMETOOLONG: 'No file has so long a name: give another path',
  ENFILE: WRITING.ENFILE!,
  ENOTDIR: 'A part of the path is a file and no folder: give another path',
  EPERM: 'This process may not read it: change its permissions, or give another path',
}

/** @param code of the system's error, such as ENOSPC; undefined, or unknown, gives none */
export function systemAdvice(action: 'read' | 'write', code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  const advice = action === 'read' ? READING : WRITING
  return Object.hasOwn(advice, code) ? advice[code] : undefined
}
