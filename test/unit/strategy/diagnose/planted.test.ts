/*
 * Cases whose trouble is known: the small fixed form. The long one, over more seeds and sizes: test/planted/diagnose.mjs.
 */
import { describe, expect, test } from 'vitest'
import * as deepblas from '../../../../lib/index.js'
import { plantedCases } from '../../../helpers/planted-cases.mjs'

const { Adam, Dataset, Dense, diagnose, Normalize, Sequential } = deepblas

test.each(plantedCases.map((one) => [one.name, one] as const))('%s', async (_, { make }) => {
  const { model, train, trainDev, dev, target, fit, dominant, levers } = make(1, 0.6, deepblas)
  await model.fit(train, fit)
  const given = { train, dev, ...(trainDev && { trainDev }), ...(target !== undefined && { target }) }
  const found = await diagnose(model, given)
  expect(dominant).toContain(found.dominant)
  const [first] = found.findings
  if (levers.length > 0) expect(levers).toContain(first?.levers[0])
})

describe('finer words', () => {
  const found = async (kind: string) => {
    const one = plantedCases.find((planted) => planted.kind === kind && planted.task === 'two classes')!
    const { model, train, dev, fit } = one.make(2, 1, deepblas)
    await model.fit(train, fit)
    return await diagnose(model, { train, dev })
  }

  test('dead units are seen in the layer that has them', async () => {
    const { findings, figures } = await found('deadActivation')
    expect(findings[0]).toMatchObject({ kind: 'deadUnits', levers: ['activation', 'learningRate'] })
    expect(figures.layers[0]!.dead).toBe(1)
    expect(figures.layers.at(-1)!.dead).toBe(0)
  })

  test('gradients that vanish on their way back', async () => {
    const { findings, figures } = await found('vanishingGradients')
    expect(findings[0]!.kind).toBe('vanishingGradients')
    expect(figures.layers[0]!.gradient!).toBeLessThan(1e-3 * figures.layers.at(-1)!.gradient!)
  })

  test('wrong labels are found one by one', async () => {
    const one = plantedCases.find(({ name }) => name === 'noisyLabels, two classes')!
    const { model, train, dev, fit } = one.make(3, 1, deepblas)
    await model.fit(train, fit)
    const { figures, text } = await diagnose(model, { train, dev })
    const noise = figures.labelNoise!
    expect(noise.share).toBeGreaterThan(0.15)
    expect(noise.share).toBeLessThan(0.35)
    expect(noise.scores).toHaveLength(train.rows)
    expect(noise.suspects).toHaveLength(20)
    expect(text).toMatch(/^Wrong labels dominate/)
  })

  test('a rate far too low: what a higher one would give is told', async () => {
    const { findings, figures } = await found('rateTooLow')
    expect(findings[0]!.kind).toBe('learningRateTooLow')
    const best = figures.probes.reduce((most, one) => (one.gain.value > most.gain.value ? one : most))
    expect(best.lever).toBe('learningRate')
    expect(findings[0]!.evidence).toContain(best.change)
  })
})

describe('inputs', () => {
  const rows = (change: (row: number[], y: number) => number[]) => {
    const x = Array.from({ length: 200 }, (_, row) => [Math.sin(3 * row), Math.cos(7 * row)])
    const y = x.map(([a, b]) => Number(a! + b! > 0))
    return Dataset.from({ x: x.map((row, at) => change(row, y[at]!)), y })
  }
  const kinds = async (data: deepblas.Dataset) => {
    const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: data.features, seed: 1 })
    const fit = { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate: 0.01 }), epochs: 5 } as const
    const { findings } = await diagnose(model, { train: data.take(120), dev: data.slice(120), fit })
    return findings.map(({ kind, evidence }) => [kind, evidence] as const)
  }

  test('a constant one', async () => {
    const found = await kinds(rows((row) => [...row, 4]))
    expect(found).toContainEqual(['constantInput', expect.stringMatching(/feature 2\. It tells nothing/)])
  })

  test('one that is the target in disguise', async () => {
    const found = await kinds(rows((row, y) => [...row, 2 * y + 0.1 * row[0]!]))
    expect(found).toContainEqual(['leak', expect.stringMatching(/^feature 2 determines the target alone/)])
  })

  test('one on another scale; those of usual scales are not told', async () => {
    const unscaled = async (data: deepblas.Dataset) => (await kinds(data)).filter(([kind]) => kind === 'unscaledInputs')
    expect(await unscaled(rows(([a, b]) => [1000 * a!, b!]))).toHaveLength(1)
    expect(await unscaled(rows((row) => row))).toEqual([])
  })

  test('marks are not unscaled, however few or many of them are 1; small numbers are', async () => {
    const mark = (row: number[], rare: number, other: number) => (row[0]! > 0.98 ? rare : other)
    const unscaled = async (data: deepblas.Dataset) =>
      (await kinds(data)).filter(([kind]) => kind === 'unscaledInputs').map(([, evidence]) => evidence)
    expect(await unscaled(rows((row) => [...row, mark(row, 1, 0), mark(row, 0, 1)]))).toEqual([])
    // A count that is 0 in most rows is as large as it is in the others.
    expect(await unscaled(rows((row) => [...row, mark(row, 0.5, 0)]))).toEqual([])
    expect(await unscaled(rows((row) => [...row, mark(row, 1e-4, 0)]))).toHaveLength(1)
  })

  test('nor are those that the first layer scales', async () => {
    const data = rows(([a, b]) => [1000 * a!, b!])
    const layers = [Normalize.fit(data.take(120)), new Dense(1, { activation: 'sigmoid' })]
    const model = new Sequential(layers, { inputs: 2, seed: 1 })
    const fit = { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate: 0.01 }), epochs: 5 } as const
    const { findings, figures } = await diagnose(model, { train: data.take(120), dev: data.slice(120), fit })
    expect(findings.map(({ kind }) => kind)).not.toContain('unscaledInputs')
    expect(figures.probes.map(({ lever }) => lever)).not.toContain('scale')
  })
})
