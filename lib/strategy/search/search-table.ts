/*
 * From a table to a search on it: `deepblas search`.
 */
import { Encoder } from '../../data/encoder/encoder.js'
import { inTurns } from '../../turns.js'
import { invalid, knownOptions } from '../../validate.js'
import { scalingFor } from '../tables/column-scaling.js'
import { ignored, splitTable } from '../tables/held-out.js'
import {
  checkedOptions as checkedTableOptions,
  type OneNetworkOptions,
  oneNetworkOptionNames,
  type TrainTableOptions,
  withoutNames,
} from '../tables/options.js'
import { learnableTable, testTable } from '../tables/read-tables.js'
import { encodedRows } from '../tables/scores.js'
import type { TableInput } from '../tables/table-source.js'
import { checkedOptions, requireOptions, type SearchOptions } from './options.js'
import type { SearchResult } from './result.js'
import { runSearch } from './search.js'
import type { SearchSpace } from './space.js'

type OfTable = 'hidden' | 'dropout' | 'l2' | 'learningRate' | 'epochs' | 'batchSize' | 'callbacks' | 'resume' | 'test'

/** Options of `searchTable`: how the table is read, and those of `search`. */
export interface SearchTableOptions<Space extends SearchSpace = SearchSpace>
  extends Omit<OneNetworkOptions, OfTable | 'onProgress'>,
    Omit<SearchOptions<Space>, 'train' | 'dev' | 'signal' | 'seed' | 'onProgress'> {
  /** Other rows to measure on, read in the same way. Default: 15 % of the rows, of each class alike. */
  readonly dev?: TableInput
  /** Told of the table as `trainTable` tells, before the search begins. Default none. */
  readonly onRead?: TrainTableOptions['onProgress']
  /** As for `search`. Default none. */
  readonly onProgress?: SearchOptions<Space>['onProgress']
}

const searchNames = [
  'fit',
  'model',
  'budget',
  'tries',
  'seeds',
  'method',
  'levels',
  'factor',
  'metric',
  'refit',
  'journal',
] as const
const own = ['dev', 'onRead', 'onProgress'] as const
const notOfTable = ['hidden', 'dropout', 'l2', 'learningRate', 'epochs', 'batchSize', 'callbacks', 'resume', 'test']
const ofTable = oneNetworkOptionNames.filter((name) => !notOfTable.includes(name) && name !== 'onProgress')

/**
 * Searches on a table: reads it, leaves out identifiers and constants, holds out 15 % of the rows (of each class alike) to
 * measure on, scales and encodes the columns as `trainTable` does, and then searches as `search` does. The time of reading is
 * part of the budget.
 *
 * @throws DeepblasError as `trainTable` and `search`
 * @example
 * const { best, text } = await searchTable('customers.csv', { learningRate: logUniform(1e-4, 1e-1) },
 *   { target: 'churned', budget: 60_000, refit: true })
 * await best.model.save('customers.safetensors')
 */
export async function searchTable<const Space extends SearchSpace>(
  source: TableInput,
  space: Space,
  options: SearchTableOptions<Space>,
): Promise<SearchResult<Space>> {
  const begun = performance.now()
  requireForSpace(options)
  const names = [...ofTable, ...searchNames, ...own] as unknown as (keyof SearchTableOptions<Space> & string)[]
  const given = knownOptions<SearchTableOptions<Space>>('searchTable', options, names)
  const { onRead, onProgress, dev: elsewhere } = given
  const asked = checkedTableOptions({
    ...withoutNames(given, [...searchNames, ...own]),
    ...(onRead === undefined ? {} : { onProgress: onRead }),
  } as TrainTableOptions)
  const { seed, signal, classWeights, target, keep } = asked
  const searching = {
    ...Object.fromEntries(searchNames.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))),
    fit: { ...given.fit, ...(classWeights === undefined ? {} : { classWeights }) },
    seed,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  }
  requireOptions(space, searching)
  const { table, profile } = await learnableTable(source, asked)
  onRead?.({ stage: 'profiled', profile })
  const { task, suspicious } = profile
  const [kept, held] =
    elsewhere === undefined
      ? await inTurns(splitTable(table, { target, task, seed }))
      : [table, (await testTable(elsewhere, table, asked)).table]
  const scaling = await inTurns(scalingFor(kept, target, asked.scaling))
  const encoder = await Encoder.fit(kept, { target, task, ignore: ignored(suspicious), keep, scaling })
  signal?.throwIfAborted()
  const train = await encoder.encodeAsync(kept)
  const dev = await encodedRows(encoder, held, elsewhere === undefined ? 'the table' : 'dev')
  const found = await runSearch(checkedOptions(space, { ...searching, train, dev }), begun)
  return found as unknown as SearchResult<Space>
}

/** What `trainTable` takes for its one network is here for the space, or for `fit`. */
function requireForSpace(options: unknown): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (['epochs', 'batchSize'].includes(name)) {
      throw invalid(
        name,
        'nothing',
        value,
        `For all trainings write fit: { ${name}: … }; or search over it: put it into the space.`,
      )
    }
    if (['hidden', 'dropout', 'l2', 'learningRate'].includes(name)) {
      throw invalid(name, 'nothing', value, `Put it into the space: { ${name}: choice([…]) }.`)
    }
  }
}
