import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  type Callback,
  type CallbackState,
  Checkpoint,
  CSVLog,
  confusion,
  Dataset,
  Dense,
  Dropout,
  datasets,
  EarlyStopping,
  type EpochResult,
  Population,
  type PopulationHistory,
  ReduceOnPlateau,
  readSafetensors,
  type Snapshot,
  TensorBoard,
  type TrainingHandle,
  writeSafetensors,
} from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
const newPath = (ending = 'safetensors') => join(folder, `${files++}.${ending}`)

const [train, held] = Dataset.from(datasets.moons({ samples: 120, noise: 0.3, seed: 4 })).split(0.3)
const EPOCHS = 8
const STEPS = Math.ceil(train.rows / 16)

/** Keeps a list that grows, numbers that JSON does not know, objects that look like marks, and parameters. */
class Notes implements Callback {
  readonly needs = 'epoch'
  losses: number[] = []
  first: Snapshot | undefined
  readonly member: number | undefined

  constructor(member?: number) {
    this.member = member
  }
  forMember(member: number): Notes {
    return new Notes(member)
  }
  onFitStart(): void {
    this.losses = []
    this.first = undefined
  }
  onEpochEnd(result: EpochResult, training: TrainingHandle): void {
    this.losses.push(result.loss)
    if (result.epoch === 2) this.first = training.snapshot()
    // Back to where it was once, if what was kept says so.
    if (result.epoch === 7 && this.first !== undefined && this.losses.length === 7) training.restore(this.first)
  }
  saveState(): CallbackState {
    return { losses: this.losses, never: Number.NaN, deep: [{ snapshot: 3 }, { number: 'seven' }], first: this.first }
  }
  restoreState({ losses, never, deep, first }: CallbackState): void {
    expect(never).toBeNaN()
    expect(deep).toEqual([{ snapshot: 3 }, { number: 'seven' }])
    this.losses = losses as number[]
    this.first = first as Snapshot | undefined
  }
}

/** Watches all members together. */
class Together implements Callback {
  readonly needs = 'epoch'
  results: number[] = []
  onFitStart(): void {
    this.results = []
  }
  onEpochEnd({ loss, epoch }: EpochResult, training: TrainingHandle): void {
    this.results.push(loss)
    if (epoch === 5) training.learningRateFactor = 1 / this.results.length
  }
  saveState(): CallbackState {
    return { results: this.results }
  }
  restoreState({ results }: CallbackState): void {
    this.results = (results ?? []) as number[]
  }
}

/** Members stop at epochs of their own. */
class Leaves implements Callback {
  readonly needs = 'epoch'
  readonly member: number
  constructor(member = 0) {
    this.member = member
  }
  forMember(member: number): Leaves {
    return new Leaves(member)
  }
  onEpochEnd({ epoch }: EpochResult, training: TrainingHandle): void {
    if (this.member % 3 === 1 && epoch === 2 + (this.member % 5)) training.stop('it is its time')
  }
}

const callbacks = (log: string, board: string): Callback[] => [
  new EarlyStopping({ patience: 2, minimumDelta: 0.002 }),
  new ReduceOnPlateau({ patience: 0, threshold: 0.05 }),
  new Notes(),
  new Together(),
  new Leaves(),
  new CSVLog(log),
  new TensorBoard(board),
  new Checkpoint(newPath(), { bestOnly: true }),
]

/** Ends a fit as a crash would. */
const crash = (at: { epoch?: number; step?: number }): Callback => ({
  needs: 'step',
  onStepEnd({ totalStep }) {
    if (totalStep === at.step) throw new Error('crash')
  },
  onEpochEnd({ epoch }) {
    if (epoch === at.epoch) throw new Error('crash')
  },
})

const population = (members: number) =>
  new Population([new Dense(5, { activation: 'relu' }), new Dropout(0.2), new Dense(1, { activation: 'sigmoid' })], {
    inputs: 2,
    members,
    seed: 8,
  })
const options = (members: number, own: readonly Callback[], more: object = {}) => ({
  loss: 'binaryCrossEntropy' as const,
  optimizer: new Adam({ learningRate: Array.from({ length: members }, (_, i) => 0.01 * (1 + i)) }),
  epochs: EPOCHS,
  batchSize: 16,
  metrics: ['accuracy' as const, confusion()],
  validation: held,
  callbacks: own,
  ...more,
})
const parameters = (one: Population) =>
  Array.from({ length: one.members }, (_, member) =>
    one
      .member(member)
      .getWeights()
      .map(({ name, data }) => [name, [...new Uint32Array(data.buffer)]]),
  )
const results = ({ members }: PopulationHistory) =>
  members.map(({ epochs, ...rest }) => ({ ...rest, epochs: epochs.map(({ seconds: _, ...scores }) => scores) }))

