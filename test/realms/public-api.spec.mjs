/*
 * Every public function that takes values of a user, with values of three realms: the one that this file runs in, Node's
 * own, and one more. Jest and vitest's vm pools run this file, and deepblas with it, outside of Node's own realm; there
 * the addon and Node's modules give values of another realm too. runners.test.ts runs it in each of them.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createContext, runInContext, runInThisContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import * as arrow from 'apache-arrow'
import { zipSync } from 'fflate'
import { parquetWriteBuffer } from 'hyparquet-writer'
import {
  Adam,
  augmented,
  BatchNorm,
  batches,
  Checkpoint,
  CSVLog,
  checkGradient,
  crossValidate,
  csvChunks,
  Dataset,
  DeepblasError,
  Dense,
  defineActivation,
  EarlyStopping,
  Encoder,
  findLearningRate,
  LBFGS,
  metrics,
  noise,
  Population,
  parquetChunks,
  readArrow,
  readCsv,
  readIdx,
  readNpy,
  readNpz,
  readParquet,
  readSafetensors,
  Sequential,
  Table,
  TensorBoard,
  tabularLayers,
  writeNpy,
  writeSafetensors,
} from '../../dist/index.mjs'

const { afterAll, describe, expect, test } = globalThis

const third = createContext({})
const thirdRealm = (code) => runInContext(code, third)
const realms = [
  ['its own', globalThis, (text) => JSON.parse(text)],
  ["Node's", runInThisContext('globalThis'), runInThisContext('(text) => JSON.parse(text)')],
  ['another', thirdRealm('globalThis'), thirdRealm('(text) => JSON.parse(text)')],
]
const numberTypes = [
  'Float32Array',
  'Float64Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int8Array',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
]

const folder = mkdtempSync(join(tmpdir(), 'deepblas-realms-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = (ending) => join(folder, `${files++}${ending}`)

const points = [
  [0, 1],
  [1, 0],
  [2, 2],
  [3, 1],
  [1, 3],
  [2, 0],
]
const sums = points.map(([a, b]) => a + b)
const small = (options) =>
  new Sequential([new Dense(3, { activation: 'tanh' }), new Dense(1)], { inputs: 2, seed: 1, ...options })
const fitOptions = { loss: 'meanSquaredError', epochs: 3, batchSize: 2, seed: 1 }

/** What is thrown, which must be a DeepblasError of this code; `instanceof Error` is what users and Jest ask. */
async function refusal(code, attempt) {
  let thrown
  try {
    await attempt()
  } catch (error) {
    thrown = error
  }
  expect(thrown instanceof DeepblasError).toBe(true)
  expect(thrown instanceof Error).toBe(true)
  expect(thrown.code).toBe(code)
  return thrown
}

/** Plain numbers, which compare equal whatever realm they are of. */
const plain = (numbers) => Array.from(numbers)

test('this file runs where it is meant to', () => {
  const apart = runInThisContext('Float32Array') !== Float32Array
  expect(apart).toBe(process.env.DEEPBLAS_TEST_REALM !== 'shared')
})

