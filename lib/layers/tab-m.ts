import { type ActivationOption, activation } from '../activations/activation.js'
import type { Regularizer } from '../regularizers/regularizer.js'
import { array, fraction, knownOptions, oneOf, positiveInteger } from '../validate.js'
import { type LayerOrLayers, layerList } from './chain.js'
import { Dense } from './dense.js'
import { Dropout } from './dropout.js'
import type { Layer } from './layer.js'
import { MemberHeads } from './member-heads.js'
import { MemberScaling, type ScalingStart } from './member-scaling.js'
import { SharedDense } from './shared-dense.js'

/** What members of a TabM ensemble have of their own: the input's factors and the heads, or more. */
export type TabMKind = 'mini' | 'full'

/** Options of `tabM`. */
export interface TabMOptions {
  /** Number of outputs. */
  readonly outputs: number
  /** Units of each hidden layer. Default [256, 256]. */
  readonly hidden?: readonly number[]
  /** Number of members, at least 1; the paper takes 32. Default 16. */
  readonly members?: number
  /**
   * 'mini': members share every hidden layer as it is; 'full': each scales the inputs and outputs of every hidden layer by
   * factors of its own, and has its own biases, which takes about a quarter more time. Default 'mini'.
   */
  readonly kind?: TabMKind
  /** Activation of the hidden layers. Default 'relu'. */
  readonly activation?: ActivationOption
  /** Activation of the last layer, such as 'sigmoid' or 'softmax'. Default 'linear'. */
  readonly outputActivation?: ActivationOption
  /** Share of the units behind each hidden layer that a training step leaves out, for each member others. Default 0. */
  readonly dropout?: number
  /** Regularizer of the weights of the hidden layers and the heads. Default none. */
  readonly regularizer?: Regularizer
  /** Layers before the members, which all share: embeddings of numbers or categories. Default none. */
  readonly embedding?: LayerOrLayers
  /** How the members' factors of the inputs start. Default 'signs'; behind an embedding 'normal', as in the paper. */
  readonly start?: ScalingStart
}

const optionNames = [
  'outputs',
  'hidden',
  'members',
  'kind',
  'activation',
  'outputActivation',
  'dropout',
  'regularizer',
  'embedding',
  'start',
] as const

/**
 * Makes the layers of a TabM ensemble (Gorishniy et al., "TabM: Advancing tabular deep learning with parameter-efficient
 * ensembling", 2024): `members` networks in one, which share the weights of their hidden layers and are trained together.
 * A prediction is the mean of theirs. A step takes about `members` times as long as that of the plain network. With one member they are the dense layers of a plain network, to the bit.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 * @example
 * new Sequential(tabM({ hidden: [256, 256], members: 16, outputs: 1, outputActivation: 'sigmoid' }), { inputs: 12, seed: 1 })
 */
export function tabM(options: TabMOptions): Layer[] {
  const given = knownOptions<TabMOptions>('tabM', options, optionNames)
  const outputs = positiveInteger('outputs', given.outputs)
  const members = positiveInteger('members', given.members ?? 16)
  const kind = oneOf('kind', given.kind ?? 'mini', ['mini', 'full'])
  const dropout = fraction('dropout', given.dropout ?? 0)
  const hidden = array('hidden', given.hidden ?? [256, 256], 'numbers of units')
  const shared = { ...(given.regularizer && { regularizer: given.regularizer }) }
  const [inner, last] = [
    { ...shared, activation: activation('activation', given.activation ?? 'relu') },
    { ...shared, activation: activation('outputActivation', given.outputActivation ?? 'linear') },
  ]
  const before = given.embedding === undefined ? [] : layerList('embedding', given.embedding)
  const behind = hidden.flatMap((number, at): Layer[] => {
    const units = positiveInteger(`hidden[${at}]`, number)
    // The first layer's inputs have the members' factors already.
    const adapters = kind === 'mini' ? 'none' : at === 0 ? 'output' : 'both'
    const layer = members === 1 ? new Dense(units, inner) : new SharedDense(units, { ...inner, adapters })
    return dropout > 0 ? [layer, new Dropout(dropout)] : [layer]
  })
  if (members === 1) return [...before, ...behind, new Dense(outputs, last)]
  const start = given.start ?? (before.length > 0 ? 'normal' : 'signs')
  return [...before, new MemberScaling(members, { start }), ...behind, new MemberHeads(outputs, last)]
}
