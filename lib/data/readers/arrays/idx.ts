/*
 * IDX, the format of MNIST and of the data sets made to take its place: two zero bytes, a type, the number of
 * dimensions, each dimension's size, and the elements, all big-endian (Yann LeCun's page on MNIST).
 */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asFileError, fileError } from '../../../files/file-error.js'
import { isUint8Array } from '../../../kinds.js'
import { string } from '../../../validate.js'
import { ByteSource } from '../bytes/byte-source.js'
import { decodeElements, type ElementKind, elementCount, elementSize, type ReadArray } from './element-kinds.js'

const KINDS: ReadonlyMap<number, ElementKind> = new Map([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
])

/** Pictures and their classes, as a Dataset takes them. */
export interface ImageSet {
  /** The pixels, picture by picture; `shape` is [pictures, pixels]. */
  readonly x: { readonly data: Uint8Array; readonly shape: [pictures: number, pixels: number] }
  /** The class of each picture. */
  readonly y: Int32Array
  /** The shape of one picture: [28, 28]. */
  readonly featureShape: number[]
  /** 1/255, which brings a pixel into [0, 1]. */
  readonly scale: number
}

/**
 * Reads an IDX file, plain or packed with gzip.
 *
 * @param path the file
 * @returns the numbers in the file's own type, and their shape
 * @throws DeepblasError ERR_DEEPBLAS_FILE if the file cannot be read, is no IDX file, is cut short or too long
 */
export async function readIdx(path: string): Promise<ReadArray> {
  return await ByteSource.using(path, async (source) => {
    const [zero1, zero2, type = 0, rank = 0] = await source.read(4, 'the magic number of IDX')
    const kind = KINDS.get(type)
    if (zero1 !== 0 || zero2 !== 0 || kind === undefined || rank === 0) {
      const got = [zero1, zero2, type, rank].map((byte) => byte?.toString(16).padStart(2, '0')).join(' ')
      throw source.error(
        'expected the magic number of IDX (00 00, a type of 08, 09, 0b, 0c, 0d or 0e, and at least 1 dimension) ' +
          `but it begins with ${got}`,
      )
    }
    const sizes = await source.read(4 * rank, `the sizes of ${rank} dimensions`)
    const view = new DataView(sizes.buffer)
    const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 * i))
    const bytes = await source.read(elementCount(shape) * elementSize(kind), `the elements of [${shape.join(', ')}]`)
    await source.end()
    const data = decodeElements(kind, bytes, true)
    if (typeof data === 'string') throw source.error(data)
    return { data, shape }
  })
}

/**
 * Reads a folder in MNIST's form: pictures and labels to train and to test with, in the four files
 * `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, plain or
 * with `.gz`, also with a dot in place of the dash before `idx`.
 *
 * @param folder the folder
 * @returns the two sets; the pixels stay bytes
 * @throws DeepblasError ERR_DEEPBLAS_FILE if a file is missing or damaged, or pictures and labels do not fit
 */
export async function readIdxImages(folder: string): Promise<{ train: ImageSet; test: ImageSet }> {
  string('folder', folder)
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    throw asFileError('read', folder, error)
  }
  return { train: await readImageSet(folder, names, 'train'), test: await readImageSet(folder, names, 't10k') }
}

async function readImageSet(folder: string, names: readonly string[], set: string): Promise<ImageSet> {
  const imagesPath = findFile(folder, names, `${set}-images`, 'idx3-ubyte')
  const labelsPath = findFile(folder, names, `${set}-labels`, 'idx1-ubyte')
  const images = await readIdx(imagesPath)
  const labels = await readIdx(labelsPath)
  const [pictures = 0, ...featureShape] = images.shape
  if (!isUint8Array(images.data) || featureShape.length < 2) {
    throw fileError('read', imagesPath, `expected pictures of bytes but it has ${summary(images)}`)
  }
  if (!isUint8Array(labels.data) || labels.shape.length !== 1) {
    throw fileError('read', labelsPath, `expected a list of bytes, one per picture, but it has ${summary(labels)}`)
  }
  if (labels.data.length !== pictures) {
    throw fileError(
      'read',
      labelsPath,
      `expected ${pictures} labels, as many as there are pictures in '${imagesPath}', but it has ${labels.data.length}`,
    )
  }
  const pixels = elementCount(featureShape)
  const x = { data: images.data, shape: [pictures, pixels] satisfies [number, number] }
  return { x, y: Int32Array.from(labels.data), featureShape, scale: 1 / 255 }
}

function findFile(folder: string, names: readonly string[], stem: string, type: string): string {
  const candidates = ['-', '.'].flatMap((joint) => ['', '.gz'].map((ending) => `${stem}${joint}${type}${ending}`))
  const found = candidates.find((name) => names.includes(name))
  if (found !== undefined) return join(folder, found)
  throw fileError('read', folder, `expected one of the files ${candidates.join(', ')} in it but there is none`)
}

function summary({ data, shape }: ReadArray): string {
  return `a ${data.constructor.name} of shape [${shape.join(', ')}]`
}
