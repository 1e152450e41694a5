import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Dataset,
  Dense,
  Dropout,
  datasets,
  Normalize,
  pictureStudy,
  readPictures,
  Sequential,
  unitPictures,
  writeNpy,
} from '../../../../lib/index.js'
import { edgePatches, edgeShare } from '../../../../lib/strategy/why-deep/edges.js'
import { deepblas } from '../../../helpers/command-line.js'

const SIDE = 16
const PIXELS = SIDE * SIDE
const picture = (of: (x: number, y: number) => number) =>
  Float32Array.from({ length: PIXELS }, (_, i) => of(i % SIDE, Math.floor(i / SIDE)))
/** A bright bar of one direction. */
const bar = picture((x, y) => Math.exp(-((x - 8) ** 2) / 4 - (y - 8) ** 2 / 18) - 0.1)
/** The same numbers every run, without any order in space. */
const noise = picture((x, y) => ((x * 7919 + y * 104_729 + x * y * 31) % 101) / 50 - 1)

describe('how much of a picture one edge explains', () => {
  const patches = edgePatches(SIDE, SIDE)
  test('nearly all of a bar, little of noise, nothing of a flat one', () => {
    expect(edgeShare(bar, patches)).toBeGreaterThan(0.7)
    expect(edgeShare(noise, patches)).toBeLessThan(0.25)
    expect(edgeShare(new Float32Array(PIXELS).fill(3), patches)).toBe(0)
  })

  test('neither brightness nor contrast counts', () => {
    const share = edgeShare(bar, patches)
    expect(
      edgeShare(
        bar.map((value) => 5 - 2 * value),
        patches,
      ),
    ).toBeCloseTo(share, 4)
  })
})

describe('unitPictures', () => {
  // Rows of pixels from 0 to 1, so that the mean and the range are known.
  const rows = 40
  const x = Float32Array.from({ length: rows * PIXELS }, (_, i) => (((i * 48_271) % 2_147_483_647) % 1000) / 999)
  const y = Array.from({ length: rows }, (_, row) => row % 2)
  const data = Dataset.from({ x: { data: x, shape: [rows, PIXELS] }, y }, { featureShape: [SIDE, SIDE] })
  const modelWith = (weights: readonly Float32Array[], more: readonly Dropout[] = []) => {
    const model = new Sequential([...more, new Dense(weights.length, { activation: 'relu' }), new Dense(1)], {
      inputs: PIXELS,
    })
    const own = model.getWeights().filter(({ name }) => name.endsWith('weight'))[0]!
    model.setWeights([{ ...own, data: Float32Array.from(weights.flatMap((one) => [...one])) }], { partial: true })
    return model
  }
  const zeros = new Float32Array(PIXELS)

  test('weights, rows in the order of the outputs, and figures', async () => {
    const model = modelWith([bar, noise, zeros])
    const { units, edges, featureShape, classShare } = await unitPictures(model, data, { rows: 5 })
    expect(featureShape).toEqual([SIDE, SIDE])
    expect(units.map(({ constant }) => constant)).toEqual([false, false, true])
    expect(Float32Array.from(units[0]!.weights!)).toEqual(bar)
    const { data: outputs } = await model.activations(data, 0)
    for (const { unit, rows: top, outputs: most } of units) {
      const all = Array.from({ length: rows }, (_, row) => outputs[row * 3 + unit]!)
      expect(most).toEqual([...all].sort((a, b) => b - a).slice(0, 5))
      expect(top.map((row) => all[row])).toEqual(most)
    }
    expect(edges!.shares).toHaveLength(2)
    expect(edges!.shares[0]!).toBeGreaterThan(edges!.shares[1]!)
    expect(classShare!.found).toBeGreaterThanOrEqual(0.5)
    expect(classShare!.random).toBeGreaterThanOrEqual(0.5)
  })

  test('gradient ascent excites a unit more than any row, and goes where its weights are above 0', async () => {
    const { units } = await unitPictures(modelWith([bar, noise]), data)
    for (const [i, weights] of [bar, noise].entries()) {
      const { ideal, outputs } = units[i]!
      const sum = ideal!.reduce((total, value, at) => total + value * weights[at]!, 0)
      expect(sum).toBeGreaterThan(outputs[0]!)
      expect(Math.min(...ideal!)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...ideal!)).toBeLessThanOrEqual(1)
    }
    const middle = 8 * SIDE + 8
    expect(units[0]!.ideal![middle]!).toBeGreaterThan(units[0]!.ideal![0]!)
  })

  test('later layers, dropout before them, and rows of another range', async () => {
    const wide = Dataset.from({ x: { data: x.map((value) => 6 * value - 2), shape: [rows, PIXELS] }, y })
    const model = new Sequential(
      [
        Normalize.fit(wide),
        new Dense(6, { activation: 'tanh' }),
        new Dropout(0.5),
        new Dense(2, { activation: 'softmax' }),
      ],
      { inputs: PIXELS, seed: 3 },
    )
    const before = model.getWeights()
    const { units, edges } = await unitPictures(model, wide, { layer: 3 })
    expect(edges).toBeUndefined()
    expect(units.map(({ weights }) => weights)).toEqual([undefined, undefined])
    const ideals = await model.activations(
      units.map(({ ideal }) => [...ideal!]),
      3,
    )
    for (const [i, { outputs, ideal }] of units.entries()) {
      expect(ideals.data[2 * i + i]!).toBeGreaterThan(outputs[0]!)
      expect(Math.min(...ideal!)).toBeGreaterThanOrEqual(-2.001)
      expect(Math.max(...ideal!)).toBeLessThanOrEqual(4.001)
    }
    // The model itself stays as it is, and can be trained.
    expect(model.getWeights()).toEqual(before)
    expect(model.layers.filter(({ parameters }) => parameters.length > 0).every(({ trainable }) => trainable)).toBe(
      true,
    )
  })

  test('the same call gives the same result; without steps there is no ascent', async () => {
    const model = modelWith([bar, noise])
    expect(await unitPictures(model, data)).toEqual(await unitPictures(model, data))
    const { units } = await unitPictures(model, data, { steps: 0, units: 1 })
    expect(units.map(({ ideal }) => ideal)).toEqual([undefined])
  })

  test('options and arguments are checked', async () => {
    const model = modelWith([bar])
    await expect(unitPictures(model, data, { layer: 2 })).rejects.toThrow(/layer from 0 to 1 for layer but received 2/)
    await expect(unitPictures(model, data, { rows: 0 })).rejects.toThrow(/positive integer for rows/)
    await expect(unitPictures({} as Sequential, data)).rejects.toThrow(/Sequential for model/)
    await expect(unitPictures(model, [[1]] as never)).rejects.toThrow(/Dataset for data/)
    const aborted = AbortSignal.abort(new Error('enough'))
    await expect(unitPictures(model, data, { signal: aborted })).rejects.toThrow('enough')
  })
})

