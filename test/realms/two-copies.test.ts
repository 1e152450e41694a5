/* Two copies of deepblas in one program: the sources and the built package are two. */
import { describe, expect, test } from 'vitest'
import { otherCopyHint } from '../../lib/copy.js'
import * as ours from '../../lib/index.js'

type Library = typeof ours
const builtPath: string = '../../dist/index.mjs'
const theirs = (await import(builtPath)) as Library

const data = (from: Library) => from.Dataset.from({ x: [[0], [1], [2]], y: [1, 2, 3] })
const model = (from: Library) => new from.Sequential([new from.Dense(1)], { inputs: 1, seed: 1 })
const table = (from: Library) => from.Table.fromRows([0, 1, 2, 3].map((a) => ({ a, b: 2 * a })))
const encoder = (from: Library) => from.Encoder.fitSync(table(from), { target: 'b' })
const options = { loss: 'meanSquaredError' as const, epochs: 1 }

const wrong: Readonly<Record<string, () => unknown>> = {
  fit: () => model(ours).fitSync(data(theirs), options),
  validation: () => model(ours).fitSync(data(ours), { ...options, validation: data(theirs) }),
  'stream of batches': () =>
    model(ours).fit(
      async function* () {
        yield data(theirs)
      },
      { ...options, stepsPerEpoch: 1 },
    ),
  evaluate: () => model(ours).evaluateSync(data(theirs)),
  'predict with a data set': () => model(ours).predictSync(data(theirs)),
  'predict with a table': () => model(ours).predictSync(table(theirs)),
  partialFit: () => model(ours).partialFitSync(data(theirs)),
  'Dataset.from': () => ours.Dataset.from(data(theirs) as never),
  concat: () => data(ours).concat(data(theirs)),
  augmented: () => ours.augmented(data(theirs), []),
  layer: () => new ours.Sequential([new theirs.Dense(1)] as never, { inputs: 1 }),
  'layer of a population': () => new ours.Population([new theirs.Dense(1)] as never, { inputs: 1, members: 2 }),
  'layer within a layer': () => new ours.Residual([new theirs.Dense(1)] as never),
  activation: () => new ours.Dense(1, { activation: theirs.leakyRelu({ slope: 0.1 }) as never }),
  optimizer: () => model(ours).fitSync(data(ours), { ...options, optimizer: new theirs.Adam() as never }),
  'Table.concat': () => ours.Table.concat([table(ours), table(theirs)]),
  'Encoder.fit': () => ours.Encoder.fitSync(table(theirs), { target: 'b' }),
  tabularLayers: () => ours.tabularLayers(encoder(theirs)),
  checkGradient: () => ours.checkGradient(new theirs.BatchNorm() as never, { inputs: 2 }),
  crossValidate: () => ours.crossValidate(() => model(theirs) as never, data(ours), { ...options, folds: 2 }),
  findLearningRate: () => ours.findLearningRate(model(theirs) as never, data(ours), options),
}

describe('an object of the other copy is refused, and why is said', () => {
  test.for(Object.entries(wrong))('%s', async ([, attempt]) => {
    let error: unknown
    try {
      await attempt()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT' })
    expect((error as Error).message).toMatch(
      /another copy of deepblas: .*dist.*library\.js.*lib.*package-root\.ts.*npm ls deepblas/,
    )
  })
})

describe('every class that users meet', () => {
  const classes = Object.entries(ours).filter(
    ([, value]) => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value)),
  )

  test.for(classes)('%s keeps its name and says which copy it is of', ([name, Class]) => {
    // Its own property, which a bundler that shortens names does not change.
    expect(Object.getOwnPropertyDescriptor(Class, 'name')).toMatchObject({ value: name })
    const { prototype } = (theirs as unknown as Record<string, { prototype: object }>)[name]!
    expect(otherCopyHint(Object.create(prototype))).toContain('another copy of deepblas')
    expect(otherCopyHint(Object.create((Class as { prototype: object }).prototype))).toBeUndefined()
  })

  test('there are classes', () => {
    expect(classes.length).toBeGreaterThan(35)
  })
})

test('nothing of it shows in what is printed or compared', () => {
  expect(Object.keys(new ours.Dense(1))).toEqual(Object.keys(new theirs.Dense(1)))
  expect(JSON.stringify(new ours.Adam())).not.toContain('copy')
})
