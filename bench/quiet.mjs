// Whether anybody else uses the machine: what all cores did less what a process of ours did.
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'

/** Cores' worth of foreign work below which a sample counts as undisturbed. */
export const QUIET_CORES = 0.15

const LOOK_SECONDS = 0.1
/** Of /proc/<pid>/stat; 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Seconds that all cores were busy since the start of the machine, or, of a virtual one, not given to it. */
function busy() {
  let milliseconds = 0
  for (const { times } of cpus()) milliseconds += times.user + times.nice + times.sys + times.irq
  return milliseconds / 1000 + stolen()
}

/** Seconds that the host of a virtual machine gave to others; 0 where that cannot be known. */
function stolen() {
  try {
    const [all] = readFileSync('/proc/stat', 'utf8').split('\n')
    return Number(all.trim().split(/\s+/)[8] ?? 0) / TICKS_PER_SECOND
  } catch {
    return 0
  }
}

/** Seconds of all cores that a process used; undefined where that cannot be known. */
function usedBy(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return undefined
  }
}

/** Runs `work` and tells how many cores others used meanwhile; undefined where that cannot be known. */
export async function withForeign(pid, work) {
  const used = usedBy(pid)
  const before = busy()
  const start = performance.now()
  const result = await work()
  const seconds = (performance.now() - start) / 1000
  const now = usedBy(pid)
  const foreign = used === undefined || now === undefined ? undefined : (busy() - before - (now - used)) / seconds
  return { result, foreign: foreign === undefined ? undefined : Math.max(0, foreign) }
}

/** Waits until the machine is quiet, for at most so many seconds. @returns seconds waited */
export async function untilQuiet(most) {
  const start = performance.now()
  const waited = () => (performance.now() - start) / 1000
  for (;;) {
    const before = busy()
    const from = performance.now()
    await setTimeout(LOOK_SECONDS * 1000)
    const cores = (busy() - before) / ((performance.now() - from) / 1000)
    if (cores < QUIET_CORES || waited() >= most) return waited()
  }
}
