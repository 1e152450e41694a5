import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Checkpoint,
  Concatenate,
  categorical,
  type Dataset,
  Dense,
  defineMetric,
  Embedding,
  Encoder,
  type EncoderOptions,
  LBFGS,
  Population,
  readSafetensors,
  Sequential,
  Table,
  tabularLayers,
  writeSafetensors,
} from '../../../lib/index.js'
import { runProgram } from '../../helpers/program.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-encoder-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Flats whose price follows from the rest; `cheap` is what most are. */
function flats(rows: number): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, i) => {
    const size = 30 + ((i * 37) % 101)
    const street = (i * 11) % 20
    const price = 50_000 + 3000 * size + 5000 * street
    return {
      size: i % 13 === 5 ? null : size,
      city: ['Wien', 'Graz', 'Linz'][i % 3],
      street: `street ${street}`,
      lift: i % 4 === 0,
      price,
      cheap: price < 300_000 ? 'yes' : 'no',
    }
  })
}

const table = Table.fromRows(flats(300))

async function fitted(options: EncoderOptions, from = table) {
  const encoder = await Encoder.fit(from, options)
  const data = encoder.encode(from)
  const model = new Sequential(tabularLayers(encoder, { hidden: [16] }), { inputs: encoder.inputs, seed: 3 })
  const loss = encoder.task === 'regression' ? 'meanSquaredError' : 'binaryCrossEntropy'
  const metrics =
    encoder.task === 'regression'
      ? (['meanSquaredError', 'rootMeanSquaredError', 'meanAbsoluteError', 'medianAbsoluteError', 'r2'] as const)
      : (['accuracy'] as const)
  const history = await model.fit(data, { loss, metrics, epochs: 30, validation: data })
  return { encoder, data, model, history }
}

const price = () => fitted({ target: 'price', ignore: ['cheap'] })
const cheap = () => fitted({ target: 'cheap', ignore: ['price'] })

describe('values', () => {
  test('predictions and errors are in the units of the target', async () => {
    const { model, data, encoder, history } = await price()
    const { data: predicted, shape } = await model.predict(table)
    expect(shape).toEqual([300, 1])
    const truth = flats(300).map((row) => row.price as number)
    const errors = truth.map((value, row) => value - predicted[row]!)
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const square = mean(errors.map((error) => error ** 2))
    const sorted = errors.map(Math.abs).sort((a, b) => a - b)
    const scores = await model.evaluate(data)
    const near = (value: number, expected: number) => expect(Math.abs(value / expected - 1)).toBeLessThan(1e-4)
    near(scores.meanSquaredError, square)
    near(scores.rootMeanSquaredError, Math.sqrt(square))
    near(scores.meanAbsoluteError, mean(errors.map(Math.abs)))
    near(scores.medianAbsoluteError, (sorted[149]! + sorted[150]!) / 2)
    near(scores.r2, 1 - square / mean(truth.map((value) => (value - mean(truth)) ** 2)))
    // The network has learnt something, and the loss is that of scaled targets.
    expect(scores.r2).toBeGreaterThan(0.5)
    near(scores.loss, square / encoder.targetScale!.deviation ** 2)
    const last = history.epochs.at(-1)!
    near(last.validation!.rootMeanSquaredError as number, Math.sqrt(square))
    near(last.validation!.medianAbsoluteError as number, scores.medianAbsoluteError)
    expect(last.rootMeanSquaredError).toBeGreaterThan(1000)
    // Before the activation is the network's own.
    const raw = model.predictRawSync(table)
    near(raw.data[0]! * encoder.targetScale!.deviation + encoder.targetScale!.mean, predicted[0]!)
    expect(encoder.decode(raw)[7]).toBeCloseTo(predicted[7]!, -1)
    await expect(model.predictClasses(table)).rejects.toThrow(/a model of classes.*'price'/)
    expect(() => model.predictClassesSync(table)).toThrow(/a model of classes/)
  })

  test('also with a metric of all scores of one’s own, and with LBFGS', async () => {
    const encoder = Encoder.fitSync(table, { target: 'price', ignore: ['cheap', 'street'] })
    const data = encoder.encode(table)
    const model = new Sequential(tabularLayers(encoder, { hidden: [] }), { inputs: encoder.inputs, seed: 1 })
    const largest = defineMetric({ name: 'largest', fromScores: ({ targets }) => Math.max(...targets) })
    const options = { loss: 'meanSquaredError', metrics: ['meanAbsoluteError', largest], epochs: 3 } as const
    const { epochs } = await model.fit(data, { ...options, optimizer: new LBFGS() })
    expect(epochs.at(-1)!.largest).toBeCloseTo(Math.max(...flats(300).map((row) => row.price as number)), 5)
    expect(epochs.at(-1)!.meanAbsoluteError).toBeGreaterThan(1000)
    const many = new Population(tabularLayers(encoder, { hidden: [] }), {
      inputs: encoder.features,
      members: 2,
      seed: 1,
    })
    const { members } = await many.fit(data, options)
    expect(members[1]!.epochs[0]!.meanAbsoluteError).toBeGreaterThan(1000)
    const [first] = await many.evaluate(data, { metrics: ['meanAbsoluteError'] })
    expect(first!.meanAbsoluteError).toBeGreaterThan(1000)
  })

  test('far from 0 have all their digits by way of decode, as the metrics have', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const [hour, day] = [(i * 7) % 24, (i * 11) % 31]
      return { hour, day, time: 1.7e9 + 8 * (hour - 12) + 3 * day + Math.sin(i) }
    })
    const encoder = Encoder.fitSync(Table.fromRows(rows), { target: 'time' })
    const data = encoder.encode(Table.fromRows(rows))
    const model = new Sequential(tabularLayers(encoder, { hidden: [] }), { inputs: encoder.inputs, seed: 1 })
    await model.fit(data, { loss: 'meanSquaredError', optimizer: new LBFGS(), epochs: 30 })
    const rootMeanSquare = (values: ArrayLike<number>) =>
      Math.sqrt(rows.reduce((sum, { time }, i) => sum + (values[i]! - time) ** 2, 0) / rows.length)
    const { rootMeanSquaredError } = await model.evaluate(data, { metrics: ['rootMeanSquaredError'] })
    // The sine alone cannot be learnt.
    expect(rootMeanSquaredError).toBeLessThan(1)
    const exact = rootMeanSquare(encoder.decode(await model.predictRaw(rows)) as number[])
    expect(Math.abs(exact / rootMeanSquaredError - 1)).toBeLessThan(1e-4)
    expect(encoder.decode(model.predictRawSync(rows))).toEqual(encoder.decode(await model.predictRaw(data)))
    // Of float32 the nearest that there are.
    const { data: rounded } = await model.predict(rows)
    expect(rounded).toBeInstanceOf(Float32Array)
    expect(rootMeanSquare(rounded)).toBeGreaterThan(20)
  })

  test('unscaled where one asks for it', async () => {
    const { model, data } = await fitted({ target: 'price', ignore: ['cheap'], scaleTarget: false })
    const { loss, meanSquaredError } = await model.evaluate(data)
    expect(Math.abs(loss / meanSquaredError - 1)).toBeLessThan(1e-5)
    expect(data.target(0)).toEqual([flats(1)[0]!.price])
  })
})

