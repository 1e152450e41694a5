import { native } from '../../lib/native/addon.js'
import { type ElementType, elementTypes } from '../../lib/native/generated/enums.js'
import { createRecorder, type Recorder } from '../../lib/recording/recorder.js'
import type { Tensor } from '../../lib/recording/tensor.js'

export interface Input {
  readonly rows: readonly (readonly number[])[]
  readonly type?: ElementType
}

/** Records kernels on the inputs given, runs them once and returns the tensors that `record` names, row-major. */
export function runKernels<Name extends string, Result extends string>(
  inputs: Record<Name, Input>,
  record: (recorder: Recorder, tensors: Record<Name, Tensor>) => Record<Result, Tensor>,
): Record<Result, Float64Array> {
  const { Arena, Matrix, Pass } = native()
  const recorder = createRecorder()
  const names = Object.keys(inputs) as Name[]
  const rows = inputs[names[0]!].rows.length
  const slots = names.map((name) => {
    const { rows: values, type = 'float32' } = inputs[name]
    const flat = type === 'int32' ? Int32Array.from(values.flat()) : Float64Array.from(values.flat())
    return [new Matrix(flat, values.length, values[0]!.length, elementTypes[type], 1)]
  })
  const tensors = Object.fromEntries(
    names.map((name, slot) => [
      name,
      recorder.data(slot, inputs[name].rows[0]!.length, inputs[name].type ?? 'float32'),
    ]),
  ) as Record<Name, Tensor>
  recorder.label = 'test'
  const results = record(recorder, tensors)
  const pass = new Pass({
    program: recorder.program(),
    batch: rows,
    keepAll: true,
    rows: Float64Array.of(rows),
    parameters: new Arena(16, 1),
    slots,
  })
  pass.runSync()
  return Object.fromEntries(
    Object.entries<Tensor>(results).map(([name, tensor]) => [name, pass.readTensor(tensor.index, 0, rows)]),
  ) as Record<Result, Float64Array>
}
