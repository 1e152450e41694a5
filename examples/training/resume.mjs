// A training that dies in mid-epoch and goes on in another process, to the same bits as one that nothing has happened to.
// node examples/training/resume.mjs
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Adam, Checkpoint, Dataset, Dense, Dropout, datasets, Sequential } from 'deepblas'

/** The same in every process: model, data and options are what a checkpoint is checked against. */
async function train(more) {
  const data = Dataset.from(datasets.digits({ samples: 1500, seed: 1 }), { scale: 1 / 255 })
  const model = new Sequential(
    [new Dense(64, { activation: 'relu' }), new Dropout(0.2), new Dense(10, { activation: 'softmax' })],
    { inputs: 784, seed: 2 },
  )
  const { epochs } = await model.fit(data, {
    loss: 'crossEntropy',
    optimizer: new Adam(),
    epochs: 6,
    validation: 0.2,
    metrics: ['accuracy'],
    ...more,
  })
  const bits = createHash('sha256')
  for (const { data } of model.getWeights()) bits.update(data)
  const last = epochs.at(-1)
  return `${epochs.length} epochs, accuracy ${last?.validation?.accuracy}, loss ${last?.loss}, weights ${bits.digest('hex')}`
}

const [role, path] = process.argv.slice(2)
if (role === 'dies') {
  const crash = {
    needs: 'step',
    onStepEnd({ totalStep }) {
      if (totalStep === 100) process.exit(1)
    },
  }
  await train({ callbacks: [new Checkpoint(path, { every: { steps: 45 } }), crash] })
} else if (role === 'resumes') {
  console.log(await train({ resume: path }))
} else {
  const folder = mkdtempSync(join(tmpdir(), 'deepblas-'))
  const checkpoint = join(folder, 'checkpoint.safetensors')
  const run = (as) =>
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), as, checkpoint], { encoding: 'utf8' })
  console.log(`the first process ends with exit code ${run('dies').status}`)
  const resumed = run('resumes')
  rmSync(folder, { recursive: true })
  if (resumed.status !== 0) throw new Error(resumed.stderr)
  const whole = await train({})
  console.log(`resumed:       ${resumed.stdout.trim()}`)
  console.log(`uninterrupted: ${whole}`)
  console.log(resumed.stdout.trim() === whole ? 'the same, to the last bit' : 'they differ')
}
