/*
 * Folds of trainTable: every row is predicted by networks that have not seen it, neither its group nor its future.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AdamW,
  chooseThreshold,
  EarlyStopping,
  loadModel,
  metrics,
  oneCycle,
  Sequential,
  Table,
  type TableModel,
  type TableRecipe,
  type TableTraining,
  type TrainTableOptions,
  tabularLayers,
  trainTable,
} from '../../../lib/index.js'
import { deepblas, seeded, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Every five rows are of one customer, and day after day. */
function sales(count: number, seed = 1) {
  const random = seeded(seed)
  return Array.from({ length: count }, (_, i) => {
    const [size, age] = [random(), random()]
    const customer = Math.floor(i / 5)
    const worth = size + age / 2 + Math.sin(customer) / 4
    return {
      size,
      age: Math.round(age * 50),
      city: ['Wien', 'Graz', 'Linz'][Math.floor(random() * 3)]!,
      customer: `c${customer}`,
      day: i,
      bought: worth + random() / 5 > 0.85 ? 'yes' : 'no',
      kind: ['a', 'b', 'c'][Math.max(0, Math.min(2, Math.floor(worth * 2)))]!,
      price: 10 * worth + random(),
    }
  })
}
const rows = sales(300)
const only = (target: string, ...more: string[]) =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => ['size', 'age', 'city', target, ...more].includes(name))),
  )
const short = { preset: 'fast', epochs: 4, hidden: [6] } as const
const train = async (target: string, options: Partial<TrainTableOptions>, source: object[] = only(target)) =>
  (await trainTable(source, { target, ...short, ...options })) as TableTraining<TableModel>

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const logit = (p: number) => Math.log(p / (1 - p))

/** The temperature that the probabilities of each fold have been brought to, which is one for all of its rows. */
function temperaturesOf(means: readonly number[], told: Float64Array, foldOf: Int32Array, folds: number): number[] {
  return Array.from({ length: folds }, (_, fold) => {
    const rows = [...foldOf.keys()].filter((row) => foldOf[row] === fold && Math.abs(logit(means[row]!)) > 0.1)
    const each = rows.map((row) => logit(means[row]!) / logit(told[row]!))
    expect(Math.max(...each) / Math.min(...each)).toBeCloseTo(1, 4)
    return each[0]!
  })
}

