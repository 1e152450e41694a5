// How busy the event loop is while a large network fits, for so many milliseconds and so many steps at least: the main
// thread's processor time, what Node measures, and whether timers and file reads go on.
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { Dataset, Dense, Sequential } from 'deepblas'

const file = fileURLToPath(import.meta.url)
// Nanoseconds that the main thread has been on a processor: the first number of its schedstat.
const schedule = `/proc/self/task/${process.pid}/schedstat`
const processorTime = () => (existsSync(schedule) ? Number(readFileSync(schedule, 'utf8').split(' ')[0]) : Number.NaN)

const rows = 1024
const model = new Sequential(
  [
    new Dense(2048, { activation: 'relu' }),
    new Dense(2048, { activation: 'relu' }),
    new Dense(100, { activation: 'softmax' }),
  ],
  { inputs: 1024 },
)
const data = Dataset.from({
  x: { data: Float32Array.from({ length: rows * 1024 }, (_, i) => Math.sin(i)), shape: [rows, 1024] },
  y: Int32Array.from({ length: rows }, (_, i) => i % 100),
})
const enough = new AbortController()
let timers = 0
let reads = 0
let steps = 0
const timer = setInterval(() => {
  timers++
  readFile(file).then(() => reads++)
}, 50)
const [milliseconds, fewestSteps] = process.argv.slice(2).map(Number)
const started = performance.now()
const busy = processorTime()
const before = performance.eventLoopUtilization()
const onProgress = ({ totalStep }) => {
  steps = totalStep
  if (steps >= fewestSteps && performance.now() - started >= milliseconds) enough.abort(new Error('enough'))
}
await model
  .fit(data, {
    loss: 'crossEntropy',
    epochs: 1_000_000,
    batchSize: 512,
    signal: enough.signal,
    callbacks: [{ onProgress }],
  })
  .catch((error) => {
    if (error !== enough.signal.reason) throw error
  })
const { utilization } = performance.eventLoopUtilization(before)
const taken = performance.now() - started
clearInterval(timer)
const share = (processorTime() - busy) / 1e6 / taken
console.log(JSON.stringify({ share, utilization, timers, reads, steps }))
