import { describe, expect, it } from 'vitest'
import { DeepblasError } from '../../lib/errors.js'

describe('DeepblasError', () => {
  it('is an Error with a code, a message and a stack', () => {
    const error = new DeepblasError('ERR_DEEPBLAS_SHAPE', 'Expected 3 but received 4')
    expect(error).toBeInstanceOf(Error)
    expect(error.code).toBe('ERR_DEEPBLAS_SHAPE')
    expect(error.message).toBe('Expected 3 but received 4')
    expect(error.name).toBe('DeepblasError')
    expect(error.stack).toContain('DeepblasError: Expected 3')
    expect(Object.keys(error)).toEqual(['code'])
  })

  it('keeps the error underneath as its cause', () => {
    const cause = new Error('disk full')
    expect(new DeepblasError('ERR_DEEPBLAS_FILE', 'Cannot write', { cause }).cause).toBe(cause)
  })
})
