/*
 * Members of a population that fail: by a loss that is not finite, or by an update that makes parameters that are not. They
 * keep what they had before that step, whoever looks when.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  type Callback,
  Checkpoint,
  Dataset,
  Dense,
  Embedding,
  getThreads,
  type Layer,
  LBFGS,
  Population,
  type Schedule,
  Sequential,
  SGD,
  setThreads,
} from '../../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))
const file = (name: string) => join(folder, `${name}.safetensors`)

const threads = getThreads()
afterEach(() => {
  delete process.env.DEEPBLAS_LANES
  setThreads(threads)
})

const MEMBERS = 19
/** Of this member the update with this number, from 0, overflows. */
const SPIKES = new Map([
  [1, 37],
  [4, 0],
  [7, 4],
  [11, 130],
  [17, 199],
])
const EPOCHS = 20
const STEPS = 10

// Far from what is predicted, so that no gradient is small.
const y = Array.from({ length: 10 * STEPS }, (_, i) => -1000 + 500 * Math.sin(7 * i * i))
const rowsOf: Record<string, number[][]> = {
  plain: y.map((_, i) => [1 + Math.sin(i), 2 + Math.cos(3 * i)]),
  // Every batch has a code of its own.
  silent: y.map((_, i) => [Math.floor(i / 10)]),
}
const rows = rowsOf.plain!
const data = Dataset.from({ x: rows, y })
const dataOf: Record<string, Dataset> = { plain: data, silent: Dataset.from({ x: rowsOf.silent!, y }) }

/** A vector of `silent` that has been spoilt shows in no loss until its code comes again, an epoch later. */
const networks: Record<string, () => Layer[]> = {
  plain: () => [new Dense(5, { activation: 'tanh' }), new Dense(1)],
  silent: () => [new Embedding(3, { levels: STEPS, learningRateFactor: 1e30 }), new Dense(1, { trainable: false })],
}
/** For the first layer of `silent`, whose factor is 1e30, the ordinary rate is next to nothing. */
const ordinary: Record<string, number> = { plain: 1e-5, silent: 1e-37 }
const spike: Record<string, number> = { plain: 3e38, silent: 3e8 }
const inputs: Record<string, number> = { plain: 2, silent: 1 }
const momentum: Record<string, number> = { plain: 0.5, silent: 0 }

const scheduleOf = (name: string, rateAt: (update: number, member: number) => number): Schedule => ({
  name: `${name} with spikes`,
  // A list, since the rates differ between members.
  learningRate: Array<number>(MEMBERS).fill(ordinary[name]!),
  rate: (update, { member = 0 } = {}) => rateAt(update, member),
})
const spiking = (name: string) =>
  scheduleOf(name, (update, member) => (SPIKES.get(member) === update ? spike[name]! : ordinary[name]!))

const options = (name: string) => ({
  loss: 'meanSquaredError' as const,
  optimizer: new SGD({ learningRate: spiking(name), momentum: momentum[name]! }),
  epochs: EPOCHS,
})
const populationOf = (name: string) =>
  new Population(networks[name]!(), { inputs: inputs[name]!, members: MEMBERS, seed: 3 })
const bitsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...new Uint32Array(data.slice().buffer)])
const allBits = (many: Population) => Array.from({ length: many.members }, (_, member) => bitsOf(many.member(member)))
const told = (needs: Callback['needs']): Callback => ({ ...(needs && { needs }), onFitStart() {} })

const ways: Record<string, { lanes?: string; threads?: number; needs?: Callback['needs']; stream?: boolean }> = {
  'one by one': { lanes: '0', threads: 1 },
  'in lanes': { lanes: '1', threads: 1 },
  'on two threads': { threads: 2 },
  'in lanes, in chunks of 7 steps': { lanes: '1', threads: 2, needs: { steps: 7 } },
  'in chunks of a step': { needs: 'step' },
  'in chunks of an epoch': { needs: 'epoch' },
  'from a stream': { stream: true },
  'from a stream, in stretches of 7 steps': { stream: true, needs: { steps: 7 } },
}

type Way = (typeof ways)[string]

async function trained(name: string, way: Way, more: { callbacks?: Callback[]; resume?: string } = {}) {
  const { lanes, threads: count = 2, needs, stream = false } = way
  setThreads(count)
  if (lanes !== undefined) process.env.DEEPBLAS_LANES = lanes
  const many = populationOf(name)
  const callbacks = [told(needs), ...(more.callbacks ?? [])]
  const given = { ...options(name), ...more, callbacks }
  const { members } = stream
    ? await many.fit(() => dataOf[name]!.batch(10), { ...given, stepsPerEpoch: STEPS })
    : await many.fit(dataOf[name]!, { ...given, batchSize: 10, shuffle: false })
  delete process.env.DEEPBLAS_LANES
  return { many, members: members.map(({ epochs, ...rest }) => ({ ...rest, epochs: epochs.map(withoutSeconds) })) }
}

