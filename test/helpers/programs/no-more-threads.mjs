// Data, fits, predictions and CSV in a process that the system gives no more threads: the limit is the system's own, set
// once Node runs, by the argument 'limited'. Prints whether the limit holds, and checksums of all results.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Dataset, Dense, Population, readCsv, Sequential, setThreads } from 'deepblas'

// Node's own threads for files start with the first use of one, and Node ends the process where it gets none.
await Promise.all(Array.from({ length: 8 }, () => stat('.')))
const limited = process.argv[2] === 'limited'
if (limited) execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1'])
let holds = false
try {
  execFileSync('true')
} catch (error) {
  holds = error.code === 'EAGAIN'
}

setThreads(8)
const rows = 20_000
const x = { data: Float32Array.from({ length: rows * 32 }, (_, i) => Math.sin(i)), shape: [rows, 32] }
const data = Dataset.from({ x, y: Int32Array.from({ length: rows }, (_, i) => i % 3) })
const layers = () => [new Dense(64, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })]
const model = new Sequential(layers(), { inputs: 32, seed: 1 })
const many = new Population(layers(), { inputs: 32, members: 3, seed: 1 })
const text = `a,b,y\n${Array.from({ length: 3000 }, (_, i) => `${i / 7},${'pqr'[i % 3]},${i % 2}`).join('\n')}\n`
const results = []
const note = (numbers) => results.push(createHash('sha256').update(numbers).digest('hex'))
await model.fit(data, { loss: 'crossEntropy', epochs: 2, validation: 0.2, metrics: ['accuracy'] })
note(model.getWeights()[0].data)
model.fitSync(data, { loss: 'crossEntropy', epochs: 1 })
note((await model.predict(x)).data)
note(model.predictSync(data).data)
for (const one of await Promise.all(Array.from({ length: 20 }, () => model.predict(x)))) note(one.data)
await many.fit(data, { loss: 'crossEntropy', epochs: 1 })
note((await many.predict(x)).data)
note(JSON.stringify(await model.evaluate(data, { loss: 'crossEntropy', metrics: ['accuracy'] })))
const table = await readCsv(Readable.from([text]))
note(JSON.stringify([0, 1, 2, 2999].map((row) => ['a', 'b', 'y'].map((name) => table.cell(row, name)))))
const encoded = await Dataset.fromCSV(Readable.from([text]), { target: 'y' })
for (const row of [0, 1, 2, 2999]) note(encoded.row(row))
console.log(JSON.stringify({ holds, results }))
