/*
 * Options that several commands have: how the columns of a table are taken, and how a network is trained on them.
 */
import { tasks } from '../data/encoding/fit/options.js'
import { setThreads } from '../system.js'
import type { Given, OptionDescriptions } from './command.js'
import { UsageError } from './terminal.js'
import { choice, decimal, defined, wholeNumber, wholeNumbers } from './values.js'

export const tableOptions = {
  task: { value: '<task>', help: 'classification or regression; by default what the target looks like' },
  ignore: {
    value: '<columns>',
    help: 'columns to leave out, between commas; may be given several times',
    repeatable: true,
  },
  keep: {
    value: '<columns>',
    help: 'columns to use even if they look like identifiers or constants; may be given several times',
    repeatable: true,
  },
  scaling: {
    value: '<scaling>',
    help: 'standardize, quantile (ranks) or robust (quartiles) for all numbers, or <column=scaling,...>; by default by their values',
    repeatable: true,
  },
} as const satisfies OptionDescriptions

export const networkOptions = {
  hidden: { value: '<units>', help: 'units of the hidden layers, such as 64,32; by default by the number of rows' },
  epochs: { value: '<n>', help: 'passes over the data at most; by default by the number of rows' },
  'batch-size': { value: '<n>', help: 'rows of a step; by default by the number of rows' },
  'learning-rate': {
    value: '<rate>',
    help: 'the largest of its cycle: it rises, then falls to almost 0; default 0.003',
  },
  dropout: {
    value: '<share>',
    help: 'units left out at random in every step, from 0 up to but not including 1; default 0.2',
  },
  l2: { value: '<strength>', help: 'adds strength times the sum of squared weights to the loss; default 0' },
} as const satisfies OptionDescriptions

export const targetHelp = 'the column to predict (required)'

export const threadsOption = {
  value: '<n>',
  help: 'by default as many as there are cores; no result depends on it',
} as const

/** @throws UsageError where it is missing */
export function targetOf(given: Given): string {
  const target = given.options.get('target')
  if (target === undefined) throw new UsageError('--target is missing: name the column to predict.')
  return target
}

export function useThreads(given: Given): void {
  const threads = wholeNumber(given, 'threads', 1)
  if (threads !== undefined) setThreads(threads)
}

/** What a training on pictures has too. */
export function trainingSettings(given: Given) {
  return defined({
    hidden: wholeNumbers(given, 'hidden'),
    epochs: wholeNumber(given, 'epochs', 1),
    batchSize: wholeNumber(given, 'batch-size', 1),
    learningRate: decimal(given, 'learning-rate', 'a number above 0', { exclusiveMin: 0 }),
  })
}

/** What only one on a table has. */
export function tableTrainingSettings(given: Given) {
  return defined({
    dropout: decimal(given, 'dropout', 'a number from 0 up to but not including 1', { min: 0, below: 1 }),
    l2: decimal(given, 'l2', 'a number of at least 0', { min: 0 }),
    task: choice(given, 'task', tasks),
  })
}
