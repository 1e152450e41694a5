// What trainTable does with a table comes in steps, between which the event loop may turn: counted, not timed.
import { describe, expect, test } from 'vitest'
import { Table } from '../../../lib/index.js'
import { suspiciousSteps } from '../../../lib/strategy/suspicious-columns.js'
import { scalingFor } from '../../../lib/strategy/tables/column-scaling.js'
import { countWithoutTarget, rowsWithTarget, splitTable, taskOf } from '../../../lib/strategy/tables/held-out.js'
import { profileSteps } from '../../../lib/strategy/tables/profile.js'
import { labelScores, valueScores } from '../../../lib/strategy/tables/scores.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../../lib/turns.js'

const ROWS = 4 * ELEMENTS_OF_STEP
/** Of a pass over a column, without a last one that may be short. */
const STEPS_OF_PASS = 3

function stepsOf(work: Steps<unknown>): number {
  for (let steps = 0; ; steps++) if (work.next().done === true) return steps
}

const numbers = (of: (row: number) => number) => Float64Array.from({ length: ROWS }, (_, row) => of(row))
const names = ['no', 'yes', 'perhaps']
const table = Table.of([
  { name: 'half', type: 'number', values: numbers((row) => row / 2) },
  { name: 'row', type: 'number', values: numbers((row) => row) },
  { name: 'some', type: 'boolean', values: numbers((row) => (row % 3 === 0 ? 1 : Number.NaN)) },
  { name: 'name', type: 'category', levels: names, codes: Int32Array.from({ length: ROWS }, (_, row) => row % 3) },
  { name: 'price', type: 'number', values: numbers((row) => (row % 1000 === 999 ? Number.NaN : (row % 977) / 3)) },
])
const known = table.select(Int32Array.from({ length: ROWS - 1000 }, (_, row) => row))
const columns = table.columns.length

describe('at least three steps for each pass over a column', () => {
  test.each<[string, number, () => Steps<unknown>]>([
    ['rows without a target', 1, () => countWithoutTarget(table, 'price')],
    ['rows with a target, selected', columns, () => rowsWithTarget(table, 'price', 'the table')],
    ['what the target is', 1, () => taskOf(table, 'name', undefined)],
    ['a split of values', columns, () => splitTable(table, { target: 'row', task: 'regression', seed: 1 })],
    ['a split by classes', columns + 1, () => splitTable(table, { target: 'name', task: 'classification', seed: 1 })],
    ['scaling of two columns, each in two passes', 4, () => scalingFor(table, 'price', {})],
    ['suspicious columns of values', columns, () => suspiciousSteps(table, { target: 'row' })],
    ['suspicious columns of classes', columns, () => suspiciousSteps(table, { target: 'name' })],
    ['a profile', 2 * columns, () => profileSteps(known, { target: 'name', task: 'classification', keep: [] })],
  ])('%s', (_, passes, work) => {
    expect(stepsOf(work())).toBeGreaterThanOrEqual(passes * STEPS_OF_PASS)
  })

  test('scores of classes and of values: a step for each, and more where rows are put in order', () => {
    const targets = numbers((row) => row % 2)
    const probabilities = Float32Array.from(targets, (target, row) => (target + (row % 7)) / 8)
    expect(stepsOf(labelScores(targets, probabilities, ['no', 'yes']))).toBeGreaterThan(10 * STEPS_OF_PASS)
    const three = Float32Array.from({ length: 3 * ROWS }, (_, at) => (at % 5) / 5)
    expect(stepsOf(labelScores(targets, three, names))).toBeGreaterThan(STEPS_OF_PASS)
    expect(stepsOf(valueScores(targets, probabilities))).toBe(2)
  })
})
