/*
 * Two builds, the same trainings: which of them save other bytes?
 *
 *   node test/same-bits/compare.mjs OLD NEW     two checkouts, each built; exits with 1 where they differ
 */
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const program = join(import.meta.dirname, 'trainings.mjs')
const [before, after] = process.argv.slice(2)
if (before === undefined || after === undefined) {
  console.error('Usage: node test/same-bits/compare.mjs OLD NEW')
  process.exit(2)
}
const [old, now] = [before, after].map((root) =>
  JSON.parse(execFileSync(process.execPath, [program, resolve(root)], { encoding: 'utf8' })),
)
const differing = Object.keys({ ...old, ...now }).filter((name) => old[name] !== now[name])
for (const name of differing) console.log(`differs: ${name}`)
console.log(`${Object.keys(now).length - differing.length} of ${Object.keys(now).length} trainings save the same bytes`)
process.exitCode = differing.length === 0 ? 0 : 1
