/*
 * Two copies of deepblas in one program (a bundle and what it leaves out, two versions below node_modules, a test runner
 * that loads modules anew) have classes of their own: what one made is nothing to the other. Objects say which copy made
 * them, so that the message can say what is wrong.
 */

import { ownFile } from './package-root.js'

const COPY = Symbol.for('deepblas.copy')

interface Copy {
  /** Where its code was loaded from. */
  readonly from: string
}

const here: Copy = { from: ownFile() ?? 'a bundle' }

/** Marks the objects of a class, and keeps its name, which messages and checkpoints tell, from bundlers that shorten it. */
export function markClass(name: string, Class: { readonly prototype: object }): void {
  Object.defineProperty(Class, 'name', { value: name, configurable: true })
  if (!(COPY in Class.prototype)) Object.defineProperty(Class.prototype, COPY, { value: here })
}

/** What to do about an object that another copy made; undefined for all others. */
export function otherCopyHint(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const copy = (value as { [COPY]?: Copy })[COPY]
  if (copy === undefined || copy === here) return undefined
  const twice =
    copy.from === here.from
      ? `the file ${here.from} was loaded twice (jest.resetModules() does that)`
      : `that one was loaded from ${copy.from}, this one from ${here.from}`
  return (
    `It is from another copy of deepblas: ${twice}. Let all of a program import one copy: \`npm ls deepblas\` lists ` +
    'those installed, and a bundle that holds deepblas cannot share its objects with code outside of it.'
  )
}
