import { rateFactor } from '../../recording/parameter.js'
import {
  array,
  boolean,
  finiteNumber,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
} from '../../validate.js'
import { isBin } from './quantile-edges.js'

/** What a numeric embedding makes of every column. */
export type NumericEmbeddingKind = 'pbld' | 'plr' | 'ple'

export interface NumericEmbeddingOptions {
  /**
   * What every column becomes. 'pbld': the column, and linear combinations of cosines. 'plr': relu of linear combinations
   * of cosines and sines. 'ple': how much of each of its bins lies below the number; `NumericEmbedding.fit` finds the bins.
   */
  readonly kind: NumericEmbeddingKind
  /**
   * Numbers that a column becomes. For 'pbld' the column itself is the first of them. For 'ple' they are linear combinations
   * of the bins; left out, the bins themselves are the output. Default 4 for 'pbld', 16 for 'plr'.
   */
  readonly dimensions?: number
  /** Of 'pbld' and 'plr': frequencies of every column. Default 16. */
  readonly frequencies?: number
  /**
   * Of 'pbld' and 'plr': standard deviation from which the frequencies are drawn, in waves per unit of the column.
   * Default 0.1.
   */
  readonly deviation?: number
  /**
   * What follows the linear combinations of 'plr', and of 'ple' with dimensions: 'relu', or 'linear' for nothing.
   * Default 'relu'.
   */
  readonly activation?: 'relu' | 'linear'
  /** Of 'ple': for each embedded column the edges of its bins, at least two ascending numbers. */
  readonly edges?: readonly (readonly number[])[]
  /** Places of the columns that are embedded, from 0; the others pass unchanged. Default all. */
  readonly columns?: readonly number[]
  /** The parameters' learning rate is the optimizer's times this, above 0. Default 1; RealMLP has 0.1. */
  readonly learningRateFactor?: number
  /** Whether `fit` changes the parameters. Default true. */
  readonly trainable?: boolean
}

/** Options with the values that they have where they were left out. */
export interface CheckedOptions {
  readonly kind: NumericEmbeddingKind
  readonly dimensions: number | undefined
  readonly frequencies: number | undefined
  readonly deviation: number | undefined
  readonly activation: 'relu' | 'linear' | undefined
  readonly edges: readonly (readonly number[])[] | undefined
  readonly columns: readonly number[] | undefined
  readonly learningRateFactor: number
  readonly trainable: boolean
}

/** The kinds, and the options that only some of them have. */
const optionsOfKinds = {
  pbld: ['frequencies', 'deviation'],
  plr: ['frequencies', 'deviation', 'activation'],
  ple: ['activation', 'edges'],
} as const

const optionNames = [
  'kind',
  'dimensions',
  'frequencies',
  'deviation',
  'activation',
  'edges',
  'columns',
  'learningRateFactor',
  'trainable',
] as const

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown, out of range, or not the kind's */
export function checkedOptions(options: NumericEmbeddingOptions): CheckedOptions {
  const given = knownOptions<NumericEmbeddingOptions>('NumericEmbedding', options, optionNames)
  const kind = oneOf('kind', given.kind, Object.keys(optionsOfKinds) as NumericEmbeddingKind[])
  for (const name of ['frequencies', 'deviation', 'activation', 'edges'] as const) {
    if (given[name] !== undefined && !has(kind, name)) {
      const kinds = Object.keys(optionsOfKinds).filter((one) => has(one as NumericEmbeddingKind, name))
      throw invalid(name, `no such option for kind '${kind}'`, given[name], `It is one of kind ${kinds.join(' and ')}.`)
    }
  }
  const columns = given.columns === undefined ? undefined : columnList(given.columns)
  const dimensions = dimensionsOf(kind, given.dimensions)
  const edges = kind === 'ple' ? edgeLists(given.edges, columns) : undefined
  if (edges !== undefined && dimensions === undefined && given.activation !== undefined) {
    throw invalid('activation', "no activation for kind 'ple' without dimensions", given.activation)
  }
  const rectifies = kind === 'plr' || (kind === 'ple' && dimensions !== undefined)
  const periodic = kind !== 'ple'
  return {
    kind,
    dimensions,
    frequencies: periodic ? positiveInteger('frequencies', given.frequencies ?? 16) : undefined,
    deviation: periodic ? finiteNumber('deviation', given.deviation ?? 0.1, { exclusiveMin: 0 }) : undefined,
    activation: rectifies ? oneOf('activation', given.activation ?? 'relu', ['relu', 'linear']) : undefined,
    edges,
    columns,
    learningRateFactor: rateFactor('learningRateFactor', given.learningRateFactor ?? 1),
    trainable: boolean('trainable', given.trainable ?? true),
  }
}

function has(kind: NumericEmbeddingKind, option: string): boolean {
  return (optionsOfKinds[kind] as readonly string[]).includes(option)
}

function dimensionsOf(kind: NumericEmbeddingKind, value: number | undefined): number | undefined {
  if (value === undefined) return { pbld: 4, plr: 16, ple: undefined }[kind]
  const dimensions = positiveInteger('dimensions', value)
  if (kind !== 'pbld' || dimensions > 1) return dimensions
  throw invalid('dimensions', "at least 2 for kind 'pbld'", dimensions, 'The first number is the column itself.')
}

export function columnList(value: readonly number[]): readonly number[] {
  const hint = 'For example [0, 2]; leave it out to embed all columns.'
  const columns = array('columns', value, 'places of columns', hint).map((one, index) =>
    nonNegativeInteger(`columns[${index}]`, one),
  )
  if (columns.length === 0) throw invalid('columns', 'at least one place', value, hint)
  if (new Set(columns).size < columns.length) throw invalid('columns', 'places that are all different', columns)
  return columns
}

/** As float32, the bins' own type. */
function edgeLists(value: unknown, columns: readonly number[] | undefined): readonly (readonly number[])[] {
  const hint = "NumericEmbedding.fit(train, { kind: 'ple' }) finds them."
  const lists = array('edges', value, 'lists of edges, one for each column', hint)
  if (lists.length === 0) throw invalid('edges', 'at least one list', value, hint)
  if (columns !== undefined && columns.length !== lists.length) {
    throw invalid('edges', `${columns.length} lists, as there are columns`, `${lists.length} lists`)
  }
  return lists.map((list, at) => {
    const edges = array(`edges[${at}]`, list, 'ascending numbers').map((one, place) =>
      Math.fround(finiteNumber(`edges[${at}][${place}]`, one)),
    )
    const rising = edges.every((edge, place) => place === 0 || isBin(edges[place - 1]!, edge))
    if (edges.length >= 2 && rising && edges.every(Number.isFinite)) return edges
    const hint = 'Widths of bins must be numbers of float32 that are not subnormal, from 1.2e-38 to 3.4e38.'
    throw invalid(`edges[${at}]`, 'at least two ascending numbers within float32', list, hint)
  })
}
