/* What bundlers.test.ts bundles: a little of all that is not plain JavaScript of the library. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  Checkpoint,
  Dataset,
  Dense,
  EarlyStopping,
  readCsv,
  readNpy,
  readNpz,
  readParquet,
  Sequential,
  writeNpy,
} from 'deepblas'

async function run(folder) {
  const file = (name) => join(folder, name)
  const data = Dataset.from({
    x: [
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    y: [1, 2, 3],
  })
  const model = new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1)], { inputs: 2, seed: 1 })
  const callbacks = [new EarlyStopping({ monitor: 'loss' }), new Checkpoint(file('checkpoint.safetensors'))]
  await model.fit(data, { loss: 'meanSquaredError', epochs: 2, callbacks })
  await model.save(file('model.safetensors'))
  const loaded = await Sequential.load(file('model.safetensors'))
  await writeNpy(file('a.npy'), { data: Float32Array.of(1, 2), shape: [2] })
  writeFileSync(file('a.csv'), 'a,b\n1,"x"\n2,y\n')
  writeFileSync(file('a.csv.gz'), gzipSync('a\n1\n'))
  const codeOf = (promise) =>
    promise.then(
      () => 'none',
      ({ code }) => code,
    )
  return {
    predicted: Array.from(loaded.predictSync([[1, 1]]).data),
    npy: Array.from((await readNpy(file('a.npy'))).data),
    rows: [(await readCsv(file('a.csv'))).rows, (await readCsv(file('a.csv.gz'))).rows],
    // What reads tables for data sets is installed as deepblas is loaded: a bundler must not leave it out.
    read: (await Dataset.fromCSV(file('a.csv'), { target: 'b', task: 'classification' })).labels,
    missing: await codeOf(readNpz(file('missing.npz'))),
    // hyparquet is not installed beside the program: that is what must be said, not how a bundler failed.
    parquet: await codeOf(readParquet(file('a.csv'))),
    // Checkpoints tell callbacks apart by the names of their classes, whatever a bundler makes of names.
    names: [data, model, ...callbacks].map((one) => one.constructor.name),
  }
}

// Without an await at the top, which CommonJS has not.
async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-bundled-'))
  try {
    console.log(JSON.stringify(await run(folder)))
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, message: error.message }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

main()
