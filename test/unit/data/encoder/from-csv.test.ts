import { createReadStream, existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvChunks, Dataset, Encoder, readCsv, Sequential, tabularLayers } from '../../../../lib/index.js'

/** A folder of public tables (bank marketing, churn, wine quality of the UCI repository and Kaggle), where there is one. */
const DATA = process.env.DATA_DIR

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const header = 'age;zip;plan;since;left'
const lines = Array.from({ length: 120 }, (_, i) => {
  const age = i % 17 === 3 ? '?' : 20 + ((i * 7) % 50)
  return `${age};0${1000 + (i % 6)};${['basic', 'plus'][i % 2]};2023-${String(1 + (i % 12)).padStart(2, '0')}-05;${i % 3 === 0 ? 'yes' : 'no'}`
})

describe('Dataset.fromCSV', () => {
  test('reads and encodes; another file by the same encoder', async () => {
    const path = await file('train.csv', [header, ...lines].join('\n'))
    const train = await Dataset.fromCSV(path, { target: 'left', types: { zip: 'category' } })
    expect(train.rows).toBe(120)
    expect(train.labels).toEqual(['no', 'yes'])
    expect(train.encoder!.featureNames.slice(0, 9)).toEqual([
      'age',
      'age missing',
      ...[0, 1, 2, 3, 4, 5].map((digit) => `zip 0100${digit}`),
      'plan basic',
    ])
    // The other file's columns are in another order, and its zip codes would be numbers by themselves.
    const turned = [header, ...lines.slice(0, 10)].map((line) => line.split(';').reverse().join('\t'))
    const others = await file('test.tsv', turned.join('\n'))
    const test = await Dataset.fromCSV(others, { target: 'left', encoder: train.encoder })
    expect(test.encoder).toBe(train.encoder)
    for (let row = 0; row < 10; row++) {
      expect(test.row(row)).toEqual(train.row(row))
      expect(test.target(row)).toEqual(train.target(row))
    }
    const streamed = await Dataset.fromCSV(createReadStream(path), { target: 'left', encoder: train.encoder })
    expect(streamed.row(119)).toEqual(train.row(119))
  })

  test('options go to the reader and to the encoder', async () => {
    const path = await file('bad.csv', [header, ...lines, 'oops'].join('\n'))
    await expect(Dataset.fromCSV(path, { target: 'left' })).rejects.toThrow(/122|line/)
    const data = await Dataset.fromCSV(path, {
      target: 'left',
      skipBadRows: true,
      ignore: ['zip'],
      embeddings: true,
      scaling: 'quantile',
    })
    expect(data.rows).toBe(120)
    expect(data.encoder!.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'age quantile',
      'since date',
      'plan embedding',
    ])
    await expect(Dataset.fromCSV(path, { target: 'left', skipBad: true } as never)).rejects.toThrow(/'skipBad'/)
    await expect(Dataset.fromCSV(path, 7 as never)).rejects.toThrow(/options of Dataset.fromCSV/)
    await expect(Dataset.fromCSV(path, { target: 'lost', skipBadRows: true })).rejects.toThrow(/'lost'.*'left'/)
  })

  test('a file of one row, and one of a header alone', async () => {
    const one = await file('one.csv', `${header}\n${lines[0]}\n`)
    await expect(Dataset.fromCSV(one, { target: 'left' })).rejects.toThrow(/two or more different values.*'left'/)
    await expect(Dataset.fromCSV(one)).rejects.toThrow(/tells something of the rows/)
    const none = await file('none.csv', `${header}\n`)
    await expect(Dataset.fromCSV(none, { target: 'left' })).rejects.toThrow(/at least one row/)
    const train = await Dataset.fromCSV(await file('train2.csv', [header, ...lines].join('\n')), { target: 'left' })
    expect((await Dataset.fromCSV(one, { encoder: train.encoder })).rows).toBe(1)
    await expect(Dataset.fromCSV(none, { encoder: train.encoder })).rejects.toThrow(/at least one row/)
  })

  test('an encoder fitted on a stream of chunks, and a model that is trained on them', async () => {
    const path = await file('chunks.csv', [header, ...lines].join('\n'))
    const whole = Encoder.fitSync(await readCsv(path), { target: 'left' })
    const encoder = await Encoder.fit(csvChunks(path, { rowsPerChunk: 32 }), { target: 'left' })
    expect(encoder.toJSON()).toEqual(whole.toJSON())
    async function* batches() {
      for await (const table of csvChunks(path, { rowsPerChunk: 32, types: encoder.types })) yield encoder.encode(table)
    }
    const model = new Sequential(tabularLayers(encoder), { inputs: encoder.inputs, seed: 1 })
    const { epochs } = await model.fit(() => batches(), { loss: 'binaryCrossEntropy', epochs: 20 })
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss)
    expect(model.encoder).toBe(encoder)
  })
})

describe('known tables, in the folder that DATA_DIR names', () => {
  const there = (path: string) => DATA !== undefined && existsSync(join(DATA, path))

  test.skipIf(!there('telco-churn'))(
    'churn: customerID is an identifier, blanks of TotalCharges are missing',
    async () => {
      const data = await Dataset.fromCSV(join(DATA!, 'telco-churn/Telco-Customer-Churn.csv'), { target: 'Churn' })
      expect(data.rows).toBe(7043)
      expect(data.encoder!.dropped).toEqual([{ name: 'customerID', reason: 'identifier' }])
      expect(data.encoder!.featureNames).toContain('TotalCharges missing')
      expect(data.labels).toEqual(['No', 'Yes'])
    },
  )

  test.skipIf(!there('bank-marketing'))('bank marketing: semicolons, quotes, jobs of twelve levels', async () => {
    const data = await Dataset.fromCSV(join(DATA!, 'bank-marketing/bank-full.csv'), { target: 'y' })
    expect(data.rows).toBe(45_211)
    expect(data.encoder!.dropped).toEqual([])
    expect(data.encoder!.features).toBe(51)
  })

  test.skipIf(!there('wine-quality'))('wine quality: classes, or values where one asks for them', async () => {
    const path = join(DATA!, 'wine-quality/winequality-red.csv')
    expect((await Dataset.fromCSV(path, { target: 'quality' })).labels).toEqual(['3', '4', '5', '6', '7', '8'])
    const values = await Dataset.fromCSV(path, { target: 'quality', task: 'regression' })
    expect(values.encoder!.targetScale!.mean).toBeCloseTo(5.636, 3)
  })
})
