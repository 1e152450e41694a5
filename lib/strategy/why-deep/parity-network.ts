/*
 * Networks that compute the parity of n bits, with weights that are written down rather than trained. Course 1, week 4,
 * "Why deep representations?".
 */
import { Dense } from '../../layers/dense.js'
import { Sequential } from '../../model/sequential.js'
import { invalid, knownOptions, oneOf, positiveInteger } from '../../validate.js'

/**
 * How a network of relu units computes parity:
 * - 'tree': layer by layer the exclusive or of neighbors, two units a pair: about log2 n hidden layers;
 * - 'patterns': one hidden layer, one unit for every row of odd parity, each of which answers to that row alone;
 * - 'counting': one hidden layer of n units, which fold the number of ones into a zigzag.
 */
export type ParityForm = 'tree' | 'patterns' | 'counting'

export const parityForms = ['tree', 'patterns', 'counting'] as const satisfies readonly ParityForm[]

/** What a parity network is made of, without making it. */
export interface ParitySize {
  /** Units of every hidden layer, from the first. */
  readonly hidden: readonly number[]
  /** Their sum. */
  readonly hiddenUnits: number
}

export interface ParityNetworkOptions {
  /** Default 'tree'. */
  readonly form?: ParityForm
}

/** A list of bits that the hidden layers compute, each a sum of units with these weights. */
type Signal = readonly (readonly [unit: number, weight: number])[]

/** One layer of units, each the relu of a weighted sum of the layer before. */
interface Units {
  readonly weights: readonly Signal[]
  readonly biases: readonly number[]
}

const MOST_BITS = 30
/** 2^15 units of 16 weights; every further bit doubles the units. */
export const MOST_BITS_OF_PATTERNS = 16
/** The output is the sigmoid of so many times (parity - 1/2): 0.00005 or 0.99995. */
const STEEPNESS = 20

/**
 * A network that tells the parity of `bits` zeros and ones, with weights set by construction: whole numbers in the hidden
 * layers, so that every sum is exact, and one sigmoid unit at the output, above 1/2 where the number of ones is odd.
 *
 * Exclusive or of two bits is `relu(a + b) - 2 relu(a + b - 1)`. The tree has ⌈log2 n⌉ hidden layers and about 2 (n - 1)
 * units. One hidden layer needs 2^(n-1) units if a unit may answer to one row only, as in the lesson's count: a circuit of
 * AND gates under one OR gate has to list every row of odd parity. Units that may add up bits do not: n are enough.
 *
 * @param bits features of a row: 2 to 30, of 'patterns' 2 to 16
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 * @example
 * const model = parityNetwork(16)
 * model.predictClassesSync(datasets.parity({ bits: 16 }).x)
 */
export function parityNetwork(bits: number, options?: ParityNetworkOptions): Sequential {
  const { form = 'tree' } = knownOptions<ParityNetworkOptions>('parityNetwork', options, ['form'])
  oneOf('form', form, parityForms)
  requireBits(bits, form)
  const { layers, parity } = form === 'tree' ? tree(bits) : form === 'patterns' ? patterns(bits) : counting(bits)
  const model = new Sequential(
    [
      ...layers.map(({ biases }) => new Dense(biases.length, { activation: 'relu', initializer: 'zeros' })),
      new Dense(1, { activation: 'sigmoid', initializer: 'zeros' }),
    ],
    { inputs: bits },
  )
  const output: Units = {
    weights: [parity.map(([unit, weight]) => [unit, STEEPNESS * weight])],
    biases: [-STEEPNESS / 2],
  }
  let inputs = bits
  model.setWeights(
    [...layers, output].flatMap(({ weights, biases }, layer) => {
      const units = biases.length
      const data = new Float32Array(units * inputs)
      for (const [unit, terms] of weights.entries())
        for (const [from, weight] of terms) data[unit * inputs + from] = weight
      const weight = { name: `layers.${layer}.weight`, shape: [units, inputs], data }
      const bias = { name: `layers.${layer}.bias`, shape: [units], data: Float32Array.from(biases) }
      inputs = units
      return [weight, bias]
    }),
  )
  return model
}

/** Counts the units that `parityNetwork` of this form would have; of any number of bits from 2 to 30. */
export function paritySize(bits: number, form: ParityForm): ParitySize {
  const hidden =
    form === 'patterns'
      ? [2 ** (bits - 1)]
      : form === 'counting'
        ? [bits]
        : tree(bits).layers.map((one) => one.biases.length)
  return { hidden, hiddenUnits: hidden.reduce((sum, units) => sum + units, 0) }
}

function requireBits(bits: number, form: ParityForm): void {
  positiveInteger('bits', bits)
  const most = form === 'patterns' ? MOST_BITS_OF_PATTERNS : MOST_BITS
  if (bits >= 2 && bits <= most) return
  const hint = form === 'patterns' && bits > most ? `It would have ${2 ** (bits - 1)} hidden units.` : undefined
  throw invalid('bits', `integer from 2 to ${most} for form '${form}'`, bits, hint)
}

interface Construction {
  readonly layers: readonly Units[]
  /** The parity, 0 or 1, as a sum of units of the last hidden layer. */
  readonly parity: Signal
}

function tree(bits: number): Construction {
  const layers: Units[] = []
  let signals = Array.from({ length: bits }, (_, bit): Signal => [[bit, 1]])
  while (signals.length > 1) {
    const weights: Signal[] = []
    const biases: number[] = []
    const next: Signal[] = []
    for (let at = 0; at < signals.length; at += 2) {
      const [one, other] = [signals[at]!, signals[at + 1]]
      const unit = weights.length
      if (other === undefined) {
        // A bit without a neighbor is passed on: it is 0 or 1, and relu keeps it.
        weights.push(one)
        biases.push(0)
        next.push([[unit, 1]])
        continue
      }
      const sum = [...one, ...other]
      weights.push(sum, sum)
      biases.push(0, -1)
      next.push([
        [unit, 1],
        [unit + 1, -2],
      ])
    }
    layers.push({ weights, biases })
    signals = next
  }
  return { layers, parity: signals[0]! }
}

/** relu(Σ of the bits that are 1 - Σ of those that are 0 - (ones - 1)) is 1 for the pattern itself, 0 for all others. */
function patterns(bits: number): Construction {
  const weights: Signal[] = []
  const biases: number[] = []
  for (let pattern = 0; pattern < 2 ** bits; pattern++) {
    const signs = Array.from({ length: bits }, (_, bit) => [bit, (pattern >>> bit) & 1 ? 1 : -1] as const)
    const ones = signs.filter(([, sign]) => sign > 0).length
    if (ones % 2 === 0) continue
    weights.push(signs)
    biases.push(1 - ones)
  }
  return { layers: [{ weights, biases }], parity: weights.map((_, unit) => [unit, 1]) }
}

/** With s ones: relu(s) - 2 relu(s - 1) + 2 relu(s - 2) - … is 0, 1, 0, 1, … */
function counting(bits: number): Construction {
  const all: Signal = Array.from({ length: bits }, (_, bit) => [bit, 1] as const)
  const weights = Array.from({ length: bits }, () => all)
  const biases = Array.from({ length: bits }, (_, unit) => -unit)
  const parity = biases.map((_, unit) => [unit, unit === 0 ? 1 : unit % 2 === 1 ? -2 : 2] as const)
  return { layers: [{ weights, biases }], parity }
}