describe('a population of any size resumes to the same bits and the same histories', () => {
  const own = () => callbacks(newPath('csv'), newPath('board'))
  const sizes = [1, 2, 3, 5, 6, 7, 8, 9, 16, 40]
  const kinds = ['an epoch', 'a step'] as const
  test.each(sizes.flatMap((members) => kinds.map((kind) => [members, kind] as const)))(
    '%i members, after %s',
    async (members, kind) => {
      const sync = members % 2 === 0
      const trained = async (one: Population, more: object, all: readonly Callback[]) => {
        const given = options(members, all, more)
        return sync ? one.fitSync(train, given) : one.fit(train, given)
      }
      const whole = population(members)
      const expected = await trained(whole, {}, own())
      const path = newPath()
      const every = kind === 'an epoch' ? { epochs: 3 } : { steps: 3 * STEPS + 2 }
      const at = kind === 'an epoch' ? { epoch: 4 } : { step: 4 * STEPS - 1 }
      await expect(
        trained(population(members), {}, [...own(), new Checkpoint(path, { every }), crash(at)]),
      ).rejects.toThrow('crash')
      const resumed = population(members)
      const history = await trained(resumed, { resume: path }, own())
      expect(results(history)).toEqual(results(expected))
      expect(parameters(resumed)).toEqual(parameters(whole))
    },
  )

  test.each([1, 8, 12])('%i members on a stream', async (members) => {
    const given = (all: readonly Callback[], more: object = {}) => {
      const { validation: _, batchSize: __, ...rest } = options(members, all, more)
      return { ...rest, metrics: ['accuracy' as const] }
    }
    const all = () => [new EarlyStopping({ monitor: 'loss', patience: 2 }), new Notes(), new Together(), new Leaves()]
    const source = () => train.batch(16)
    for (const every of [3, { steps: 3 * STEPS + 2 }]) {
      const whole = population(members)
      const expected = await whole.fit(source, given(all()))
      const path = newPath()
      const saving = [...all(), new Checkpoint(path, { every }), crash({ step: 4 * STEPS - 1 })]
      await expect(population(members).fit(source, given(saving))).rejects.toThrow('crash')
      const resumed = population(members)
      const history = await resumed.fit(source, given(all(), { resume: path }))
      expect(results(history)).toEqual(results(expected))
      expect(parameters(resumed)).toEqual(parameters(whole))
    }
  })

  test('resumed again and again, epoch by epoch', async () => {
    const members = 9
    const whole = population(members)
    const expected = await whole.fit(train, options(members, own()))
    let path: string | undefined
    for (let epoch = 1; epoch < EPOCHS; epoch++) {
      const next = newPath()
      const given = options(members, [...own(), new Checkpoint(next), crash({ epoch: epoch + 1 })])
      // The checkpoint is told last: the crash of the epoch after comes before its own.
      await population(members)
        .fit(train, path === undefined ? given : { ...given, resume: path })
        .catch((error: Error) => expect(error.message).toBe('crash'))
      path = next
    }
    const resumed = population(members)
    const history = await resumed.fit(train, options(members, own(), { resume: path }))
    expect(results(history)).toEqual(results(expected))
    expect(parameters(resumed)).toEqual(parameters(whole))
  })
})

test('a checkpoint of the former format resumes, and what it lacks is told', async () => {
  const members = 9
  const path = newPath()
  await population(members).fit(train, options(members, [new Together(), new Checkpoint(path)], { epochs: 3 }))
  const { tensors, metadata } = await readSafetensors(path)
  const now = JSON.parse(metadata['deepblas.checkpoint']!)
  const result = { epoch: 1, loss: 0.5, accuracy: 0.5, learningRate: 0.1, seconds: 1 }
  const epochs = (validation: unknown) => [1, 2, 3].map((epoch) => ({ ...result, epoch, validation }))
  const scores = { loss: { number: 'NaN' }, accuracy: 0.5 }
  const former = {
    ...now,
    formatVersion: 1,
    histories: Array.from({ length: members }, (_, member) => {
      if (member >= 8) return null
      const all = member === 7 ? null : member === 6 ? [null, null, null] : epochs(member === 5 ? null : scores)
      return { epochs: all, stopped: 'completed', reason: '' }
    }),
  }
  const old = newPath()
  await writeSafetensors(old, {
    tensors: tensors.filter(({ name }) => !name.startsWith('checkpoint.history.')),
    metadata: { ...metadata, 'deepblas.checkpoint': JSON.stringify(former) },
  })
  const told: Error[] = []
  const listen = (warning: Error) => void told.push(warning)
  process.on('warning', listen)
  const resumed = population(members)
  const history = await resumed.fit(train, options(members, [new Together()], { resume: old }))
  await new Promise(setImmediate)
  process.off('warning', listen)
  expect(told.map(({ message }) => message).join()).toMatch(/did not keep all results/)
  expect(history.members.map((one) => one.epochs.length)).toEqual([8, 8, 8, 8, 8, 8, 5, 5, 5])
  expect(history.members[0]!.epochs[0]!.validation).toEqual({ loss: Number.NaN, accuracy: 0.5 })
  expect(Object.hasOwn(history.members[5]!.epochs[0]!, 'validation')).toBe(false)
  const whole = population(members)
  await whole.fit(train, options(members, [new Together()]))
  expect(parameters(resumed)).toEqual(parameters(whole))
})
