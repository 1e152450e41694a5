/*
 * Where a model errs: classes, and segments of the rows that a shallow tree over the features finds on the dev errors. The
 * tree grows on half of the rows, and its leaves are measured on the other half: of many possible splits some fit the errors
 * of the rows they were chosen by, whatever the rows.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { RandomStream } from '../../random/stream.js'
import { inTurns, type Steps } from '../../turns.js'
import { type FeatureWords, wordsOf } from './feature-words.js'
import { percent } from './layers.js'
import type { DiagnosisFigures, Finding, SegmentFigure } from './result.js'
import type { Subject } from './subject.js'
import { estimate } from './trainings.js'

const DEPTH = 2
/** Bounds that are tried for each feature. */
const BOUNDS = 8
const FEWEST_ROWS = 10
/** A leaf has this share of the rows at least. */
const LEAST_SHARE = 0.05
const MOST_ROWS = 4000
/** Features times rows that are looked at; of more features every n-th. */
const MOST_VALUES = 4_000_000

interface Test {
  readonly feature: number
  readonly bound: number
  readonly equals: boolean
}

interface Leaf {
  readonly path: readonly { readonly test: Test; readonly passes: boolean }[]
}

/** Segments of which the error is above that of the other rows, for certain; the worst first. */
export async function weakSegments(
  subject: Subject,
  dev: Dataset,
  errors: Float64Array,
  random: RandomStream,
): Promise<readonly SegmentFigure[]> {
  return await inTurns(findingSegments(subject, dev, errors, random))
}

function* findingSegments(
  subject: Subject,
  dev: Dataset,
  errors: Float64Array,
  random: RandomStream,
): Steps<readonly SegmentFigure[]> {
  const order = random.shuffle(Int32Array.from({ length: dev.rows }, (_, row) => row)).subarray(0, MOST_ROWS)
  const half = Math.floor(order.length / 2)
  if (half < 2 * FEWEST_ROWS) return []
  const words = wordsOf(dev)
  const values = new Map<number, Float32Array>()
  for (const row of order) {
    values.set(row, dev.row(row))
    if (values.size % 64 === 0) yield
  }
  const tree = { errors, words, values, step: Math.ceil((dev.features * half) / MOST_VALUES) }
  const leaves = yield* grown(tree, order.subarray(0, half), [])
  const measured = [...order.subarray(half)]
  return leaves
    .flatMap(({ path }) => figureOf(subject, errors, measured, values, words, path))
    .sort((a, b) => b.times - a.times)
}

interface Tree {
  readonly errors: Float64Array
  readonly words: readonly FeatureWords[]
  readonly values: ReadonlyMap<number, Float32Array>
  readonly step: number
}

function* grown(tree: Tree, rows: Int32Array, path: Leaf['path']): Steps<Leaf[]> {
  const test = path.length === DEPTH ? undefined : yield* bestTest(tree, rows)
  if (test === undefined) return path.length === 0 ? [] : [{ path }]
  const passing = rows.filter((row) => passes(tree.values.get(row)!, test))
  const others = rows.filter((row) => !passes(tree.values.get(row)!, test))
  return [
    ...(yield* grown(tree, passing, [...path, { test, passes: true }])),
    ...(yield* grown(tree, others, [...path, { test, passes: false }])),
  ]
}

function passes(values: Float32Array, { feature, bound, equals }: Test): boolean {
  return equals ? values[feature] === bound : values[feature]! < bound
}

/** The test after which the errors differ most between the two sides: the largest fall of the sum of squares. */
function* bestTest({ errors, words, values, step }: Tree, rows: Int32Array): Steps<Test | undefined> {
  const fewest = Math.max(FEWEST_ROWS, Math.ceil(LEAST_SHARE * rows.length))
  const total = rows.reduce((sum, row) => sum + errors[row]!, 0)
  let best: { readonly test: Test; readonly fall: number } | undefined
  for (let feature = 0; feature < words.length; feature += step) {
    const equals = words[feature]!.equals !== undefined
    for (const bound of boundsOf(rows, values, feature, equals)) {
      const test = { feature, bound, equals }
      let count = 0
      let sum = 0
      for (const row of rows) {
        if (!passes(values.get(row)!, test)) continue
        count++
        sum += errors[row]!
      }
      const others = rows.length - count
      if (count < fewest || others < fewest) continue
      const fall = (count * others * (sum / count - (total - sum) / others) ** 2) / rows.length
      if (fall > (best?.fall ?? 0)) best = { test, fall }
    }
    yield
  }
  return best?.test
}

