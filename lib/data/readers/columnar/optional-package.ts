import { DeepblasError } from '../../../errors.js'
import { codeOf } from '../../../kinds.js'

/**
 * A package that users install themselves, loaded when it is first needed.
 *
 * @param name the package
 * @param purpose what it is needed for: `to read Parquet files`
 * @throws DeepblasError ERR_DEEPBLAS_LOAD that says how to install it
 */
export async function optionalPackage<Package>(name: string, purpose: string): Promise<Package> {
  try {
    return await load<Package>(name)
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new DeepblasError(
      'ERR_DEEPBLAS_LOAD',
      `The package ${name} is needed ${purpose} and is not installed. Run: npm install ${name}`,
      { cause: error },
    )
  }
}

/** The same for a package that can be done without: undefined where it is not installed. */
export async function packageIfInstalled<Package>(name: string): Promise<Package | undefined> {
  try {
    return await load<Package>(name)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** A user's bundler cannot know what will be installed: the comments keep it from looking, and Node looks when asked. */
async function load<Package>(name: string): Promise<Package> {
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as Package
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
