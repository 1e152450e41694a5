// Made from native/boundary/enums.json by scripts/generate-boundary.mjs: change the table, not this file.

/** Instruction sets that kernels are compiled for, best last of those of a processor. */
export type InstructionSet = 'baseline' | 'avx2' | 'avx512' | 'neon'

export const instructionSets = {
  baseline: 0,
  avx2: 1,
  avx512: 2,
  neon: 3,
} as const satisfies Record<InstructionSet, number>

/** Element types of tensors and matrices. */
export type ElementType = 'float32' | 'float64' | 'int32' | 'uint8' | 'bfloat16'

export const elementTypes = {
  float32: 0,
  float64: 1,
  int32: 2,
  uint8: 3,
  bfloat16: 4,
} as const satisfies Record<ElementType, number>

/** Element-wise activations that dense layers fuse with their product; softmax is a kernel of its own. */
export type ActivationKernel = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'gelu'

export const activationKernels = {
  linear: 0,
  sigmoid: 1,
  tanh: 2,
  relu: 3,
  gelu: 4,
} as const satisfies Record<ActivationKernel, number>

/** Where a tensor's bytes live while a run executes. */
export type Storage = 'workspace' | 'parameter' | 'gradient' | 'state' | 'data' | 'wholeData' | 'order' | 'accumulator'

export const storages = {
  /** placed by the planner */
  workspace: 0,
  /** the model's arena, at `offset` elements */
  parameter: 1,
  /** an arena laid out like the parameters' */
  gradient: 2,
  /** optimizer state number `slot`, laid out like the parameters' */
  state: 3,
  /** a bound matrix, from the batch's first row on */
  data: 4,
  /** a bound matrix from its own first row on, to be read through an order */
  wholeData: 5,
  /** row numbers of this batch */
  order: 6,
  /** two doubles (sum, weight) at `offset`, kept from step to step */
  accumulator: 7,
} as const satisfies Record<Storage, number>

/** In which form a recorded call gives an argument. */
export type ArgumentForm = 'absent' | 'tensor' | 'constant' | 'stepNumber' | 'expression'

export const argumentForms = {
  /** left out */
  absent: 0,
  /** its position in the tensor table */
  tensor: 1,
  /** the number itself */
  constant: 2,
  /** a column of the step table */
  stepNumber: 3,
  /** its position among the expressions */
  expression: 4,
} as const satisfies Record<ArgumentForm, number>

/** Operations of element-wise rules, on the results a, b and c of earlier ones. */
export type Operation =
  | 'input'
  | 'number'
  | 'constant'
  | 'rows'
  | 'column'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'minimum'
  | 'maximum'
  | 'negate'
  | 'absolute'
  | 'squareRoot'
  | 'exponential'
  | 'logarithm'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'normalDistribution'
  | 'normalDensity'
  | 'sine'
  | 'cosine'
  | 'sign'
  | 'less'
  | 'equal'
  | 'select'
  | 'store'

export const operations = {
  /** a: which input tensor, broadcast along rows or columns where it has one of them */
  input: 0,
  /** a: which number argument */
  number: 1,
  /** value */
  constant: 2,
  /** rows of the batch */
  rows: 3,
  /** the element's column */
  column: 4,
  /** a + b */
  add: 5,
  /** a - b */
  subtract: 6,
  /** a * b */
  multiply: 7,
  /** a / b */
  divide: 8,
  /** the smaller; NaN if a is */
  minimum: 9,
  /** the larger; NaN if a is */
  maximum: 10,
  negate: 11,
  absolute: 12,
  squareRoot: 13,
  exponential: 14,
  /** of numbers above 0; minus infinity at 0 */
  logarithm: 15,
  tanh: 16,
  sigmoid: 17,
  /** log(1 + e^a) */
  softplus: 18,
  normalDistribution: 19,
  normalDensity: 20,
  /** of an angle in radians */
  sine: 21,
  /** of an angle in radians */
  cosine: 22,
  /** -1, 0, 1 */
  sign: 23,
  /** 1 where a < b, else 0 */
  less: 24,
  /** 1 where a = b, else 0 */
  equal: 25,
  /** b where a is not 0, else c */
  select: 26,
  /** value a to output tensor b */
  store: 27,
} as const satisfies Record<Operation, number>

/** Kinds of reduceRows; reduceColumns has the first two. */
export type Reduction = 'sum' | 'mean' | 'largest'

export const reductions = {
  sum: 0,
  mean: 1,
  largest: 2,
} as const satisfies Record<Reduction, number>

/** What the kernel memberMean averages. */
export type MemberMean = 'values' | 'sigmoid' | 'softmax'

export const memberMeans = {
  /** the columns themselves */
  values: 0,
  /** the probabilities of logits, each by itself */
  sigmoid: 1,
  /** the probabilities of rows of logits */
  softmax: 2,
} as const satisfies Record<MemberMean, number>