function boundsOf(
  rows: Int32Array,
  values: ReadonlyMap<number, Float32Array>,
  feature: number,
  equals: boolean,
): number[] {
  const sorted = Float32Array.from(rows, (row) => values.get(row)![feature]!).sort()
  if (equals) return [...new Set(sorted)]
  const bounds = Array.from(
    { length: BOUNDS },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / (BOUNDS + 1))]!,
  )
  return [...new Set(bounds)].filter((bound) => bound > sorted[0]!)
}

function figureOf(
  subject: Subject,
  errors: Float64Array,
  rows: readonly number[],
  values: ReadonlyMap<number, Float32Array>,
  words: readonly FeatureWords[],
  path: Leaf['path'],
): SegmentFigure[] {
  const isIn = (row: number) => path.every(({ test, passes: wanted }) => passes(values.get(row)!, test) === wanted)
  const own = rows.filter(isIn)
  const others = rows.filter((row) => !isIn(row))
  if (own.length < FEWEST_ROWS || others.length < FEWEST_ROWS) return []
  const [mine, theirs, all] = [own, others, rows].map((some) => meanError(subject, errors, some))
  const more = estimate(mine!.value - theirs!.value, Math.hypot(mine!.error, theirs!.error))
  if (!more.certain) return []
  const description = path
    .map(({ test, passes: wanted }) => {
      const { split, equals } = words[test.feature]!
      return (test.equals ? equals!(test.bound) : split(test.bound))[wanted ? 0 : 1]
    })
    .join(' and ')
  return [
    {
      description,
      share: own.length / rows.length,
      error: mine!.value,
      times: mine!.value / all!.value,
      rows: own.length,
    },
  ]
}

function meanError(subject: Subject, errors: Float64Array, rows: readonly number[]): { value: number; error: number } {
  const own = Float64Array.from(rows, (row) => errors[row]!)
  const value = own.reduce((sum, one) => sum + one, 0) / own.length
  return { value, error: subject.standardError(own, value, undefined) }
}

export function segmentFindings(segments: readonly SegmentFigure[]): Finding[] {
  return segments.map(({ description, share, times }) => ({
    kind: 'weakSegment',
    severity: Math.min(1, Math.max(0, share * (times - 1))),
    evidence: `${description}: ${percent(share)} of rows, error ${times.toFixed(1)} times the mean.`,
    levers: ['moreData', 'augment'],
  }))
}

/** Rows and error of every class that dev rows have; undefined without classes. */
export function classFigures(subject: Subject, dev: Dataset, errors: Float64Array): DiagnosisFigures['classes'] {
  if (!subject.hasClasses) return undefined
  const classes = subject.classesOf(dev)
  const names = subject.model.labels
  return Array.from({ length: subject.classes }, (_, one) => {
    const own = [...classes.keys()].filter((row) => classes[row] === one)
    const sum = own.reduce((total, row) => total + errors[row]!, 0)
    return {
      label: names?.[one] ?? String(one),
      rows: own.length,
      error: own.length === 0 ? Number.NaN : sum / own.length,
    }
  })
}

/**
 * Classes of which the error is above that of all other rows, for certain. Of a rare one class weights are named too, where
 * the training had none.
 */
export function classFindings(
  subject: Subject,
  dev: Dataset,
  errors: Float64Array,
  hasClassWeights: boolean,
): Finding[] {
  if (!subject.hasClasses) return []
  const classes = subject.classesOf(dev)
  const weighted = hasClassWeights
    ? ''
    : " Class weights (classWeights: 'balanced') give it fewer errors, and the more frequent classes more."
  const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length
  return (classFigures(subject, dev, errors) ?? []).flatMap(({ label, rows, error }, one): Finding[] => {
    const [own, others] = [true, false].map((wanted) =>
      [...classes.keys()].filter((row) => (classes[row] === one) === wanted),
    )
    if (own!.length < FEWEST_ROWS || others!.length < FEWEST_ROWS) return []
    const [mine, theirs] = [own!, others!].map((some) => meanError(subject, errors, some))
    if (!estimate(mine!.value - theirs!.value, Math.hypot(mine!.error, theirs!.error)).certain) return []
    const share = rows / errors.length
    return [
      {
        kind: 'weakClass',
        severity: Math.min(1, share * (error / mean - 1)),
        evidence:
          `Class ${label}: ${percent(share)} of rows, error ${(error / mean).toFixed(1)} times the mean.` +
          (share < 1 / subject.classes ? weighted : ''),
        levers: ['moreData', 'augment'],
      },
    ]
  })
}