describe.each(realms)('values of %s realm', (_name, realm, parse) => {
  const floats = (numbers) => realm.Float32Array.from(numbers)
  const xy = () => ({
    x: { data: floats(points.flat()), shape: parse(JSON.stringify([6, 2])) },
    y: realm.Float64Array.from(sums),
  })
  const expectedModel = () => {
    const model = small()
    model.fitSync(Dataset.from({ x: points, y: sums }), fitOptions)
    return model
  }

  test.each(numberTypes)('Dataset.from with %s', (type) => {
    const bytes = Dataset.from({
      x: { data: realm[type].from(points.flat()), shape: [6, 2] },
      y: realm[type].from(sums),
    })
    expect(plain(bytes.row(4))).toEqual(points[4])
    expect(bytes.target(4)[0]).toBe(4)
    expect(bytes.type).toBe(Dataset.from({ x: { data: globalThis[type].from(points.flat()), shape: [6, 2] } }).type)
    expect(plain(bytes.subset(realm.Int32Array.of(5, 0)).row(0))).toEqual(points[5])
    expect(bytes.slice(1, 3).target(1)[0]).toBe(4)
    const both = bytes.concat(Dataset.from({ x: points, y: globalThis[type].from(sums) }))
    expect(both.rows).toBe(12)
    expect(both.target(11)[0]).toBe(2)
    expect(plain(bytes.augment([noise({ standardDeviation: 0.1 })]).row(1))).toEqual(points[1])
  })

  test('training is the same to the bit', async () => {
    const model = small()
    const data = Dataset.from(xy())
    await model.fit(data, parse(JSON.stringify(fitOptions)))
    const expected = expectedModel()
    expect(plain(model.predictSync(points).data)).toEqual(plain(expected.predictSync(points).data))
    const { data: row } = model.predictSync(floats(points[2]))
    expect(plain(row)).toEqual(plain(expected.predictSync([points[2]]).data))
    expect(plain((await model.predict(floats(points[2]))).data)).toEqual(plain(row))
    expect(plain((await model.predict({ data: floats(points.flat()), shape: [6, 2] })).data)).toEqual(
      plain(expected.predictSync(points).data),
    )
    expect((await model.evaluate(data, { loss: 'meanSquaredError' })).loss).toBe(
      expected.evaluateSync(data, { loss: 'meanSquaredError' }).loss,
    )
  })

  test('sample weights, class weights, weights of a model, metrics', () => {
    const { x } = xy()
    const data = Dataset.from({
      x,
      y: realm.Int32Array.of(0, 1, 1, 0, 1, 0),
      sampleWeights: floats([1, 2, 1, 1, 2, 1]),
    })
    const model = new Sequential([new Dense(2, { activation: 'softmax' })], { inputs: 2, seed: 1 })
    model.fitSync(data, { loss: 'crossEntropy', epochs: 1, classWeights: floats([1, 2]) })
    const weights = model.getWeights().map(({ name, shape, data: own }) => ({ name, shape, data: floats(own) }))
    const other = new Sequential([new Dense(2, { activation: 'softmax' })], { inputs: 2, seed: 2 })
    other.setWeights(weights)
    expect(plain(other.predictSync(points).data)).toEqual(plain(model.predictSync(points).data))
    expect(metrics.accuracy(realm.Int32Array.of(0, 1, 1), realm.Int32Array.of(0, 1, 0))).toBe(2 / 3)
    expect(metrics.meanSquaredError(floats([1, 2]), floats([1, 4]))).toBe(2)
  })

  test('rows that a function gives back', () => {
    const bytes = Dataset.from(xy()).map((row) => ({ x: realm.Uint8Array.from(row), y: realm.Float64Array.of(row[0]) }))
    expect(bytes.type).toBe('uint8')
    expect(bytes.target(3)[0]).toBe(3)
    const augmentedRows = Dataset.from(xy()).augment([(row) => realm.Float64Array.from(row, (value) => value + 1)])
    expect(plain(augmentedRows.row(augmentedRows.rows - 1))).toEqual(points[5].map((value) => value + 1))
  })

  test('Buffers, subclasses and shared memory', async () => {
    class Own extends realm.Float32Array {
      slice() {
        throw new Error('not to be called')
      }
      subarray() {
        throw new Error('not to be called')
      }
    }
    const shared = new realm.Float32Array(new realm.SharedArrayBuffer(48))
    shared.set(points.flat())
    const y = Buffer.from(sums)
    const data = Dataset.from({ x: { data: shared, shape: [6, 2] }, y })
    y.fill(9)
    shared.fill(9)
    expect(plain(data.row(3))).toEqual(points[3])
    expect(sums.map((_, row) => data.target(row)[0])).toEqual(sums)
    const own = Dataset.from({ x: { data: Own.from(points.flat()), shape: [6, 2] }, y: Own.from(sums) })
    const [kept, held] = own.split(0.5)
    expect(kept.rows + held.rows).toBe(6)
    const model = expectedModel()
    const one = new realm.Float32Array(new realm.SharedArrayBuffer(8))
    one.set(points[2])
    const expected = plain(model.predictSync([points[2]]).data)
    expect(plain(model.predictSync(one).data)).toEqual(expected)
    expect(plain((await model.predict(one)).data)).toEqual(expected)
    expect(plain(model.predictSync(Own.from(points[2])).data)).toEqual(expected)
    expect(plain(model.predictSync(Buffer.from(points[2])).data)).toEqual(expected)
    await model.partialFit(
      { x: { data: Buffer.from(points.flat()), shape: [6, 2] }, y: Buffer.from(sums) },
      { loss: 'meanSquaredError' },
    )
  })

  test.each([...numberTypes, 'BigInt64Array', 'BigUint64Array'])('.npy of %s', async (type) => {
    const big = type.startsWith('Big')
    const path = newFile('.npy')
    for (let times = 0; times < 2; times++) {
      await writeNpy(path, { data: realm[type].from(big ? [1n, 2n] : [1, 2]), shape: parse('[2]') })
      const read = await readNpy(path)
      expect(plain(read.data)).toEqual([1, 2])
      expect(read.shape).toEqual([2])
    }
  })

  test('safetensors', async () => {
    const path = newFile('.safetensors')
    const tensors = [
      { name: 'a', dtype: 'F32', shape: [2], data: floats([1, 2]) },
      { name: 'b', dtype: 'U8', shape: [1, 1], data: realm.Uint8Array.of(3) },
      { name: 'c', dtype: 'I64', shape: [1], data: realm.BigInt64Array.of(4n) },
    ]
    for (let times = 0; times < 2; times++) {
      await writeSafetensors(path, { tensors, metadata: parse('{"format":"pt"}') })
      const read = await readSafetensors(path)
      expect(Object.fromEntries(read.tensors.map(({ name, data }) => [name, plain(data).map(Number)]))).toEqual({
        a: [1, 2],
        b: [3],
        c: [4],
      })
      expect(read.metadata.format).toBe('pt')
    }
    const wrong = [{ name: 'a', dtype: 'F32', shape: [1], data: realm.Float64Array.of(1) }]
    await refusal('ERR_DEEPBLAS_ARGUMENT', () => writeSafetensors(path, { tensors: wrong }))
  })

  test('text from streams and generators of bytes', async () => {
    const text = 'when,a,kind\n2024-01-02,1,x\n2024-01-03,2,y\n'
    const bytes = realm.Uint8Array.from(Buffer.from(text))
    const packed = realm.Uint8Array.from(gzipSync(text))
    async function* pieces(whole) {
      for (let i = 0; i < whole.length; i += 7) yield whole.slice(i, i + 7)
    }
    for (const source of [pieces(bytes), pieces(text), pieces(packed), Readable.from([Buffer.from(text)])]) {
      const table = await readCsv(source)
      expect(table.rows).toBe(2)
      expect(plain(table.column('a').values)).toEqual([1, 2])
      expect(table.column('when').type).toBe('date')
    }
    const broken = realm.Uint8Array.from(gzipSync(text))
    broken.fill(7, 12)
    await refusal('ERR_DEEPBLAS_FILE', () => readCsv(pieces(broken)))
  })

  test('tables of rows with dates, and their encoders', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      when: new realm.Date(Date.UTC(2024, 0, 1 + i)),
      kind: i % 3 === 0 ? 'a' : 'b',
      n: i,
      y: 2 * i,
    }))
    const table = Table.fromRows(rows)
    expect(table.column('when').type).toBe('date')
    expect(table.column('when').values[1]).toBe(Date.UTC(2024, 0, 2))
    const encoder = await Encoder.fit(table, { target: 'y' })
    const data = encoder.encode(table)
    const model = new Sequential(tabularLayers(encoder), { inputs: encoder.inputs, seed: 1 })
    await model.fit(data, { loss: 'meanSquaredError', epochs: 1 })
    const [first] = rows
    const one = model.predictSync([{ when: first.when, kind: 'a', n: 0 }]).data[0]
    expect(one).toBe(model.predictSync(table.select(realm.Int32Array.of(0))).data[0])
    const again = Table.of([
      { name: 'n', type: 'number', values: realm.Float64Array.of(1, 2) },
      { name: 'c', type: 'category', codes: realm.Int32Array.of(0, -1), levels: parse('["x"]') },
    ])
    expect(again.cell(0, 'c')).toBe('x')
    const categories = Table.fromRows(rows.slice(0, 3), { types: { when: 'category' } })
    expect(categories.column('when').levels[0]).toBe('2024-01-01T00:00:00.000Z')
    const streamed = await Dataset.fromRows(Readable.from(rows), { target: 'y', encoder })
    expect(plain(streamed.row(7))).toEqual(plain(data.row(7)))
  })

  test('an AbortSignal', async () => {
    const controller = new AbortController()
    const reason = new realm.Error('enough')
    const fit = small().fit(Dataset.from(xy()), {
      ...fitOptions,
      epochs: 1_000_000,
      signal: controller.signal,
      callbacks: [{ onEpochEnd: ({ epoch }) => epoch === 2 && controller.abort(reason) }],
    })
    let thrown
    await fit.catch((error) => {
      thrown = error
    })
    expect(thrown === reason).toBe(true)
    await refusal('ERR_DEEPBLAS_ARGUMENT', () =>
      small().fit(Dataset.from(xy()), { ...fitOptions, signal: parse('{}') }),
    )
    // jsdom's AbortSignal, which Jest's jsdom environment gives, is a class of its own.
    class Signal extends EventTarget {
      aborted = false
      throwIfAborted() {
        if (this.aborted) throw reason
      }
    }
    const signal = new Signal()
    const stop = ({ epoch }) => {
      if (epoch !== 2) return
      signal.aborted = true
      signal.dispatchEvent(new Event('abort'))
    }
    thrown = undefined
    await small()
      .fit(Dataset.from(xy()), { ...fitOptions, epochs: 1_000_000, signal, callbacks: [{ onEpochEnd: stop }] })
      .catch((error) => {
        thrown = error
      })
    expect(thrown === reason).toBe(true)
  })

  test('a stream of batches', async () => {
    const model = small()
    async function* stream() {
      for (let i = 0; i < 4; i++) yield xy()
    }
    await model.fit(stream, { loss: 'meanSquaredError', epochs: 2, stepsPerEpoch: 4 })
    async function* numbered() {
      for (const row of points) yield floats(row)
    }
    let rows = 0
    for await (const batch of batches(numbered(), { size: 4, x: (row) => row })) rows += batch.x.shape[0]
    expect(rows).toBe(6)
    const cause = new realm.TypeError('the source broke')
    const broken = async function* () {
      yield xy()
      throw cause
    }
    let thrown
    await model.fit(broken, { loss: 'meanSquaredError', epochs: 1 }).catch((error) => {
      thrown = error
    })
    expect(thrown === cause || thrown.cause === cause).toBe(true)
  })

  test('an error of a callback passes as it is', async () => {
    const error = new realm.RangeError('mine')
    const callbacks = [
      {
        onEpochEnd() {
          throw error
        },
      },
    ]
    let thrown
    await small()
      .fit(Dataset.from(xy()), { ...fitOptions, callbacks })
      .catch((caught) => {
        thrown = caught
      })
    expect(thrown === error).toBe(true)
  })

  test('Parquet and Arrow', async () => {
    const path = newFile('.parquet')
    const columnData = [
      { name: 'n', data: [1.5, 2], type: 'DOUBLE' },
      { name: 'when', data: [new Date(0), new Date(86_400_000)], type: 'TIMESTAMP' },
    ]
    writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData })))
    const table = await readParquet(path)
    expect(plain(table.column('n').values)).toEqual([1.5, 2])
    expect(plain(table.column('when').values)).toEqual([0, 86_400_000])
    for await (const chunk of parquetChunks(path)) expect(chunk.rows).toBe(2)
    const bytes = arrow.tableToIPC(arrow.tableFromArrays({ n: Float64Array.of(1, 2) }))
    expect(plain((await readArrow(realm.Uint8Array.from(bytes))).column('n').values)).toEqual([1, 2])
  })
})

