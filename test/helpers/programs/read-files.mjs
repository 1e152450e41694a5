// Reads the files of a list, [name, path], with one reader, and tells what came of each.
import { readFileSync } from 'node:fs'
import {
  Dataset,
  Dense,
  readArrow,
  readCsv,
  readIdx,
  readNpy,
  readNpz,
  readParquet,
  readSafetensors,
  Sequential,
} from 'deepblas'

const [reader, list] = process.argv.slice(2)
const data = Dataset.from({
  x: [
    [1, 2],
    [3, 4],
  ],
  y: [0, 1],
})
const resume = (path) =>
  new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }).fit(data, {
    loss: 'binaryCrossEntropy',
    epochs: 3,
    resume: path,
  })
const readers = {
  safetensors: readSafetensors,
  model: (path) => Sequential.load(path),
  checkpoint: resume,
  npy: readNpy,
  npz: (path) => readNpz(path),
  idx: readIdx,
  csv: (path) => readCsv(path),
  arrow: (path) => readArrow(path),
  parquet: (path) => readParquet(path),
}
const outcomes = []
for (const [name, path] of JSON.parse(readFileSync(list, 'utf8'))) {
  const outcome = await readers[reader](path).then(
    () => ({}),
    ({ code, message }) => ({ code: String(code), message }),
  )
  outcomes.push({ name, ...outcome, memory: peakMemory() })
}

/**
 * The most resident memory this program has had, in MiB. resourceUsage() is no measure on Linux: a program's maxRSS
 * starts with that of the process that started it.
 */
function peakMemory() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
}
console.log(JSON.stringify(outcomes))
