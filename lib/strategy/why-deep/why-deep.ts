import { type ActivationName, activationNames } from '../../activations/names.js'
import { isAbortSignal } from '../../kinds.js'
import { array, invalid, isCallable, knownOptions, nonNegativeInteger, oneOf, positiveInteger } from '../../validate.js'
import { checkParity } from './check-parity.js'
import { MOST_BITS_OF_PATTERNS, parityForms, parityNetwork, paritySize } from './parity-network.js'
import type { ConstructedParity, FewestUnits, WhyDeep, WhyDeepProgress } from './result.js'
import { whyDeepText } from './text.js'
import { type ParityTraining, trainParity } from './train-parity.js'

export interface WhyDeepOptions {
  /** Networks are constructed for 2 to so many bits, at most 30. Default 16. */
  readonly bits?: number
  /** Networks of every depth are trained on 2 to so many bits, at most 10; 1 for none. Default 8. */
  readonly trainedBits?: number
  /** The fewest hidden units are searched for on 2 to so many bits, at most 10; 1 for none. Default 6. */
  readonly fewestBits?: number
  /** Numbers of hidden layers that are trained, each of 2 n units. Default [1, 2, 3]. */
  readonly depths?: readonly number[]
  /** Activation of the trained hidden layers. Default 'relu', which the constructed networks have. */
  readonly activation?: ActivationName
  /** Networks trained of each shape, at each of three learning rates. Default 20. */
  readonly seeds?: number
  /** Steps of 32 rows of each network, at most. Default 3000. */
  readonly steps?: number
  /** Seed of the weights and of the rows drawn. Default 0. */
  readonly seed?: number
  /** Ends the work: the promise resolves to what is known so far, with `stopped: 'aborted'`. Default none. */
  readonly signal?: AbortSignal
  /** Told before every piece of work. Default none. */
  readonly onProgress?: (progress: WhyDeepProgress) => void
}

const optionNames = [
  'bits',
  'trainedBits',
  'fewestBits',
  'depths',
  'activation',
  'seeds',
  'steps',
  'seed',
  'signal',
  'onProgress',
] as const satisfies readonly (keyof WhyDeepOptions)[]

const MOST_BITS = 30
/** 1,024 rows; every further bit doubles them. */
const MOST_BITS_TRAINED = 10
/** The search for the fewest units ends at so many times the bits. */
const WIDEST_OF_SEARCH = 2

type Settings = Required<Omit<WhyDeepOptions, 'signal' | 'onProgress'>> & Pick<WhyDeepOptions, 'signal' | 'onProgress'>

/**
 * "Why deep representations?" (course 1, week 4) as an experiment: parity of n bits by a tree of exclusive ors, by one hidden
 * layer with a unit for every row of odd parity, and by one that counts; each checked on all 2^n rows up to 16 bits. Beside
 * them what training finds: how often networks of each depth learn parity, and with how few hidden units one layer does.
 *
 * The same options give the same result.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 * @example
 * const { constructed, depths, text } = await whyDeep({ bits: 12, trainedBits: 6, seeds: 10 })
 */
export async function whyDeep(options?: WhyDeepOptions): Promise<WhyDeep> {
  const settings = settingsOf(options)
  const { activation, seeds, steps, seed, signal } = settings
  const constructed: ConstructedParity[] = []
  const depths: ParityTraining[] = []
  const fewest: FewestUnits[] = []
  let stopped: WhyDeep['stopped'] = 'completed'
  try {
    for await (const one of constructing(settings)) constructed.push(one)
    for await (const one of trainingDepths(settings)) depths.push(one)
    for await (const one of searchingFewest(settings)) fewest.push(one)
  } catch (error) {
    if (signal?.aborted !== true) throw error
    stopped = 'aborted'
  }
  const found = { constructed, depths, fewest, activation, seeds, steps, seed, stopped }
  return { ...found, text: whyDeepText(found) }
}

async function* constructing({ bits: most, seed, signal, onProgress }: Settings): AsyncGenerator<ConstructedParity> {
  for (let bits = 2; bits <= most; bits++) {
    for (const form of parityForms) {
      signal?.throwIfAborted()
      const size = paritySize(bits, form)
      onProgress?.({ stage: 'construct', bits, hidden: size.hidden })
      const tooLarge = form === 'patterns' && bits > MOST_BITS_OF_PATTERNS
      const check = tooLarge
        ? { rows: 0, all: false, wrong: 0 }
        : await checkParity(parityNetwork(bits, { form }), bits, seed)
      yield { form, bits, ...size, ...check }
    }
  }
}

async function* trainingDepths(settings: Settings): AsyncGenerator<ParityTraining> {
  for (let bits = 2; bits <= settings.trainedBits; bits++) {
    for (const depth of settings.depths) {
      yield await trained('depths', settings, bits, new Array<number>(depth).fill(2 * bits))
    }
  }
}

async function* searchingFewest(settings: Settings): AsyncGenerator<FewestUnits> {
  for (let bits = 2; bits <= settings.fewestBits; bits++) {
    const widest = WIDEST_OF_SEARCH * bits
    let units = 1
    let training = await trained('fewest', settings, bits, [units])
    while (training.solved === 0 && units < widest) training = await trained('fewest', settings, bits, [++units])
    yield { bits, units: training.solved > 0 ? units : undefined, triedUpTo: units, training }
  }
}

async function trained(
  stage: 'depths' | 'fewest',
  { activation, seeds, seed, steps, signal, onProgress }: Settings,
  bits: number,
  hidden: readonly number[],
): Promise<ParityTraining> {
  signal?.throwIfAborted()
  onProgress?.({ stage, bits, hidden })
  return await trainParity({ bits, hidden, activation, seeds, seed, steps, signal })
}

function settingsOf(options: WhyDeepOptions | undefined): Settings {
  const given = knownOptions<WhyDeepOptions>('whyDeep', options, optionNames)
  const { signal, onProgress, depths = [1, 2, 3], activation = 'relu' } = given
  for (const [i, depth] of array('depths', depths, 'numbers of hidden layers').entries()) {
    positiveInteger(`depths[${i}]`, depth)
  }
  if (activation === 'softmax' || activation === 'logSoftmax') {
    throw invalid('activation', 'activation of single units', activation)
  }
  if (signal !== undefined && !isAbortSignal(signal)) throw invalid('signal', 'AbortSignal', signal)
  if (onProgress !== undefined && !isCallable(onProgress)) throw invalid('onProgress', 'function', onProgress)
  return {
    bits: upTo('bits', given.bits ?? 16, 2, MOST_BITS),
    trainedBits: upTo('trainedBits', given.trainedBits ?? 8, 1, MOST_BITS_TRAINED),
    fewestBits: upTo('fewestBits', given.fewestBits ?? 6, 1, MOST_BITS_TRAINED),
    depths: [...depths],
    activation: oneOf('activation', activation, activationNames),
    seeds: positiveInteger('seeds', given.seeds ?? 20),
    steps: positiveInteger('steps', given.steps ?? 3000),
    seed: nonNegativeInteger('seed', given.seed ?? 0),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  }
}

function upTo(argument: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw invalid(argument, `integer from ${least} to ${most}`, value)
}
