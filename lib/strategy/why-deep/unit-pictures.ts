import { shuffledRows } from '../../data/arrays/split-rows.js'
import { Dataset } from '../../data/dataset/dataset.js'
import { isAbortSignal } from '../../kinds.js'
import { Sequential } from '../../model/sequential.js'
import { inTurns, type Steps } from '../../turns.js'
import { invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import { edgePatches, edgeShare } from './edges.js'
import { idealInputs } from './ideal-inputs.js'

export interface UnitPicturesOptions {
  /** Index of the layer, from 0. Default 0. */
  readonly layer?: number
  /** The first units of the layer that are looked at, at most. Default 64. */
  readonly units?: number
  /** Rows told of every unit, those that excite it most. Default 9. */
  readonly rows?: number
  /** Steps of the gradient ascent; 0 for none. Default 150. */
  readonly steps?: number
  /** Seed of the rows and pixels that what is found is compared with. Default 0. */
  readonly seed?: number
  /** Ends the work: the promise rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal
}

/** What one unit responds to. Pictures are numbers in the order of the data's features. */
export interface UnitPicture {
  readonly unit: number
  /** Its weights, where the layer reads the features themselves; undefined for later layers. */
  readonly weights: readonly number[] | undefined
  /** The rows of the data that excite it most, the most exciting first, and the unit's output for each. */
  readonly rows: readonly number[]
  readonly outputs: readonly number[]
  /** The input that gradient ascent from the mean row finds; undefined with `steps: 0`. */
  readonly ideal: readonly number[] | undefined
  /** Whether its output is the same for all rows, as that of a relu unit that is always off. */
  readonly constant: boolean
}

/** How far weights are edges, in figures. */
export interface EdgeFigures {
  /**
   * Of every unit that is not constant: the largest share, from 0 to 1, of the energy of its weights that one edge or bar explains (a Gabor patch:
   * a wave of one direction under a Gaussian, of 8 directions, 4 sizes and all places). Weights are multiplied by their
   * pixel's standard deviation, since those of a pixel that is always 0 say nothing.
   */
  readonly shares: readonly number[]
  /** The median of the shares. */
  readonly median: number
  /** The median for the same weights in shuffled places: what such patches find where there is nothing to see. */
  readonly shuffledMedian: number
  /** Share of the units above the 99th percentile of the shuffled ones; 0.01 by chance. */
  readonly structured: number
  /** Share of the units of whose energy one edge explains more than half. */
  readonly edges: number
}

export interface UnitPictures {
  readonly layer: number
  /** Shape of one picture, as the data has it: [28, 28], [64, 64, 3]. */
  readonly featureShape: readonly number[]
  readonly units: readonly UnitPicture[]
  /** Of a layer that reads pictures itself; undefined of later layers and of rows that are no pictures. */
  readonly edges: EdgeFigures | undefined
  /**
   * Share of the commonest class among a unit's most exciting rows, the mean over the units that are not constant, and the
   * same for rows drawn at random; undefined of data without classes.
   */
  readonly classShare: { readonly found: number; readonly random: number } | undefined
}

const optionNames = ['layer', 'units', 'rows', 'steps', 'seed', 'signal'] as const

/**
 * What units of a layer respond to: their weights as pictures where they read the features themselves, the rows of the data
 * that excite them most, and the input that gradient ascent finds. Course 1, week 4, "Why deep representations?" shows edges,
 * parts and wholes; `edges` and `classShare` say in figures how far this data shows them.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range, _SHAPE for rows that do not fit
 * @example
 * const { units, edges } = await unitPictures(model, test, { layer: 0 })
 * units[0].weights                                        // 784 numbers of a picture [28, 28]
 */
export async function unitPictures(
  model: Sequential,
  data: Dataset,
  options?: UnitPicturesOptions,
): Promise<UnitPictures> {
  if (!(model instanceof Sequential)) throw invalid('model', 'Sequential', model)
  if (!(data instanceof Dataset)) throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
  const settings = settingsOf(model, options)
  const { layer, seed, signal } = settings
  const outputs = await model.activations(data, layer)
  const count = Math.min(settings.units, outputs.shape[1])
  const top = await inTurns(mostExciting(outputs.data, outputs.shape, count, Math.min(settings.rows, data.rows)))
  signal?.throwIfAborted()
  const pixels = await inTurns(pixelFigures(data))
  const own = layer === 0 && model.layers[0]!.type === 'Dense' ? weightsOf(model, count) : undefined
  const ideal =
    settings.steps === 0 || pixels.low === pixels.high
      ? undefined
      : await idealInputs({
          model,
          layer,
          units: top.map(({ unit }) => unit),
          deviations: top.map(({ deviation }) => deviation),
          start: pixels.mean,
          low: pixels.low,
          high: pixels.high,
          steps: settings.steps,
          signal,
        })
  const alive = own?.filter((_, i) => top[i]!.deviation > 0) ?? []
  const edges =
    alive.length > 0 && isPicture(data.featureShape)
      ? await inTurns(edgeFigures(alive, data.featureShape, pixels.deviation, seed))
      : undefined
  return {
    layer,
    featureShape: [...data.featureShape],
    units: top.map(({ unit, rows, outputs: most, deviation }, i) => ({
      unit,
      weights: own?.[i],
      rows,
      outputs: most,
      ideal: ideal?.[i] && [...ideal[i]],
      constant: deviation === 0,
    })),
    edges,
    classShare: classShare(data, top, seed),
  }
}

interface Exciting {
  readonly unit: number
  readonly rows: number[]
  readonly outputs: number[]
  /** Standard deviation of the unit's output over all rows. */
  readonly deviation: number
}

function* mostExciting(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  units: number,
  count: number,
): Steps<Exciting[]> {
  const found: Exciting[] = []
  for (let unit = 0; unit < units; unit++) {
    const outputs = Float64Array.from({ length: rows }, (_, row) => data[row * columns + unit]!)
    const mean = outputs.reduce((sum, value) => sum + value, 0) / rows
    const squares = outputs.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const first = outputs[0]!
    const top = largestOf(outputs, count)
    const deviation = outputs.every((value) => value === first) ? 0 : Math.sqrt(squares / rows)
    found.push({ unit, rows: top, outputs: top.map((row) => outputs[row]!), deviation })
    yield
  }
  return found
}

/** Places of the `count` largest values, the largest first; of equal ones the first. */
function largestOf(values: Float64Array, count: number): number[] {
  const top: number[] = []
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (top.length === count && value <= values[top[count - 1]!]!) continue
    let place = top.length
    while (place > 0 && value > values[top[place - 1]!]!) place--
    top.splice(place, 0, at)
    if (top.length > count) top.pop()
  }
  return top
}

interface PixelFigures {
  readonly mean: Float32Array
  readonly deviation: Float32Array
  readonly low: number
  readonly high: number
}

function* pixelFigures(data: Dataset): Steps<PixelFigures> {
  const sums = new Float64Array(data.features)
  const squares = new Float64Array(data.features)
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < data.rows; row++) {
    for (const [i, value] of data.row(row).entries()) {
      sums[i]! += value
      squares[i]! += value * value
      if (value < low) low = value
      if (value > high) high = value
    }
    if (row % 64 === 0) yield
  }
  const mean = Float32Array.from(sums, (sum) => sum / data.rows)
  const deviation = Float32Array.from(squares, (sum, i) => Math.sqrt(Math.max(0, sum / data.rows - mean[i]! ** 2)))
  return { mean, deviation, low, high }
}

