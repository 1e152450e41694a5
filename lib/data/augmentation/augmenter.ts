/*
 * Augmented rows of a data set. The random numbers of a row are those of its number and the pass (a copy, an epoch) alone:
 * the same however rows are grouped into batches, and whatever other rows are augmented.
 */

import { DeepblasError } from '../../errors.js'
import { largestOf } from '../../extremes.js'
import { numberArrayClass, plainNumberArray } from '../../kinds.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { atOnce } from '../../turns.js'
import { array, invalid, nonNegativeInteger } from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import { selectWeights } from '../arrays/row-weights.js'
import { isNumberArray, type NumberTable } from '../arrays/rows.js'
import { classesOf } from '../arrays/target-classes.js'
import { FeatureBuffer, type Parts } from '../contents/contents.js'
import type { Augmentation, AugmentationFunction, BoundAugmentation, Sample } from './augmentation.js'

/** Words of a pass of one row: more than any function draws. */
const WORDS_OF_PASS = 2 ** 32
/** Positions of a stream are safe integers. */
export const MOST_PASSES = 2 ** 20

export class Augmenter {
  readonly #parts: Parts
  readonly #targets: NumberTable | undefined
  readonly #functions: readonly (BoundAugmentation & { readonly name: string })[]
  readonly #seed: number

  constructor(parts: Parts, functions: readonly (Augmentation | AugmentationFunction)[], seed: number) {
    this.#parts = parts
    this.#seed = nonNegativeInteger('seed', seed)
    const list = array('functions', functions, 'augmentations such as shift({ pixels: 2 })')
    if (list.length === 0) throw invalid('functions', 'at least one augmentation such as shift({ pixels: 2 })', list)
    const source = {
      rows: parts.rows,
      features: parts.features,
      featureShape: parts.featureShape,
      targetColumns: parts.targets?.columns ?? 0,
      classes: (purpose: string) => classesOf(purpose, parts.targets, parts.labels).count,
      sample: (row: number) => this.#sample(row),
    }
    this.#functions = list.map((one, i) => {
      const augmentation = augmentationOf(one, i)
      return { name: augmentation.name, ...augmentation.bind(source) }
    })
    const made = this.#functions.flatMap(({ targets }) => targets ?? [])
    const classes = made.flatMap((targets) => (targets === 'values' ? [] : [targets.classes]))
    if (classes.length > 0) this.#targets = probabilities(parts, largestOf(classes))
    // Mixed whole numbers are not whole.
    else if (made.length > 0) this.#targets = { ...parts.targets!, data: Float64Array.from(parts.targets!.data) }
    else this.#targets = parts.targets
  }

  /**
   * @param count rows of the result
   * @param rowOf the row of the data set that each of them is made of
   * @param passOf its pass; 0 leaves the row as it is
   */
  rows(count: number, rowOf: (i: number) => number, passOf: (i: number) => number): Parts {
    const { features, xType, scale, weights } = this.#parts
    const buffer = new FeatureBuffer(count, features, xType, scale)
    const columns = this.#targets?.columns ?? 0
    const targets = this.#targets && allocate(count, columns, numberArrayClass(this.#targets.data))
    for (let to = 0; to < count; to++) {
      const row = rowOf(to)
      const pass = passOf(to)
      const sample = this.#sample(row)
      if (pass > 0) this.#augment(sample, row, pass)
      buffer.set(to, sample.x)
      targets?.set(sample.y, to * columns)
    }
    return {
      ...this.#parts,
      rows: count,
      x: buffer.matrix(),
      targets: targets && { data: targets, rows: count, columns },
      weights:
        weights &&
        atOnce(
          selectWeights(
            weights,
            Int32Array.from({ length: count }, (_, i) => rowOf(i)),
          ),
        ),
    }
  }

  #augment(sample: Sample, row: number, pass: number): void {
    const random = new RandomStream(this.#seed, streams.augmentation, pass * WORDS_OF_PASS, row)
    for (const { name, apply } of this.#functions) {
      apply(sample, random)
      if (allFinite(sample.x)) continue
      const bad = sample.x.findIndex((value) => !Number.isFinite(value))
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected finite numbers from ${name} but received ${sample.x[bad]} for row ${row}, feature ${bad}.`,
      )
    }
  }

  #sample(row: number): Sample {
    const columns = this.#targets?.columns ?? 0
    const y = this.#targets?.data.subarray(row * columns, (row + 1) * columns) ?? []
    return { x: plainNumberArray(this.#parts.x.row(row)), y: Float64Array.from(y) }
  }
}

/** Stays 0 exactly as long as every value is finite. */
function allFinite(values: Float32Array): boolean {
  let probe = 0
  for (let i = 0; i < values.length; i++) probe += values[i]! - values[i]!
  return probe === 0
}

function augmentationOf(given: unknown, i: number): Augmentation {
  if (typeof given === 'function') {
    const own = given as AugmentationFunction
    const name = own.name === '' ? `functions[${i}]` : own.name
    return { name, bind: () => ({ apply: ({ x }, random) => replace(name, x, own(x, random)) }) }
  }
  if (typeof (given as Partial<Augmentation> | null)?.bind === 'function') return given as Augmentation
  throw invalid(`functions[${i}]`, 'augmentation such as shift({ pixels: 2 }), or a function of a row', given)
}

/** What a function returned takes the place of the features; a number is what an arrow function happens to give back. */
function replace(name: string, features: Float32Array, result: unknown): void {
  if (result === features || !(Array.isArray(result) || isNumberArray(result))) return
  if (result.length !== features.length) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${features.length} features from ${name}, as many as the row has, but received ${result.length}.`,
    )
  }
  features.set(result)
}

/** Classes as rows of probabilities: 1 for the class, 0 for all others. */
function probabilities({ targets, labels, rows }: Parts, classes: number): NumberTable {
  const { ofRow } = classesOf('augment', targets, labels)
  const data = allocate(rows, classes, Float32Array)
  for (const [row, one] of ofRow.entries()) data[row * classes + one] = 1
  return { data, rows, columns: classes }
}
