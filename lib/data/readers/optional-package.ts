import { DeepblasError } from '../../errors.js'
import { codeOf } from '../../kinds.js'

/**
 * A package that users install themselves, loaded when it is first needed.
 *
 * @param name the package
 * @param purpose what it is needed for: `to read Parquet files`
 * @throws DeepblasError ERR_DEEPBLAS_LOAD that says how to install it
 */
export async function optionalPackage<Package>(name: string, purpose: string): Promise<Package> {
  try {
    return (await import(name)) as Package
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new DeepblasError(
      'ERR_DEEPBLAS_LOAD',
      `The package ${name} is needed ${purpose} and is not installed. Run: npm install ${name}`,
      { cause: error },
    )
  }
}