function weightsOf(model: Sequential, units: number): number[][] {
  const { data, shape } = model.getWeights()[0]!
  const inputs = shape[1]!
  return Array.from({ length: units }, (_, unit) => [...data.subarray(unit * inputs, (unit + 1) * inputs)])
}

function isPicture(shape: readonly number[]): boolean {
  return (shape.length === 2 || shape.length === 3) && shape[0]! >= 4 && shape[1]! >= 4
}

function* edgeFigures(
  weights: readonly (readonly number[])[],
  shape: readonly number[],
  deviation: Float32Array,
  seed: number,
): Steps<EdgeFigures> {
  const [height, width] = halvedSize(shape)
  const patches = edgePatches(height, width)
  const shares: number[] = []
  const shuffled: number[] = []
  for (const [unit, own] of weights.entries()) {
    const order = shuffledRows(own.length, seed + unit)
    const seen = (at: (i: number) => number) =>
      grayPicture(
        own.map((_, i) => own[at(i)]! * deviation[i]!),
        shape,
      )
    shares.push(
      edgeShare(
        seen((i) => i),
        patches,
      ),
    )
    yield
    shuffled.push(
      edgeShare(
        seen((i) => order[i]!),
        patches,
      ),
    )
    yield
  }
  const sorted = [...shuffled].sort((a, b) => a - b)
  const limit = sorted[Math.floor(0.99 * (sorted.length - 1))]!
  const shareAbove = (least: number) => shares.filter((share) => share > least).length / shares.length
  return {
    shares,
    median: medianOf(shares),
    shuffledMedian: medianOf(shuffled),
    structured: shareAbove(limit),
    edges: shareAbove(0.5),
  }
}

