import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Encoder, readCsv, Table } from '../../lib/index.js'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const two = (value: number) => String(value).padStart(2, '0')

/** How each of our letters is written, by Node's own parts of a date. */
const WRITTEN: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  yy: (date) => two(date.getUTCFullYear() % 100),
  MMMM: (date) => MONTHS[date.getUTCMonth()]!,
  MMM: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  MM: (date) => two(date.getUTCMonth() + 1),
  M: (date) => String(date.getUTCMonth() + 1),
  dd: (date) => two(date.getUTCDate()),
  d: (date) => String(date.getUTCDate()),
  EEEE: (date) => DAYS[date.getUTCDay()]!,
  EEE: (date) => DAYS[date.getUTCDay()]!.slice(0, 3),
  HH: (date) => two(date.getUTCHours()),
  hh: (date) => two(date.getUTCHours() % 12 || 12),
  mm: (date) => two(date.getUTCMinutes()),
  ss: (date) => two(date.getUTCSeconds()),
  SSS: (date) => String(date.getUTCMilliseconds()).padStart(3, '0'),
  a: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
}

function written(format: string, date: Date, zone = 0): string {
  const local = new Date(date.getTime() + zone * 60_000)
  const sign = zone < 0 ? '-' : '+'
  const offset = `${sign}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`
  return format.replaceAll(/([A-Za-z])\1*/g, (letters) =>
    letters === 'X' ? offset : (WRITTEN[letters]?.(local) ?? letters),
  )
}

const DAY_FORMATS = [
  'dd.MM.yyyy',
  'dd/MM/yyyy',
  'MM/dd/yyyy',
  'dd-MM-yyyy',
  'MM-dd-yyyy',
  'yyyy/MM/dd',
  'yyyy.MM.dd',
  'dd. MM. yyyy',
]
const NAMED = [
  'd MMM yyyy',
  'd-MMM-yyyy',
  'd/MMM/yyyy',
  'MMM d, yyyy',
  'MMMM d, yyyy',
  'd MMMM yyyy',
  'EEE, d MMM yyyy',
  'EEEE, d MMMM yyyy',
  'EEE MMM d yyyy',
]
const TIMES = ['', ' HH:mm', ' HH:mm:ss', ' HH:mm:ss.SSS', ', hh:mm:ss a', 'THH:mm:ss.SSSX', ' HH:mm:ss X']

/** What a time of a format keeps of a moment, in milliseconds. */
function kept(time: string, date: Date): Date {
  const step = time === '' ? 86_400_000 : time.includes('SSS') ? 1 : time.includes('ss') ? 1000 : 60_000
  return new Date(Math.floor(date.getTime() / step) * step)
}

const moment = fc.date({ min: new Date('1000-01-01'), max: new Date('2999-12-30'), noInvalidDate: true })
const formats = fc.tuple(fc.constantFrom(...DAY_FORMATS, ...NAMED), fc.constantFrom(...TIMES))
const zones = fc.integer({ min: -12 * 60, max: 14 * 60 })

describe('a date that is written in a format', () => {
  test('is read as the same moment, by a format that is given', () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 5 }), formats, zones, (dates, [day, time], zone) => {
        const format = day + time
        const own = time.includes('X') ? zone : 0
        const rows = dates.map((date) => ({ when: written(format, date, own) }))
        const table = Table.fromRows(rows, { dateFormats: { when: format } })
        const read = rows.map((_, row) => table.cell(row, 'when'))
        expect(read).toEqual(dates.map((date) => kept(time, date)))
      }),
    )
  })

  test('is recognised in a file whose values tell day and month apart, and read back by the encoder', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 30 }), formats, async (dates, [day, time]) => {
        // A day above 12 tells.
        const all = [...dates, new Date('2023-05-31T10:20:30.400Z'), new Date('2024-02-13T01:02:03.004Z')]
        const texts = all.map((date) => written(day + time, date))
        const content = `when|x|y\n${texts.map((text, i) => `${text}|${i}|${i % 2}`).join('\n')}\n`
        const table = await readCsv(
          (async function* () {
            yield content
          })(),
          { delimiter: '|' },
        )
        expect(all.map((_, row) => table.cell(row, 'when'))).toEqual(all.map((date) => kept(time, date)))
        const encoder = Encoder.fromJSON(JSON.parse(JSON.stringify(Encoder.fitSync(table, { target: 'y' }))))
        const objects = texts.map((when, x) => ({ when, x }))
        expect(encoder.encodeFeatures(objects)).toEqual(encoder.encodeFeatures(table))
      }),
      { numRuns: 60 },
    )
  })

  test('is a question where no value tells, whatever the separators and the time', () => {
    const small = fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1000, max: 2999 }),
    )
    fc.assert(
      fc.property(
        fc.array(small, { minLength: 1 }),
        fc.constantFrom('.', '/', '-'),
        fc.constantFrom('', ' 14:05'),
        (days, separator, time) => {
          const rows = days.map((parts) => ({ when: parts.join(separator) + time }))
          expect(() => Table.fromRows(rows)).toThrow(/'when' holds dates .*dateFormats: .* or dateFormats: /)
          const asked = Table.fromRows(rows, { dates: 'dayFirst' }).cell(0, 'when') as Date
          const [day, month] = days[0]!
          expect([asked.getUTCDate(), asked.getUTCMonth() + 1]).toEqual([day, month])
        },
      ),
    )
  })

  test('of a day that there is not is never another day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DAY_FORMATS),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1600, max: 2400 }),
        (format, month, year) => {
          const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
          const text = format
            .replace('yyyy', String(year))
            .replace('MM', two(month))
            .replace('dd', String(last + 1))
          const read = () => Table.fromRows([{ when: text }], { dateFormats: { when: format } })
          expect(read).toThrow(text)
        },
      ),
    )
  })
})
