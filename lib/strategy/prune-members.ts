import { Dataset } from '../data/dataset/dataset.js'
import { MemberHeads } from '../layers/member-heads.js'
import type { Loss } from '../losses/loss.js'
import type { LossName } from '../losses/names.js'
import { inputsOfModel, insideOf, layersOfModel } from '../model/inside.js'
import { withStart } from '../model/network/starting-parameters.js'
import { arenaOf, checkedWeights, type NamedWeights } from '../model/network/weights.js'
import { Sequential } from '../model/sequential.js'
import { invalid, knownOptions, positiveInteger } from '../validate.js'

/** Options of `pruneMembers`. */
export interface PruneMembersOptions {
  /** The loss that is to become small. Default that of the model's last `fit`, or the one that goes with its outputs. */
  readonly loss?: LossName | Loss
  /** The most members that stay. Default as many as there are. */
  readonly members?: number
}

/** What `pruneMembers` gives. */
export interface PrunedMembers {
  /** A model of the members that stay, whose prediction is their mean. */
  readonly model: Sequential
  /** The members that stay, numbered from 0, in the order in which they were chosen. */
  readonly kept: readonly number[]
  /** The loss of the mean of the first member chosen, of the first two, and so on, also of those that do not stay. */
  readonly losses: readonly number[]
}

/** Rows whose last hidden layer is held at a time. */
const ROWS = 1024

/**
 * Chooses members of a TabM ensemble (`tabM`) on validation rows, and gives a model of those alone: first the one with the
 * smallest loss, then again and again the one that makes the loss of the mean smallest, as long as that helps (Gorishniy et
 * al., 2024, section 5; Caruana et al., "Ensemble selection from libraries of models", 2004). The model given stays as it is.
 *
 * @param data rows that the model was not trained on: the losses of those it was trained on tell little
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model without members, or an option that is unknown or out of range
 * @example
 * const { model: smaller, kept } = await pruneMembers(model, validation)
 */
export async function pruneMembers(
  model: Sequential,
  data: Dataset,
  options?: PruneMembersOptions,
): Promise<PrunedMembers> {
  if (!(model instanceof Sequential)) throw invalid('model', 'Sequential', model)
  if (!(data instanceof Dataset)) throw invalid('data', 'Dataset', data, 'Dataset.from({ x, y }) makes one.')
  const given = knownOptions<PruneMembersOptions>('pruneMembers', options, ['loss', 'members'])
  const heads = model.layers.at(-1)
  if (!(heads instanceof MemberHeads) || heads.members === 1) {
    throw invalid('model', 'model of several members', model.layers.at(-1)!.describe(), 'tabM makes its layers.')
  }
  const members = heads.members!
  const most = positiveInteger('members', given.members ?? members)
  if (most > members) throw invalid('members', `at most ${members}`, most, 'The model has no more.')
  const judge = new Judge(model, heads, data, given.loss ?? insideOf(model).scoring?.loss)
  await judge.look()
  const kept: number[] = []
  const losses: number[] = []
  while (kept.length < most) {
    let best: { member: number; loss: number } | undefined
    for (let member = 0; member < members; member++) {
      if (kept.includes(member)) continue
      const loss = await judge.lossOf([...kept, member])
      if (best === undefined || loss < best.loss) best = { member, loss }
    }
    kept.push(best!.member)
    losses.push(best!.loss)
  }
  const stay = kept.slice(0, losses.indexOf(Math.min(...losses)) + 1)
  return { model: withMembers(model, members, stay), kept: stay, losses }
}

/** Losses of means of members, from what each member gives for every row. */
class Judge {
  readonly #model: Sequential
  readonly #heads: MemberHeads
  readonly #data: Dataset
  readonly #loss: LossName | Loss | undefined
  /** Z of every row (rows, members · outputs). */
  readonly #sums: Float32Array

  constructor(model: Sequential, heads: MemberHeads, data: Dataset, loss: LossName | Loss | undefined) {
    this.#model = model
    this.#heads = heads
    this.#data = data
    this.#loss = loss
    this.#sums = new Float32Array(data.rows * heads.members! * heads.units)
  }

  /** Computes what every member gives before its activation. */
  async look(): Promise<void> {
    const { layers } = this.#model
    const place = `layers.${layers.length - 1}`
    const weights = new Map(this.#model.getWeights().map(({ name, data }) => [name, data]))
    const [weight, bias] = [weights.get(`${place}.weight`)!, weights.get(`${place}.bias`)]
    const { units, weightFactor } = this.#heads
    const members = this.#heads.members!
    const features = weight.length / (members * units)
    let at = 0
    for (const rows of this.#data.batch(ROWS)) {
      const { data: hidden } = await this.#model.activations(rows, layers.length - 2)
      for (let row = 0; row < rows.rows; row++) {
        for (let output = 0; output < members * units; output++, at++) {
          const from = (row * members + Math.floor(output / units)) * features
          let sum = 0
          for (let i = 0; i < features; i++) sum += hidden[from + i]! * weight[output * features + i]!
          this.#sums[at] = sum * weightFactor + (bias?.[output] ?? 0)
        }
      }
    }
  }

  /** The loss of the mean of some members: of a network that only takes that mean. */
  async lossOf(members: readonly number[]): Promise<number> {
    const { units } = this.#heads
    const inputs = members.length * units
    const all = this.#heads.members! * units
    const data = this.#data.map((_row, _target, index) => {
      const from = index * all
      const own = members.map((member) => this.#sums.subarray(from + member * units, from + (member + 1) * units))
      return { x: Float32Array.from({ length: inputs }, (_, at) => own[Math.floor(at / units)]![at % units]!) }
    })
    const { activation } = this.#heads
    const { labels } = this.#model
    const mean = new Sequential([new MemberHeads(units, { members: members.length, bias: false, activation })], {
      inputs,
      ...(labels && { labels }),
    })
    const identity = Float32Array.from({ length: inputs * units }, (_, at) =>
      Number(Math.floor(at / units) % units === at % units),
    )
    mean.setWeights([{ name: 'layers.0.weight', shape: [inputs, units], data: identity }])
    const { loss } = await mean.evaluate(data, this.#loss === undefined ? {} : { loss: this.#loss })
    return loss
  }
}

/** The model of some members alone. */
function withMembers(model: Sequential, members: number, kept: readonly number[]): Sequential {
  const inside = insideOf(model)
  const order = [...kept].sort((a, b) => a - b)
  const layers = layersOfModel(model).map((layer) => layer.withMembers(order.length))
  const { labels, encoder } = model
  const options = { inputs: inputsOfModel(model), seed: model.seed, ...(labels && { labels }) }
  const given = model.getWeights()
  const made = new Sequential(
    layers,
    withStart(options, {
      parameters: (network) => {
        const weights = network.parameters.map(({ name, shape, size }): NamedWeights => {
          const { data } = given.find((one) => one.name === name)!
          return { name, shape: [...shape], data: data.length === size ? data : partOf(data, members, order) }
        })
        return arenaOf(network, checkedWeights(network, weights, false))
      },
      scoring: inside.scoring,
    }),
  )
  if (encoder !== undefined) insideOf(made).encoder = encoder
  return made
}

/** Numbers of some members, of a parameter that holds those of one member behind those of the other. */
function partOf(values: Float32Array, members: number, kept: readonly number[]): Float32Array<ArrayBuffer> {
  const size = values.length / members
  const part = new Float32Array(kept.length * size)
  for (const [at, member] of kept.entries()) part.set(values.subarray(member * size, (member + 1) * size), at * size)
  return part
}