test('arrays that come back are of the realm of the caller', async () => {
  const [npy, npz, tensors] = ['.npy', '.npz', '.safetensors'].map(newFile)
  await writeNpy(npy, { data: Float32Array.of(1), shape: [1] })
  const bytes = newFile('.npy')
  await writeNpy(bytes, { data: Uint8Array.of(1), shape: [1] })
  writeFileSync(npz, zipSync({ 'a.npy': new Uint8Array(readFileSync(bytes)) }))
  await writeSafetensors(tensors, { tensors: [{ name: 'a', dtype: 'F32', shape: [1], data: Float32Array.of(1) }] })
  const data = Dataset.from({ x: points, y: sums, sampleWeights: [1, 1, 1, 1, 1, 1] })
  const model = small()
  const seen = []
  data.map((row) => {
    seen.push(row)
    return row
  })
  data.augment([(row) => void seen.push(row)])
  for await (const batch of augmented(data, [noise({ standardDeviation: 0.1 })], { batchSize: 2 }))
    seen.push(batch.row(0))
  const table = Table.fromRows([{ a: 1 }, { a: 2 }])
  const floats = {
    row: data.row(0),
    weights: model.getWeights()[0].data,
    sampleWeights: data.sampleWeights(),
    predict: model.predictSync(points).data,
    'predict, later': (await model.predict(points)).data,
    npy: (await readNpy(npy)).data,
    safetensors: (await readSafetensors(tensors)).tensors[0].data,
    ...Object.fromEntries(seen.map((row, i) => [`row ${i}`, row])),
  }
  const others = {
    values: [table.column('a').values, Float64Array],
    trace: [(await model.trace(data.take(2), { loss: 'meanSquaredError' })).layers[0].A.data, Float64Array],
    npz: [(await readNpz(npz)).a.data, Uint8Array],
  }
  const all = [
    ...Object.entries(floats).map(([name, array]) => [name, [array, Float32Array]]),
    ...Object.entries(others),
  ]
  const foreign = all.filter(([, [array, Class]]) => !(array instanceof Class)).map(([name]) => name)
  expect(foreign).toEqual([])
})

