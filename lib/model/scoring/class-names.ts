/*
 * Where data meets a model: classes are compared by name. A data set numbers the names that it has; here its classes get
 * the numbers that the model's outputs have.
 */
import { checkedNames, listed, numberOfText } from '../../data/arrays/class-names.js'
import { asDataset, type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Loss, TargetKind } from '../../losses/loss.js'
import { describe, invalid } from '../../validate.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'

/** What a model knows of its classes. */
export interface NamedModel {
  readonly network: Network
  /** Their names so far, in the order of the outputs. */
  readonly labels: readonly string[] | undefined
  /** Of the last fit. */
  readonly scoring: Scoring | undefined
  /** Whether weights of the outputs were set, and their names, where there are some, came with them. Default false. */
  readonly namesCarried?: boolean
}

export class ClassNames {
  readonly #kind: TargetKind
  readonly #outputs: number
  /** How many classes the outputs tell apart. */
  readonly #most: number
  #names: readonly string[] | undefined
  /** Whether the model has been trained on classes without names. */
  #numbered: boolean
  /** Until the first data to train on says whether the names that came with weights are its own. */
  #carried: boolean

  constructor({ network, labels, scoring, namesCarried = false }: NamedModel, loss: Loss) {
    this.#kind = loss.targetKind
    this.#outputs = network.outputs
    this.#most = Math.max(2, network.outputs)
    this.#names = labels
    this.#carried = namesCarried
    this.#numbered = labels === undefined && scoring !== undefined && areClasses(scoring.loss.targetKind)
  }

  get names(): readonly string[] | undefined {
    return this.#names
  }

