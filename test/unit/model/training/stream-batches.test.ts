import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  type Batch,
  Checkpoint,
  Dataset,
  Dense,
  Dropout,
  datasets,
  EarlyStopping,
  type NamedWeights,
  Population,
  Sequential,
  SGD,
  type StreamFitOptions,
} from '../../../../lib/index.js'

const { x, y } = datasets.moons({ samples: 100, noise: 0.3, seed: 4 })
const points = x.data as Float32Array
const targets = Array.from(y)
const rows = (from: number, to: number) => ({
  x: { data: points.slice(2 * from, 2 * to), shape: [to - from, 2] },
  y: targets.slice(from, to),
})
const data = Dataset.from({ x, y })
const held = Dataset.from(datasets.moons({ samples: 60, noise: 0.3, seed: 9 }))
const layers = () => [new Dense(8, { activation: 'relu' }), new Dropout(0.2), new Dense(1, { activation: 'sigmoid' })]
const model = () => new Sequential(layers(), { inputs: 2, seed: 3 })
const options = (more: Partial<StreamFitOptions> = {}): StreamFitOptions => ({
  loss: 'binaryCrossEntropy',
  optimizer: new Adam({ learningRate: 0.02 }),
  metrics: ['accuracy'],
  ...more,
})
const bits = (weights: readonly NamedWeights[]) => weights.map(({ data }) => [...new Uint32Array(data.buffer)])

/** The rows in batches of 16, the last one of 4. */
async function* batches(wanted = 16): AsyncGenerator<Batch> {
  for (let from = 0; from < 100; from += wanted) {
    await wait(0)
    yield rows(from, Math.min(100, from + wanted))
  }
}

/** What `fit` makes of the same rows in memory. */
async function inMemory(epochs: number, more: Partial<StreamFitOptions> = {}) {
  const one = model()
  const history = await one.fit(data, { ...options(more), epochs, batchSize: 16, shuffle: false })
  return { weights: bits(one.getWeights()), history }
}

