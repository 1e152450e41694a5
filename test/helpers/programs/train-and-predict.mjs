// Data, fits and predictions on eight threads, of which the system may give fewer: prints some of the numbers.
import { Dataset, Dense, Sequential, setThreads } from 'deepblas'

setThreads(8)
const rows = 20_000
const x = { data: Float32Array.from({ length: rows * 32 }, (_, i) => Math.sin(i)), shape: [rows, 32] }
const data = Dataset.from({ x, y: Int32Array.from({ length: rows }, (_, i) => i % 3) })
const layers = [new Dense(64, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })]
const model = new Sequential(layers, { inputs: 32, seed: 1 })
await model.fit(data, { loss: 'crossEntropy', epochs: 2, validation: 0.2 })
const first = await model.predict(x)
setThreads(4)
model.fitSync(data, { loss: 'crossEntropy', epochs: 1 })
const second = model.predictSync({ data: x.data.slice(0, 3200), shape: [100, 32] })
const many = await Promise.all(Array.from({ length: 20 }, () => model.predict(x)))
console.log(JSON.stringify([first.data[5], second.data[7], many[0].data[9], many[19].data[9]]))
