import {
  array,
  boolean,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  string,
} from '../../../validate.js'
import { type DroppedColumn, droppedReasons } from '../column-encoding.js'

/** Whether the target is a class or a value. */
export type Task = 'classification' | 'regression'

/** Options of `Encoder.fit`. */
export interface EncoderOptions {
  /** The column that is to be predicted. Left out, the encoder is one of features alone. */
  readonly target?: string
  /**
   * Whether the target is a class or a value. Default: 'classification' for texts, booleans, and whole numbers of two
   * values or of at most 20 values that come five times or more on average; otherwise 'regression'.
   */
  readonly task?: Task
  /**
   * How numbers are scaled: 'standardize' (mean 0, deviation 1), 'quantile' (normal scores: ranks as numbers of the normal
   * distribution, which no outlier can stretch) or 'robust' (by median and quartiles, then within ±3 by a smooth curve;
   * booleans are -1 and 1). Default 'standardize'; or by column, where the others have the default:
   * `{ balance: 'quantile' }`.
   */
  readonly scaling?: Scaling | Readonly<Record<string, Scaling>>
  /** Whether a column of its own tells where a value was missing, if training rows had missing values. Default true. */
  readonly missingIndicator?: boolean
  /**
   * Whether categories become codes for an Embedding, or one column a level: 'auto' embeds those of more than
   * `oneHotLevels` levels. Default 'auto'.
   */
  readonly embeddings?: boolean | 'auto'
  /** With embeddings 'auto': the largest number of levels that become one column each. Default 12. */
  readonly oneHotLevels?: number
  /** Levels with fewer rows than this count as unknown. Default 5, or one row in a hundred if that is fewer. */
  readonly rareBelow?: number
  /** Columns to leave out; each by its name, or as `{ name, reason }` for `dropped`. Default none. */
  readonly ignore?: readonly (string | DroppedColumn)[]
  /**
   * Columns that are used even where they would be left out: texts that are all different, one value in all rows, or only
   * rare texts. Default none.
   */
  readonly keep?: readonly string[]
  /** Whether columns of texts that are all different, of 20 rows or more, are not used. Default true. */
  readonly dropIdentifiers?: boolean
  /** Whether values of a regression are scaled to mean 0 and deviation 1 for the network. Default true. */
  readonly scaleTarget?: boolean
  /**
   * Whether predicted values of a regression are brought within the range that the target has in the training rows: by
   * `predict` and `decode`, and for metrics. Default false.
   */
  readonly clampPredictions?: boolean
}

/** How numbers are scaled: to mean 0 and deviation 1, to normal scores by rank, or by median and quartiles. */
export type Scaling = (typeof scalings)[number]

export const encoderOptionNames = [
  'target',
  'task',
  'scaling',
  'missingIndicator',
  'embeddings',
  'oneHotLevels',
  'rareBelow',
  'ignore',
  'keep',
  'dropIdentifiers',
  'scaleTarget',
  'clampPredictions',
] as const

export const scalings = ['standardize', 'quantile', 'robust'] as const
export const tasks = ['classification', 'regression'] as const

export interface CheckedOptions {
  readonly target: string | undefined
  readonly task: Task | undefined
  readonly scaling: (column: string) => Scaling
  readonly missingIndicator: boolean
  readonly embeddings: boolean | 'auto'
  readonly oneHotLevels: number
  readonly rareBelow: number | undefined
  readonly ignore: readonly DroppedColumn[]
  readonly keep: readonly string[]
  readonly dropIdentifiers: boolean
  readonly scaleTarget: boolean
  readonly clampPredictions: boolean
  /** Columns that options name: every one must be there. */
  readonly named: readonly string[]
}

export function checkEncoderOptions(options: EncoderOptions | undefined): CheckedOptions {
  const given = knownOptions<EncoderOptions>('Encoder.fit', options, encoderOptionNames)
  const { scaling = 'standardize', embeddings = 'auto' } = given
  const byColumn = typeof scaling === 'object' && scaling !== null
  if (byColumn) for (const [name, one] of Object.entries(scaling)) oneOf(`scaling['${name}']`, one, scalings)
  else oneOf('scaling', scaling, scalings)
  if (embeddings !== 'auto' && typeof embeddings !== 'boolean') {
    throw invalid('embeddings', "true, false or 'auto'", embeddings)
  }
  const ignore = array('ignore', given.ignore ?? [], 'names of columns').map((one, i) => ignored(`ignore[${i}]`, one))
  const keep = array('keep', given.keep ?? [], 'names of columns').map((name, i) => string(`keep[${i}]`, name))
  const target = given.target === undefined ? undefined : string('target', given.target)
  for (const { name } of ignore) {
    if (name === target) throw invalid('ignore', 'columns without the target', target)
    if (keep.includes(name)) throw invalid('ignore', 'columns that keep does not name', name)
  }
  return {
    target,
    task: given.task === undefined ? undefined : oneOf('task', given.task, tasks),
    scaling: (column) =>
      byColumn ? (Object.hasOwn(scaling, column) ? scaling[column]! : 'standardize') : (scaling as Scaling),
    missingIndicator: boolean('missingIndicator', given.missingIndicator ?? true),
    embeddings,
    oneHotLevels: nonNegativeInteger('oneHotLevels', given.oneHotLevels ?? 12),
    rareBelow: given.rareBelow === undefined ? undefined : nonNegativeInteger('rareBelow', given.rareBelow),
    ignore,
    keep,
    dropIdentifiers: boolean('dropIdentifiers', given.dropIdentifiers ?? true),
    scaleTarget: boolean('scaleTarget', given.scaleTarget ?? true),
    clampPredictions: boolean('clampPredictions', given.clampPredictions ?? false),
    named: [...(target === undefined ? [] : [target]), ...keep, ...(byColumn ? Object.keys(scaling) : [])],
  }
}

function ignored(what: string, value: unknown): DroppedColumn {
  if (typeof value === 'string') return { name: value, reason: 'ignored' }
  const { name, reason } = plainObject(what, value)
  const reasons = Object.keys(droppedReasons) as DroppedColumn['reason'][]
  return { name: string(`${what}.name`, name), reason: oneOf(`${what}.reason`, reason, reasons) }
}
