import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  Adam,
  Checkpoint,
  Dataset,
  Dense,
  Dropout,
  datasets,
  l2,
  Population,
  readSafetensors,
  Sequential,
  writeSafetensors,
} from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const data = Dataset.from(datasets.moons({ samples: 90, noise: 0.2, seed: 3 }))
const layers = (rate: number | number[] = 0.1, strength: number | number[] = 0) => [
  new Dense(8, { activation: 'relu', regularizer: l2(strength) }),
  new Dropout(rate),
  new Dense(1, { activation: 'sigmoid' }),
]
const options = { loss: 'binaryCrossEntropy', epochs: 4, batchSize: 16 } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data])

const seeds = [7, 7, 3, 3, 9_007_199_254_740_991]
const rates = [0.1, 0.3, 0.1, 0.3, 0.2]
const learningRates = [0.01, 0.1, 0.01, 0.1, 0.02]

test('members of equal seeds have the bits of single fits of that seed', async () => {
  const many = new Population(layers(rates, [0, 0.1, 0, 0.1, 0.2]), { inputs: 2, seeds })
  expect([many.members, many.seed, many.seeds]).toEqual([5, 7, seeds])
  const { members } = await many.fit(data, {
    ...options,
    optimizer: new Adam({ learningRate: learningRates }),
    validation: 0.2,
  })
  for (const [member, seed] of seeds.entries()) {
    const alone = new Sequential(layers(rates[member]!, member % 2 === 1 ? 0.1 : member === 4 ? 0.2 : 0), {
      inputs: 2,
      seed,
    })
    const optimizer = new Adam({ learningRate: learningRates[member]! })
    const { epochs } = await alone.fit(data, { ...options, optimizer, validation: 0.2 })
    expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
    expect(many.member(member).seed).toBe(seed)
    expect(members[member]!.epochs.map(({ seconds: _, ...rest }) => rest)).toEqual(
      epochs.map(({ seconds: _, ...rest }) => rest),
    )
  }
})

test('seeds that count up are those of `seed`', async () => {
  const counted = new Population(layers(), { inputs: 2, members: 3, seed: 4 })
  const listed = new Population(layers(), { inputs: 2, members: 3, seeds: [4, 5, 6] })
  expect(counted.seeds).toEqual([4, 5, 6])
  for (const member of [0, 1, 2]) expect(weightsOf(listed.member(member))).toEqual(weightsOf(counted.member(member)))
})

test('the list of seeds is a copy, both ways', () => {
  const given = [1, 1]
  const many = new Population(layers(), { inputs: 2, seeds: given })
  given[0] = 5
  ;(many.seeds as number[])[1] = 6
  expect(many.seeds).toEqual([1, 1])
})

test('a file keeps the seeds, and trains on as before', async () => {
  const many = new Population(layers(rates), { inputs: 2, seeds })
  await many.fit(data, options)
  const path = join(folder, 'many.safetensors')
  await many.save(path)
  const loaded = await Population.load(path)
  expect(loaded.seeds).toEqual(seeds)
  await loaded.save(join(folder, 'again.safetensors'))
  expect(await readFile(join(folder, 'again.safetensors'))).toEqual(await readFile(path))
  await many.fit(data, options)
  await loaded.fit(data, options)
  for (const member of seeds.keys()) expect(weightsOf(loaded.member(member))).toEqual(weightsOf(many.member(member)))
})

test.each([
  ['too few', [7, 7]],
  ['one that is none', [7, 7, 3, 3, -1]],
  ['a text', '7'],
])('a file with seeds that cannot be: %s', async (_, wrong) => {
  const path = join(folder, 'wrong.safetensors')
  const many = new Population(layers(), { inputs: 2, seeds })
  await many.save(path)
  const { tensors, metadata } = await readSafetensors(path)
  const architecture = JSON.parse(metadata['deepblas.architecture']!) as object
  const changed = JSON.stringify({ ...architecture, seeds: wrong })
  await writeSafetensors(path, { tensors, metadata: { ...metadata, 'deepblas.architecture': changed } })
  await expect(Population.load(path)).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_FILE',
    message: expect.stringContaining('architecture.seeds'),
  })
})

test('a resumed training has the bits of one that ran through, and other seeds are refused', async () => {
  const path = join(folder, 'checkpoint.safetensors')
  const through = new Population(layers(rates), { inputs: 2, seeds })
  await through.fit(data, options)
  const first = new Population(layers(rates), { inputs: 2, seeds })
  await first.fit(data, { ...options, epochs: 2, callbacks: [new Checkpoint(path)] })
  const rest = new Population(layers(rates), { inputs: 2, seeds })
  await rest.fit(data, { ...options, resume: path })
  for (const member of seeds.keys()) expect(weightsOf(rest.member(member))).toEqual(weightsOf(through.member(member)))

  const other = new Population(layers(rates), { inputs: 2, seeds: [7, 7, 3, 4, 5] })
  await expect(other.fit(data, { ...options, resume: path })).rejects.toThrow(
    /seeds\[3\] is 3 there and 4 here \(and 1 more of this list\)\. /,
  )
})

test.each([
  [{ seeds: [1, 1], seed: 1 }, 'Expected no seed where seeds are given for seed'],
  [{ seeds: [1, 1], members: 3 }, 'Expected 3 numbers for seeds, one per member, but received 2'],
  [{ seeds: [] }, 'Expected at least one seed for seeds'],
  [{ seeds: [1, -1] }, 'Expected non-negative integer for seeds[1] but received -1'],
  [{ seeds: [1, 0.5] }, 'for seeds[1] but received 0.5'],
  [{ seeds: 3 }, 'Expected array of numbers for seeds but received 3'],
  [{ seed: 1 }, 'for members but received undefined'],
])('%o is refused', (given, message) => {
  expect(() => new Population(layers(), { inputs: 2, ...given } as never)).toThrow(message)
})
