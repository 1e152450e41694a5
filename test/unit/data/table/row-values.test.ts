import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Encoder, Table } from '../../../../lib/index.js'

/** As bson's: what is looked at of it. */
class Nameless {
  static readonly name = Symbol('x')
  readonly #value = 1
  get value() {
    return this.#value
  }
}

class ObjectId {
  readonly _bsontype = 'ObjectId'
  readonly #hex: string

  constructor(hex: string) {
    this.#hex = hex
  }

  toHexString() {
    return this.#hex
  }
}

class Decimal128 {
  readonly _bsontype = 'Decimal128'
  readonly bytes = new Uint8Array(16)
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString() {
    return this.#text
  }
}

/** As decimal.js's, which Prisma uses: sign, exponent, digits. */
class Decimal {
  readonly s = 1
  readonly e = 0
  readonly d = [1]
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toFixed() {
    return this.#text
  }
}

class Big {
  readonly s = 1
  readonly e = 0
  readonly c = [1]
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toFixed() {
    return this.#text
  }
}

class Long {
  readonly low = 1
  readonly high = 0
  readonly __isLong__ = true
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString() {
    return this.#text
  }
}

class Moment {
  readonly _isAMomentObject = true

  toDate() {
    return new Date('2024-12-31')
  }
}

class DateTime {
  readonly isLuxonDateTime = true

  toJSDate() {
    return new Date('2024-12-31')
  }
}

const temporal = (kind: string, fields: object) => ({ [Symbol.toStringTag]: `Temporal.${kind}`, ...fields })
const date = new Date('2024-12-31')

describe('objects that stand for a number, a text or a date', () => {
  test.each([
    ['Decimal128', new Decimal128('12.50'), 12.5],
    ['decimal.js, Prisma', new Decimal('0.1'), 0.1],
    ['big.js', new Big('-3'), -3],
    ['Long', new Long('42'), 42],
    ['boxed number', new Number(5), 5],
    ['boxed text', new String('a'), 'a'],
    ['boxed boolean', new Boolean(false), false],
    ['Moment, Day.js, Firestore', new Moment(), date],
    ['Luxon', new DateTime(), date],
    ['date of another realm', runInNewContext("new Date('2024-12-31')"), date],
    ['Temporal.Instant', temporal('Instant', { epochMilliseconds: date.getTime() }), date],
    ['Temporal.PlainDate', temporal('PlainDate', { toString: () => '2024-12-31[u-ca=hebrew]' }), date],
    ['Temporal.PlainDateTime', temporal('PlainDateTime', { toString: () => '2024-12-31T00:00:00.000000001' }), date],
  ])('%s', (_, value, expected) => {
    const table = Table.fromRows([{ v: value }, { v: value }])
    expect(table.cell(1, 'v')).toEqual(expected)
    const rows = [expected, typeof expected === 'number' ? 1 : typeof expected === 'string' ? 'b' : undefined, expected]
    const encoder = Encoder.fitSync(Table.fromRows(rows.map((v, i) => ({ v, y: `${i % 2}` }))), { target: 'y' })
    expect(encoder.encodeFeatures([{ v: value }])).toEqual(encoder.encodeFeatures([{ v: expected }]))
  })

  test('whole decimals beyond 2^53 do not fall together', () => {
    for (const make of [(text: string) => new Decimal(text), (text: string) => new Long(text)]) {
      const table = Table.fromRows(
        ['9007199254740993', '9007199254740992', '9007199254740994'].map((text) => ({ v: make(text) })),
        {
          types: { v: 'category' },
        },
      )
      expect([0, 1, 2].map((row) => table.cell(row, 'v'))).toEqual([
        '9007199254740993',
        '9007199254740992',
        '9007199254740994',
      ])
    }
  })

  test('an ObjectId is a category where it is asked for', () => {
    const table = Table.fromRows([{ user: new ObjectId('65f0') }], { types: { user: 'category' } })
    expect(table.cell(0, 'user')).toBe('65f0')
  })

  test('an invalid date is missing, and that is told', () => {
    const table = Table.fromRows([{ v: date }, { v: new Date('soon') }])
    expect(table.cell(1, 'v')).toBeUndefined()
    expect(table.notes).toContainEqual({ column: 'v', kind: 'date', text: '1 Invalid Date value taken as missing' })
  })
})

