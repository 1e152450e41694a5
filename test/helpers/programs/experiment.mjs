// An experiment with a journal, whose path is the argument: prints the figures of all trials; with a number after it, it is
// killed after so many. It runs the sources, since the package does not give experiments away.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('experiment-run.ts', import.meta.url)))
console.log(JSON.stringify(await module.figures(process.argv[2], process.argv[3] && Number(process.argv[3]))))
