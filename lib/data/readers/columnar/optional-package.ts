import { constants, Script } from 'node:vm'
import { DeepblasError } from '../../../errors.js'
import { codeOf } from '../../../kinds.js'
import { ownFile } from '../../../package-root.js'

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

/**
 * A user's bundler cannot know what will be installed: the comments keep it from looking, and Node looks when asked. Jest
 * lets no CommonJS import, and Node is asked past it.
 */
async function load<Package>(name: string): Promise<Package> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as Package
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING') !== true) throw error
    const importer = new Script('(name) => import(name)', {
      filename: ownFile() ?? process.cwd(),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    return (await importer.runInThisContext()(name)) as Package
  }
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
