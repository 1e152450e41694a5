/*
 * What a script gives by name, a command gives by flag: errors and advice of the library in the words of the command line.
 */
import { DeepblasError } from '../errors.js'
import { optionValue, UsageError } from './terminal.js'

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
  quantiles: '--quantiles',
  threshold: '--threshold',
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
  budget: '--budget',
  tries: '--tries',
  levers: '--levers',
  seeds: '--seeds',
  repeats: '--repeats',
  clampPredictions: '--clamp',
  members: '--members',
  folds: '--folds',
  group: '--group',
  time: '--time',
  metric: '--metric',
}

/**
 * Throws the error of an argument as one of its flag, and every other one as it is.
 *
 * @throws UsageError
 */
export function asUsage(error: unknown): never {
  if (!(error instanceof DeepblasError) || error.code !== 'ERR_DEEPBLAS_ARGUMENT') throw error
  const [, argument = ''] = / for (\w+)(?:\[.*?\]|\.\w+)* but /.exec(error.message) ?? []
  const flag = flags[argument]
  if (flag === undefined) throw error
  const said = new RegExp(`(for|Leave) ${argument}\\b`, 'g')
  throw new UsageError(error.message.replaceAll(said, `$1 ${flag}`), { cause: error })
}

/** Advice of the library, in the words of the command line. */
export function inOptions(message: string): string {
  return message
    .replaceAll(
      /\bwhere all are written so, give readings: \{ '(.*?)': \{ notation: \{.*?\} \} \}/g,
      (_, name: string) =>
        'where only such rows have a sign, take it off; --skip-bad-rows leaves them out, and ' +
        `--types ${optionValue(`${name}=category`)} keeps the column as texts`,
    )
    .replaceAll(/\bdecimal: '(.)'/g, '--decimal $1')
    .replaceAll("thousands: ' '", '--thousands space')
    .replaceAll('thousands: "\'"', '--thousands apostrophe')
    .replaceAll(/\bthousands: '(.)'/g, '--thousands $1')
    .replaceAll(/alsoMissing: \[([^\]]*)\]/g, (_, texts: string) => `--missing ${texts.replaceAll(/, (?=')/g, ',')}`)
    .replaceAll('Give fit the model, data and options', 'Give the command the data and options')
    .replace(/(it is not CSV but JSON[^:]*): .*$/, '$1: commands read CSV; write its objects as rows first')
    .replaceAll('skipBadRows: true', '--skip-bad-rows')
    .replaceAll(/\b(quote|escape): ''/g, '--$1 none')
    .replaceAll("escape: '\\\\'", "--escape '\\'")
    .replaceAll(/\bskipRows: (\d+)/g, '--skip-rows $1')
    .replaceAll('header: false', '--header no')
    .replaceAll(/name the columns with the option header: \[[^\]]*\]/g, 'write their names in its first line')
    .replaceAll(/\b(comment|encoding|delimiter): '([^']+)'/g, "--$1 '$2'")
    .replaceAll('if that stands for nothing, name it in missing', 'if that stands for nothing, give it with --missing')
    .replaceAll(
      /\b(types|scaling): \{ '?([^':]+)'?: '(\w+)' \}/g,
      (_, option: string, name: string, value: string) => `--${option} ${optionValue(`${name}=${value}`)}`,
    )
    .replaceAll(
      /\b(keep|ignore): \['([^']+)'\]/g,
      (_, option: string, name: string) => `--${option} ${optionValue(name)}`,
    )
    .replaceAll(
      /\bdateFormats: \{ '([^']+)': '([^']+)' \}/g,
      (_, name: string, format: string) => `--date-format ${optionValue(`${name}=${format}`)}`,
    )
    .replaceAll('ignoreCase: true', '--ignore-case')
    .replaceAll(/\bdates: '(\w+)'/g, '--dates $1')
    .replaceAll('a smaller learningRate, or scale the inputs', 'a smaller --learning-rate, or --scaling quantile')
    .replaceAll(
      /\b(task|classWeights|duplicateNames): '(\w+)'/g,
      (_, option: string, value: string) => `--${dashed(option)} ${value}`,
    )
}

/** `duplicateNames` as `duplicate-names`. */
function dashed(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
