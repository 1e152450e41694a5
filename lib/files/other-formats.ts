/*
 * Files that people take for a model of deepblas, by their first bytes.
 */

const weights =
  'Write its weights as safetensors where it was made, and load them with Sequential.fromSafetensors(path, layers)'

const formats: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x89, 0x48, 0x44, 0x46], `it is an HDF5 file, such as Keras writes (.h5). ${weights}`],
  [
    [0x50, 0x4b, 0x03, 0x04],
    `it is a ZIP archive, such as PyTorch's .pt, Keras's .keras and NumPy's .npz are. ${weights}`,
  ],
  [[0x80, 0x02], `it is a Python pickle. ${weights}`],
  [[0x80, 0x03], `it is a Python pickle. ${weights}`],
  [[0x80, 0x04], `it is a Python pickle. ${weights}`],
  [[0x80, 0x05], `it is a Python pickle. ${weights}`],
  [[0x93, 0x4e, 0x55, 0x4d], 'it is a NumPy array: read it with readNpy'],
  [[0x1f, 0x8b], 'it is compressed by gzip: unpack it first'],
  [[0x08], `it looks like an ONNX file. ${weights}`],
]

/**
 * Recognizes a file whose first 8 bytes are not the length of a safetensors header.
 *
 * @returns a reason for a message; undefined where nothing is known
 */
export function otherFormat(prefix: Uint8Array): string | undefined {
  const known = formats.find(([bytes]) => bytes.every((byte, i) => prefix[i] === byte))
  if (known !== undefined) return known[1]
  const text = Buffer.from(prefix).toString('latin1').trimStart()
  const json = text.startsWith('{') || text.startsWith('[')
  return json ? `it is JSON text, such as TensorFlow.js and brain.js write. ${weights}` : undefined
}