/** Something that will happen, to be waited for. */
function event() {
  let resolve = () => {}
  const happened = new Promise<void>((of) => {
    resolve = of
  })
  return { happened, happens: () => resolve() }
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a stream of batches trains to the bits of the same rows in memory', () => {
  test.each<[string, () => AsyncIterable<Batch> | Iterable<Batch>]>([
    ['an async generator', () => batches()],
    ['a Node stream', () => Readable.from(batches())],
    [
      'a generator',
      () =>
        (function* () {
          for (let from = 0; from < 100; from += 16) yield rows(from, Math.min(100, from + 16))
        })(),
    ],
    [
      'data sets',
      () =>
        (function* () {
          for (let from = 0; from < 100; from += 16) yield Dataset.from(rows(from, Math.min(100, from + 16)))
        })(),
    ],
  ])('%s', async (_, make) => {
    const one = model()
    const { epochs, stopped } = await one.fit(make(), options({ validation: held }))
    const expected = await inMemory(1, { validation: held })
    expect(bits(one.getWeights())).toEqual(expected.weights)
    expect(stopped).toBe('completed')
    expect(epochs).toHaveLength(1)
    const [result, other] = [epochs[0]!, expected.history.epochs[0]!]
    expect(result.loss).toBeCloseTo(other.loss, 12)
    expect(result.accuracy).toBeCloseTo(other.accuracy as number, 12)
    expect(result.validation).toEqual(other.validation)
    expect(result.learningRate).toBe(0.02)
  })

  test('a function opens one for every epoch', async () => {
    const asked: number[] = []
    const one = model()
    const history = await one.fit(
      (epoch) => {
        asked.push(epoch)
        return batches()
      },
      options({ epochs: 3 }),
    )
    expect(asked).toEqual([1, 2, 3])
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(bits(one.getWeights())).toEqual((await inMemory(3)).weights)
  })

  test('a function that gives a used-up stream again is told, and the epochs before are kept', async () => {
    const once = batches()
    const trained = model()
    const before = bits(trained.getWeights())
    await expect(trained.fit(() => once, options({ epochs: 3 }))).rejects.toThrow(
      /at least one batch for epoch 2 .* open a new stream/,
    )
    expect(bits(trained.getWeights())).not.toEqual(before)
  })

  test('stepsPerEpoch: epochs of an endless stream, and of streams that go on', async () => {
    async function* endless() {
      for (;;) yield* batches()
    }
    const expected = (await inMemory(2)).weights
    for (const source of [endless(), () => batches()]) {
      const one = model()
      const history = await one.fit(source, options({ epochs: 2, stepsPerEpoch: 7 }))
      expect(history.epochs).toHaveLength(2)
      expect(bits(one.getWeights())).toEqual(expected)
    }
    const uneven = model()
    const { epochs } = await uneven.fit(() => batches(), options({ epochs: 7, stepsPerEpoch: 2 }))
    expect(epochs).toHaveLength(7)
    expect(bits(uneven.getWeights())).toEqual(expected)
  })

  test('a stream that ends early ends the training with a short epoch', async () => {
    const { epochs, stopped } = await model().fit(batches(), options({ epochs: 5, stepsPerEpoch: 4 }))
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(stopped).toBe('completed')
    const exact = await model().fit(batches(20), options({ epochs: 5, stepsPerEpoch: 5 }))
    expect(exact.epochs).toHaveLength(1)
  })

  test('batches of any number of rows, also growing ones, with and without weights', async () => {
    const one = model()
    const cuts = [0, 1, 3, 40, 41, 100]
    await one.fit(
      cuts
        .slice(1)
        .map((to, i) => rows(cuts[i]!, to))
        .values(),
      options(),
    )
    const parts = model()
    for (const [i, to] of cuts.slice(1).entries()) {
      await parts.partialFit(rows(cuts[i]!, to), { ...options(), batchSize: 'full' })
    }
    expect(bits(one.getWeights())).toEqual(bits(parts.getWeights()))

    const weighted = [{ ...rows(0, 10), sampleWeights: new Array<number>(10).fill(2) }, rows(10, 20)]
    const [mixed, plain] = [model(), model()]
    await mixed.fit(weighted.values(), options())
    await plain.fit([rows(0, 10), rows(10, 20)].values(), options())
    const worst = Math.max(
      ...mixed
        .getWeights()
        .flatMap(({ data }, i) => Array.from(data, (w, at) => Math.abs(w - plain.getWeights()[i]!.data[at]!))),
    )
    // Equal weights change nothing but the order of a sum.
    expect(worst).toBeLessThan(1e-5)
  })

  test('bytes, as in memory', async () => {
    const bytes = Uint8Array.from({ length: 80 }, (_, i) => (i * 37) % 256)
    const byteRows = (from: number, to: number) =>
      Dataset.from(
        { x: { data: bytes.slice(2 * from, 2 * to), shape: [to - from, 2] }, y: targets.slice(from, to) },
        { scale: 1 / 255 },
      )
    const [one, whole] = [model(), model()]
    await one.fit([byteRows(0, 16), byteRows(16, 32), byteRows(32, 40)].values(), options())
    await whole.fit(byteRows(0, 40), { ...options(), epochs: 1, batchSize: 16, shuffle: false })
    expect(bits(one.getWeights())).toEqual(bits(whole.getWeights()))
  })

  test('the members of a population, as each of them alone', async () => {
    const many = new Population(layers(), { inputs: 2, members: 3, seed: 3 })
    const { members } = await many.fit(() => batches(), options({ epochs: 2, validation: held }))
    const { weights, history } = await inMemory(2, { validation: held })
    expect(bits(many.member(0).getWeights())).toEqual(weights)
    expect(members[0]!.epochs.map(({ validation }) => validation)).toEqual(
      history.epochs.map(({ validation }) => validation),
    )
    expect(bits(many.member(1).getWeights())).not.toEqual(weights)
  })

  test('an average of the weights', async () => {
    const averaged = { optimizer: new SGD({ learningRate: 0.1, averageDecay: 0.9 }), validation: held }
    const one = model()
    const history = await one.fit(() => batches(), options({ ...averaged, epochs: 2 }))
    const expected = await inMemory(2, averaged)
    expect(bits(one.getWeights())).toEqual(expected.weights)
    expect(history.epochs[1]!.validation).toEqual(expected.history.epochs[1]!.validation)
  })
})