describe('out of fold', () => {
  test('every row is predicted once, and metrics are those recomputed by hand', async () => {
    const {
      outOfFold,
      metrics: told,
      heldOut,
      model,
      members,
      intervals,
    } = await train('bought', { folds: 4, seeds: 2 })
    const { folds, targets, predictions, rows: count, report } = outOfFold!
    expect(count).toBe(300)
    expect([0, 1, 2, 3].map((fold) => folds.filter((one) => one === fold).length)).toEqual([75, 75, 75, 75])
    expect(Array.from(targets, (target) => model.labels![target])).toEqual(rows.map(({ bought }) => bought))
    expect(predictions.shape).toEqual([300, 1])
    const guessed = predictions.data.map((p) => Number(p > 0.5))
    expect(told.accuracy).toBe(metrics.accuracy(targets, guessed))
    expect(told.rocAuc).toBeCloseTo(metrics.rocAuc(targets, predictions.data), 12)
    expect(told.averagePrecision).toBeCloseTo(metrics.averagePrecision(targets, predictions.data), 12)
    expect(told.f1).toBe(metrics.f1(targets, guessed))
    expect(told.logLoss).toBe(metrics.logLoss(targets, predictions.data))
    expect(heldOut).toMatchObject({ rows: 300, metrics: told })
    expect(report!.confusion.flat().reduce((sum, one) => sum + one)).toBe(300)
    for (const [name, [low, high]] of Object.entries(intervals!)) {
      expect(low, name).toBeLessThan(told[name]!)
      expect(high, name).toBeGreaterThan(told[name]!)
    }
    expect(model.members).toBe(8)
    expect(members.map(({ fold, seed }) => [fold, seed])).toEqual(Array.from({ length: 8 }, (_, i) => [i % 4, i]))
    // Mean over the two networks of the fold, at a temperature of the fold.
    const each = Array.from({ length: 8 }, (_, member) => model.member(member).predictSync(rows as never).data)
    const means = Array.from(folds, (fold, row) => (each[fold]![row]! + each[fold + 4]![row]!) / 2)
    const temperatures = temperaturesOf(means, predictions.data, folds, 4)
    const loss = (of: (fold: number) => boolean, t: number) => {
      const some = [...targets.keys()].filter((row) => of(folds[row]!))
      const tempered = some.map((row) => sigmoid(logit(means[row]!) / t))
      const lost = metrics.logLoss(
        some.map((row) => targets[row]!),
        tempered,
      )
      return some.length * lost + 2 * Math.log(t) ** 2
    }
    // The one that is best for the rows of the other folds, but for the pull towards 1.
    for (const [fold, t] of temperatures.entries()) {
      const of = (one: number) => one !== fold
      expect(loss(of, t)).toBeLessThan(loss(of, t * 1.03))
      expect(loss(of, t)).toBeLessThan(loss(of, t / 1.03))
    }
  })

  test('of repeated folds every row is predicted once of each division', async () => {
    const { outOfFold, metrics: told, model, members } = await train('bought', { folds: 3, repeats: 2, seeds: 2 })
    const { folds, targets, predictions, rows: count } = outOfFold!
    expect([count, folds.length, model.members]).toEqual([300, 600, 12])
    expect(members.map(({ fold }) => fold)).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    const [first, second] = [folds.slice(0, 300), folds.slice(300).map((fold) => fold - 3)]
    for (const division of [first, second]) {
      expect([0, 1, 2].map((fold) => division.filter((one) => one === fold).length)).toEqual([100, 100, 100])
    }
    // Divided anew: rows that were together are so no longer.
    const together = first.filter((fold, row) => fold === second[row]).length
    expect(together).toBeGreaterThan(60)
    expect(together).toBeLessThan(140)
    expect(first).toEqual((await train('bought', { folds: 3, epochs: 1 })).outOfFold!.folds)
    const each = Array.from({ length: 12 }, (_, member) => model.member(member).predictSync(rows as never).data)
    const means = rows.map((_, row) => {
      const ofRow = [folds[row]!, folds[300 + row]!].flatMap((fold) => [fold, fold + 6])
      return ofRow.reduce((sum, member) => sum + each[member]![row]!, 0) / 4
    })
    expect(temperaturesOf(means, predictions.data, first, 3).every((t) => t > 0.2 && t < 5)).toBe(true)
    expect(told.rocAuc).toBeCloseTo(metrics.rocAuc(targets, predictions.data), 12)
    expect(model.made).toMatchObject({ options: { folds: 3, seeds: 2, repeats: 2 } })
  })

  test('repeated folds keep groups together', async () => {
    const source = only('price', 'customer')
    const { outOfFold } = await train('price', { folds: 3, repeats: 2, group: 'customer', epochs: 1 }, source)
    const { folds } = outOfFold!
    for (let row = 0; row < 600; row++) expect(folds[row]).toBe(folds[row - (row % 5)])
    expect(folds.slice(0, 300)).not.toEqual(folds.slice(300).map((fold) => fold - 3))
  })

  test('classes are spread over the folds', async () => {
    const { outOfFold } = await train('kind', { folds: 5, epochs: 1 })
    const { folds, targets } = outOfFold!
    for (const one of [0, 1, 2]) {
      const counts = [0, 1, 2, 3, 4].map(
        (fold) => folds.filter((own, row) => own === fold && targets[row] === one).length,
      )
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  test('values are in the target units; intervals cover other rows', async () => {
    const { outOfFold, metrics: told, model } = await train('price', { folds: 4, epochs: 30 })
    const { targets, predictions } = outOfFold!
    expect(Array.from(targets)).toEqual(rows.map(({ price }) => expect.closeTo(price, 4)))
    expect(told.rootMeanSquaredError).toBe(metrics.rootMeanSquaredError(targets, predictions.data))
    expect(told.meanAbsoluteError).toBe(metrics.meanAbsoluteError(targets, predictions.data))
    expect(told.r2).toBe(metrics.r2(targets, predictions.data))
    const others = sales(600, 9)
    const { data, lower, upper, coverage } = await model.predictInterval(others as never, { coverage: 0.8 })
    expect(coverage).toBe(0.8)
    const inside = others.filter(({ price }, row) => price >= lower[row]! && price <= upper[row]!).length / 600
    expect(inside).toBeGreaterThan(0.72)
    expect(inside).toBeLessThan(0.92)
    expect(data).toEqual((await model.predict(others as never)).data)
    // By hand: of 300 residuals the 30th from each end.
    const residuals = targets.map((target, row) => target - predictions.data[row]!).sort()
    expect(lower[0]! - data[0]!).toBeCloseTo(residuals[29]!, 4)
    expect(upper[0]! - data[0]!).toBeCloseTo(residuals[270]!, 4)
    const wider = model.predictIntervalSync(others as never, { coverage: 0.95 })
    expect(wider.lower[0]).toBeLessThan(lower[0]!)
    expect(wider.upper[0]).toBeGreaterThan(upper[0]!)
    await expect(model.predictInterval(others as never, { coverage: 0.999 })).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringMatching(/0\.993 for coverage.*1999 rows/),
    })
    await expect(model.predictInterval(others as never, { coverage: 1 })).rejects.toThrow(/coverage/)
    await model.save(at('prices.safetensors'))
    const loaded = (await loadModel(at('prices.safetensors'))) as TableModel
    expect(await loaded.predictInterval(others as never, { coverage: 0.8 })).toEqual(
      await model.predictInterval(others as never, { coverage: 0.8 }),
    )
  })

  test('the temperature of probabilities is kept, and changes no class', async () => {
    const { model, outOfFold, metrics: told } = await train('kind', { folds: 3, epochs: 12 })
    const { temperature } = model
    expect(temperature).toBeGreaterThan(0)
    expect(temperature).not.toBe(1)
    await model.save(at('kinds.safetensors'))
    const loaded = (await loadModel(at('kinds.safetensors'))) as TableModel
    expect(loaded.temperature).toBe(temperature)
    const some = rows.slice(0, 20) as never
    const { data } = await loaded.predict(some)
    expect(data).toEqual(model.predictSync(some).data)
    const each = model.seeds.map((_, member) => model.member(member).predictSync(some).data)
    for (let row = 0; row < 20; row++) {
      const means = [0, 1, 2].map((one) => each.reduce((sum, own) => sum + own[3 * row + one]!, 0) / each.length)
      const powers = means.map((p) => p ** (1 / temperature!))
      const sum = powers.reduce((total, one) => total + one)
      for (const one of [0, 1, 2]) expect(data[3 * row + one]).toBeCloseTo(powers[one]! / sum, 5)
    }
    // The loss of the means of rows that were not seen is least at the temperature, but for the pull towards 1.
    const { folds, targets, predictions } = outOfFold!
    const own = model.seeds.map((_, member) => model.member(member).predictSync(rows as never).data)
    const means = Float64Array.from({ length: 900 }, (_, at) => own[folds[Math.floor(at / 3)]!]![at]!)
    const loss = (t: number) => {
      const tempered = means.map((p) => p ** (1 / t))
      const scaled = tempered.map((p, i) => p / [0, 1, 2].reduce((s, one) => s + tempered[i - (i % 3) + one]!, 0))
      return 300 * metrics.logLoss(targets, { data: scaled, shape: [300, 3] }) + 2 * Math.log(t) ** 2
    }
    expect(loss(temperature!)).toBeLessThan(loss(temperature! * 1.03))
    expect(loss(temperature!)).toBeLessThan(loss(temperature! / 1.03))
    // What is told is of the model: the loss is that of probabilities at a temperature.
    expect(told.logLoss).toBe(metrics.logLoss(targets, predictions))
  })

  test('a network of a fold is the one that is trained on the other rows by hand', async () => {
    let recipe: TableRecipe | undefined
    const { model, outOfFold } = await train('bought', {
      folds: 3,
      onProgress: (progress) => {
        if (progress.stage === 'training') recipe = progress.settings
      },
    })
    const { encoder } = model
    const data = encoder.encode(Table.fromRows(only('bought')))
    const all = Array.from({ length: 300 }, (_, row) => row)
    const part = data.subset(all.filter((row) => outOfFold!.folds[row] !== 1))
    const held = data.subset(all.filter((row) => outOfFold!.folds[row] === 1))
    const { hidden, dropout, epochs, batchSize, learningRate, weightDecay, patience } = recipe!
    const alone = new Sequential(tabularLayers(encoder, { hidden, dropout }), { inputs: encoder.inputs, seed: 1 })
    await alone.fit(part, {
      loss: 'binaryCrossEntropy',
      optimizer: new AdamW({
        learningRate: oneCycle({ learningRate, steps: epochs * Math.ceil(200 / batchSize) }),
        weightDecay,
      }),
      epochs,
      batchSize,
      validation: held,
      callbacks: [new EarlyStopping({ patience })],
    })
    expect(model.member(1).getWeights()).toEqual(alone.getWeights())
  })

  test('the same seed gives the same bytes, from the command line too', async () => {
    await writeCsv(at('sales.csv'), only('bought') as never)
    const {
      model,
      metrics: told,
      intervals,
    } = await train('bought', { folds: 3, seeds: 2, repeats: 2, seed: 5 }, at('sales.csv') as never)
    await model.save(at('script.safetensors'))
    const { code, stdout, stderr } = await deepblas([
      ...[
        'train',
        '--preset',
        'fast',
        at('sales.csv'),
        '--target',
        'bought',
        '--folds',
        '3',
        '--seeds',
        '2',
        '--repeats',
        '2',
        '--seed',
        '5',
        '--epochs',
        '4',
      ],
      ...['--hidden', '6', '--out', at('command.safetensors'), '--json'],
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const [script, command] = await Promise.all([
      readFile(at('script.safetensors')),
      readFile(at('command.safetensors')),
    ])
    expect(script.equals(command)).toBe(true)
    const json = JSON.parse(stdout)
    expect(json).toMatchObject({ members: 12, folds: 3 })
    expect(json.metrics.accuracy).toBe(Number(told.accuracy!.toPrecision(6)))
    expect(json.intervals.accuracy).toEqual(intervals!.accuracy!.map((one) => Number(one.toPrecision(6))))
    expect(model.made).toMatchObject({
      options: { folds: 3, seeds: 2, repeats: 2 },
      metrics: { outOfFold: { rows: 300 } },
    })
    expect((await deepblas(['inspect', at('script.safetensors')])).stdout).toContain('out of fold (300 rows)')
    const again = await train('bought', { folds: 3, seeds: 2, repeats: 2, seed: 5 }, at('sales.csv') as never)
    expect(again.intervals).toEqual(intervals)
    expect(again.outOfFold).toEqual((await train('bought', { folds: 3, seeds: 2, repeats: 2, seed: 5 })).outOfFold)
  })

  test('a threshold is chosen on them, and so are the metrics', async () => {
    const goal = { cost: { falsePositive: 1, falseNegative: 6 } } as const
    const {
      outOfFold,
      metrics: told,
      threshold,
      model,
    } = await train('bought', { folds: 3, epochs: 10, threshold: goal })
    const { targets, predictions } = outOfFold!
    const raw = chooseThreshold(targets, predictions.data, goal)
    expect(threshold).toMatchObject({ counts: raw.counts, cost: raw.cost })
    expect(told.accuracy).toBe(
      metrics.accuracy(
        targets,
        predictions.data.map((p) => Number(p > raw.threshold)),
      ),
    )
    expect(model.threshold).toBe(threshold!.threshold)
    expect(threshold!.threshold).toBe(raw.threshold)
    const { data } = model.predictSync(rows.slice(0, 50) as never)
    const labels = Array.from(data, (p) => (p > model.threshold! ? 'yes' : 'no'))
    expect(model.predictClassesSync(rows.slice(0, 50) as never)).toEqual(labels)
  })

  test('quantiles have their metrics and intervals', async () => {
    const quantiles = [0.1, 0.5, 0.9]
    const { outOfFold, metrics: told, intervals, model } = await train('price', { folds: 3, epochs: 10, quantiles })
    const { targets, predictions } = outOfFold!
    expect(predictions.shape).toEqual([300, 3])
    expect(told.pinball).toBe(metrics.pinball(targets, { data: predictions.data, shape: [300, 3] }, { quantiles }))
    for (const name of ['pinball', 'coverage', 'rootMeanSquaredError']) {
      expect(intervals![name]![0]).toBeLessThan(told[name]!)
      expect(intervals![name]![1]).toBeGreaterThan(told[name]!)
    }
    const { lower, upper } = await model.predictInterval(rows as never, { coverage: 0.8 })
    const inside = rows.filter(({ price }, row) => price >= lower[row]! && price <= upper[row]!).length / 300
    expect(inside).toBeGreaterThan(0.7)
  })

  test('with test rows the metrics are theirs', async () => {
    const source = only('bought')
    const {
      metrics: told,
      test: tested,
      heldOut,
      intervals,
    } = await train('bought', { folds: 2, test: source.slice(0, 80) })
    expect(told).toEqual(tested!.metrics)
    expect(tested!.rows).toBe(80)
    expect(heldOut.rows).toBe(300)
    expect(intervals!.accuracy![0]).toBeLessThan(told.accuracy!)
  })
})

describe('group', () => {
  test('rows of one group are in one fold, and the column is no feature', async () => {
    for (const target of ['bought', 'price'] as const) {
      const { outOfFold, model } = await train(target, { folds: 4, group: 'customer' }, only(target, 'customer'))
      const byCustomer = new Map<string, Set<number>>()
      for (const [row, { customer }] of rows.entries()) {
        byCustomer.set(customer, (byCustomer.get(customer) ?? new Set()).add(outOfFold!.folds[row]!))
      }
      expect([...byCustomer.values()].every(({ size }) => size === 1)).toBe(true)
      const counts = [0, 1, 2, 3].map((fold) => outOfFold!.folds.filter((one) => one === fold).length)
      expect(counts).toEqual([75, 75, 75, 75])
      expect(model.encoder.columns.map(({ name }) => name)).not.toContain('customer')
      expect(model.encoder.dropped).toContainEqual({ name: 'customer', reason: 'group' })
      // Predictions need no customer.
      expect((await model.predict([{ size: 1, age: 2, city: 'Wien' }])).shape).toEqual([1, 1])
      await model.save(at('group.safetensors'))
      expect(await loadModel(at('group.safetensors'))).toMatchObject({ members: 4 })
    }
  })

  test('without folds the part held out has whole groups', async () => {
    const { heldOut, members, model } = await train('bought', { group: 'customer' }, only('bought', 'customer'))
    expect(heldOut.rows % 5).toBe(0)
    expect(heldOut.rows).toBeGreaterThan(30)
    expect(heldOut.rows).toBeLessThan(60)
    expect(members).toHaveLength(1)
    expect(model).toBeInstanceOf(Sequential)
    expect(model.made).toMatchObject({ options: { group: 'customer' } })
  })

  test('intervals are wider where groups differ', async () => {
    const copies = only('bought', 'customer').flatMap((row) => Array.from({ length: 6 }, () => row))
    const alone = await train('bought', { folds: 3, group: 'customer', epochs: 2 }, copies)
    const width = ([low, high]: readonly [number, number]) => high - low
    const plain = await train(
      'bought',
      { folds: 3, epochs: 2 },
      copies.map(({ customer: _, ...row }) => row),
    )
    expect(width(alone.intervals!.accuracy!)).toBeGreaterThan(1.5 * width(plain.intervals!.accuracy!))
  })

  test('one group, too few groups and rows without one', async () => {
    const one = only('bought').map((row) => ({ ...row, customer: 'c' }))
    for (const options of [{ folds: 3 }, {}]) {
      await expect(train('bought', { ...options, group: 'customer' }, one)).rejects.toMatchObject({
        code: 'ERR_DEEPBLAS_DATA',
        message: expect.stringMatching(/groups in the column 'customer'.*is 1/),
      })
    }
    const few = only('bought').map((row, i) => ({ ...row, customer: i % 3 === 0 ? null : `c${i % 3}` }))
    const { outOfFold } = await train('bought', { folds: 3, group: 'customer' }, few)
    expect(new Set(few.map(({ customer }, row) => `${customer} ${outOfFold!.folds[row]}`)).size).toBe(3)
    await expect(train('bought', { folds: 4, group: 'customer' }, few)).rejects.toThrow(/at least 4 groups/)
  })
})

describe('time', () => {
  test('folds are expanding windows: what is learned from is earlier than what is measured', async () => {
    const shuffled = only('bought', 'day').map((row, i, all) => all[(i * 7) % 300]! ?? row)
    const { outOfFold, model } = await train('bought', { folds: 3, time: 'day' }, shuffled)
    const days = shuffled.map((row) => (row as unknown as { day: number }).day)
    const of = (fold: number) => days.filter((_, row) => outOfFold!.folds[row] === fold)
    for (const fold of [0, 1, 2]) expect(Math.min(...of(fold))).toBeGreaterThan(Math.max(...of(fold - 1)))
    expect(outOfFold!.rows).toBe(225)
    const { data } = outOfFold!.predictions
    expect(days.every((_, row) => Number.isNaN(data[row]) === (outOfFold!.folds[row] === -1))).toBe(true)
    // The network of the last window, which has learned from all others' rows.
    expect([model.members, model.seeds]).toEqual([1, [2]])
    const twice = await train('bought', { folds: 3, seeds: 2, time: 'day', epochs: 1 }, shuffled)
    expect([twice.model.seeds, twice.members.map(({ fold, seed }) => [fold, seed])]).toEqual([
      [2, 5],
      [
        [2, 2],
        [2, 5],
      ],
    ])
    await twice.model.save(at('windows.safetensors'))
    const loaded = (await loadModel(at('windows.safetensors'))) as TableModel
    expect(loaded.seeds).toEqual([2, 5])
    const some = shuffled.slice(0, 20) as never
    expect((await loaded.predict(some)).data).toEqual((await twice.model.predict(some)).data)
  })

  test('the future changes no prediction of the past', async () => {
    const source = only('bought', 'day') as unknown as { bought: string; day: number }[]
    const later = source.map((row, i) => (i < 225 ? row : { ...row, bought: row.bought === 'yes' ? 'no' : 'yes' }))
    const one = await train('bought', { folds: 3, time: 'day', epochs: 1 }, source)
    const other = await train('bought', { folds: 3, time: 'day', epochs: 1 }, later)
    expect(other.outOfFold!.predictions.data).toEqual(one.outOfFold!.predictions.data)
    expect(other.metrics).not.toEqual(one.metrics)
    expect(other.model.member(0).getWeights()).toEqual(one.model.member(0).getWeights())
  })

  test('rows of one time are on one side', async () => {
    const source = only('price', 'day').map((row, i) => ({ ...row, day: Math.floor(i / 40) }))
    const { outOfFold } = await train('price', { folds: 3, time: 'day' }, source)
    const sides = new Map<number, Set<number>>()
    for (const [row, { day }] of source.entries())
      sides.set(day, (sides.get(day) ?? new Set()).add(outOfFold!.folds[row]!))
    expect([...sides.values()].every(({ size }) => size === 1)).toBe(true)
    await expect(train('price', { folds: 9, time: 'day' }, source)).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_DATA',
      message: expect.stringMatching(/at least 10 different times.*are 8/),
    })
  })

  test('without folds the latest rows are held out', async () => {
    const dates = only('price', 'day').map((row, i) => ({ ...row, day: new Date(Date.UTC(2024, 0, 1 + i)) }))
    const { heldOut, model } = await train('price', { time: 'day' }, dates)
    expect(heldOut.rows).toBe(45)
    // The encoder has seen the other rows alone.
    const day = model.encoder.columns.find(({ name }) => name === 'day') as { max?: number } | undefined
    expect(day!.max).toBe(Date.UTC(2024, 0, 255))
  })

  test('lags, leads and what is constant in the past are told', async () => {
    const source = rows.map(({ size, price, day }, i) => ({
      size,
      day,
      before: rows[i - 2]?.price ?? null,
      after: rows[i + 1]?.price ?? null,
      late: i < 250 ? 0 : i,
      price,
    }))
    const told: string[] = []
    const { timeNotes } = await train(
      'price',
      {
        folds: 2,
        time: 'day',
        onProgress: (progress) => {
          if (progress.stage === 'encoded') told.push(...progress.timeNotes!.map(({ column }) => column))
        },
      },
      source,
    )
    expect(timeNotes).toMatchObject([
      { column: 'before', kind: 'lag', rows: 2 },
      { column: 'after', kind: 'lead', rows: 1, reason: expect.stringMatching(/cannot be known/) },
      { column: 'late', kind: 'constantBefore' },
    ])
    expect(told).toEqual(['before', 'after', 'late'])
    expect((await train('price', { folds: 2 })).timeNotes).toBeUndefined()
  })

  test('what is no time', async () => {
    for (const [options, source, message] of [
      [{ time: 'city' }, only('price'), /dates or numbers for time.*city, which is category/],
      [{ time: 'month' }, only('price'), /month/],
      [
        { time: 'day' },
        only('price', 'day').map((row, i) => (i === 7 ? { ...row, day: null } : row)),
        /row 7 of those with a target has none/,
      ],
      [{ time: 'price' }, only('price'), /another column than the target for time/],
      [{ time: 'day', group: 'customer' }, only('price', 'day', 'customer'), /where group is given/],
      [{ time: 'day', ignore: ['day'] }, only('price', 'day'), /for ignore/],
    ] as const) {
      await expect(train('price', options, source as object[])).rejects.toThrow(message)
    }
    const late = only('kind', 'day').map((row, i) => ({ ...row, kind: i < 290 ? (row as { kind: string }).kind : 'z' }))
    await expect(train('kind', { time: 'day' }, late)).rejects.toThrow(/only the 45 held out have 'z'/)
  })
})

describe('odd folds', () => {
  test('options that contradict each other', async () => {
    for (const [options, message] of [
      [{ folds: 1 }, /at least 2 for folds/],
      [{ folds: 2.5 }, /for folds/],
      [{ folds: 301 }, /from 2 to the 300 rows/],
      [{ seeds: 3 }, /without folds for seeds.*members/],
      [{ folds: 3, members: 2 }, /for members.*seeds/],
      [{ folds: 3, seeds: 0 }, /for seeds/],
      [{ folds: 3, repeats: 0 }, /for repeats/],
      [{ repeats: 2 }, /1 where there are no folds for repeats.*Give folds/],
      [{ folds: 3, repeats: 2, time: 'age' }, /1 where time is given for repeats/],
      [{ folds: 3, repeats: 2, budget: 1000 }, /nothing where budget is given for repeats/],
      [{ group: 'bought' }, /for group/],
      [{ group: 'nobody' }, /nobody/],
      [{ group: 'city', keep: ['city'] }, /for keep/],
    ] as const) {
      await expect(train('bought', options as object)).rejects.toThrow(message)
    }
    await expect(train('bought', { folds: 3 }, [])).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_DEEPBLAS/),
    })
  })

  test('more folds than rows of a class: some folds have none of it, some networks neither', async () => {
    const source = only('kind').map((row, i) => ({
      ...row,
      kind: i < 3 ? 'rare' : i === 3 ? 'once' : (row as { kind: string }).kind,
    }))
    const { outOfFold, model, metrics: told } = await train('kind', { folds: 5, classWeights: 'balanced' }, source)
    expect(outOfFold!.rows).toBe(300)
    expect(model.labels).toEqual(['a', 'b', 'c', 'once', 'rare'])
    expect(new Set([0, 1, 2].map((row) => outOfFold!.folds[row])).size).toBe(3)
    expect(told.logLoss).toBeGreaterThan(0)
  })

  test('as many folds as rows', async () => {
    const { outOfFold } = await train('price', { folds: 20, epochs: 1 }, only('price').slice(0, 20))
    expect([...outOfFold!.folds].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  test('the event loop goes on, and an abort ends it', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 30)
    await expect(train('bought', { folds: 3, epochs: 100_000, signal: stop.signal })).rejects.toThrow('enough')
  })
})
