/** The kind of error, for programs. The message describes it for people. */
export type ErrorCode =
  /** Two shapes, or a shape and a length of data, do not fit each other. */
  | 'ERR_DEEPBLAS_SHAPE'
  /** An argument or option is of the wrong type, out of range or unknown. */
  | 'ERR_DEEPBLAS_ARGUMENT'
  /** The values of a data set cannot be used as asked. */
  | 'ERR_DEEPBLAS_DATA'
  /** The object is in use by a call that has not ended. */
  | 'ERR_DEEPBLAS_BUSY'
  /** A loss, weight or gradient became infinite or NaN. */
  | 'ERR_DEEPBLAS_NOT_FINITE'
  /** A file is missing, cut short, damaged or of another format. */
  | 'ERR_DEEPBLAS_FILE'
  /** An AbortSignal ended the call. */
  | 'ERR_DEEPBLAS_ABORTED'
  /** The system has no memory left for what was asked. */
  | 'ERR_DEEPBLAS_MEMORY'
  /** The native addon could not be loaded. */
  | 'ERR_DEEPBLAS_LOAD'
  /** A promise that deepblas makes to itself was broken: please report it. */
  | 'ERR_DEEPBLAS_INTERNAL'

/** Every error that deepblas raises on purpose. Tell them apart by `code`; the wording of messages may change. */
export class DeepblasError extends Error {
  readonly code: ErrorCode

  /**
   * @param code what went wrong, for programs
   * @param message what was expected, what came instead, and what to do
   * @param options `cause`: the error underneath, where there is one
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

// On the prototype rather than on each error, as the built-in errors have it: it stays out of printed own properties.
Object.defineProperty(DeepblasError.prototype, 'name', {
  value: 'DeepblasError',
  configurable: true,
  writable: true,
})
