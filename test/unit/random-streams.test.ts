/*
 * No two purposes draw the same random numbers: every one has a stream of its own, in one table for both languages.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dense, datasets, Sequential } from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'
import { streams } from '../../lib/random/streams.js'

function filesIn(folder: string, extension: RegExp): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return all.filter((name) => extension.test(name)).map((name) => join(folder, name).replaceAll('\\', '/'))
}
const read = (path: string) => readFileSync(path, 'utf8')

describe('the table', () => {
  test('gives every purpose a number of its own, and layers all from the last on', () => {
    const { firstLayer, ...others } = streams
    const numbers = Object.values<number>(others)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(Math.max(...numbers)).toBeLessThan(firstLayer)
    // Models, checkpoints and results of before rest on these.
    expect(streams).toMatchObject({ initialWeights: 1, shuffle: 2, split: 3, augmentation: 4, firstLayer: 16 })
  })

  test('is where every stream of lib/ comes from, each for one place', () => {
    const used = new Map<string, string[]>()
    for (const path of filesIn('lib', /\.ts$/)) {
      const text = read(path)
      for (const [made, stream] of text.matchAll(/new RandomStream\(\s*[^,()]+,\s*([^,)]+)/g)) {
        expect(stream, `${path}: ${made}`).toMatch(/^streams\.\w+$/)
      }
      for (const [, name] of text.matchAll(/\bstreams\.(\w+)/g)) {
        if (!(name! in streams)) continue
        const place = path.replace(/^(lib\/data\/generated)\/.*/, '$1')
        used.set(name!, [...new Set([...(used.get(name!) ?? []), place])])
      }
    }
    expect(Object.fromEntries(used)).toEqual({
      generatedOrder: ['lib/data/generated'],
      generatedNoise: ['lib/data/generated'],
      generatedShape: ['lib/data/generated'],
      split: ['lib/data/arrays/split-rows.ts'],
      shuffledRows: ['lib/data/arrays/split-rows.ts'],
      augmentation: ['lib/data/augmentation/augmenter.ts'],
      augmentedOrder: ['lib/data/streams/augmented-batches.ts'],
      columnSample: ['lib/data/encoding/fit/column-statistics.ts'],
      folds: ['lib/strategy/fold-rows.ts'],
      gradientCheck: ['lib/model/inspection/check-gradient.ts'],
      experiments: [
        'lib/strategy/experiments/dev-groups.ts',
        // A part of its own: the tree of weak segments.
        'lib/strategy/improve/baseline-errors.ts',
        'lib/strategy/improve/curve-levers.ts',
        'lib/strategy/improve/improvement.ts',
      ],
      resampledSeeds: ['lib/strategy/experiments/curves.ts', 'lib/strategy/improve/extrapolation.ts'],
      diagnosis: ['lib/strategy/diagnose/diagnose.ts'],
      search: ['lib/strategy/search/draws.ts'],
      firstLayer: ['lib/recording/recorder.ts'],
    })
  })

  test('is told in the docs, number by number', () => {
    const page = read('docs/math/random.md')
    const told = [...page.matchAll(/^\| (\d+)(?: …)? \| /gm)].map(([, number]) => Number(number))
    expect(told).toEqual(Object.values<number>(streams).sort((a, b) => a - b))
  })

  test('has those of the native core, which draws from no others', () => {
    const header = 'native/boundary/streams.h'
    const numbers = [...read(header).matchAll(/constexpr uint32_t k(\w+)Stream = (\d+);/g)].map(
      ([, name, number]) => [name!.charAt(0).toLowerCase() + name!.slice(1), Number(number)] as const,
    )
    expect(Object.fromEntries(numbers)).toEqual({ initialWeights: streams.initialWeights, shuffle: streams.shuffle })
    for (const path of filesIn('native', /\.(cpp|h)$/)) {
      if (path.startsWith('native/test/') || path === 'native/core/random.h') continue
      const text = read(path)
      for (const [made, second] of text.matchAll(/RandomKey\s*(?:\w+\s*)?=?\s*\{[^,;]+,\s*([^,;}]+)/g)) {
        // Others come with a call: a layer's with the recording.
        expect(second!.trim(), `${path}: ${made}`).not.toMatch(/^\d/)
      }
      if (path !== header) expect(text, path).not.toMatch(/\bk\w+Stream\s*=\s*\d/)
    }
  })
})

test('streams of any seeds and substreams have no words in common', () => {
  const one = fc.record({
    seed: fc.oneof(fc.nat(20), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    stream: fc.constantFrom(...Object.values<number>(streams)),
    substream: fc.nat(50),
  })
  const words = ({ seed, stream, substream }: { seed: number; stream: number; substream: number }) => {
    const random = new RandomStream(seed, stream, 0, substream)
    return Array.from({ length: 64 }, () => random.uint32())
  }
  fc.assert(
    fc.property(one, one, (a, b) => {
      fc.pre(a.seed !== b.seed || a.stream !== b.stream || a.substream !== b.substream)
      const known = new Set(words(a))
      expect(words(b).filter((word) => known.has(word)).length).toBeLessThan(2)
    }),
  )
})

test('no generated data has the numbers that initial weights are made of', () => {
  const model = new Sequential([new Dense(64, { initializer: 'uniform', bias: false })], { inputs: 2, seed: 0 })
  const [weight] = model.getWeights()
  const scale = (values: Iterable<number>) => {
    const all = [...values]
    const low = Math.min(...all)
    const high = Math.max(...all)
    return all.map((value) => (value - low) / (high - low))
  }
  const drawn = (stream: number) => {
    const random = new RandomStream(0, stream)
    return Array.from({ length: weight!.data.length }, () => random.uniform())
  }
  const alike = (a: number[], b: number[]) => a.every((value, i) => Math.abs(value - b[i]!) < 1e-5)
  for (const [name, stream] of Object.entries(streams)) {
    expect(alike(scale(weight!.data), scale(drawn(stream))), name).toBe(name === 'initialWeights')
  }
  // The first noise of moons, as the transform of Box and Muller gives it.
  const noisy = datasets.moons({ samples: 4, noise: 1, seed: 0 })
  const plain = datasets.moons({ samples: 4, noise: 0, seed: 0 })
  const noise = [...noisy.x.data].map((value, i) => value - plain.x.data[i]!)
  const normals = (stream: number) => {
    const random = new RandomStream(0, stream)
    return Array.from({ length: 8 }, () => random.normal())
  }
  const among = (all: number[]) => noise.filter((value) => all.some((other) => Math.abs(value - other) < 1e-5)).length
  for (const [name, stream] of Object.entries(streams)) {
    expect(among(normals(stream)), name).toBe(name === 'generatedNoise' ? 8 : 0)
  }
})
