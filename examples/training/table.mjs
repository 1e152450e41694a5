// From a table to a model in one call: what `deepblas train` does, with what it found on the way. `preset: 'good'`, the
// default, would average several networks; one plain network will do for a formula.
//   node examples/training/table.mjs customers.csv --target churned --out customers.safetensors
// Without a file it learns from customers that a formula made.
import { parseArgs } from 'node:util'
import { evaluateTable, ProgressBar, Sequential, trainTable } from 'deepblas'

const { values, positionals } = parseArgs({
  options: { target: { type: 'string', default: 'left' }, out: { type: 'string' } },
  allowPositionals: true,
})
const { target, out } = values

const { model, metrics, profile, history, epoch } = await trainTable(positionals[0] ?? invented(2000, 1), {
  target,
  preset: 'fast',
  callbacks: [new ProgressBar()],
})

console.log(`${profile.rows} rows, ${profile.columns.length} columns; ${profile.task} of ${target}`)
for (const { column, reason, leftOut } of profile.suspicious) {
  console.log(`${leftOut ? 'left out' : 'look at'}: ${column} ${reason}`)
}
for (const { text } of profile.advice) console.log(text)
console.log(`kept epoch ${epoch} of ${history.epochs.length}`)
for (const [name, value] of Object.entries(metrics)) console.log(`held out: ${name} ${value.toFixed(4)}`)

// The model takes rows as objects, and tells what it has not seen.
if (positionals[0] === undefined) {
  const later = await evaluateTable(model, [...invented(500, 2), { ...invented(1, 3)[0], plan: 'gold' }])
  console.log(`later: accuracy ${later.metrics.accuracy.toFixed(4)} on ${later.rows} rows`)
  for (const { column, rows, examples } of later.unlike.unknown) {
    console.log(`unknown to the model: ${column} in ${rows} row, ${examples.join(', ')}`)
  }
}

// One file holds encoder, network and labels: `deepblas predict`, `evaluate` and `inspect` take it.
if (out !== undefined) {
  await model.save(out)
  console.log(`saved ${out}, made by deepblas ${(await Sequential.load(out)).made?.version}`)
}

/** Customers who leave when they pay much and are new; a column names the row, another tells nothing. */
function invented(count, seed) {
  let state = seed
  const random = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return Array.from({ length: count }, (_, row) => {
    const [fee, months, plan] = [20 + 80 * random(), Math.floor(60 * random()), random() < 0.5 ? 'basic' : 'full']
    const score = (fee - 60) / 20 - (months - 30) / 15 + (plan === 'full' ? 0.5 : -0.5)
    return {
      customer: `C-${seed}-${row}`,
      fee: Number(fee.toFixed(2)),
      months,
      plan,
      country: 'AT',
      left: score + random() - 0.5 > 0 ? 'yes' : 'no',
    }
  })
}