/** Kinds of the kernel random. */
export type Distribution = 'uniform' | 'normal'

export const distributions = {
  /** in [0, 1) */
  uniform: 0,
  /** of mean 0 and standard deviation 1 */
  normal: 1,
} as const satisfies Record<Distribution, number>

/** What an arena is filled with, by two numbers a and b. */
export type Filling = 'constant' | 'uniform' | 'normal'

export const fillings = {
  /** a */
  constant: 0,
  /** in [a, b) */
  uniform: 1,
  /** of mean a and standard deviation b */
  normal: 2,
} as const satisfies Record<Filling, number>

/** How threads share the calls of a region. */
export type RegionKind = 'rows' | 'tiles' | 'whole'

export const regionKinds = {
  /** every block of rows goes through all calls, one after the other */
  rows: 0,
  /** the calls do not depend on each other: all their tiles at once */
  tiles: 1,
  /** one call in one piece */
  whole: 2,
} as const satisfies Record<RegionKind, number>

/** How the fields of a column are read from the text of a table's rows. */
export type FieldKind = 'skip' | 'number' | 'boolean' | 'date' | 'level' | 'text'

export const fieldKinds = {
  /** not at all */
  skip: 0,
  /** as a decimal number */
  number: 1,
  /** as true or false, yes or no, 1 or 0 */
  boolean: 2,
  /** as ISO 8601 has it, into milliseconds since 1970 */
  date: 3,
  /** as a text that comes again, into its number */
  level: 4,
  /** not here: its place in the text is told */
  text: 5,
} as const satisfies Record<FieldKind, number>

/** Why reading rows from a text ended. */
export type RowsEnd = 'full' | 'incomplete' | 'unusual' | 'texts'

export const rowsEnds = {
  /** as many as were asked for, or as there is room for */
  full: 0,
  /** the next row is not there whole */
  incomplete: 1,
  /** the next row is not written plainly, or is bad */
  unusual: 2,
  /** a column has too many different texts for numbers of them */
  texts: 3,
} as const satisfies Record<RowsEnd, number>

/** What is told of a single field beside its value. */
export type FieldEvent = 'mark' | 'text' | 'number'

export const fieldEvents = {
  /** it stands for a missing value: begin is the number of its text */
  mark: 0,
  /** a text of a column of levels that comes for the first time, with the next number */
  text: 1,
  /** a decimal number that must be rounded elsewhere */
  number: 2,
} as const satisfies Record<FieldEvent, number>

/** Why a chunk of training steps has ended. */
export type ChunkEnd = 'budget' | 'epochEnd' | 'cancelled' | 'notFinite'

export const chunkEnds = {
  /** its steps or milliseconds are used up */
  budget: 0,
  /** an epoch has ended, and it was asked to stop there */
  epochEnd: 1,
  /** the training was cancelled */
  cancelled: 2,
  /** no member is left whose loss is finite */
  notFinite: 3,
} as const satisfies Record<ChunkEnd, number>

/** A tensor in the tensor table. */
export type TensorField = 'storage' | 'type' | 'rows' | 'columns' | 'stride' | 'panel' | 'elements' | 'offset' | 'slot'

export const tensorFields: readonly TensorField[] = [
  /** of Storage */
  'storage',
  /** of Type */
  'type',
  /** -1: as many as the batch has */
  'rows',
  'columns',
  /** elements from one row to the next */
  'stride',
  /** of a weight: the width of the panels it is stored in */
  'panel',
  /** stored by a tensor of fixed rows */
  'elements',
  /** elements from the arena's start on */
  'offset',
  /** which matrix or state */
  'slot',
]

/** Places of what is told of rows that were read. */
export type RowsField = 'rows' | 'next' | 'line' | 'end' | 'events' | 'tried' | 'field'

export const rowsFields: readonly RowsField[] = [
  /** that were read */
  'rows',
  /** where the next row begins */
  'next',
  /** the line in which it does */
  'line',
  /** of RowsEnd */
  'end',
  /** that were told */
  'events',
  /** up to where the next row was looked at */
  'tried',
  /** whose column has too many texts */
  'field',
]

/** A field of which something is told, number by number. */
export type EventField = 'event' | 'row' | 'field' | 'begin' | 'end'

export const eventFields: readonly EventField[] = [
  /** of FieldEvent */
  'event',
  /** from 0; at or above the rows that were read: of a row that was not */
  'row',
  /** of the row, from 0 */
  'field',
  /** of the field in the text */
  'begin',
  /** of the field in the text; -1 less that where quotes in it are doubled */
  'end',
]

/** An operation of an expression; the number of operations stands before the first. */
export type InstructionField = 'operation' | 'a' | 'b' | 'c' | 'value'

export const instructionFields: readonly InstructionField[] = [
  /** of Operation */
  'operation',
  'a',
  'b',
  'c',
  'value',
]

/** Operations of one expression. */
export const mostOperations = 96

/** Threads that may be asked for. */
export const mostThreads = 1024
