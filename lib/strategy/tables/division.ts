/*
 * Which rows the networks of a training learn from, and which are held out of them.
 */
import type { Task } from '../../data/encoding/fit/options.js'
import type { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { valuesOf } from '../column-values.js'
import { foldOfRows } from '../fold-rows.js'
import { foldOfGroups, groupsOf, requireGroups } from './group-folds.js'
import { HELD_OUT, splitTable } from './held-out.js'
import type { CheckedTrainTableOptions } from './options.js'
import { expandingWindows, latest, timeOrder } from './time-folds.js'

/** Rows of the table, in its order. */
export interface FoldRows {
  readonly training: Int32Array
  readonly held: Int32Array
}

/** One part held out of all networks, or folds, each held out of its own. */
export type Division =
  | {
      readonly kept: Table
      readonly held: Table
      /** Which rows of the table are held out, where they were chosen by a column. */
      readonly heldRows?: Int32Array
      readonly folds?: undefined
    }
  | {
      readonly kept: Table
      readonly held?: undefined
      readonly heldRows?: undefined
      readonly folds: readonly FoldRows[]
    }

type Asked = Pick<CheckedTrainTableOptions, 'target' | 'seed' | 'folds' | 'repeats' | 'group' | 'time'>

/** @throws DeepblasError ERR_DEEPBLAS_DATA for a table that cannot be divided as asked */
export function* divided(table: Table, task: Task, asked: Asked): Steps<Division> {
  const { target, seed, folds, group, time } = asked
  if (folds !== undefined) return { kept: table, folds: yield* foldsOf(table, task, { ...asked, folds }) }
  if (time !== undefined) {
    const [before, held] = latest(yield* timeOrder(table.column(time)), HELD_OUT, time)
    return yield* selected(table, before, held, target, task)
  }
  if (group !== undefined) {
    const [rest, held] = yield* oneGroupFold(table, task, { ...asked, group })
    return yield* selected(table, rest, held, target, task)
  }
  const [kept, held] = yield* splitTable(table, { target, task, seed })
  return { kept, held }
}

function* foldsOf(table: Table, task: Task, asked: Asked & { readonly folds: number }): Steps<readonly FoldRows[]> {
  const { target, seed, folds, repeats, group, time } = asked
  if (folds > table.rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected for folds a number from 2 to the ${table.rows} rows with a target but received ${folds}.`,
    )
  }
  if (time !== undefined) return yield* expandingWindows(yield* timeOrder(table.column(time)), folds, time)
  const classOfRow = task === 'classification' ? valuesOf(table.column(target)) : undefined
  const groups = group === undefined ? undefined : yield* groupsOf(table.column(group))
  if (groups !== undefined) requireGroups(groups, folds, group!)
  const found: FoldRows[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOf =
      groups === undefined
        ? yield* foldOfRows(table.rows, folds, seed + repeat, classOfRow)
        : yield* foldOfGroups(groups, folds, seed + repeat, classOfRow)
    found.push(...(yield* rowsOfFolds(foldOf, folds)))
  }
  return found
}

function* rowsOfFolds(foldOf: Int32Array, folds: number): Steps<FoldRows[]> {
  const found: FoldRows[] = []
  const rows = Int32Array.from(foldOf, (_, row) => row)
  for (let fold = 0; fold < folds; fold++) {
    found.push({
      training: rows.filter((row) => foldOf[row] !== fold),
      held: rows.filter((row) => foldOf[row] === fold),
    })
    yield
  }
  return found
}

/** One fold of as many as make the part held out, or of as many groups as there are where there are fewer. */
function* oneGroupFold(
  table: Table,
  task: Task,
  { target, seed, group }: Asked & { readonly group: string },
): Steps<readonly [rest: Int32Array, held: Int32Array]> {
  const groups = yield* groupsOf(table.column(group))
  requireGroups(groups, 2, group)
  const folds = Math.min(groups.count, Math.round(1 / HELD_OUT))
  const classOfRow = task === 'classification' ? valuesOf(table.column(target)) : undefined
  const all = yield* rowsOfFolds(yield* foldOfGroups(groups, folds, seed, classOfRow), folds)
  const off = ({ held }: FoldRows) => Math.abs(held.length / table.rows - HELD_OUT)
  const { training, held } = all.reduce((best, one) => (off(one) < off(best) ? one : best))
  return [training, held]
}

/** @throws DeepblasError ERR_DEEPBLAS_DATA for a class that only held-out rows have */
function* selected(table: Table, rest: Int32Array, heldRows: Int32Array, target: string, task: Task): Steps<Division> {
  const [kept, held] = [yield* table.selectSteps(rest), yield* table.selectSteps(heldRows)]
  if (task === 'regression') return { kept, held, heldRows }
  const known = new Set<number>()
  const codes = valuesOf(kept.column(target))
  for (let row = 0; row < codes.length; row++) {
    known.add(codes[row]!)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  const stranger = valuesOf(held.column(target)).findIndex((code) => !known.has(code))
  if (stranger < 0) return { kept, held, heldRows }
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected every class of '${target}' among the ${kept.rows} rows to learn from but only the ${held.rows} held out have ` +
      `'${held.cell(stranger, target)}'. Give folds, with which all rows are learned from, or leave that class out.`,
  )
}