describe('rows as objects', () => {
  test('are what the encoder makes of them, whatever their order, with numbers as texts', async () => {
    const { model, data } = await cheap()
    const rows = flats(300).map(({ cheap, price, ...row }) => row)
    const { data: expected } = await model.predict(data)
    expect((await model.predict(rows)).data).toEqual(expected)
    expect(model.predictSync(rows).data).toEqual(expected)
    const turned = rows.map((row) => ({
      ...Object.fromEntries(Object.entries(row).reverse()),
      size: row.size === null ? null : String(row.size),
      lift: row.lift ? 'true' : 'no',
      more: 'is ignored',
    }))
    expect(model.predictSync(turned).data).toEqual(expected)
    expect(model.predictSync(Table.fromRows(turned)).data).toEqual(expected)
    expect(model.predictSync([rows[7]!]).data[0]).toBeCloseTo(expected[7]!, 6)
    expect(await model.predictRaw(rows)).toEqual(model.predictRawSync(rows))
    expect((await model.activations(rows, 0)).shape).toEqual([300, model.layers[0]!.outputs])
    const names = await model.predictClasses(rows)
    expect(names).toEqual([...expected].map((probability) => (probability > 0.5 ? 'yes' : 'no')))
    expect(new Set<string | number>(names)).toEqual(new Set(['yes', 'no']))
    expect(model.predictClassesSync(rows)).toEqual(names)
    expect(model.encoder!.decode(await model.predict(rows))).toEqual(names)
  })

  test('unknown categories are the unknown level, a missing column an error', async () => {
    const { model } = await cheap()
    const [row] = flats(1) as [Record<string, unknown>]
    const unknown = model.predictSync([{ ...row, city: 'Paris', street: 'rue 1' }]).data
    expect(model.predictSync([{ ...row, city: null, street: undefined }]).data).toEqual(unknown)
    expect(unknown).not.toEqual(model.predictSync([row]).data)
    const { size, ...rest } = row
    expect(() => model.predictSync([rest])).toThrow(/a column 'size' but there is none; there are 'city', 'street'/)
    await expect(model.predict([rest])).rejects.toThrow(/'size'/)
    expect(() => model.predictSync([{ ...row, size: 'large' }])).toThrow(/a number in column 'size', row 0.*'large'/)
    expect(() => model.predictSync([row, 7] as never)).toThrow(/rows\[1\]/)
    expect(() => model.predictSync(row as never)).toThrow(/array of objects for rows.*predict\(\[row\]\)/)
  })

  test('need an encoder', () => {
    const model = new Sequential([new Dense(1)], { inputs: 2 })
    expect(model.encoder).toBeUndefined()
    expect(() => model.predictSync([{ a: 1, b: 2 }])).toThrow(/numbers, since the model has no encoder/)
  })

  test('come to inputs in the order of the model', async () => {
    const encoder = Encoder.fitSync(table, { target: 'price', ignore: ['cheap'], embeddings: true })
    // Not the order of the columns.
    const inputs = { street: categorical(21), city: categorical(4), numeric: 3 }
    const layers = [new Concatenate({ city: new Embedding(2), street: new Embedding(2) }), new Dense(1)]
    const model = new Sequential(layers, { inputs, seed: 1 })
    const data = encoder.encode(table)
    await model.fit(data, { loss: 'meanSquaredError', epochs: 2 })
    expect(model.predictSync(flats(300)).data).toEqual(model.predictSync(data).data)
    expect(model.predictSync(table).data).toEqual((await model.predict(flats(300))).data)
  })
})