test('reads one batch ahead, not more', async () => {
  let given = 0
  let done = 0
  let most = 0
  async function* counted(): AsyncGenerator<Batch> {
    for (let i = 0; i < 30; i++) {
      most = Math.max(most, given - done)
      given++
      yield rows(3 * i, 3 * i + 3)
    }
  }
  const slow = {
    needs: 'step' as const,
    onStepEnd: async () => {
      await wait(1)
      done++
    },
  }
  await model().fit(counted(), options({ callbacks: [slow] }))
  expect(given).toBe(30)
  // Asked for another one while one is computed.
  expect(most).toBe(1)
})

describe('ends well', () => {
  test('an error of the stream rejects, and the parameters are those of the last step', async () => {
    async function* broken(): AsyncGenerator<Batch> {
      yield rows(0, 16)
      yield rows(16, 32)
      throw new Error('the connection is gone')
    }
    const one = model()
    await expect(one.fit(broken(), options())).rejects.toThrow('the connection is gone')
    const two = model()
    await two.fit([rows(0, 16), rows(16, 32)].values(), options())
    expect(bits(one.getWeights())).toEqual(bits(two.getWeights()))
    // And goes on.
    await one.partialFit(rows(32, 48), options())
    await two.partialFit(rows(32, 48), options())
    expect(bits(one.getWeights())).toEqual(bits(two.getWeights()))
  })

  test('a batch that does not fit says which', async () => {
    const wrong = (batch: unknown) => model().fit([rows(0, 4), batch as Batch].values(), options())
    await expect(wrong({ x: [[1, 2, 3]], y: [1] })).rejects.toThrow(/^Batch 2 of the stream: Expected 2 features/)
    await expect(wrong({ x: [[1, 2]], y: [2] })).rejects.toThrow(/^Batch 2 of the stream: Expected numbers from 0 to 1/)
    await expect(wrong(7)).rejects.toThrow(/^Batch 2 of the stream: Expected \{ x, y \}/)
    await expect(wrong({ x: [[1, Number.NaN]], y: [1] })).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_DATA' })
    const named = [
      { ...rows(0, 2), y: ['a', 'b'] },
      { ...rows(2, 4), y: ['a', 'c'] },
    ]
    await expect(model().fit(named.values(), options())).rejects.toThrow(
      /^Batch 2 of the stream: .*classes that the model has, 'a', 'b', but received 'c'/,
    )
  })

  test('abort, also while the stream waits; the stream is closed', async () => {
    for (const make of [
      async function* (closed: () => void): AsyncGenerator<Batch> {
        try {
          for (;;) {
            await turn()
            yield rows(0, 16)
          }
        } finally {
          closed()
        }
      },
      (closed: () => void) => {
        let given = 0
        return new Readable({
          objectMode: true,
          read() {
            // Data for one step, and then none for ever.
            if (given++ === 0) this.push(rows(0, 16))
          },
          destroy(error, callback) {
            closed()
            callback(error)
          },
        })
      },
    ]) {
      let closed = 0
      const [step, closing] = [event(), event()]
      const abort = new AbortController()
      const one = model()
      const before = bits(one.getWeights())
      const stream = make(() => {
        closed++
        closing.happens()
      })
      const callbacks = [{ needs: 'step' as const, onStepEnd: step.happens }]
      const fit = one.fit(stream, options({ signal: abort.signal, callbacks }))
      await step.happened
      // The fit goes on to the next batch, which the second stream never gives.
      await turn()
      expect(() => one.predictSync([[0, 0]])).toThrow(/while this model fits/)
      abort.abort(new Error('enough'))
      await expect(fit).rejects.toThrow('enough')
      expect(bits(one.getWeights())).not.toEqual(before)
      expect((await one.predict([[0, 0]])).shape).toEqual([1, 1])
      await closing.happened
      expect(closed).toBe(1)
    }
  })

  test('early stopping closes an endless stream', async () => {
    const closing = event()
    async function* endless() {
      try {
        for (;;) yield* batches()
      } finally {
        closing.happens()
      }
    }
    const callbacks = [new EarlyStopping({ patience: 2 })]
    const optimizer = new Adam({ learningRate: 0.3 })
    const settings = options({ epochs: 500, stepsPerEpoch: 7, validation: held, callbacks, optimizer })
    const one = model()
    const history = await one.fit(endless(), settings)
    expect(history.stopped).toBe('early')
    expect((await one.evaluate(held)).loss).toBe(history.best!.value)
    // Never, if the stream is left open.
    await closing.happened
  })

  test('a loss that is not finite names step and epoch', async () => {
    const huge = { x: [[1e38, 1e38]], y: [1] }
    const fit = new Sequential([new Dense(1)], { inputs: 2, seed: 1 }).fit([{ x: [[1, 2]], y: [1] }, huge].values(), {
      loss: 'meanSquaredError',
    })
    await expect(fit).rejects.toThrow(/step 2 of epoch 1/)
  })
})

