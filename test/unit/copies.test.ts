import { inspect } from 'node:util'
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { Dataset, Dense, Encoder, Population, Sequential, Table } from '../../lib/index.js'

const x = [
  [0, 1],
  [1, 0],
]
const model = () => new Sequential([new Dense(3, { activation: 'relu' }), new Dense(1)], { inputs: 2, seed: 7 })
const population = () => new Population([new Dense(1)], { inputs: 2, members: 2 })
const data = () => Dataset.from({ x, y: [0, 1] })
const table = () => Table.fromRows([{ rooms: 2, price: 3 }, { rooms: 3, price: 5 }]) // biome-ignore format: one line
const encoder = () => Encoder.fitSync(table(), { target: 'price' })

describe('what native memory and private fields hold is not lost in a copy without a word', () => {
  const objects: readonly (readonly [string, () => object, string])[] = [
    ['a model', model, 'model.clone()'],
    ['a population', population, 'Population.load(path)'],
    ['a data set', data, 'Dataset.from({ x, y })'],
    ['a part of a data set', () => data().slice(0, 1), 'Dataset.from({ x, y })'],
    ['an encoder', encoder, 'Encoder.fromJSON(json)'],
  ]
  const holders: readonly (readonly [string, (object: object) => unknown])[] = [
    ['alone', (object) => object],
    ['in an array', (object) => [object]],
    ['in an object', (object) => ({ deep: { object } })],
    ['in a map', (object) => new Map([['object', object]])],
    ['spread', (object) => ({ ...object })],
  ]

  for (const [what, make, advice] of objects) {
    test.each(holders)(`structuredClone and postMessage of ${what}, %s, throw the advice`, (_, hold) => {
      const { port1, port2 } = new MessageChannel()
      try {
        for (const copy of [() => structuredClone(hold(make())), () => port1.postMessage(hold(make()))]) {
          expect(copy).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
          expect(copy).toThrow(advice)
        }
      } finally {
        port1.close()
        port2.close()
      }
    })
  }

  test.each([
    ['a model', model, 'model.save(path)'],
    ['a population', population, 'model.save(path)'],
    ['a data set', data, '{ x, y }'],
  ])('JSON.stringify of %s throws the advice', (_, make, advice) => {
    expect(() => JSON.stringify({ deep: [make()] })).toThrow(advice)
  })

  test('what the advice says gives the same back', () => {
    const one = encoder()
    expect(Encoder.fromJSON(structuredClone(one.toJSON())).equals(one)).toBe(true)
    expect(Encoder.fromJSON(JSON.parse(JSON.stringify(one))).equals(one)).toBe(true)
    const { columns, skipped } = structuredClone(table())
    expect(Table.of(columns, skipped).row(1)).toEqual(table().row(1))
  })

  test('equal objects stay equal', () => {
    expect(Object.keys(model())).toEqual(Object.keys(model().clone()))
    expect(model()).toEqual(model())
  })
})

describe('console.log shows what it is', () => {
  test.each([
    ['a model', model, /^Sequential \{ inputs: 2, layers: \[ 'Dense 3', 'Dense 1' \], .*seed: 7 \}$/],
    ['a population', population, /^Population \{ members: 2, inputs: 2, .*seed: 0 \}$/],
    ['a data set', data, /^Dataset \{ rows: 2, features: 2, type: 'float32', targetColumns: 1 \}$/],
    ['an encoder', encoder, /^Encoder \{ target: 'price', task: .*columns: \[ 'rooms' \]/],
  ])('%s', (_, make, shown) => {
    expect(inspect(make(), { breakLength: Number.POSITIVE_INFINITY })).toMatch(shown)
    expect(inspect({ in: { some: { other: make() } } }, { depth: 1 })).toContain('[Object]')
    expect(inspect({ other: make() }, { depth: 0 })).toMatch(/\[\w+\]/)
  })
})

describe('constructors that are private are so in JavaScript too', () => {
  const arguments_: readonly (readonly unknown[])[] = [
    [],
    [undefined],
    [null],
    [5],
    ['train.csv'],
    [x],
    [x, [0, 1]],
    [{ x, y: [0, 1] }],
    [{ columns: [] }],
    [{ x: { data: Float32Array.of(1), shape: [1, 1] }, features: 1 }],
    [2, [], {}],
    [data()],
    [table()],
    [encoder().toJSON()],
  ]
  test.each([
    ['Dataset', Dataset, 'Dataset.from({ x, y })'],
    ['Table', Table, 'Table.fromRows(objects)'],
    ['Encoder', Encoder, 'Encoder.fit(table, { target })'],
  ])('new %s', (name, Class, advice) => {
    for (const given of arguments_) {
      const make = () => new (Class as unknown as new (...given: unknown[]) => object)(...given)
      expect(make).toThrow(
        expect.objectContaining({
          code: 'ERR_DEEPBLAS_ARGUMENT',
          message: expect.stringContaining(`Expected no new ${name}(…)`),
        }),
      )
      expect(make).toThrow(advice)
    }
  })
})

describe('methods of other libraries', () => {
  const called = (object: object, name: string) => () => (object as Record<string, () => unknown>)[name]!()

  test.each([
    ['compile', 'model.fit(data, { loss, optimizer, metrics })'],
    ['add', 'new Sequential([new Dense(16), new Dense(1)], { inputs })'],
    ['train', 'model.fit(data, { loss, epochs })'],
    ['eval', 'Leave it out'],
    ['forward', 'model.predict(rows)'],
    ['predict_proba', 'model.predict(rows)'],
    ['score', 'model.evaluate(data)'],
    ['trainOnBatch', 'model.partialFit'],
    ['load', 'Sequential.load(path)'],
    ['dispose', 'Leave it out'],
  ])('model.%s() says what to call', (name, advice) => {
    expect(called(model(), name)).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining(advice) }),
    )
    expect(called(population(), name)).toThrow(advice)
  })

  test('a class of a user may have methods of those names', () => {
    class Own extends Sequential {
      train() {
        return 'own'
      }
    }
    expect(new Own([new Dense(1)], { inputs: 2 }).train()).toBe('own')
    const assigned = Object.assign(model(), { score: () => 1 })
    expect(assigned.score()).toBe(1)
    expect(Object.keys(model())).not.toContain('train')
  })
})
