import { DeepblasError } from '../errors.js'
import { describe, string } from '../validate.js'

/**
 * A path of the file system: no URL, in which Node would see a folder named 'file:'.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT with what to write
 */
export function filePath(argument: string, value: unknown): string {
  const isUrl = typeof value === 'object' && value !== null && 'href' in value && 'protocol' in value
  // Of a text alone: some other values cannot be made one, such as an array whose memory another thread has.
  const text = typeof value === 'string' ? value : ''
  const scheme = isUrl ? String(value.protocol) : /^[a-z][a-z\d+.-]+:(?=\/\/)/i.exec(text)?.[0]
  if (scheme === undefined) return string(argument, value)
  const hint =
    scheme === 'file:'
      ? 'Write the path alone, or fileURLToPath(url) of node:url.'
      : 'Models are files here: download it first, and write the path of the file.'
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected path of a file for ${argument} but received the URL ${describe(String(value))}. ${hint}`,
  )
}