describe('an encoder belongs to its model', () => {
  test('in a file: the same bits in a new process', async () => {
    for (const [name, make] of Object.entries({ price, cheap })) {
      const { model, data } = await make()
      const path = join(folder, `${name}.safetensors`)
      const again = join(folder, `${name}-again.safetensors`)
      const rows = join(folder, 'rows.json')
      await model.save(path)
      await writeFile(rows, JSON.stringify(flats(50)))
      const expected = (await model.predict(flats(50))).data
      const there = await runProgram<{ bits: string; classes: string[] | null }>('predict-rows.mjs', {
        args: [path, rows],
      })
      expect(there.bits).toBe(Buffer.from(expected.buffer).toString('hex'))
      expect(there.classes).toEqual(name === 'cheap' ? await model.predictClasses(flats(50)) : null)
      const loaded = await Sequential.load(path)
      expect(loaded.encoder!.equals(model.encoder)).toBe(true)
      // The data set's encoder is not the same object, but makes the same numbers.
      expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data))
      await loaded.save(again)
      expect((await readFile(again)).equals(await readFile(path))).toBe(true)
    }
  })

  test('a hostile encoder is an error of the file', async () => {
    const { model } = await cheap()
    const path = join(folder, 'hostile.safetensors')
    await model.save(path)
    const { tensors, metadata } = await readSafetensors(path)
    const json = model.encoder!.toJSON()
    const columns = json.columns as { [name: string]: never }[]
    const bad: [encoder: unknown, message: RegExp][] = [
      [{ ...json, version: 9 }, /encoder\.version/],
      [{ ...json, columns: columns.slice(1) }, /features, but the network has/],
      [{ ...json, columns: [...columns.slice(0, -1), { ...columns.at(-1)!, input: 'avenue' }] }, /'street'/],
      ['nothing', /encoder/],
    ]
    for (const [encoder, message] of bad) {
      await writeSafetensors(path, { tensors, metadata: { ...metadata, 'deepblas.encoder': JSON.stringify(encoder) } })
      const error = await Sequential.load(path).catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
      expect((error as Error).message).toMatch(message)
    }
  })

  test('clones and checkpoints have it', async () => {
    const { model, encoder, data } = await price()
    expect(model.clone().encoder).toBe(encoder)
    expect(model.clone().predictSync(flats(5))).toEqual(model.predictSync(flats(5)))
    const path = join(folder, 'checkpoint.safetensors')
    const fresh = () =>
      new Sequential(tabularLayers(encoder, { hidden: [4] }), { inputs: encoder.inputs as never, seed: 5 })
    await fresh().fit(data, { loss: 'meanSquaredError', epochs: 1, callbacks: [new Checkpoint(path)] })
    const loaded = await Sequential.load(path)
    expect(loaded.encoder!.equals(encoder)).toBe(true)
    await fresh().fit(data, { loss: 'meanSquaredError', epochs: 2, resume: path })
    // As many rows, but of other means.
    const other = Table.fromRows(flats(301).slice(1))
    const others = Encoder.fitSync(other, { target: 'price', ignore: ['cheap'] }).encode(other)
    const resumed = fresh().fit(others, { loss: 'meanSquaredError', epochs: 2, resume: path })
    await expect(resumed).rejects.toThrow(/encoder is \d+ there and \d+ here/)
  })

  test('data sets of another encoder, or of none, are refused', async () => {
    const { model, data, encoder } = await price()
    const other = Table.fromRows(flats(100))
    const others = Encoder.fitSync(other, { target: 'price', ignore: ['cheap'] }).encode(other)
    const plain = data.map((x) => x)
    for (const wrong of [others, plain]) {
      await expect(model.evaluate(wrong)).rejects.toThrow(/the encoder of the training data/)
      await expect(model.predict(wrong)).rejects.toThrow(/the encoder of the training data/)
      expect(() => model.predictSync(wrong)).toThrow(/the encoder of the training data/)
      await expect(model.partialFit(wrong)).rejects.toThrow(/the encoder of the training data/)
      const fit = model.fit(data, { loss: 'meanSquaredError', epochs: 1, validation: wrong })
      await expect(fit).rejects.toThrow(/the encoder of the training data/)
    }
    const mixed = new Population(tabularLayers(encoder), { inputs: encoder.inputs, members: 2 })
    await expect(mixed.fit([data, others], { loss: 'meanSquaredError' })).rejects.toThrow(/encoder/)
    // A later fit is one of its own data.
    await model.fit(others, { loss: 'meanSquaredError', epochs: 1 })
    expect(model.encoder).toBe(others.encoder)
    expect((await model.evaluate(others)).loss).toBeGreaterThan(0)
  })

  test('a stream of batches brings it', async () => {
    const encoder = Encoder.fitSync(table, { target: 'price', ignore: ['cheap'] })
    const data = encoder.encode(table)
    const model = new Sequential(tabularLayers(encoder), { inputs: encoder.inputs, seed: 1 })
    const options = { loss: 'meanSquaredError', metrics: ['meanAbsoluteError'], epochs: 2 } as const
    const { epochs } = await model.fit(() => data.batch(50), options)
    expect(epochs[0]!.meanAbsoluteError).toBeGreaterThan(1000)
    expect(model.encoder).toBe(encoder)
    const other = Encoder.fitSync(Table.fromRows(flats(100)), { target: 'price', ignore: ['cheap'] })
    async function* mixed() {
      yield data
      yield other.encode(table)
    }
    await expect(model.fit(mixed, options)).rejects.toThrow(/encoder/)
  })

  test('codes are not taken for numbers', async () => {
    const encoder = Encoder.fitSync(table, { target: 'price', ignore: ['cheap'] })
    const model = new Sequential([new Dense(1)], { inputs: encoder.features })
    const fit = model.fit(encoder.encode(table), { loss: 'meanSquaredError' })
    await expect(fit).rejects.toThrow(/codes of categories, which 'street' of train are.*embeddings: false/)
  })
})

