import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NumberRecords, readNumberRecords } from '../../../lib/files/number-records.js'
import type { Json } from '../../../lib/files/strict-json.js'

const written = (records: readonly unknown[]) => {
  const taken = new NumberRecords()
  for (const record of records) taken.push(record)
  return taken
}

describe('records come back as they were', () => {
  const name = fc.string().filter((text) => text !== '__proto__')
  const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, Number.NEGATIVE_INFINITY))
  const value = fc.oneof(
    number,
    fc.array(number, { maxLength: 4 }),
    fc.array(fc.array(number, { maxLength: 2 }), { maxLength: 2 }),
  )
  const scores = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true })
  const record = fc.record({ epoch: fc.nat(), loss: number, validation: scores, learningRate: number, seconds: number })

  test('of any forms, in any order, through JSON', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const { forms, numbers, length } = written(records)
        expect(length).toBe(records.length)
        const back = readNumberRecords(JSON.parse(JSON.stringify(forms)), numbers)
        expect(back).toEqual(records)
        expect(JSON.stringify(back)).toBe(JSON.stringify(records))
      }),
    )
  })

  test('a form is written once, however many records have it', () => {
    const one = (epoch: number) => ({ epoch, loss: 1 / epoch, validation: { loss: 2 } })
    const few = written([1, 2, 3].map(one))
    const many = written(Array.from({ length: 100_000 }, (_, i) => one(i + 1)))
    expect(many.forms.forms).toEqual(few.forms.forms)
    expect(many.forms.runs).toEqual([0, 100_000])
    expect(many.numbers).toHaveLength(300_000)
  })

  test('what is added later does not change what was given', () => {
    const taken = written([{ a: 1 }])
    const { forms, numbers } = taken
    for (let i = 0; i < 1000; i++) taken.push({ a: i, b: 2 })
    expect(readNumberRecords(forms, numbers)).toEqual([{ a: 1 }])
  })

  test('those of a file go on where they ended, as if all had been taken one after the other', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), fc.array(record, { maxLength: 4 }), (before, after) => {
        const all = written(before)
        const { forms, runs } = JSON.parse(JSON.stringify(all.forms))
        const file = Float64Array.from(all.numbers)
        const goingOn = NumberRecords.goingOn({ forms, runs }, file, before.length)
        for (const one of after) {
          all.push(one)
          goingOn.push(one)
        }
        expect(goingOn.forms).toEqual(all.forms)
        expect([...goingOn.numbers]).toEqual([...all.numbers])
        expect(goingOn.length).toBe(all.length)
      }),
    )
  })
})

describe('nothing is made of forms and numbers that do not fit', () => {
  const form: Json = ['object', 'a', 0, 'b', ['list', 0, 0]]
  const numbers = new Float64Array(6)
  test.each<[string, Json[], number[], Float64Array]>([
    ['too few numbers', [form], [0, 2], new Float64Array(5)],
    ['too many numbers', [form], [0, 2], new Float64Array(7)],
    ['a form that is not there', [form], [1, 2], numbers],
    ['a run without an end', [form], [0, 2, 0], numbers],
    ['no record', [form], [0, 0], numbers],
    ['records without a number', [['object', 'a', ['is', null]]], [0, 2 ** 40], new Float64Array()],
    ['a thousand million records', [0], [0, 2 ** 30], numbers],
    ['more than can be counted', [0], [0, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER], numbers],
    ['a name twice', [['object', 'a', 0, 'a', 0]], [0, 3], numbers],
    ['a prototype', [['object', '__proto__', ['object', 'a', 0]]], [0, 6], numbers],
    ['a name without a form', [['object', 'a', 0, 'b']], [0, 6], numbers],
    ['a form that nothing has, and that is none', [form, 5], [0, 2], numbers],
    ['an unknown kind', [['set', 0]], [0, 6], numbers],
    ['an object of JSON', [{ a: 0 }], [0, 6], numbers],
    ['a list taken over', [['list', 0, ['is', [1]]]], [0, 6], numbers],
    [
      'far more than its numbers',
      [['list', 0, ...Array.from({ length: 100 }, (): Json => ['is', 'x'])]],
      [0, 6],
      numbers,
    ],
  ])('%s', (_, forms, runs, given) => {
    expect(readNumberRecords({ forms, runs }, given)).toBeUndefined()
  })
})
