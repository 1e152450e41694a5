/*
 * Element-wise rules: a rule is written once in TypeScript, recorded as data, and evaluated in C++ over blocks of
 * elements. So a user's activation, loss or optimizer runs natively without a line of C++.
 */
import { DeepblasError } from '../errors.js'
import {
  type InstructionField,
  instructionFields,
  mostOperations,
  type Operation,
  operations,
} from '../native/generated/enums.js'

/** An element of a rule, or a number that is the same for all elements. */
export type Operand = Element | number

/** One value of a rule, as it is computed for every element. */
export class Element {
  readonly operation: Operation
  readonly operands: readonly Element[]
  readonly index: number
  readonly value: number

  constructor(operation: Operation, operands: readonly Operand[] = [], index = 0, value = 0) {
    this.operation = operation
    this.operands = operands.map((operand) => (typeof operand === 'number' ? elementOf(operand) : operand))
    this.index = index
    this.value = value
  }

  /** This plus `other`. */
  plus(other: Operand): Element {
    return new Element('add', [this, other])
  }

  /** This minus `other`. */
  minus(other: Operand): Element {
    return new Element('subtract', [this, other])
  }

  /** This times `other`. */
  times(other: Operand): Element {
    return new Element('multiply', [this, other])
  }

  /** This divided by `other`. */
  over(other: Operand): Element {
    return new Element('divide', [this, other])
  }

  /** Minus this. */
  negated(): Element {
    return new Element('negate', [this])
  }

  /** This times itself. */
  squared(): Element {
    return this.times(this)
  }

  /** The smaller of two; NaN stays NaN. */
  atMost(other: Operand): Element {
    return new Element('minimum', [this, other])
  }

  /** The larger of two; NaN stays NaN. */
  atLeast(other: Operand): Element {
    return new Element('maximum', [this, other])
  }

  /** The absolute value. */
  absolute(): Element {
    return new Element('absolute', [this])
  }

  /** The square root; NaN below 0. */
  squareRoot(): Element {
    return new Element('squareRoot', [this])
  }

  /** e to the power of this. */
  exponential(): Element {
    return new Element('exponential', [this])
  }

  /** Natural logarithm; minus infinity at 0, NaN below 0. */
  logarithm(): Element {
    return new Element('logarithm', [this])
  }

  /** The hyperbolic tangent. */
  tanh(): Element {
    return new Element('tanh', [this])
  }

  /** 1 / (1 + e^-x). */
  sigmoid(): Element {
    return new Element('sigmoid', [this])
  }

  /** log(1 + e^x), without overflow. */
  softplus(): Element {
    return new Element('softplus', [this])
  }

  /** Φ(x), the cumulative distribution function of the standard normal distribution. */
  normalDistribution(): Element {
    return new Element('normalDistribution', [this])
  }

  /** φ(x), the density of the standard normal distribution. */
  normalDensity(): Element {
    return new Element('normalDensity', [this])
  }

  /** The sine of this, an angle in radians; NaN for an infinite one. */
  sine(): Element {
    return new Element('sine', [this])
  }

  /** The cosine of this, an angle in radians; NaN for an infinite one. */
  cosine(): Element {
    return new Element('cosine', [this])
  }

  /** -1, 0 or 1. */
  sign(): Element {
    return new Element('sign', [this])
  }

  /** 1 where this is less than `other`, else 0. */
  lessThan(other: Operand): Element {
    return new Element('less', [this, other])
  }

  /** 1 where this is more than `other`, else 0. */
  moreThan(other: Operand): Element {
    return new Element('less', [other, this])
  }

  /** 1 where this equals `other`, else 0. */
  equals(other: Operand): Element {
    return new Element('equal', [this, other])
  }

  /** `yes` where this is not 0, else `no`. */
  select(yes: Operand, no: Operand): Element {
    return new Element('select', [this, yes, no])
  }
}

/** A number as an element, for a rule that begins with one: `elementOf(1).minus(x)`. */
export function elementOf(value: number): Element {
  return new Element('constant', [], 0, value)
}

/** The number of rows of the batch. */
export function batchRows(): Element {
  return new Element('rows')
}

/** The element's column, from 0. */
export function columnIndex(): Element {
  return new Element('column')
}

/** A rule as the native program holds it. */
export class Expression {
  /** Its number of operations, then the `instructionFields` of each. */
  readonly numbers: readonly number[]

  /** results: the element that every output takes, in order. */
  constructor(results: readonly Element[]) {
    const places = new Map<Element, number>()
    const numbers: number[] = []
    const place = (element: Element): number => {
      const known = places.get(element)
      if (known !== undefined) return known
      const [a = element.index, b = 0, c = 0] = element.operands.map(place)
      numbers.push(...instruction({ operation: operations[element.operation], a, b, c, value: element.value }))
      places.set(element, places.size)
      return places.size - 1
    }
    const stored = results.map(place)
    // Stored last: an output may be an input too.
    let count = places.size
    for (const [output, at] of stored.entries()) {
      numbers.push(...instruction({ operation: operations.store, a: at, b: output, c: 0, value: 0 }))
      count++
    }
    if (count > mostOperations) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected an element-wise rule of at most ${mostOperations} operations but it has ${count}. Cut it in two.`,
      )
    }
    this.numbers = [count, ...numbers]
  }
}

function instruction(fields: Readonly<Record<InstructionField, number>>): readonly number[] {
  return instructionFields.map((name) => fields[name])
}
