/*
 * Weights from a safetensors file, of deepblas or of another program.
 */
import { readSafetensors, toFloat32 } from '../files/safetensors.js'
import type { NamedWeights } from './weights.js'

/** A parameter's name in deepblas for one in the file; undefined for a tensor that is none. */
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

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where a wanted tensor is not of floating-point numbers */
export async function fileWeights(path: string, rename: Rename): Promise<NamedWeights[]> {
  const { tensors } = await readSafetensors(path)
  return tensors.flatMap((tensor) => {
    const name = rename(tensor.name)
    return name === undefined ? [] : [{ name, shape: tensor.shape, data: toFloat32(tensor) }]
  })
}
