// A process that holds one contender: reads requests as lines of JSON, answers each with a line "> " and JSON. What a
// library prints by itself is thereby told apart.
import { createInterface } from 'node:readline'

let contender

const requests = {
  async open({ module, workload, options }) {
    contender = await (await import(module)).open(workload, options)
    return contender.about
  },
  run: ({ steps }) => contender.run(steps),
  check: ({ steps }) => (contender.check === undefined ? {} : contender.check(steps)),
  /** Further rows: a function of a module, by name. */
  async call({ module, name, given }) {
    return (await import(module))[name](given)
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let answer
  try {
    answer = { result: (await requests[request.do](request)) ?? null }
  } catch (error) {
    answer = { error: error.stack ?? String(error) }
  }
  process.stdout.write(`> ${JSON.stringify(answer)}\n`)
}
