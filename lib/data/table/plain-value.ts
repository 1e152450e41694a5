/*
 * Values as databases and libraries of numbers and times give them, as what a table knows: numbers, texts, booleans, dates.
 */
import { types } from 'node:util'
import { isDate, isNumberArray } from '../../kinds.js'
import { typeName } from '../../validate.js'
import { dateOf } from './texts/cell-texts.js'

/** A value that no column can hold. */
export class Refusal {
  /** What to do, a sentence. */
  readonly advice: string
  /** What came, as it is shown, where the value itself shows little. */
  readonly shown: string | undefined

  constructor(advice: string, shown?: string) {
    this.advice = advice
    this.shown = shown
  }
}

type Fields = Readonly<Record<string, unknown>>

/**
 * What stands for a value in a table: the value itself, or the number, text or date that an object is. Numbers of decimal
 * libraries become numbers, whole ones beyond 2^53 BigInts; objects of time libraries become dates.
 *
 * @param name of its column, for advice
 * @param asCategory whether a name such as an ObjectId is wanted as a text
 */
export function plainValue(value: unknown, name: string, asCategory: boolean): unknown {
  if (typeof value === 'symbol') return new Refusal('Give a text.')
  if (typeof value === 'function') return new Refusal('Call it, and give what it returns.')
  if (typeof value !== 'object' || value === null || isDate(value)) return value
  if (types.isBoxedPrimitive(value)) return plainValue(value.valueOf(), name, asCategory)
  const fields = value as unknown as Fields
  return (
    decimalOf(fields) ??
    wholeOf(fields) ??
    timeOf(fields, Object.prototype.toString.call(value).slice('[object '.length, -1)) ??
    nameOf(fields, name, asCategory) ??
    refusalOf(value, name)
  )
}

function has(fields: Fields, method: string): boolean {
  return typeof fields[method] === 'function'
}

function call(fields: Fields, method: string): unknown {
  return (fields[method] as () => unknown).call(fields)
}

/** Undefined for an object that has no text, or none that it can give. */
function textOf(value: unknown): string | undefined {
  try {
    return String(value)
  } catch {
    return undefined
  }
}

/** The number that an object of decimal.js, Prisma, big.js, bignumber.js or MongoDB stands for; undefined for others. */
function decimalOf(fields: Fields): unknown {
  if (fields._bsontype === 'Decimal128') return fromDecimalText(textOf(fields))
  const isNumber = fields._bsontype === 'Double' || fields._bsontype === 'Int32'
  if (isNumber && has(fields, 'valueOf')) return fromDecimalText(textOf(call(fields, 'valueOf')))
  const isDecimal = has(fields, 'toFixed') && 's' in fields && 'e' in fields && ('d' in fields || 'c' in fields)
  return isDecimal ? fromDecimalText(textOf(call(fields, 'toFixed'))) : undefined
}

/** Undefined for a text that is no number: then the object is not what it seemed. */
function fromDecimalText(text: string | undefined): number | bigint | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const number = Number(text)
  if (Number.isNaN(number) && text !== 'NaN') return undefined
  // Whole numbers so large are names more often than amounts: two of them must not fall together.
  return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(text) ? BigInt(text) : number
}

/** The whole number that an object of MongoDB, long.js or Neo4j stands for; undefined for others. */
function wholeOf(fields: Fields): unknown {
  const isLong = fields._bsontype === 'Long' || fields.__isLong__ === true || has(fields, 'toBigInt')
  return isLong ? fromDecimalText(textOf(fields)) : undefined
}

/** The time that an object of Temporal, Luxon, Day.js, Moment or Firestore stands for. */
function timeOf(fields: Fields, tag: string): unknown {
  for (const method of ['toJSDate', 'toDate']) {
    const date = has(fields, method) ? call(fields, method) : undefined
    if (isDate(date)) return date
  }
  if (!tag.startsWith('Temporal.')) return undefined
  switch (tag.slice('Temporal.'.length)) {
    case 'Instant':
    case 'ZonedDateTime':
      return new Date(Number(fields.epochMilliseconds))
    case 'PlainDate':
    case 'PlainDateTime': {
      const time = dateOf((textOf(fields) ?? '').replace(/\[.*$/, ''))
      if (time !== undefined) return new Date(time)
      break
    }
    case 'Duration':
      return new Refusal("Give a number, such as value.total({ unit: 'hours' }).", `a ${tag}`)
    case 'PlainTime':
      return new Refusal('Give a number, such as value.hour + value.minute / 60.', `a ${tag}`)
    case 'PlainYearMonth':
      return new Refusal('Give a date, such as value.toPlainDate({ day: 1 }).', `a ${tag}`)
  }
  return new Refusal('Give its parts columns of their own, such as value.month and value.day.', `a ${tag}`)
}

/** What names a row, or another's row, and says nothing of it. */
function nameOf(fields: Fields, name: string, asCategory: boolean): unknown {
  const isObjectId = fields._bsontype === 'ObjectId' || fields._bsontype === 'ObjectID' || has(fields, 'toHexString')
  if (!isObjectId) return undefined
  const text = String(call(fields, 'toHexString'))
  if (asCategory) return text
  const projected = name === '_id' ? ', or project it away in the query: { _id: 0 }' : ''
  return new Refusal(
    `It names a row and says nothing of it: leave it out, ignore: ['${name}']${projected}. If it is a category, give ` +
      `types: { '${name}': 'category' }.`,
    `'${text}' of type ${typeName(fields)}`,
  )
}

function refusalOf(value: object, name: string): Refusal {
  const leave = `or leave it out: ignore: ['${name}'].`
  const isBytes = types.isUint8Array(value) || types.isAnyArrayBuffer(value) || '_bsontype' in value
  if (isBytes) return new Refusal(`Give what the bytes mean, ${leave}`)
  if (Array.isArray(value) || isNumberArray(value)) {
    return new Refusal(`Give its items columns of their own, such as '${name}.0': row['${name}'][0], ${leave}`)
  }
  if (types.isPromise(value)) return new Refusal('Await it, and give what it becomes.')
  if (types.isMap(value) || types.isSet(value)) return new Refusal(`Give its items columns of their own, ${leave}`)
  const [part] = Object.keys(value)
  if (part !== undefined) {
    return new Refusal(
      `Give its parts columns of their own, such as '${name}.${part}': row['${name}'].${part}, ${leave}`,
    )
  }
  const hasText = !(textOf(value) ?? '[object').startsWith('[object')
  return new Refusal(
    hasText ? `Give a text, String(value), ${leave}` : `Give a number, text, boolean or date, ${leave}`,
  )
}
