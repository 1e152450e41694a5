import { DeepblasError } from '../errors.js'
import { messageOf } from '../kinds.js'
import { packageVersion } from '../package-root.js'
import { HELP_WIDTH, helpText, readCommandLine } from './command.js'
import { commandNamed, overview } from './commands.js'
import { inOptions } from './flags.js'
import { exitCodes, Interrupted, type Terminal, tell, UsageError, writeAll } from './terminal.js'

/**
 * One call of `deepblas`.
 *
 * @param args what stands behind `deepblas`
 * @returns the exit code: 0, 1 where it failed, 2 for wrong use, 130 after Ctrl+C
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json')
  try {
    const [first, ...rest] = args
    if (first === '--version') {
      await writeAll(terminal.stdout, `${packageVersion()}\n`)
      return exitCodes.done
    }
    if (first === '--help' || (first === 'help' && rest.length === 0)) {
      await writeAll(terminal.stdout, overview())
      return exitCodes.done
    }
    if (first === undefined || first.startsWith('-')) {
      throw new UsageError(first === undefined ? 'Which command?' : `Expected a command before ${first}.`)
    }
    const command = commandNamed(first === 'help' ? rest[0]! : first)
    const given = readCommandLine(command, first === 'help' ? ['--help'] : rest)
    if (given.switches.has('help')) {
      await writeAll(terminal.stdout, helpText(command, helpWidth(terminal)))
      return exitCodes.done
    }
    const result = await command.run(given, terminal)
    if (json) await writeAll(terminal.stdout, `${JSON.stringify(result)}\n`)
    // A command that can end with what is known so far gives that, and says so.
    return result.stopped === 'aborted' ? exitCodes.interrupted : exitCodes.done
  } catch (error) {
    return failure(error, args[0], json, terminal)
  }
}

async function failure(
  error: unknown,
  command: string | undefined,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const { stdout, signal } = terminal
  if (error instanceof Interrupted || signal.aborted) {
    tell(terminal, '\nInterrupted: nothing was saved.\n')
    return exitCodes.interrupted
  }
  const wrongUse = error instanceof UsageError
  const message = inOptions(messageOf(error))
  tell(terminal, `${message}\n`)
  if (wrongUse) tell(terminal, `See: deepblas ${helpFor(command)}--help\n`)
  if (json) {
    const code = wrongUse
      ? 'ERR_DEEPBLAS_ARGUMENT'
      : error instanceof DeepblasError
        ? error.code
        : 'ERR_DEEPBLAS_INTERNAL'
    await writeAll(stdout, `${JSON.stringify({ error: { code, message } })}\n`)
  }
  return wrongUse ? exitCodes.wrongUse : exitCodes.failed
}

/** As wide as the terminal, up to what reads well. */
function helpWidth({ stdout }: Terminal): number {
  const { columns } = stdout as { columns?: number }
  return columns === undefined || columns < 40 ? HELP_WIDTH : Math.min(HELP_WIDTH, columns)
}

function helpFor(command: string | undefined): string {
  try {
    return command === undefined ? '' : `${commandNamed(command).name} `
  } catch {
    return ''
  }
}
