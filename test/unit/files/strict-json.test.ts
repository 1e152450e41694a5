import { describe, expect, test } from 'vitest'
import { parseStrictJson, stringifyStrictJson } from '../../../lib/files/strict-json.js'

describe('parseStrictJson', () => {
  test.each([
    '{}',
    '[]',
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-12.5e-3',
    '1E+2',
    '""',
    '"a\\"b\\\\c\\/\\b\\f\\n\\r\\t"',
    '"\\u00e9\\ud83d\\ude00 é 😀"',
    ' \t\r\n{ "a" : [ 1 , { "b" : null } ] , "" : "" , "a " : 2 } \n',
    '{"constructor":1,"toString":2,"1":3,"0":4}',
    '"\u2028\u007f"',
  ])('reads %s as JSON.parse does', (text) => {
    expect(parseStrictJson(text)).toStrictEqual(JSON.parse(text))
  })

  test.each([
    ['', 'ends where a value'],
    ['  ', 'ends where a value'],
    ['{', 'key in quotes'],
    ['{"a"', "':' after a key"],
    ['{"a":', 'ends where a value'],
    ['{"a":1', "',' or '}'"],
    ['{"a":1,}', 'key in quotes'],
    ['{a:1}', 'key in quotes'],
    ["{'a':1}", 'key in quotes'],
    ['[1,]', 'expected a value'],
    ['[1 2]', "',' or ']'"],
    ['[', 'ends where a value'],
    ['"abc', 'no end'],
    ['"abc\\', 'no end'],
    ['"abc\\"', 'no end'],
    ['"\\x41"', 'unknown escape'],
    ['"\\u12g4"', 'unknown escape'],
    ['"a\nb"', 'control character'],
    ['"a\\n\nb"', 'control character'],
    ['01', 'expected a value'],
    ['+1', 'expected a value'],
    ['.5', 'expected a value'],
    ['1.', 'expected a value'],
    ['1e', 'expected a value'],
    ['--1', 'expected a value'],
    ['NaN', 'expected a value'],
    ['Infinity', 'expected a value'],
    ['undefined', 'expected a value'],
    ['tru', 'expected a value'],
    ['nulll', 'more text'],
    ['{} {}', 'more text'],
    ['{}\0', 'more text'],
    ['\ufeff{}', 'expected a value'],
    ['/* */ {}', 'expected a value'],
    ['1e999', 'too large for float64'],
    ['1'.repeat(1001), 'more than 1000 characters'],
    ['{"a":1,"a":1}', "'a' appears twice"],
    ['{"a":1,"\\u0061":1}', "'a' appears twice"],
    ['{"__proto__":{}}', "'__proto__' is not allowed"],
    ['[{"\\u005f_proto__":1}]', "'__proto__' is not allowed"],
    ['"\\ud800"', 'half a Unicode character'],
    ['"\\ude00\\ud83d"', 'half a Unicode character'],
    ['['.repeat(65), 'nested more than 64'],
    ['['.repeat(1_000_000), 'nested more than 64'],
    ['{"a":'.repeat(100_000), 'nested more than 64'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError)
    expect(() => parseStrictJson(text)).toThrow(reason)
  })

  test('says where', () => {
    expect(() => parseStrictJson('{"a": 1, "b": ?}')).toThrow('expected a value (at character 14)')
  })

  test('reads 64 levels and no more', () => {
    expect(parseStrictJson('['.repeat(64) + ']'.repeat(64))).toBeInstanceOf(Array)
  })

  test('reads one string of 30 megabytes', () => {
    const long = 'x'.repeat(30_000_000)
    expect(parseStrictJson(`{"a":"${long}"}`)).toStrictEqual({ a: long })
  })

  test('builds no more than five million values of a text', () => {
    expect(() => parseStrictJson(`[${'{},'.repeat(5_000_000)}0]`)).toThrow('more than 5000000 values')
  })

  test('builds no more than a million keys of a text, in one object or in many', () => {
    expect(() => parseStrictJson(`[${'{"a":0},'.repeat(1_000_001)}0]`)).toThrow('more than 1000000 keys')
    expect(parseStrictJson(`[${'{"a":0},'.repeat(1_000_000)}0]`)).toHaveLength(1_000_001)
  })
})

describe('stringifyStrictJson', () => {
  test('writes what can be read again, keys in their order', () => {
    const value = { z: [1, -2.5e-300, null, true], a: { é: '"\u0000\n😀' }, empty: {}, none: undefined }
    const text = stringifyStrictJson('value', value)
    expect(text).toBe(JSON.stringify(value))
    expect(text.indexOf('"z"')).toBeLessThan(text.indexOf('"a"'))
    expect(parseStrictJson(text)).toStrictEqual({ z: value.z, a: value.a, empty: {} })
  })

  const circle: { self?: unknown } = {}
  circle.self = circle
  test.each<[string, unknown, string]>([
    ['NaN', { a: [0, Number.NaN] }, 'Expected finite number for value.a[1] but received NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, 'finite number for value'],
    ['undefined', [undefined], 'JSON value for value[0]'],
    ['a hole', new Array(1), 'JSON value for value[0]'],
    ['a function', { f: () => 1 }, 'JSON value for value.f'],
    ['a bigint', 1n, 'JSON value for value'],
    ['a symbol', [Symbol('s')], 'JSON value for value[0]'],
    ['a date', { d: new Date(0) }, 'plain object for value.d'],
    ['a typed array', new Float32Array(1), 'plain object for value'],
    ['a map', new Map(), 'plain object for value'],
    ['half a character', '\ud800', 'whole Unicode'],
    ['a key with half a character', { '\ud800': 1 }, 'whole Unicode'],
    ['a key __proto__', JSON.parse('{"__proto__":1}'), '__proto__'],
    ['a circle', circle, 'nested at most 64'],
    ['too much', new Array(5_000_000).fill(0), 'at most 5000000 values'],
    ['too many keys', new Array(1_000_001).fill({ a: 0 }), 'at most 1000000 keys'],
  ])('refuses %s', (_, value, message) => {
    expect(() => stringifyStrictJson('value', value)).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining(message) }),
    )
  })
})