const withoutSeconds = <Result extends { seconds: number }>({ seconds: _, ...rest }: Result) => rest

describe.each(['plain', 'silent'])('updates that spoil parameters, %s', (name) => {
  test('leave a member what it had before', async () => {
    const { many, members } = await trained(name, ways['one by one']!)
    for (const [member, { stopped, reason, epochs }] of members.entries()) {
      const update = SPIKES.get(member)
      if (update === undefined) {
        expect(stopped).toBe('completed')
        continue
      }
      expect(stopped).toBe('failed')
      const [epoch, step] = [Math.floor(update / STEPS) + 1, (update % STEPS) + 1]
      expect(reason).toContain(`The update at step ${step} of epoch ${epoch} made parameters that are not finite`)
      expect(epochs.length).toBe(epoch - 1)
      const alone = new Sequential(networks[name]!(), { inputs: inputs[name]!, seed: 3 + member })
      if (update > 0) {
        const stopping: Callback = { needs: { steps: update }, onStepEnd: (_progress, training) => training.stop() }
        const optimizer = new SGD({ learningRate: ordinary[name]!, momentum: momentum[name]! })
        await alone.fit(dataOf[name]!, {
          ...options(name),
          optimizer,
          batchSize: 10,
          shuffle: false,
          callbacks: [stopping],
        })
      }
      expect(bitsOf(many.member(member))).toEqual(bitsOf(alone))
    }
    expect(many.failed).toEqual([...SPIKES.keys()])
  })

  test.each(Object.keys(ways))('%s, to the same bits', async (way) => {
    const first = await trained(name, ways['one by one']!)
    const other = await trained(name, ways[way]!)
    expect(allBits(other.many)).toEqual(allBits(first.many))
    expect(other.members).toEqual(first.members)
    // Optimizer states and numbers of updates: where training goes on, it does so alike.
    for (const { many } of [first, other]) {
      const going = {
        loss: 'meanSquaredError',
        optimizer: new SGD({ learningRate: ordinary[name]!, momentum: momentum[name]! }),
      } as const
      const { members } = await many.partialFit(dataOf[name]!.take(20), { ...going, batchSize: 10 })
      expect(members.every(({ stopped }) => stopped === 'completed')).toBe(true)
      expect(many.failed).toEqual([])
    }
    expect(allBits(other.many)).toEqual(allBits(first.many))
  })

  test.each(['in lanes', 'from a stream'])('resumed from checkpoints before and after: %s', async (way) => {
    const first = await trained(name, ways[way]!)
    for (const steps of [33, 45, 131]) {
      const path = file(`${name}-${steps}`)
      const stopping: Callback = {
        needs: { steps },
        async onStepEnd(_progress, training) {
          await training.saveCheckpoint(path)
          training.stop('it has a checkpoint')
        },
      }
      await trained(name, ways[way]!, { callbacks: [stopping] })
      const resumed = await trained(name, ways[way]!, { resume: path })
      expect(allBits(resumed.many)).toEqual(allBits(first.many))
      expect(resumed.members).toEqual(first.members)
      expect(resumed.many.failed).toEqual(first.many.failed)
      const failedBefore = [...SPIKES].filter(([, update]) => update < steps).map(([member]) => member)
      expect((await Population.load(path)).failed).toEqual(failedBefore)
    }
  })
})

test('Adam counts the updates of a member that fails by its loss up to its failure, whatever the chunks', async () => {
  const bits = await Promise.all(
    [undefined, 'step' as const].map(async (needs) => {
      const many = new Population([new Dense(1)], { inputs: 2, members: 2 })
      const learningRate = [0.01, 1e19]
      const given = { loss: 'meanSquaredError', epochs: 20, batchSize: 10, callbacks: [told(needs)] } as const
      const { members } = await many.fit(data, { ...given, optimizer: new Adam({ learningRate }) })
      expect(members.map(({ stopped }) => stopped)).toEqual(['completed', 'failed'])
      expect(members[1]!.reason).toContain('The loss became')
      await many.partialFit(data.take(10), { optimizer: new Adam({ learningRate: 1e15 }) })
      return allBits(many)
    }),
  )
  expect(bits[0]).toEqual(bits[1])
})

test('save and Checkpoint write a population with spoilt members, which are failed when it is loaded', async () => {
  const path = file('every epoch')
  const { many } = await trained('plain', {}, { callbacks: [new Checkpoint(path)] })
  await many.save(file('saved'))
  for (const loaded of [await Population.load(path), await Population.load(file('saved'))]) {
    expect(loaded.failed).toEqual([...SPIKES.keys()])
    expect(allBits(loaded)).toEqual(allBits(many))
    expect(loaded.predictMeanSync(rows)).toEqual(many.predictMeanSync(rows))
  }
})

