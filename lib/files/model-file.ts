/*
 * A model on disk: one safetensors file. The weights are its tensors, so that any safetensors reader can have them; what
 * else a prediction needs is JSON text in `__metadata__`. Plain descriptions go in and come out. What they mean, and
 * whether the weights are those that the layers want, is for the caller to say. Nothing in a file is ever executed.
 */

import { DeepblasError } from '../errors.js'
import { inputLayout, type NamedInputs } from '../inputs.js'
import { isFloat32Array } from '../kinds.js'
import { atOnce, ELEMENTS_OF_STEP, inTurns, type Steps } from '../turns.js'
import { invalid, knownOptions, nonNegativeInteger, plainObject, positiveInteger, string } from '../validate.js'
import { asFileError, FileProblem, fileError } from './file-error.js'
import {
  readSafetensors,
  readSafetensorsSync,
  type SafetensorsContent,
  type SafetensorsInput,
  type SafetensorsTensor,
  writeSafetensors,
  writeSafetensorsSync,
} from './safetensors.js'
import { type Json, parseStrictJson, stringifyStrictJson } from './strict-json.js'

/** One layer: its type and the options from which it can be made again. */
export interface LayerDescription {
  type: string
  options: Record<string, Json>
}

/** The network without its weights. */
export interface ArchitectureDescription {
  /** Number of features in a row, or the inputs by name. */
  inputs: number | NamedInputs
  /** The seed of the model's random streams; of a population that of its first member. */
  seed: number
  /** Seeds of the members of a population, where they are not `seed`, `seed + 1` and so on. */
  seeds?: number[]
  layers: LayerDescription[]
  /** Number of networks of a population, whose weights are named 'members.0.…'; left out for one network. */
  members?: number
}

/** One weight tensor. */
export interface WeightDescription {
  name: string
  shape: number[]
  data: Float32Array
}

/** All that a model file holds. */
export interface ModelDescription {
  formatVersion: 1
  architecture: ArchitectureDescription
  /** Names of the classes, in the order of the outputs. */
  labels?: string[]
  /** How columns become numbers: whatever the encoder needs, as JSON. */
  encoder?: unknown
  /** How the model was trained, for people and reports. */
  training?: Record<string, unknown>
  /** How the model was made, as given to `save`; for people and reports. */
  made?: Record<string, unknown>
  /** What a `TableModel` has beside its networks and its encoder. */
  table?: Record<string, unknown>
  /** In a file read, in the order of their data there: find them by name. */
  weights: WeightDescription[]
}

/** A model without its weights. */
export type DescribedModel = Omit<ModelDescription, 'weights'>

const FORMAT_VERSION = 1

const KEYS = {
  formatVersion: 'deepblas.formatVersion',
  architecture: 'deepblas.architecture',
  labels: 'deepblas.labels',
  encoder: 'deepblas.encoder',
  training: 'deepblas.training',
  made: 'deepblas.made',
  table: 'deepblas.table',
} as const

type Part = keyof typeof KEYS

/**
 * Writes a model file, whole or not at all. Equal descriptions, keys in equal order, give equal bytes.
 *
 * @param path the target; its folder must exist
 * @param description the model. Its arrays must not change until the promise is settled.
 * @throws DeepblasError `ERR_DEEPBLAS_ARGUMENT` for what a file cannot hold, `ERR_DEEPBLAS_SHAPE` for weights that do not
 *   fit their shape, `ERR_DEEPBLAS_NOT_FINITE` for weights that are infinite or NaN, `ERR_DEEPBLAS_FILE` if the file
 *   cannot be written
 */
export async function writeModelFile(path: string, description: ModelDescription): Promise<void> {
  await writeSafetensors(path, await inTurns(modelToSafetensors(description)))
}

/** As `writeModelFile`, and blocks the thread until the file is on the disk. */
export function writeModelFileSync(path: string, description: ModelDescription): void {
  writeSafetensorsSync(path, atOnce(modelToSafetensors(description)))
}

/**
 * Reads a model file and checks its form: the version, the types of all parts, and that every weight is finite.
 *
 * @throws DeepblasError `ERR_DEEPBLAS_FILE` with the path and the reason
 */
export async function readModelFile(path: string): Promise<ModelDescription> {
  return await inTurns(modelFromSafetensors(path, await readSafetensors(path)))
}

/** As `readModelFile`, and blocks the thread. */
export function readModelFileSync(path: string): ModelDescription {
  return atOnce(modelFromSafetensors(path, readSafetensorsSync(path)))
}

/** The names of classes in the texts of a safetensors file; undefined where it has none, or is not of deepblas. */
export function savedNames(path: string, metadata: Record<string, string>): readonly string[] | undefined {
  try {
    const labels = part(metadata, 'labels')
    return labels === undefined ? undefined : checkLabels(labels)
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

/** The tensors and texts of a model file. */
export function* modelToSafetensors(description: ModelDescription): Steps<SafetensorsInput> {
  plainObject('description', description)
  if (description.formatVersion !== FORMAT_VERSION) {
    throw invalid('description.formatVersion', String(FORMAT_VERSION), description.formatVersion)
  }
  checkArchitecture(description.architecture)
  if (description.labels !== undefined) checkLabels(description.labels)
  if (description.training !== undefined) plainObject('training', description.training)
  if (description.made !== undefined) plainObject('made', description.made)
  if (description.table !== undefined) plainObject('table', description.table)
  if (!Array.isArray(description.weights)) throw invalid('weights', 'array', description.weights)

  const metadata: Record<string, string> = {}
  for (const part of Object.keys(KEYS) as Part[]) {
    const value = description[part]
    if (value !== undefined) metadata[KEYS[part]] = stringifyStrictJson(part, value)
  }
  const tensors: SafetensorsTensor[] = []
  for (const [i, weight] of description.weights.entries()) {
    const { name, shape, data } = plainObject(`weights[${i}]`, weight) as unknown as WeightDescription
    if (!isFloat32Array(data)) throw invalid(`weights[${i}].data`, 'Float32Array', data)
    const at = yield* indexOfNotFinite(data)
    if (at !== -1) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_NOT_FINITE',
        `Expected finite weights but element ${at} of '${name}' is ${data[at]}: such a model could not be loaded again`,
      )
    }
    tensors.push({ name, dtype: 'F32', shape, data })
  }
  return { tensors, metadata }
}