  /**
   * Data to train on, by the model's numbers. Names that are new get the outputs that have none yet.
   *
   * @param all one data set for all members, or one each
   * @throws DeepblasError ERR_DEEPBLAS_DATA that says the name, where no output is left for it
   */
  learn(argument: string, all: readonly Dataset[]): readonly Dataset[] {
    const taken = all.map((data) => this.#asTaken(data))
    for (const data of taken) this.#requirePlain(argument, data)
    this.#checkCarried(argument, taken)
    for (const data of taken) if (this.#labelsOf(data) !== undefined) this.#names = this.#grown(argument, data)
    this.#requireBoth(argument, taken)
    this.#numbered = this.#names === undefined && areClasses(this.#kind)
    return taken.map((data) => this.#renumbered(data, this.#names))
  }

  /**
   * Data to score, by the model's numbers. Of a model that knows no classes yet, it is the first to name them.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA that says the name, where the model has no such class
   */
  known(argument: string, all: readonly Dataset[]): readonly Dataset[] {
    if (this.#names === undefined && !this.#numbered) return this.learn(argument, all)
    return all.map((given) => {
      const data = this.#asTaken(given)
      this.#requirePlain(argument, data)
      if (this.#labelsOf(data) === undefined) return data
      const names = this.#names ?? this.#numbersAsNames(argument, data)
      const stranger = strangersTo(names, data)[0]
      if (stranger === undefined) return this.#renumbered(data, names)
      const hint = 'Leave its rows out, or train a model on rows of that class too.'
      throw unknownName(argument, stranger, names, hint)
    })
  }

  /**
   * Names that came with weights are those of the data to train on, or this is another task, whose data names the outputs
   * or numbers them.
   * Weights that came without leave it open which output is which class.
   */
  #checkCarried(argument: string, all: readonly Dataset[]): void {
    if (!this.#carried) return
    this.#carried = false
    const named = all.filter((data) => this.#labelsOf(data) !== undefined)
    const known = this.#names
    if (known !== undefined) {
      const own = named.length > 0 && named.every((data) => strangersTo(known, data).length === 0)
      if (!own) this.#names = undefined
      return
    }
    const few = named.find(({ labels }) => labels!.length < this.#most)
    if (few === undefined) return
    process.emitWarning(
      `The weights of the outputs were set without names of classes: the first of ${this.#most} classes are taken for ` +
        `${listed(few.labels!)}, as ${argument} names them. If they were trained on others, give the model all of its ` +
        "names: new Sequential(layers, { labels: ['…', '…'] }).",
      { type: 'DeepblasWarning', code: 'DEEPBLAS_CLASS_NAMES' },
    )
  }

  /** Texts as the loss takes them: names to one of classes, the numbers that they write to one of numbers. */
  #asTaken(data: Dataset): Dataset {
    if (!forRuns(data).textTargets || data.targetColumns !== 1) return data
    if (this.#kind === 'values' || this.#kind === 'counts') return asDataset(forRuns(data).asValues())
    return this.#kind === 'binary' && forRuns(data).namesInUse().some(isShare)
      ? asDataset(forRuns(data).asValues())
      : data
  }

  /** The names of the classes of a data set; undefined where it has none, or they name no output. */
  #labelsOf({ labels, targetColumns }: Dataset): readonly string[] | undefined {
    if (labels === undefined || targetColumns === 0) return undefined
    // Numbers that happen to have names, such as digits that are to be guessed as values.
    const values = !areClasses(this.#kind) && targetColumns === 1 && labels.length > this.#most
    return values ? undefined : labels
  }

  #renumbered(data: Dataset, names: readonly string[] | undefined): Dataset {
    return names === undefined || this.#labelsOf(data) === undefined
      ? data
      : asDataset(forRuns(data).numberedBy(names, this.#outputs))
  }

  #grown(argument: string, data: Dataset): readonly string[] {
    if (this.#names === undefined) {
      if (this.#numbered && forRuns(data).textTargets) return this.#numbersAsNames(argument, data)
      const names = data.labels!.length <= this.#most ? data.labels! : forRuns(data).namesInUse()
      if (names.length <= this.#most) return names
      const outputs = this.#outputs === 1 ? 'one output, which tells two' : `${this.#outputs} outputs`
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected at most ${this.#most} classes for ${argument}, since the network has ${outputs}, but received ` +
          `${names.length}: ${listed(names)}. Give the last layer one output per class.`,
      )
    }
    const known = this.#names
    const strangers = strangersTo(known, data)
    if (strangers.length === 0) return known
    const names = [...known, ...strangers]
    if (names.length <= this.#most) return names
    const hint =
      `All outputs of the network have a name. Leave the rows of other classes out, or train a new model with an ` +
      'output for every class.'
    throw unknownName(argument, strangers[0]!, known, hint)
  }

  /** Of a model trained on numbers of classes, texts of these numbers are their names. */
  #numbersAsNames(argument: string, data: Dataset): readonly string[] {
    if (!forRuns(data).textTargets) return data.labels!
    const names = Array.from({ length: this.#most }, (_, i) => String(i))
    const stranger = strangersTo(names, data)[0]
    if (stranger === undefined) return names
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected for ${argument} numbers of classes from 0 to ${this.#most - 1}, since the model was trained on numbers, but ` +
        `received the name ${describe(stranger)}. Nobody has said which number it is: give the numbers, and their names ` +
        "as option labels: Dataset.from({ x, y: [0, 1, …] }, { labels: ['…', '…'] }).",
    )
  }

  /** A class that has a number and no name would be trained, and never answered. */
  #requireNamed(argument: string, data: Dataset, names: readonly string[]): void {
    if (names.length >= this.#most) return
    for (let row = 0; row < data.rows; row++) {
      const target = data.target(row)
      const number = target.length === 1 ? target[0]! : target.findIndex((share, i) => i >= names.length && share > 0)
      if (!(Number.isInteger(number) && number >= names.length && number < this.#most)) continue
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected for ${argument} classes that have a name, of the model's ${listed(names)}, but received class ${number} ` +
          `in row ${row}. Name every class: as option labels of the model, or of the data set.`,
      )
    }
  }

  /**
   * Numbers without names are numbers of classes. Of a model whose classes are named by numbers, such as '1', '2', '3', they
   * may as well be the names: each would be taken for its neighbor.
   */
  #requirePlain(argument: string, data: Dataset): void {
    const names = this.#names
    if (names === undefined || data.labels !== undefined || !data.hasTargets || !areClasses(this.#kind)) return
    this.#requireNamed(argument, data, names)
    if (data.targetColumns !== 1) return
    // Where every name is the number of its class, both readings are one.
    if (names.every((name, i) => name === String(i))) return
    const known = new Set(names)
    let number: number | undefined
    for (let row = 0; row < data.rows; row++) {
      const [one] = data.target(row) as [number]
      if (!known.has(String(one))) return
      const place = one === -1 ? 0 : one
      if (names[place] !== String(one)) number ??= one
    }
    if (number === undefined) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected for ${argument} targets that are names of classes or numbers of classes, but received ${number}, which is ` +
        `both: the class named '${number}', and a number of the classes ${listed(names)}, counted from 0. For names give ` +
        'texts: Dataset.from({ x, y: y.map(String) }). For numbers of classes give their names too: ' +
        `Dataset.from({ x, y }, { labels: [${listed(names)}] }).`,
    )
  }

  /** One output is the share of the second of two classes: of one name alone nobody knows which it is. */
  #requireBoth(argument: string, all: readonly Dataset[]): void {
    if (this.#names?.length !== 1 || this.#outputs !== 1 || !areClasses(this.#kind)) return
    if (all.every((data) => this.#labelsOf(data) === undefined)) return
    const [only] = this.#names as [string]
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected the names of both classes for ${argument}, between which one output decides, but received only ` +
        `${describe(only)}. Give both as option labels of the data set, first the one of outputs near 0: ` +
        `Dataset.from({ x, y }, { labels: ['…', ${describe(only)}] }).`,
    )
  }
}

/** Option `labels` of a model, checked. */
export function namesFor({ outputs }: Network, given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined
  const names = checkedNames('labels', given)
  if (names.length <= Math.max(2, outputs)) return names
  const most = outputs === 1 ? '2 names, between which one output decides' : `${outputs} names, one for each output`
  throw invalid('labels', most, names)
}

/** Whether targets are classes, or one number a class. */
function areClasses(kind: TargetKind): boolean {
  return kind !== 'values' && kind !== 'counts'
}

/** Names of rows that are none of those known. */
function strangersTo(known: readonly string[], data: Dataset): readonly string[] {
  const names = new Set(known)
  return forRuns(data)
    .namesInUse()
    .filter((name) => !names.has(name))
}

/** Whether a text writes a number between 0 and 1: a share of the second class, not a name. */
function isShare(name: string): boolean {
  const number = numberOfText(name)
  return number !== undefined && number > 0 && number < 1
}

function unknownName(argument: string, name: string, known: readonly string[], hint: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected for ${argument} classes that the model has, ${listed(known)}, but received ${describe(name)}. ${hint}`,
  )
}
