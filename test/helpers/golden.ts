import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = process.env.GOLDEN_DIR ?? fileURLToPath(new URL('../golden/values', import.meta.url))

/** Reference values by PyTorch and scikit-learn; GOLDEN_DIR names another folder of the same files. */
export function golden<Content>(name: string): Content {
  const path = join(folder, `${name}.json`)
  if (!existsSync(path))
    throw new Error(`${path} is missing: GOLDEN_DIR must hold the same files as test/golden/values`)
  return JSON.parse(readFileSync(path, 'utf8')) as Content
}

/** |a - b| <= bound * max(|b|, max |tensor|); tells the worst element. */
export function worstError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length)
    throw new Error(`${actual.length} values where ${expected.length} were expected`)
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  let worst = 0
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / (largest === 0 ? 1 : largest)
    if (!(error <= worst)) worst = error
  }
  return worst
}
