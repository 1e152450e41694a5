import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { DeepblasError } from '../../lib/errors.js'
import {
  array,
  boolean,
  describe as describeValue,
  didYouMean,
  finiteNumber,
  fraction,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  positiveInteger,
  string,
  typeName,
} from '../../lib/validate.js'

describe('invalid', () => {
  it('names the argument, the expectation, the value and its type', () => {
    const error = invalid('units', 'positive integer', 'ten')
    expect(error).toBeInstanceOf(DeepblasError)
    expect(error.code).toBe('ERR_DEEPBLAS_ARGUMENT')
    expect(error.message).toBe("Expected positive integer for units but received 'ten' of type string")
  })

  it('ends with what to do', () => {
    const error = invalid('units', 'positive integer', 0, 'A layer has at least one unit.')
    expect(error.message).toBe(
      'Expected positive integer for units but received 0 of type number. A layer has at least one unit.',
    )
  })
})

describe('describe and typeName', () => {
  class Adam {
    learningRate = 1
  }
  it.each([
    [undefined, 'undefined', 'undefined'],
    [null, 'null', 'null'],
    [Number.NaN, 'NaN', 'number'],
    [-0, '-0', 'number'],
    [5n, '5n', 'bigint'],
    [Symbol('s'), 'Symbol(s)', 'symbol'],
    ['two\nlines', "'two\\nlines'", 'string'],
    ['x'.repeat(100), `'${'x'.repeat(60)}…'`, 'string'],
    [[1, 'a', [2, 3]], "[1, 'a', […]]", 'array'],
    [[1, 2, 3, 4, 5, 6], '[1, 2, 3, 4, 5, …]', 'array'],
    [new Float32Array(3), 'Float32Array(3)', 'Float32Array'],
    [{}, '{}', 'object'],
    [{ a: 1, b: 2 }, '{ a, b }', 'object'],
    [Object.create(null), '{}', 'object'],
    [new Adam(), '{ learningRate }', 'Adam'],
    [Math.max, 'function max', 'function'],
    [() => 0, 'a function', 'function'],
  ])('shows %o as %s of type %s', (value, shown, type) => {
    expect(describeValue(value)).toBe(shown)
    expect(typeName(value)).toBe(type)
  })
})

describe('numbers', () => {
  it('returns what it accepts', () => {
    expect(positiveInteger('n', 1)).toBe(1)
    expect(nonNegativeInteger('n', 0)).toBe(0)
    expect(finiteNumber('n', -2.5)).toBe(-2.5)
    expect(finiteNumber('n', 1, { min: 1, max: 1 })).toBe(1)
    expect(fraction('n', 0)).toBe(0)
    expect(fraction('n', 0.999)).toBe(0.999)
  })

  it.each([0, -1, 1.5, '3', 3n, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, null, undefined])(
    'refuses %o as a positive integer',
    (value) => {
      expect(() => positiveInteger('units', value)).toThrow(/^Expected positive integer for units but received/)
    },
  )

  it('refuses -1 as a non-negative integer', () => {
    expect(() => nonNegativeInteger('seed', -1)).toThrow(
      'Expected non-negative integer for seed but received -1 of type number',
    )
  })

  it.each([
    [Number.NaN, {}, 'Expected finite number for x but received NaN of type number'],
    ['1', {}, "Expected finite number for x but received '1' of type string"],
    [-1, { min: 0 }, 'Expected finite number at least 0 for x but received -1 of type number'],
    [0, { exclusiveMin: 0 }, 'Expected finite number greater than 0 for x but received 0 of type number'],
    [2, { min: 0, max: 1 }, 'Expected finite number at least 0 and at most 1 for x but received 2 of type number'],
    [
      1,
      { exclusiveMin: 0, exclusiveMax: 1 },
      'Expected finite number greater than 0 and less than 1 for x but received 1 of type number',
    ],
  ])('refuses %o within %o', (value, bounds, message) => {
    expect(() => finiteNumber('x', value, bounds)).toThrow(message)
  })

  it.each([1, -0.1, Number.NaN, '0.5'])('refuses %o as a fraction', (value) => {
    expect(() => fraction('rate', value)).toThrow(/fraction \(at least 0 and less than 1\) for rate/)
  })

  it('adds the caller’s advice', () => {
    expect(() => positiveInteger('units', 0, 'Give at least 1.')).toThrow(/of type number\. Give at least 1\.$/)
  })
})