test('files of a model, in all ways of writing', async () => {
  const model = small()
  const [saved, checkpoint, log, board] = ['.safetensors', '.safetensors', '.csv', ''].map(newFile)
  const data = Dataset.from({ x: points, y: sums })
  const callbacks = [
    new Checkpoint(checkpoint, { every: 1 }),
    new CSVLog(log),
    new TensorBoard(board),
    new EarlyStopping({ monitor: 'loss' }),
  ]
  await model.fit(data, { ...fitOptions, callbacks })
  for (let times = 0; times < 2; times++) {
    await model.save(saved)
    const loaded = await Sequential.load(saved)
    expect(plain(loaded.predictSync(points).data)).toEqual(plain(model.predictSync(points).data))
  }
  const resumed = await Sequential.load(checkpoint)
  await resumed.fit(data, { ...fitOptions, epochs: 5, resume: checkpoint })
  expect(readFileSync(log, 'utf8').split('\n').length).toBe(5)
  const population = new Population([new Dense(1)], { inputs: 2, members: 2, seed: 1 })
  await population.fit(data, { ...fitOptions })
  await population.save(saved)
  await Population.load(saved)
})

test('other ways of training and looking', async () => {
  const data = Dataset.from({ x: points, y: sums })
  await small().fit(data, { ...fitOptions, optimizer: new LBFGS(), batchSize: 'full' })
  await small().fit(augmented(data, [noise({ standardDeviation: 0.1 })], { batchSize: 2 }), {
    loss: 'meanSquaredError',
    epochs: 1,
  })
  await crossValidate(() => small(), data, { ...fitOptions, folds: 2 })
  await findLearningRate(small(), data, {
    loss: 'meanSquaredError',
    optimizer: (learningRate) => new Adam({ learningRate }),
  })
  checkGradient(new BatchNorm(), { inputs: 2 })
  const square = defineActivation({
    name: 'realmSquare',
    forward: (x) => x.squared(),
    derivative: (x) => x.times(2),
  })
  expect(small().explain({ loss: 'meanSquaredError' }).length).toBeGreaterThan(0)
  expect(square.name).toBe('realmSquare')
})