describe('a study of pictures', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    const { x, y } = datasets.digits({ samples: 60, seed: 2 })
    const few = y.map((digit) => Number(digit > 4))
    await writeNpy(join(folder, 'train_x.npy'), { data: x.data, shape: [60, 28, 28] })
    await writeNpy(join(folder, 'train_y.npy'), { data: Int32Array.from(few), shape: [60] })
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('training makes structure of the digits, and layers more of one class', async () => {
    const { train } = await readPictures('digits')
    const { untrained, layers, text, testAccuracy } = await pictureStudy(
      { train: train.take(1500), test: undefined },
      { hidden: [24, 12], epochs: 8, seed: 1 },
    )
    expect(layers[0]!.edges!.median).toBeGreaterThan(3 * layers[0]!.edges!.shuffledMedian)
    expect(untrained!.median).toBeLessThan(2 * untrained!.shuffledMedian)
    expect(layers.at(-1)!.classShare!.found).toBeGreaterThan(layers[0]!.classShare!.found)
    expect(testAccuracy).toBeUndefined()
    expect(text).toMatch(/before training/)
    expect(text).toMatch(/Edges: .*Parts and wholes: /)
  })

  test('the command reads a folder, and puts pictures into the page', async () => {
    const page = join(folder, 'page.html')
    const args = ['why-deep', '--bits', '2', '--trained-bits', '1', '--fewest-bits', '1', '--pictures', folder]
    const { code, stdout } = await deepblas([...args, '--report', page, '--json'])
    expect(code).toBe(0)
    const { pictures } = JSON.parse(stdout)
    expect(pictures).toMatchObject({ rows: 60, featureShape: [28, 28], hidden: [20, 7, 5], testAccuracy: null })
    expect(pictures.layers).toHaveLength(4)
    const html = await readFile(page, 'utf8')
    // Not the page itself in a message: it is long.
    expect(/<img src="data:image\/bmp;base64,[^"]+" alt="weights of unit/.test(html)).toBe(true)
    expect(/(?:src|href)="(?!data:)/.test(html)).toBe(false)
    expect(html.includes(`<pre class="command" id="command">deepblas ${args.join(' ')}`)).toBe(true)
  })

  test('a folder without pictures, and one class, are told', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'deepblas-'))
    await expect(readPictures(empty)).rejects.toThrow(/train_x\.npy in it/)
    await expect(readPictures(join(empty, 'none'))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await writeFile(join(empty, 'train_x.npy'), 'no array')
    await expect(readPictures(empty)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await rm(empty, { recursive: true })
    const one = Dataset.from({ x: new Array(8).fill(new Array(16).fill(1)), y: new Array(8).fill(0) })
    await expect(pictureStudy({ train: one, test: undefined })).rejects.toThrow(/at least 2 classes but received 1/)
  })
})