/** The model in the content of a file; what a checkpoint has beside it is left out. */
export function* modelFromSafetensors(
  path: string,
  { tensors, metadata }: SafetensorsContent,
): Steps<ModelDescription> {
  try {
    checkVersion(metadata[KEYS.formatVersion])
    const description: ModelDescription = {
      formatVersion: FORMAT_VERSION,
      architecture: checkArchitecture(part(metadata, 'architecture')),
      weights: [],
    }
    for (const { name, dtype, shape, data } of modelTensors(tensors, metadata)) {
      if (dtype !== 'F32') throw new FileProblem(`tensor '${name}' is ${dtype}, but a model's weights are F32`)
      const at = yield* indexOfNotFinite(data)
      if (at !== -1) throw new FileProblem(`tensor '${name}' is not finite: its element ${at} is ${data[at]}`)
      description.weights.push({ name, shape, data })
    }
    const labels = part(metadata, 'labels')
    const encoder = part(metadata, 'encoder')
    const training = part(metadata, 'training')
    const made = part(metadata, 'made')
    const table = part(metadata, 'table')
    if (labels !== undefined) description.labels = checkLabels(labels)
    if (encoder !== undefined) description.encoder = encoder
    if (training !== undefined) description.training = plainObject('training', training)
    if (made !== undefined) description.made = plainObject('made', made)
    if (table !== undefined) description.table = plainObject('table', table)
    return description
  } catch (error) {
    // What the checks call a wrong argument is here a wrong file.
    if (error instanceof DeepblasError) throw fileError('read', path, error.message, error)
    throw asFileError('read', path, error)
  }
}

/** A checkpoint holds a model, and tensors of its own. */
function modelTensors(tensors: SafetensorsContent['tensors'], metadata: Record<string, string>) {
  if (metadata['deepblas.checkpoint'] === undefined) return tensors
  return tensors.filter(({ name }) => !name.startsWith('checkpoint.'))
}

function checkVersion(text: string | undefined): void {
  if (text === undefined) {
    throw new FileProblem(
      'it is a safetensors file but no deepblas model. To load its weights say which layers they belong to: ' +
        'Sequential.fromSafetensors(path, layers)',
    )
  }
  const version = parsePart('formatVersion', text)
  if (!Number.isSafeInteger(version) || (version as number) < 1) {
    throw new FileProblem(`its ${KEYS.formatVersion} is not a version number`)
  }
  if ((version as number) > FORMAT_VERSION) {
    throw new FileProblem(
      `it needs a newer deepblas: one that reads model format ${version}, where this one reads up to ` +
        `${FORMAT_VERSION}. Update with: npm install deepblas@latest`,
    )
  }
}

function part(metadata: Record<string, string>, name: Part): Json | undefined {
  const text = metadata[KEYS[name]]
  return text === undefined ? undefined : parsePart(name, text)
}

function parsePart(name: Part, text: string): Json {
  try {
    return parseStrictJson(text)
  } catch (cause) {
    throw new FileProblem(`its ${KEYS[name]} is not valid JSON: ${(cause as Error).message}`, { cause })
  }
}

function checkArchitecture(value: unknown): ArchitectureDescription {
  const architecture = plainObject('architecture', value)
  knownOptions('architecture', architecture, ['inputs', 'seed', 'seeds', 'layers', 'members'])
  if (architecture.members !== undefined) positiveInteger('architecture.members', architecture.members)
  if (typeof architecture.inputs === 'object') inputLayout('architecture.inputs', architecture.inputs)
  else positiveInteger('architecture.inputs', architecture.inputs)
  nonNegativeInteger('architecture.seed', architecture.seed)
  if (architecture.seeds !== undefined) checkSeeds(architecture.seeds, architecture.members)
  if (!Array.isArray(architecture.layers)) throw invalid('architecture.layers', 'array', architecture.layers)
  architecture.layers.forEach((layer: unknown, i) => {
    const what = `architecture.layers[${i}]`
    const described = plainObject(what, layer)
    knownOptions(what, described, ['type', 'options'])
    string(`${what}.type`, described.type)
    plainObject(`${what}.options`, described.options)
  })
  return value as ArchitectureDescription
}

function checkSeeds(seeds: unknown, members: unknown): void {
  if (!Array.isArray(seeds) || seeds.length !== members) {
    throw invalid('architecture.seeds', 'array of one seed per member', seeds)
  }
  seeds.forEach((seed, member) => {
    nonNegativeInteger(`architecture.seeds[${member}]`, seed)
  })
}

function checkLabels(value: unknown): string[] {
  if (!Array.isArray(value)) throw invalid('labels', 'array of strings', value)
  value.forEach((label, i) => {
    string(`labels[${i}]`, label)
  })
  return value as string[]
}

/** Where the first infinite or NaN number is; -1 if all are finite. */
export function* indexOfNotFinite(data: Float32Array): Steps<number> {
  for (let from = 0; from < data.length; from += ELEMENTS_OF_STEP) {
    if (from > 0) yield
    const end = Math.min(data.length, from + ELEMENTS_OF_STEP)
    for (let at = from; at < end; at++) if (!Number.isFinite(data[at])) return at
  }
  return -1
}