describe('array', () => {
  it('refuses holes wherever they are, and of a long list one at its end', () => {
    const [first, middle, last] = [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]
    delete first[0]
    delete middle[1]
    delete last[2]
    for (const list of [first, middle, last, Object.assign([1], { length: 2 ** 32 - 1 })]) {
      expect(() => array('list', list, 'numbers')).toThrow('Expected array of numbers without holes for list')
    }
  })

  it('takes undefined, which is no hole', () => {
    expect(array('list', [undefined, 1, undefined], 'numbers')).toHaveLength(3)
  })
})

describe('boolean and string', () => {
  it('takes them and nothing like them', () => {
    expect(boolean('b', false)).toBe(false)
    expect(string('s', '')).toBe('')
    expect(() => boolean('b', 1)).toThrow('Expected boolean for b but received 1 of type number')
    expect(() => string('s', 1)).toThrow('Expected string for s but received 1 of type number')
  })
})

describe('oneOf', () => {
  const names = ['linear', 'relu', 'leakyRelu', 'tanh'] as const

  it('returns the name', () => {
    const name: 'linear' | 'relu' | 'leakyRelu' | 'tanh' = oneOf('activation', 'relu', names)
    expect(name).toBe('relu')
  })

  it('lists the names and guesses the one meant', () => {
    expect(() => oneOf('activation', 'rellu', names)).toThrow(
      "Expected one of 'linear', 'relu', 'leakyRelu', 'tanh' for activation " +
        "but received 'rellu' of type string. Did you mean 'relu'?",
    )
  })

  it('guesses nothing for something else', () => {
    expect(() => oneOf('activation', 'quadratic', names)).toThrow(/of type string$/)
    expect(() => oneOf('activation', 7, names)).toThrow(/received 7 of type number$/)
  })
})

describe('didYouMean', () => {
  it.each([
    ['learning_rate', 'learningRate'],
    ['LEARNINGRATE', 'learningRate'],
    ['learningrte', 'learningRate'],
    ['momnetum', 'momentum'],
    ['epsilno', 'epsilon'],
  ])('takes %s for %s', (given, meant) => {
    expect(didYouMean(given, ['learningRate', 'momentum', 'epsilon', 'l1'])).toBe(`Did you mean '${meant}'?`)
  })

  it.each(['z', 'x', 'beta', '', 3, null, 'x'.repeat(1000)])('has no guess for %o', (given) => {
    expect(didYouMean(given, ['learningRate', 'momentum', 'epsilon'])).toBeUndefined()
  })

  it.each([
    ['lr', 'learningRate'],
    ['eps', 'epsilon'],
    ['input_shape', 'inputs'],
  ])('knows that %s is the word of another library for %s', (given, meant) => {
    expect(didYouMean(given, ['learningRate', 'inputs', 'epsilon'])).toBe(`Did you mean '${meant}'?`)
    expect(didYouMean(given, ['momentum'])).toBeUndefined()
  })
})

describe('plainObject', () => {
  it('takes literals, objects without a prototype and those of another realm', () => {
    const literal = { a: 1 }
    expect(plainObject('o', literal)).toBe(literal)
    expect(plainObject('o', Object.create(null))).toEqual({})
    expect(plainObject('o', runInNewContext('({ a: 1 })'))).toEqual({ a: 1 })
  })

  it.each([null, undefined, 1, 'a', [1], new Map(), new Date(0), new Float32Array(1)])('refuses %o', (value) => {
    expect(() => plainObject('o', value)).toThrow(/^Expected plain object for o but received/)
  })
})

describe('knownOptions', () => {
  interface Options {
    learningRate?: number
    momentum?: number
  }
  const names = ['learningRate', 'momentum'] as const

  it('returns the options, or none', () => {
    const options: Options = { learningRate: 0.1 }
    expect(knownOptions('Adam', options, names)).toBe(options)
    expect(knownOptions<Options>('Adam', undefined, names)).toEqual({})
  })

  it('refuses a key it does not know, with a guess', () => {
    const options = { learningrate: 0.1 } as Options
    expect(() => knownOptions('Adam', options, names)).toThrow(
      "Expected only the options learningRate, momentum for Adam but received the option 'learningrate'. " +
        "Did you mean 'learningRate'?",
    )
  })

  it('refuses what is no object', () => {
    expect(() => knownOptions<Options>('Adam', 0.1 as unknown as Options, names)).toThrow(
      'Expected plain object for the options of Adam but received 0.1 of type number',
    )
  })
})
