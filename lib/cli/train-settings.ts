/*
 * What `deepblas train` is asked for, checked before anything is read.
 */
import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Scaling, Task } from '../data/encoding/fit/options.js'
import type { TrainTableOptions } from '../strategy/tables/options.js'
import { presets } from '../strategy/tables/presets.js'
import type { Given } from './command.js'
import { type Decisions, decisionsOf } from './decision-options.js'
import { type ReaderSettings, readerSettings } from './reader-options.js'
import { scalingOption } from './scaling-option.js'
import { UsageError } from './terminal.js'
import { tableTrainingSettings, targetOf, trainingSettings, useThreads } from './training-options.js'
import { choice, defined, distinctFiles, duration, requireWritable, wholeNumber } from './values.js'

export interface Settings {
  readonly path: string
  readonly target: string
  readonly out: string
  readonly test: string | undefined
  readonly task: Task | undefined
  readonly balanced: boolean
  readonly seed: number
  readonly l2: number
  readonly checkpoint: string | undefined
  readonly resume: string | undefined
  /** A file ending in .csv or .tsv, or a folder for TensorBoard. */
  readonly log: string | undefined
  readonly reader: ReaderSettings
  /** As given: the header tells what they name. */
  readonly keep: readonly string[]
  readonly scaling: Scaling | Readonly<Record<string, Scaling>>
  /** What was asked for in place of the defaults. */
  readonly asked: Pick<TrainTableOptions, 'hidden' | 'epochs' | 'batchSize' | 'dropout' | 'learningRate'>
  /** How many networks are trained, and on what. */
  readonly ensemble: Pick<
    TrainTableOptions,
    'preset' | 'members' | 'folds' | 'seeds' | 'repeats' | 'group' | 'time' | 'budget' | 'clampPredictions'
  >
  readonly decisions: Decisions
}

/** @throws UsageError for what contradicts itself or cannot be written to */
export function settingsOf(given: Given): Settings {
  const target = targetOf(given)
  const [path] = given.arguments as readonly [string]
  const reader = readerSettings(given)
  for (const option of ['ignore', 'keep']) {
    if (given.lists.get(option)?.includes(target)) throw new UsageError(`--${option} names the target '${target}'.`)
  }
  useThreads(given)
  const out = given.options.get('out') ?? `${defaultName(path)}.safetensors`
  // After an hour of training is too late to hear of it.
  requireWritable('--out', out)
  const test = given.options.get('test')
  const checkpoint = given.options.get('checkpoint')
  const resume = given.options.get('resume')
  distinctFiles('--out', out, {
    'the data': path,
    'the file of --test': test,
    'the file of --checkpoint': checkpoint,
    'the file of --resume': resume,
  })
  if (checkpoint !== undefined) {
    requireWritable('--checkpoint', checkpoint)
    distinctFiles('--checkpoint', checkpoint, { 'the data': path, 'the file of --test': test })
  }
  const log = given.options.get('log')
  if (log !== undefined && isLogFile(log)) {
    requireWritable('--log', log)
    distinctFiles('--log', log, { 'the data': path, 'the file of --test': test, 'the model': out })
  } else if (log !== undefined && existsSync(log) && !statSync(log).isDirectory()) {
    throw new UsageError(`--log ${log}: it is a file. Name one that ends in .csv or .tsv, or a folder for TensorBoard.`)
  }
  if (path === '-' && test === '-') throw new UsageError('--test and the data cannot both be standard input.')
  const { task, l2 = 0, ...ofTable } = tableTrainingSettings(given)
  return {
    path,
    target,
    out,
    test,
    task,
    balanced: choice(given, 'class-weights', ['balanced']) !== undefined,
    seed: wholeNumber(given, 'seed', 0) ?? 0,
    l2,
    checkpoint,
    resume,
    log,
    reader,
    keep: given.lists.get('keep') ?? [],
    scaling: scalingOption(given),
    asked: { ...trainingSettings(given), ...ofTable },
    ensemble: ensembleOf(given),
    decisions: decisionsOf(given),
  }
}

function ensembleOf(given: Given): Settings['ensemble'] {
  return defined({
    preset: choice(given, 'preset', presets),
    members: wholeNumber(given, 'members', 1),
    folds: wholeNumber(given, 'folds', 2),
    seeds: wholeNumber(given, 'seeds', 1),
    repeats: wholeNumber(given, 'repeats', 1),
    clampPredictions: clampOf(given),
    group: given.options.get('group'),
    time: given.options.get('time'),
    budget: duration(given, 'budget'),
  })
}

function clampOf(given: Given): boolean | undefined {
  const said = choice(given, 'clamp', ['yes', 'no'])
  return said === undefined ? undefined : said === 'yes'
}

/** Of a stream there is no name to take. */
function defaultName(path: string): string {
  const name = basename(path)
    .replace(/\.(gz|GZ)$/, '')
    .replace(/\.[^.]*$/, '')
  return path === '-' || name === '' ? 'model' : name
}

/** Whether a log is a file of lines; otherwise it is a folder. */
export function isLogFile(path: string): boolean {
  return /\.(csv|tsv)$/i.test(path)
}