test('errors of files have their code and name the file', async () => {
  const missing = join(folder, 'missing', 'file.bin')
  const data = Dataset.from({ x: points, y: sums })
  const attempts = [
    () => readNpy(missing),
    () => readNpz(missing),
    () => readIdx(missing),
    () => readSafetensors(missing),
    () => readCsv(missing),
    () => csvChunks(missing).next(),
    () => readParquet(missing),
    () => readArrow(missing),
    () => Sequential.load(missing),
    () => small().save(missing),
    () => writeNpy(missing, { data: Float32Array.of(1), shape: [1] }),
    () => writeSafetensors(missing, { tensors: [] }),
    () => small().fit(data, { ...fitOptions, callbacks: [new Checkpoint(missing)] }),
    () => small().fit(data, { ...fitOptions, callbacks: [new CSVLog(missing)] }),
  ]
  for (const [i, attempt] of attempts.entries()) {
    const error = await refusal('ERR_DEEPBLAS_FILE', attempt)
    expect(`${i}: ${error.message}`).toMatch(/ENOENT|no such file/)
  }
  const file = newFile('.safetensors')
  writeFileSync(file, 'no model')
  await refusal('ERR_DEEPBLAS_FILE', () => Sequential.load(file))
  copyFileSync(file, `${file}.npy`)
  await refusal('ERR_DEEPBLAS_FILE', () => readNpy(`${file}.npy`))
  expect(existsSync(missing)).toBe(false)
})

test('errors of the addon and of checks have their code', async () => {
  await refusal('ERR_DEEPBLAS_DATA', () => Dataset.from({ x: [[Number.NaN]] }))
  await refusal('ERR_DEEPBLAS_SHAPE', () => small().predictSync([[1, 2, 3]]))
  await refusal('ERR_DEEPBLAS_ARGUMENT', () => small().fit({}, fitOptions))
  const huge = Dataset.from({ x: [[1e30, 1e30]], y: [1e30] })
  await refusal('ERR_DEEPBLAS_NOT_FINITE', () => small().fit(huge, fitOptions))
})
