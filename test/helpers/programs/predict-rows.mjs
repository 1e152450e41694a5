// Loads a model and predicts rows given as JSON: prints the bits of the predictions, and the classes.
import { readFileSync } from 'node:fs'
import { Sequential } from 'deepblas'

const [model, rows] = process.argv.slice(2)
const loaded = await Sequential.load(model)
const given = JSON.parse(readFileSync(rows, 'utf8'))
const { data } = await loaded.predict(given)
const classes = loaded.encoder.task === 'classification' ? await loaded.predictClasses(given) : null
console.log(JSON.stringify({ bits: Buffer.from(data.buffer).toString('hex'), classes }))
