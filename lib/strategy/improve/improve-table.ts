/*
 * From a table to the levers of its training: `deepblas improve data.csv`.
 */
import { EarlyStopping } from '../../callbacks/early-stopping.js'
import { Encoder } from '../../data/encoder/encoder.js'
import type { Table } from '../../data/table/table.js'
import { inTurns } from '../../turns.js'
import { invalid, knownOptions } from '../../validate.js'
import { scalingFor } from '../tables/column-scaling.js'
import { ignored, splitTable } from '../tables/held-out.js'
import { fitFor, networkFor } from '../tables/network.js'
import {
  type CheckedTrainTableOptions,
  checkedListener,
  checkedOptions,
  type OneNetworkOptions,
  oneNetworkOptionNames,
  type TrainTableOptions,
} from '../tables/options.js'
import { recipeFor } from '../tables/presets.js'
import type { TableProgress } from '../tables/progress.js'
import { learnableTable, testTable } from '../tables/read-tables.js'
import { encodedRows } from '../tables/scores.js'
import type { TableInput } from '../tables/table-source.js'
import { improve } from './improve.js'
import { confirmations, type ExperimentSettings, experimentNames, leftOf } from './options.js'
import type { ImproveResult } from './result.js'

type TableOptions = Omit<OneNetworkOptions, 'callbacks' | 'resume' | 'onProgress' | 'signal' | 'seed'>

export interface ImproveTableOptions extends TableOptions, ExperimentSettings {
  /** Told of what was read. Default none. */
  readonly onRead?: (progress: TableProgress) => void
}

/** Options of `trainTable` that are not those of an improvement. */
const notTaken: readonly string[] = ['callbacks', 'resume', 'onProgress', 'signal', 'seed']

/**
 * Tells which lever moves a training on a table: the baseline is that of `trainTable` with the preset
 * 'fast', with early stopping; the dev rows are the part of 15 % that it holds out. With `confirm` and without `test`, 15 % of the others are kept as test rows. The
 * budget counts from the call on, reading included.
 *
 * @throws DeepblasError as `trainTable` and `improve`
 * @example
 * const { ranking, text } = await improveTable('customers.csv', { target: 'churned', budget: 120_000 })
 */
export async function improveTable(source: TableInput, options: ImproveTableOptions): Promise<ImproveResult> {
  const begun = performance.now()
  const names = oneNetworkOptionNames.filter((name) => !notTaken.includes(name))
  const given = knownOptions<ImproveTableOptions>('improveTable', options, [
    ...names,
    ...experimentNames,
    'onRead',
  ] as unknown as (keyof ImproveTableOptions & string)[])
  if (given.target === undefined) {
    const hint = "Name the column to predict: improveTable(source, { target: '…' })."
    throw invalid('target', 'name of a column', given.target, hint)
  }
  const confirm = confirmations(given.confirm)
  const asked = checkedOptions(ofTraining(given, names))
  const onRead = checkedListener(given.onRead)
  const { table, profile } = await learnableTable(source, { ...asked, onProgress: onRead })
  onRead?.({ stage: 'profiled', profile })
  const { task } = profile
  const { target, seed } = asked
  const tests = asked.test === undefined ? undefined : await testTable(asked.test, table, asked)
  const [known, held] = await inTurns(splitTable(table, { target, task, seed }))
  const [kept, more] =
    confirm > 0 && tests === undefined ? await inTurns(splitTable(known, { target, task, seed })) : [known]
  const encoder = await encoderOf(kept, asked, profile)
  const rows = {
    train: await encoder.encodeAsync(kept),
    dev: await encodedRows(encoder, held, 'the table'),
    ...(tests && { test: await encodedRows(encoder, tests.table, tests.place) }),
    ...(more && { test: await encodedRows(encoder, more, 'the table') }),
  }
  const settings = { ...recipeFor('fast', { rows: kept.rows }), ...asked.asked }
  const fit = {
    ...fitFor(encoder, kept.rows, settings),
    callbacks: [new EarlyStopping({ patience: settings.patience })],
    ...(asked.classWeights === undefined ? {} : { classWeights: asked.classWeights }),
  }
  return improve(networkFor(encoder, settings, asked), rows, { ...leftOf(given, begun), fit })
}

async function encoderOf(
  kept: Table,
  { target, keep, scaling }: CheckedTrainTableOptions,
  { task, suspicious }: Awaited<ReturnType<typeof learnableTable>>['profile'],
): Promise<Encoder> {
  const scales = await inTurns(scalingFor(kept, target, scaling))
  return Encoder.fit(kept, { target, task, ignore: ignored(suspicious), keep, scaling: scales })
}

function ofTraining(given: Partial<ImproveTableOptions>, names: readonly string[]): TrainTableOptions {
  const own = Object.entries(given).filter(([name]) => names.includes(name) || name === 'signal' || name === 'seed')
  return Object.fromEntries(own) as unknown as TrainTableOptions
}
