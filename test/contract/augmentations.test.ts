/*
 * What every augmentation keeps: the originals, repetition by the seed, one row's independence of the others, storage.
 */
import { describe, expect, test } from 'vitest'
import {
  type Augmentation,
  type AugmentationFunction,
  augmented,
  Dataset,
  flip,
  mixUp,
  noise,
  rotate,
  shift,
} from '../../lib/index.js'
import { rowsOf } from '../helpers/dataset-rows.js'

interface Case {
  readonly name: string
  readonly one: Augmentation | AugmentationFunction
  /** It is for pictures alone. */
  readonly pictures?: boolean
  /** It makes classes rows of probabilities. */
  readonly mixes?: boolean
  /** A strength of zero, that changes nothing. */
  readonly nothing?: Augmentation | AugmentationFunction
}

const cases: Case[] = [
  { name: 'shift', one: shift({ pixels: 1 }), pictures: true, nothing: shift({ pixels: 0 }) },
  { name: 'rotate', one: rotate({ degrees: 30 }), pictures: true, nothing: rotate({ degrees: 0 }) },
  { name: 'flip', one: flip(), pictures: true, nothing: flip({ probability: 0 }) },
  { name: 'flip, vertical', one: flip({ direction: 'vertical' }), pictures: true, nothing: flip({ probability: 0 }) },
  { name: 'noise', one: noise({ standardDeviation: 0.1 }), nothing: noise({ standardDeviation: 0 }) },
  { name: 'mixUp', one: mixUp({ alpha: 1 }), mixes: true },
  {
    name: "one's own",
    one: (features, random) => {
      features[random.integer(features.length)]! *= random.uniform()
    },
    nothing: () => {},
  },
]

function pictures(type: 'uint8' | 'float32', channels: number): Dataset {
  const features = 5 * 4 * channels
  const values = Array.from({ length: 12 * features }, (_, i) => (i * 37) % 256)
  const data = type === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values, (value) => value / 255)
  return Dataset.from(
    {
      x: { data, shape: [12, features] },
      y: Int32Array.from({ length: 12 }, (_, row) => row % 3),
      sampleWeights: Array.from({ length: 12 }, (_, row) => row + 1),
    },
    {
      featureShape: channels === 1 ? [5, 4] : [5, 4, channels],
      labels: ['a', 'b', 'c'],
      ...(type === 'uint8' ? { scale: 1 / 255 } : {}),
    },
  )
}

describe.each(cases)('$name', ({ one, pictures: forPictures, mixes, nothing }) => {
  describe.each(['uint8', 'float32'] as const)('%s', (type) => {
    test.each([1, 3])('%d channels: originals first, storage, labels, weights, shape', (channels) => {
      const data = pictures(type, channels)
      const made = data.augment([one], { copies: 2, seed: 1 })
      expect([made.rows, made.type, made.features, made.labels]).toEqual([36, type, data.features, data.labels])
      expect(made.featureShape).toEqual(data.featureShape)
      const all = rowsOf(made)
      const originals = rowsOf(data)
      expect(all.slice(0, 12).map(({ x }) => x)).toEqual(originals.map(({ x }) => x))
      expect(all.map(({ weight }) => weight)).toEqual([0, 1, 2].flatMap(() => originals.map(({ weight }) => weight)))
      if (mixes) expect(made.targetColumns).toBe(3)
      else expect(all.map(({ y }) => y)).toEqual([0, 1, 2].flatMap(() => originals.map(({ y }) => y)))
    })

    test('copies differ from the originals and from one another', () => {
      const all = rowsOf(pictures(type, 1).augment([one], { copies: 2, seed: 1 })).map(({ x }) => x)
      const [originals, first, second] = [all.slice(0, 12), all.slice(12, 24), all.slice(24)]
      expect(first).not.toEqual(originals)
      expect(second).not.toEqual(first)
    })

    test('repeats by its seed, another seed gives others', () => {
      const data = pictures(type, 1)
      const rows = (seed: number) => rowsOf(data.augment([one], { seed }))
      expect(rows(5)).toEqual(rows(5))
      expect(rows(5)).not.toEqual(rows(6))
    })

    test('a row does not depend on the number of copies', () => {
      const data = pictures(type, 1)
      const few = rowsOf(data.augment([one], { copies: 1, seed: 2 }))
      expect(rowsOf(data.augment([one], { copies: 3, seed: 2 })).slice(0, few.length)).toEqual(few)
    })

    test('batches of every epoch are fresh, and do not depend on the batch size', async () => {
      const data = pictures(type, 1)
      const epochs = async (batchSize: number) => {
        const batches = augmented(data, [one], { seed: 3, batchSize })
        const read = async () => {
          const rows: ReturnType<typeof rowsOf> = []
          for await (const batch of batches) rows.push(...rowsOf(batch))
          return rows
        }
        return [await read(), await read()]
      }
      const [first, second] = await epochs(5)
      expect(first).toHaveLength(12)
      expect(second).not.toEqual(first)
      expect(await epochs(12)).toEqual([first, second])
    })
  })

  // A share of Beta(alpha, alpha) is never wholly one row's.
  if (nothing !== undefined) {
    test('without strength it changes nothing', () => {
      for (const type of ['uint8', 'float32'] as const) {
        const data = pictures(type, 1)
        expect(rowsOf(data.augment([nothing])).slice(12)).toEqual(rowsOf(data))
      }
    })
  }

  test('takes a table, or says that it needs pictures', () => {
    const table = Dataset.from({
      x: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      y: [0, 1],
    })
    const call = () => table.augment([one])
    if (forPictures) expect(call).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_SHAPE' }))
    else expect(call().rows).toBe(4)
  })
})
