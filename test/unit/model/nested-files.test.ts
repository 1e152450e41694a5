/*
 * Layers in layers, as deep as anybody likes: what is saved can be loaded, and what could not be loaded is not saved.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Checkpoint, Dataset, Dense, type Layer, Population, Residual, Sequential } from '../../../lib/index.js'
import { failure, temporaryFolder } from '../files/support.js'

const folder = temporaryFolder()
const nested = (depth: number): Layer => (depth === 0 ? new Dense(2) : new Residual([nested(depth - 1)]))
const data = Dataset.from({
  x: [
    [1, 2],
    [3, 4],
  ],
  y: [
    [1, 2],
    [2, 3],
  ],
})
const options = { loss: 'meanSquaredError', epochs: 1 } as const
const depths = Array.from({ length: 40 }, (_, i) => i + 1)
const refusal = {
  code: 'ERR_DEEPBLAS_ARGUMENT',
  message: expect.stringMatching(/^.{0,400}nested at most 64 deep.{0,400}Nest it less deeply.{0,200}$/s),
}

/** Whether it was written; else it was refused, and the file before is as it was. */
async function written(path: string, write: () => Promise<unknown>): Promise<boolean> {
  const before = existsSync(path) ? readFileSync(path) : undefined
  try {
    await write()
    return true
  } catch (error) {
    expect(error).toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringMatching(/ deep.*(Write blocks one behind the other|Nest it less deeply)/s),
    })
    expect(before?.equals(readFileSync(path)) ?? !existsSync(path)).toBe(true)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
    return false
  }
}

test('models of 1 to 40 layers in layers: copied, saved and loaded, or refused', async () => {
  const path = join(folder, 'model')
  const saved: number[] = []
  for (const depth of depths) {
    let model!: Sequential
    const save = async () => {
      model = new Sequential([nested(depth)], { inputs: 2, seed: depth })
      expect(model.clone().predictSync([[1, 2]])).toEqual(model.predictSync([[1, 2]]))
      await model.save(path)
    }
    if (!(await written(path, save))) continue
    saved.push(depth)
    expect((await Sequential.load(path)).predictSync([[1, 2]])).toEqual(model.predictSync([[1, 2]]))
  }
  // A layer in a layer takes three levels of JSON.
  expect(saved).toEqual(depths.slice(0, 19))
})

test('checkpoints and populations of 1 to 40 layers in layers: written and resumed, or not written', async () => {
  const path = join(folder, 'checkpoint')
  const saved: number[] = []
  for (const depth of depths) {
    const make = () => new Population([nested(depth)], { inputs: 2, seed: depth, members: 2 })
    const one = () => new Sequential([nested(depth)], { inputs: 2, seed: depth })
    const whole = await written(path, async () => one().fit(data, { ...options, callbacks: [new Checkpoint(path)] }))
    const population = join(folder, 'population')
    expect(await written(population, async () => make().save(population))).toBe(whole)
    if (!whole) continue
    saved.push(depth)
    expect((await Population.load(population)).members).toBe(2)
    const resumed = await one().fit(data, { ...options, epochs: 2, resume: path })
    expect(resumed.epochs).toHaveLength(2)
    expect((await Sequential.load(path)).inputs).toBe(2)
  }
  expect(saved).toEqual(depths.slice(0, 19))
})

test('what save is told of how a model was made: to 64 levels', async () => {
  const path = join(folder, 'made')
  const model = new Sequential([new Dense(1)], { inputs: 2 })
  const deep = (levels: number): Record<string, unknown> => (levels === 1 ? {} : { in: deep(levels - 1) })
  await model.save(path, { made: deep(64) })
  expect((await Sequential.load(path)).made).toEqual(deep(64))
  expect(await failure(() => model.save(path, { made: deep(65) }))).toMatchObject(refusal)
  expect(model.made).toEqual(deep(64))
  await model.save(path)
  expect((await Sequential.load(path)).made).toEqual(deep(64))
})
