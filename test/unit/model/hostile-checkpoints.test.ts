/*
 * Checkpoints that lie. Whatever stands in one, a resume ends with a coded error or goes on; after an error the model is
 * as it was.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  type Callback,
  Checkpoint,
  Dataset,
  Dense,
  datasets,
  EarlyStopping,
  Population,
  ReduceOnPlateau,
  readSafetensors,
  Sequential,
  writeSafetensors,
} from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Content = Awaited<ReturnType<typeof readSafetensors>>

const [train, held] = Dataset.from(datasets.moons({ samples: 60, noise: 0.3, seed: 4 })).split(0.3)
const options = (callbacks: Callback[], more: object = {}) => ({
  loss: 'binaryCrossEntropy' as const,
  optimizer: new Adam({ learningRate: 0.02 }),
  epochs: 4,
  batchSize: 16,
  metrics: ['accuracy' as const],
  validation: held,
  callbacks,
  ...more,
})
const layers = () => [new Dense(2, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })]
const makers = {
  Sequential: () => new Sequential(layers(), { inputs: 2, seed: 5 }),
  Population: () => new Population(layers(), { inputs: 2, members: 3, seed: 5 }),
}
const callbacks = (): Callback[] => [
  { needs: 'epoch', onEpochEnd() {} },
  new EarlyStopping(),
  new ReduceOnPlateau(),
  new Checkpoint(join(folder, 'best'), { bestOnly: true }),
]

const weights = (model: Sequential | Population) => {
  const all = model instanceof Population ? [0, 1, 2].map((i) => model.member(i)) : [model]
  return all.map((one) => one.getWeights().map(({ name, data }) => [name, [...data]]))
}

/** Every place in a JSON value: the path of keys to it. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  // Long lists are all of a kind.
  return [path, ...keys.slice(0, 12).flatMap((key) => placesIn((value as never)[key], [...path, key]))]
}

const DELETED = Symbol('deleted')

/** The same JSON text with one place changed; by hand, since an object cannot hold '__proto__' without a trick. */
function changed(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return to
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  const inner = changed((value as never)[key], rest, to)
  if (inner === DELETED) {
    if (Array.isArray(copy)) copy.splice(key as number, 1)
    else delete (copy as never)[key]
  } else (copy as Record<string | number, unknown>)[key] = inner
  return copy
}

const replacements: readonly unknown[] = [
  DELETED,
  null,
  true,
  -1,
  0.5,
  7,
  1e300,
  2 ** 53,
  '',
  'constructor',
  [],
  [[]],
  {},
  { constructor: 1 },
  { number: 'NaN' },
  { snapshot: 0 },
  { snapshot: 99 },
  { plain: 3 },
  new Array(50).fill(0),
]

async function refusedOrDone(make: () => Sequential | Population, content: Content, path: string, what: string) {
  await writeSafetensors(path, content)
  const model = make()
  const before = weights(model)
  try {
    await model.fit(train, options(callbacks(), { resume: path }) as never)
    return 'done'
  } catch (error) {
    // Only where the training had begun to go on it may have changed the model.
    const { code, message } = error as { code?: string; message: string }
    expect(`${what}: ${code} ${message}`).toMatch(/: ERR_DEEPBLAS_(FILE|ARGUMENT|NOT_FINITE)/)
    if (code !== 'ERR_DEEPBLAS_NOT_FINITE') expect(weights(model), what).toEqual(before)
    return code
  }
}

describe.each(Object.keys(makers) as (keyof typeof makers)[])('a damaged checkpoint of a %s', (kind) => {
  const make = makers[kind]
  const saved = async (every: number | { steps: number }) => {
    const path = join(folder, `${kind}-${JSON.stringify(every).replaceAll(/\W/g, '')}`)
    const crash: Callback = {
      needs: 'step',
      onStepEnd({ totalStep }) {
        if (totalStep === 8) throw new Error('crash')
      },
    }
    await make()
      .fit(train, options([...callbacks(), new Checkpoint(path, { every }), crash]) as never)
      .catch(() => undefined)
    return readSafetensors(path)
  }
  // All in the long form: DEEPBLAS_LONG_TESTS=1.
  const share = process.env.DEEPBLAS_LONG_TESTS === '1' ? 1 : 19

  test.each<[string, number | { steps: number }]>([
    ['after an epoch', 2],
    ['in mid-epoch', { steps: 7 }],
  ])(
    'each place of its JSON, %s',
    async (_, every) => {
      const content = await saved(every)
      const json = JSON.parse(content.metadata['deepblas.checkpoint']!)
      const path = join(folder, `${kind}-damaged`)
      const outcomes = new Map<string, number>()
      let at = 0
      for (const place of placesIn(json)) {
        for (const to of replacements) {
          if (at++ % share !== 0) continue
          const text = JSON.stringify(changed(json, place, to)) ?? 'null'
          const metadata = { ...content.metadata, 'deepblas.checkpoint': text }
          const what = `${place.join('.')} to ${String(JSON.stringify(to === DELETED ? 'deleted' : to))}`
          const outcome = await refusedOrDone(make, { ...content, metadata }, path, what)
          outcomes.set(outcome!, (outcomes.get(outcome!) ?? 0) + 1)
        }
      }
      expect(outcomes.get('ERR_DEEPBLAS_FILE')).toBeGreaterThan(20)
    },
    600_000,
  )

  test('each tensor: left out, shorter, of another type, not finite', async () => {
    const content = await saved({ steps: 7 })
    const path = join(folder, `${kind}-damaged`)
    let at = 0
    for (const [i, tensor] of content.tensors.entries()) {
      const others = [
        [],
        [{ ...tensor, name: `${tensor.name}x` }],
        [{ ...tensor, name: 'checkpoint.snapshot.999999.a' }],
        [{ ...tensor, name: `checkpoint.history.${i}` }],
        [{ name: tensor.name, dtype: 'F32' as const, shape: [1], data: Float32Array.of(1) }],
        [{ name: tensor.name, dtype: 'F64' as const, shape: [1], data: Float64Array.of(1) }],
        [{ name: tensor.name, dtype: 'U8' as const, shape: [0], data: new Uint8Array() }],
        [{ ...tensor, data: (tensor.data as Float32Array).map(() => Number.NaN) } as typeof tensor],
        [{ ...tensor, data: (tensor.data as Float32Array).map(() => -1) } as typeof tensor],
      ]
      for (const [n, other] of others.entries()) {
        if (share > 1 && at++ % 4 !== 0) continue
        if (other.some(({ name }) => content.tensors.some((one) => one !== tensor && one.name === name))) continue
        const tensors = [...content.tensors.slice(0, i), ...other, ...content.tensors.slice(i + 1)]
        await refusedOrDone(make, { ...content, tensors }, path, `${tensor.name}, ${n}`)
      }
    }
  }, 600_000)

  test("the key '__proto__' anywhere", async () => {
    const content = await saved(2)
    const text = content.metadata['deepblas.checkpoint']!
    const path = join(folder, `${kind}-damaged`)
    for (const { index } of text.matchAll(/\{/g)) {
      const evil = `${text.slice(0, index + 1)}"__proto__":{"epoch":1},${text.slice(index + 1)}`.replaceAll(',}', '}')
      const metadata = { ...content.metadata, 'deepblas.checkpoint': evil }
      expect(await refusedOrDone(make, { ...content, metadata }, path, `__proto__ at ${index}`)).toBe(
        'ERR_DEEPBLAS_FILE',
      )
    }
    expect(({} as { epoch?: number }).epoch).toBeUndefined()
  })
})
