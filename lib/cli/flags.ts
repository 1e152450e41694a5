/*
 * What a script gives by name, a command gives by flag: errors of the library in the words of the command line.
 */
import { DeepblasError } from '../errors.js'
import { UsageError } from './terminal.js'

const flags: Readonly<Record<string, string>> = {
  target: '--target',
  task: '--task',
  keep: '--keep',
  ignore: '--ignore',
  scaling: '--scaling',
  hidden: '--hidden',
  epochs: '--epochs',
  batchSize: '--batch-size',
  learningRate: '--learning-rate',
  dropout: '--dropout',
  l2: '--l2',
  classWeights: '--class-weights',
  seed: '--seed',
  types: '--types',
  dateFormats: '--date-format',
  decimal: '--decimal',
  thousands: '--thousands',
  delimiter: '--delimiter',
  escape: '--escape',
  bits: '--bits',
  trainedBits: '--trained-bits',
  fewestBits: '--fewest-bits',
  activation: '--activation',
}

/**
 * Throws the error of an argument as one of its flag, and every other one as it is.
 *
 * @throws UsageError
 */
export function asUsage(error: unknown): never {
  if (!(error instanceof DeepblasError) || error.code !== 'ERR_DEEPBLAS_ARGUMENT') throw error
  const [, argument = ''] = / for (\w+)(?:\[.*?\])? but /.exec(error.message) ?? []
  const flag = flags[argument]
  if (flag === undefined) throw error
  const said = new RegExp(`(for|Leave) ${argument}\\b`, 'g')
  throw new UsageError(error.message.replaceAll(said, `$1 ${flag}`), { cause: error })
}