test('a resumed training goes on in mid-epoch, where the stream gives the same again', async () => {
  const crash = {
    needs: 'step' as const,
    onStepEnd: ({ totalStep }: { totalStep: number }) => {
      if (totalStep === 12) throw new Error('crash')
    },
  }
  async function* endless() {
    for (;;) yield* batches()
  }
  for (const [i, [source, more]] of (
    [
      [() => () => batches(), { epochs: 3 }],
      [endless, { epochs: 3, stepsPerEpoch: 7 }],
      [() => () => batches(), { epochs: 5, stepsPerEpoch: 4 }],
    ] as const
  ).entries()) {
    const path = join(folder, `${i}.safetensors`)
    const own = { ...more, validation: held }
    const whole = model()
    const expected = await whole.fit(source(), options(own))
    const callbacks = [new Checkpoint(path, { every: { steps: 5 } }), crash]
    await expect(model().fit(source(), options({ ...own, callbacks }))).rejects.toThrow('crash')
    const resumed = model()
    const history = await resumed.fit(source(), options({ ...own, resume: path }))
    const scores = ({ epochs }: typeof history) => epochs.map(({ seconds: _, ...rest }) => rest)
    expect(scores(history)).toEqual(scores(expected))
    expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
    const others = model().fit(source(), options({ ...own, validation: data, resume: path }))
    await expect(others).rejects.toThrow(/validation\.targets is 'checksum/)
    const { stepsPerEpoch: _, ...given } = options({ ...own, resume: path })
    await expect(model().fit(data, given)).rejects.toThrow(/rows\[0\] is absent there and 100/)
  }
})

test('options that a stream cannot have are told', async () => {
  const fitting = (more: object, source: Parameters<Sequential['fit']>[0] = batches() as never) =>
    model().fit(source as never, options(more))
  await expect(fitting({ epochs: 2 })).rejects.toThrow(/epochs of 1 for a stream.*function that opens/)
  await expect(fitting({ validation: 0.2 })).rejects.toThrow(/share of a stream cannot be held out/)
  await expect(fitting({ batchSize: 4 })).rejects.toThrow(/option 'batchSize'/)
  await expect(fitting({ metrics: ['rocAuc'] })).rejects.toThrow(/not read a second time/)
  await expect(fitting({ classWeights: 'balanced' })).rejects.toThrow(
    /how often each class will occur in a stream is not known/i,
  )
  await expect(fitting({}, [].values() as never)).rejects.toThrow(/at least one batch/)
  await expect(fitting({}, (() => 5) as never)).rejects.toThrow(/AsyncIterable of batches/)
  expect(() => model().fitSync(batches() as never, options())).toThrow(/Use fit/)
  const { epochs } = await model().fit(batches(), options({ metrics: ['rocAuc'], validation: held }))
  expect(epochs[0]!.validation!.rocAuc).toBeGreaterThan(0)
})
