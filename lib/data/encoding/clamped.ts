import { isFloat32Array, isNumberArray, type NumberArray } from '../../kinds.js'
import { bounded, type TargetUnits } from '../../outputs/units.js'
import { array, finiteNumber } from '../../validate.js'

/** The values with those outside the bounds at the nearer one: in float32 where they came so, otherwise in float64. */
export function clampedValues(
  given: readonly number[] | NumberArray,
  bounds: Pick<TargetUnits, 'min' | 'max'>,
): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const values = isNumberArray(given) ? given : array('values', given, 'numbers')
  const result = isFloat32Array(given) ? new Float32Array(values.length) : new Float64Array(values.length)
  for (let i = 0; i < result.length; i++) {
    const value = isNumberArray(given) ? Number(given[i]) : finiteNumber(`values[${i}]`, values[i])
    result[i] = bounded(value, bounds)
  }
  return result
}
