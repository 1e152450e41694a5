import { didYouMean } from '../validate.js'
import { build } from './build.js'
import type { Command } from './command.js'
import { diagnose } from './diagnose.js'
import { evaluate } from './evaluate.js'
import { improve } from './improve.js'
import { inspect } from './inspect.js'
import { predict } from './predict.js'
import { search } from './search.js'
import { UsageError } from './terminal.js'
import { train } from './train.js'
import { whyDeep } from './why-deep.js'

export const commands: readonly Command[] = [
  train,
  predict,
  evaluate,
  inspect,
  diagnose,
  improve,
  search,
  whyDeep,
  build,
]

/** @throws UsageError with the commands there are */
export function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const list = commands.map((command) => command.name)
  const near = didYouMean(name, list)
  throw new UsageError(
    `There is no command '${name}'.${near === undefined ? '' : ` ${near}`} The commands are: ${list.join(', ')}.`,
  )
}

export function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  return `Deep neural networks for tables, from the command line.

usage: deepblas <command> [options]

${lines.join('\n')}

deepblas <command> --help tells all of a command; deepblas --version the version.

  deepblas train customers.csv --target churned
  deepblas predict customers.safetensors new.csv --out predictions.csv
`
}