/** Sides of at most 32: larger pictures are averaged over squares, which keeps the search for edges fast. */
const LARGEST_SIDE = 32

function halvedSize([height = 1, width = 1]: readonly number[]): [height: number, width: number] {
  const factor = Math.ceil(Math.max(height, width) / LARGEST_SIDE)
  return [Math.ceil(height / factor), Math.ceil(width / factor)]
}

/** The sum over colors, which is the response to gray, averaged over squares where the picture is large. */
function grayPicture(values: readonly number[], shape: readonly number[]): Float64Array {
  const [height = 1, width = 1, colors = 1] = shape
  const factor = Math.ceil(Math.max(height, width) / LARGEST_SIDE)
  const [rows, columns] = halvedSize(shape)
  const picture = new Float64Array(rows * columns)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = Math.floor(y / factor) * columns + Math.floor(x / factor)
      for (let color = 0; color < colors; color++) picture[place]! += values[(y * width + x) * colors + color]!
    }
  }
  return picture
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function classShare(data: Dataset, top: readonly Exciting[], seed: number): UnitPictures['classShare'] {
  const units = top.filter(({ deviation }) => deviation > 0)
  if (!data.hasTargets || data.targetColumns !== 1 || units.length === 0) return undefined
  const ofRow = (row: number) => data.target(row)[0]!
  const order = shuffledRows(data.rows, seed)
  const size = units[0]!.rows.length
  const blocks = Array.from({ length: Math.floor(data.rows / size) }, (_, i) => [
    ...order.subarray(i * size, (i + 1) * size),
  ])
  const meanOf = (groups: readonly (readonly number[])[]) =>
    groups.reduce((sum, rows) => sum + commonestShare(rows.map(ofRow)), 0) / groups.length
  return { found: meanOf(units.map(({ rows }) => rows)), random: meanOf(blocks) }
}

function commonestShare(classes: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1)
  return Math.max(...counts.values()) / classes.length
}

function settingsOf(model: Sequential, options: UnitPicturesOptions | undefined) {
  const given = knownOptions<UnitPicturesOptions>('unitPictures', options, optionNames)
  const layer = nonNegativeInteger('layer', given.layer ?? 0)
  if (layer >= model.layers.length) throw invalid('layer', `layer from 0 to ${model.layers.length - 1}`, layer)
  const { signal } = given
  if (signal !== undefined && !isAbortSignal(signal)) throw invalid('signal', 'AbortSignal', signal)
  return {
    layer,
    units: positiveInteger('units', given.units ?? 64),
    rows: positiveInteger('rows', given.rows ?? 9),
    steps: nonNegativeInteger('steps', given.steps ?? 150),
    seed: nonNegativeInteger('seed', given.seed ?? 0),
    signal,
  }
}
