// What run.mjs runs in each runtime: the installed package by import and by require, a training, a model saved and loaded,
// and a worker that trains. Prints one line of JSON: what of it went well, or why not.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

const told = {}
let library

async function trained({ Adam, Dataset, Dense, Sequential }) {
  const model = new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
    inputs: 2,
    seed: 1,
  })
  const x = [[0, 0], [0, 1], [1, 0], [1, 1]] // biome-ignore format: a table
  const data = Dataset.from({ x, y: [0, 1, 1, 0] })
  const optimizer = new Adam({ learningRate: 0.05 })
  await model.fit(data, { loss: 'binaryCrossEntropy', optimizer, epochs: 500, batchSize: 'full' })
  const answers = (await model.predict(x)).data
  if (Array.from(answers, (value) => Math.round(value)).join('') !== '0110') throw new Error('XOR was not learned')
  return model
}

const steps = {
  async import() {
    library = await import('deepblas')
  },
  require() {
    const required = createRequire(import.meta.url)('deepblas')
    if (required.Dense !== library.Dense) throw new Error('it is another copy')
  },
  async train() {
    await trained(library)
  },
  async 'save, load'() {
    const folder = mkdtempSync(join(tmpdir(), 'deepblas-runtime-'))
    try {
      const model = await trained(library)
      await model.save(join(folder, 'xor.safetensors'))
      const loaded = await library.Sequential.load(join(folder, 'xor.safetensors'))
      const [one, other] = [model, loaded].map((of) => of.predictSync([[0, 1]]).data[0])
      if (one !== other) throw new Error('it predicts otherwise')
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  async worker() {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url))
    const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
    if (answer !== 2) throw new Error(`the worker trained ${answer} epochs`)
  },
}

for (const [name, step] of Object.entries(steps)) {
  try {
    await step()
    told[name] = 'ok'
  } catch (error) {
    told[name] = String(error?.message ?? error).split('\n')[0]
  }
}
console.log(JSON.stringify(told))
process.exit(0)
