// What must type-check: the values of a configuration follow from the space, without casts.
import { expectTypeOf, test } from 'vitest'
import {
  choice,
  type Dataset,
  Dense,
  integer,
  logUniform,
  type SearchResult,
  type Sequential,
  search,
  searchTable,
  uniform,
} from '../../lib/index.js'

declare const train: Dataset
declare const dev: Dataset

test('configurations have the options of their space', () => {
  const run = async () => {
    const { best, trials } = await search(
      {
        learningRate: logUniform(1e-4, 1e-1),
        dropout: uniform(0, 0.5),
        layers: integer(1, 3),
        activation: choice(['relu', 'tanh']),
      },
      { train, dev, fit: { loss: 'crossEntropy' }, tries: 3 },
    )
    return [best!.configuration, trials[0]!.configuration] as const
  }
  interface Found {
    readonly learningRate: number
    readonly dropout: number
    readonly layers: number
    readonly activation: 'relu' | 'tanh'
  }
  expectTypeOf<Awaited<ReturnType<typeof run>>[0]>().toExtend<Found>()
  expectTypeOf<Awaited<ReturnType<typeof run>>[1]>().toExtend<Found>()
  expectTypeOf<NonNullable<SearchResult['best']>['model']>().toEqualTypeOf<Sequential | undefined>()
  expectTypeOf<NonNullable<SearchResult['best']>['interval']>().toEqualTypeOf<readonly [low: number, high: number]>()
})

test('a function of the configuration knows its options; a table takes the options of its reading', () => {
  const run = () => [
    search(
      { width: integer(4, 8), kind: choice(['a', 'b']) },
      {
        train,
        dev,
        fit: { loss: 'meanSquaredError' },
        budget: 1000,
        model: ({ width, kind }) => ({ layers: [new Dense(kind === 'a' ? width : 2 * width), new Dense(1)] }),
      },
    ),
    searchTable('rows.csv', { hidden: choice([[4], [8, 8]]) }, { target: 'y', delimiter: ';', tries: 3, refit: true }),
  ]
  expectTypeOf(run).toBeFunction()
  // @ts-expect-error: there is no option `depth`
  void (() => search({ width: integer(4, 8) }, { train, dev, model: ({ depth }) => ({ layers: [new Dense(depth)] }) }))
  // @ts-expect-error: a list is no distribution
  void (() => search({ hidden: [32, 64] }, { train, dev, tries: 1 }))
})