describe('tabularLayers', () => {
  test('the layers that the columns and the target want', () => {
    const layers = (options: EncoderOptions, more = {}) =>
      tabularLayers(Encoder.fitSync(table, options), more).map((layer) =>
        layer instanceof Dense ? `${layer.describe()} ${layer.activationName}` : layer.describe(),
      )
    expect(layers({ target: 'price', ignore: ['cheap'] })).toEqual([
      'Concatenate (street: Embedding 9)',
      'Dense 64 relu',
      'Dense 32 relu',
      'Dense 1 linear',
    ])
    const plain = { ignore: ['price', 'street'] }
    expect(layers({ target: 'cheap', ...plain }, { hidden: [8], dropout: 0.5 })).toEqual([
      'Dense 8 relu',
      'Dropout 0.5',
      'Dense 1 sigmoid',
    ])
    expect(layers({ target: 'city', ...plain }, { hidden: [] })).toEqual(['Dense 3 softmax'])
    expect(layers({ target: 'cheap', ...plain }, { hidden: [], outputs: 2 })).toEqual(['Dense 2 softmax'])
    const features = Encoder.fitSync(table)
    expect(() => tabularLayers(features)).toThrow(/outputs/)
    expect(() => tabularLayers({} as Encoder)).toThrow(/Encoder/)
    expect(() => tabularLayers(features, { outputs: 1, dropout: 1 })).toThrow(/dropout/)
    expect(() => tabularLayers(features, { outputs: 1, hidden: [0] })).toThrow(/hidden\[0\]/)
  })

  test('two outputs for two classes are decoded too', async () => {
    const encoder = Encoder.fitSync(table, { target: 'cheap', ignore: ['price'] })
    const data: Dataset = encoder.encode(table)
    const model = new Sequential(tabularLayers(encoder, { outputs: 2 }), { inputs: encoder.inputs, seed: 1 })
    await model.fit(data, { loss: 'crossEntropy', epochs: 3 })
    expect(encoder.decode(model.predictSync(table))).toEqual(model.predictClassesSync(table))
  })
})