test('a fit that an error ends leaves parameters that can be saved', async () => {
  const many = populationOf('silent')
  function* broken() {
    for (const [at, batch] of [...dataOf.silent!.batch(10)].entries()) {
      if (at === 5) throw new Error('the stream broke')
      yield batch
    }
  }
  await expect(many.fit(broken, options('silent'))).rejects.toThrow('the stream broke')
  await many.save(file('broken'))
  expect(allBits(await Population.load(file('broken')))).toEqual(allBits(many))
})

test.each(['plain', 'silent'])('the mean leaves failed members out: %s', async (name) => {
  const { many } = await trained(name, {})
  const { data: each, shape } = await many.predict(rowsOf[name]!)
  const size = shape[1] * shape[2]
  const alive = [...Array(MEMBERS).keys()].filter((member) => !SPIKES.has(member))
  const { data: mean, spread } = await many.predictMean(rowsOf[name]!)
  for (let at = 0; at < size; at++) {
    const values = alive.map((member) => each[member * size + at]!)
    const middle = values.reduce((sum, value) => sum + value, 0) / alive.length
    expect(mean[at]).toBe(Math.fround(middle))
    const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
    expect(spread[at]).toBe(Math.fround(Math.sqrt(squares / alive.length)))
  }
})

test('the mean leaves out members whose loss failed', async () => {
  const many = new Population([new Dense(1)], { inputs: 2, members: 2 })
  const given = { loss: 'meanSquaredError', epochs: 30, batchSize: 10 } as const
  const { members } = await many.fit(data, { ...given, optimizer: new SGD({ learningRate: [0.01, 1e6] }) })
  expect(members[1]!.reason).toContain('The loss became')
  expect(many.failed).toEqual([1])
  const { data: each } = await many.predict([[1, 2]])
  expect([...(await many.predictMean([[1, 2]])).data]).toEqual([each[0]])
})

test('a member that has failed takes part in the mean after a fit that succeeds', async () => {
  const many = new Population([new Dense(1)], { inputs: 2, members: 2 })
  const given = { loss: 'meanSquaredError', epochs: 1, batchSize: 10 } as const
  await many.fit(data, { ...given, optimizer: new SGD({ learningRate: [0.01, 1e36] }) })
  expect(many.failed).toEqual([1])
  await many.fit(data, { ...given, optimizer: new SGD({ learningRate: 0.001 }) })
  expect(many.failed).toEqual([])
  expect((await many.predictMean([[1, 2]])).spread[0]).toBeGreaterThan(0)
})

describe.each([1, 2])('%d members that all fail', (members) => {
  const optimizer = () => new SGD({ learningRate: 1e36 })
  const given = { loss: 'meanSquaredError', epochs: 3, batchSize: 'full' } as const
  const exploding = () => new SGD({ learningRate: 1e6 })
  const fits: Record<
    string,
    (many: Population) => Promise<{ members: readonly { stopped: string; reason: string }[] }>
  > = {
    'by an update': (many) => many.fit(data, { ...given, optimizer: optimizer() }),
    'by the last update': (many) => many.fit(data, { ...given, optimizer: optimizer(), epochs: 1 }),
    'by a loss': (many) => many.fit(data, { ...given, optimizer: exploding(), epochs: 100 }),
    'by an update, sync': async (many) => many.fitSync(data, { ...given, optimizer: optimizer() }),
    'in a stream': (many) =>
      many.fit(() => data.batch(50), { loss: 'meanSquaredError', epochs: 3, optimizer: optimizer() }),
    'in a stream, by a loss': (many) =>
      many.fit(() => data.batch(50), { loss: 'meanSquaredError', epochs: 100, optimizer: exploding() }),
  }
  if (members === 1) {
    fits['of LBFGS'] = async (many) => {
      await many.fit(data, { ...given, optimizer: new SGD({ learningRate: 1e18 }), epochs: 1 })
      return await many.fit(data, { ...given, optimizer: new LBFGS() })
    }
  }

  test.each(Object.keys(fits))('%s end their fit as failed', async (way) => {
    const many = new Population([new Dense(1)], { inputs: 2, members })
    const { members: histories } = await fits[way]!(many)
    expect(histories.map(({ stopped }) => stopped)).toEqual(Array(members).fill('failed'))
    expect(many.failed).toEqual([...Array(members).keys()])
    for (let member = 0; member < members; member++) {
      expect(bitsOf(many.member(member)).flat()).not.toContain(0x7f800000)
      expect(
        many
          .member(member)
          .getWeights()
          .every(({ data }) => data.every(Number.isFinite)),
      ).toBe(true)
    }
    for (const call of [() => many.best(), () => many.predictMeanSync(rows)]) {
      expect(call).toThrow(members === 1 ? 'but its only member has failed' : 'but all 2 members have failed')
      expect(call).toThrow(histories[0]!.reason)
      expect(call).toThrow('Try a smaller learningRate')
    }
    await many.save(file(`all ${members}`))
    const loaded = await Population.load(file(`all ${members}`))
    expect(loaded.failed).toEqual(many.failed)
    await expect(loaded.predictMean(rows)).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining('failed. Fit again with a smaller learningRate'),
    })
  })
})
