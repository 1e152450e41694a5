// Makes a model with one layer of [units, inputs], which no machine can hold: prints the code of the error.
import { Dense, Sequential } from 'deepblas'

const [units, inputs] = process.argv.slice(2).map(Number)
let code = 'made'
try {
  new Sequential([new Dense(units)], { inputs })
} catch (error) {
  code = error.code
}
console.log(JSON.stringify(code))