describe('objects that no column can hold', () => {
  const cases: readonly (readonly [what: string, value: unknown, advice: string])[] = [
    ["'65f0' of type ObjectId", new ObjectId('65f0'), "ignore: ['v']"],
    ['{ city, zip } of type object', { city: 'Wien', zip: 1010 }, "'v.city': row['v'].city"],
    ['[1, 2] of type array', [1, 2], "'v.0': row['v'][0]"],
    ['Float32Array(2) of type Float32Array', new Float32Array(2), "'v.0': row['v'][0]"],
    ['Buffer(2) of type Buffer', Buffer.from('ab'), 'Give what the bytes mean'],
    ['{} of type ArrayBuffer', new ArrayBuffer(2), 'Give what the bytes mean'],
    ['Map(1) of type Map', new Map([['a', 1]]), 'columns of their own'],
    ['Set(1) of type Set', new Set([1]), 'columns of their own'],
    ['a Promise', Promise.resolve(1), 'Await it'],
    ['Symbol(x) of type symbol', Symbol('x'), 'Give a text'],
    ['function now of type function', Date.now, 'Call it'],
    ['{} of type object', {}, "ignore: ['v']"],
    ['{} of type RegExp', /x/, 'String(value)'],
    ['{} of type object', Object.create(null), "ignore: ['v']"],
    ['{ toString } of type object', { toString: () => Symbol('x') }, 'parts columns of their own'],
    ['{ _bsontype } of type object', Object.assign(Object.create(null), { _bsontype: 'Decimal128' }), 'bytes mean'],
    ['{ _bsontype } of type object', Object.assign(Object.create(null), { _bsontype: 'Double' }), 'bytes mean'],
    ['{ __isLong__ } of type object', { __isLong__: true }, 'parts columns of their own'],
    ['{ toJSDate } of type object', { toJSDate: () => Symbol('x') }, 'parts columns of their own'],
    ['{} of type object', new Nameless(), "ignore: ['v']"],
    ['a Temporal.Duration', temporal('Duration', {}), "value.total({ unit: 'hours' })"],
    ['a Temporal.PlainTime', temporal('PlainTime', {}), 'value.hour'],
  ]
  test.each(cases)('%s', (what, value, advice) => {
    const encoder = Encoder.fitSync(
      Table.fromRows([
        { v: 1, y: 'a' },
        { v: 2, y: 'b' },
      ]),
      { target: 'y' },
    )
    const reads = [
      { parts: ["rows[1]['v']", what, advice], read: () => Table.fromRows([{ v: 1 }, { v: value }]) },
      {
        parts: ["column 'v', row 1", what, 'Give the value itself'],
        read: () => encoder.encodeFeatures([{ v: 1 }, { v: value }]),
      },
    ]
    for (const { parts, read } of reads) {
      for (const part of parts) expect(read).toThrow(part)
      expect(read).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_DATA' }))
    }
    expect(Table.fromRows([{ v: value, w: 1 }], { ignore: ['v'] }).names).toEqual(['w'])
  })

  test('_id can be projected away', () => {
    expect(() => Table.fromRows([{ _id: new ObjectId('65f0'), x: 1 }])).toThrow('{ _id: 0 }')
  })

  test('a model does not look at keys that are none of its columns', () => {
    const encoder = Encoder.fitSync(
      Table.fromRows([
        { v: 1, y: 'a' },
        { v: 2, y: 'b' },
      ]),
      { target: 'y' },
    )
    expect(encoder.encodeFeatures([{ _id: new ObjectId('65f0'), v: 1 }]).rows).toBe(1)
  })
})

describe('rows that are none', () => {
  class WithAccessors {
    get rooms() {
      return 3
    }
  }
  test.each([
    ['Map', new Map([['a', 1]]), 'Object.fromEntries(row)'],
    ['array', [1, 2], 'Name the columns'],
    ['typed array', new Float64Array(2), 'Name the columns'],
    ['document of Mongoose', { $__: {}, _doc: { a: 1 }, $isNew: false }, '.lean()'],
    ['instance of Sequelize', { dataValues: { a: 1 }, isNewRecord: false }, '{ raw: true }'],
    ['class with accessors', new WithAccessors(), 'no properties of its own'],
    ['Promise', Promise.resolve({}), "Is an 'await' missing"],
    ['Date', new Date(), 'object with a value for every column'],
    ['text', 'a', 'object with a value for every column'],
    ['nothing', null, 'object with a value for every column'],
  ])('%s', (_, row, advice) => {
    const encoder = Encoder.fitSync(
      Table.fromRows([
        { v: 1, y: 'a' },
        { v: 2, y: 'b' },
      ]),
      { target: 'y' },
    )
    for (const read of [
      () => Table.fromRows([{ v: 1 }, row as never]),
      () => encoder.encodeFeatures([{ v: 1 }, row as never]),
    ]) {
      expect(read).toThrow(advice)
      expect(read).toThrow('rows[1]')
    }
  })
})
