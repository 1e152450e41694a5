/*
 * Weights from a safetensors file, of deepblas or of another program.
 */
import { savedNames } from '../../files/model-file.js'
import { readSafetensors, toFloat32 } from '../../files/safetensors.js'
import { carryNames } from './carried-names.js'
import type { NamedWeights } from './weights.js'

/** Gives the name of a model's parameter for the name of a tensor in the file; undefined skips the tensor. */
export type Rename = (name: string) => string | undefined

/**
 * Names of PyTorch's `nn.Sequential` ('0.weight', '1.running_mean') as deepblas has them; those of deepblas stay, and what
 * a checkpoint has beside the model is none.
 */
export function usualName(name: string): string | undefined {
  if (name.startsWith('checkpoint.') || name.endsWith('.num_batches_tracked')) return undefined
  const own = /^\d+\./.test(name) ? `layers.${name}` : name
  return own.replace(/\.running_mean$/, '.runningMean').replace(/\.running_var$/, '.runningVariance')
}

/** The index of the layer in a name: 12 for 'layers.12.weight'; -1 for a name of another form. */
function place(name: string): number {
  return Number(/^layers\.(\d+)\./.exec(name)?.[1] ?? -1)
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where a wanted tensor is not of floating-point numbers */
export async function fileWeights(path: string, rename: Rename): Promise<NamedWeights[]> {
  const { tensors, metadata } = await readSafetensors(path)
  const weights = new Map(
    tensors.flatMap((tensor) => {
      const name = rename(tensor.name)
      return name === undefined ? [] : [[tensor.name, { name, shape: tensor.shape, data: toFloat32(tensor) }]]
    }),
  )
  const names = [...weights.keys()].filter((name) => place(name) >= 0).sort((a, b) => place(a) - place(b))
  carryNames(names, (name) => weights.get(name), savedNames(path, metadata))
  return [...weights.values()]
}
