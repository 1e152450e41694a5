import { describe, expect, test } from 'vitest'
import { datasets, parityNetwork, type Sequential } from '../../../../lib/index.js'
import { checkParity } from '../../../../lib/strategy/why-deep/check-parity.js'
import { parityForms, paritySize } from '../../../../lib/strategy/why-deep/parity-network.js'

const hiddenOf = (model: Sequential) => model.layers.slice(0, -1).map(({ outputs }) => outputs)

describe.each(parityForms)('%s', (form) => {
  test.each([2, 3, 4, 5, 6, 7, 8, 11])('tells all rows of %i bits', async (bits) => {
    const model = parityNetwork(bits, { form })
    expect(hiddenOf(model)).toEqual(paritySize(bits, form).hidden)
    expect(await checkParity(model, bits, 0)).toEqual({ rows: 2 ** bits, all: true, wrong: 0 })
  })

  test('outputs are as sure as 1 in 20,000', () => {
    const { x, y } = datasets.parity({ bits: 5 })
    const { data } = parityNetwork(5, { form }).predictSync(x)
    for (const [row, odd] of y.entries()) expect(Math.abs(data[row]! - odd)).toBeLessThan(1 / 20_000)
  })

  test('bits out of range are refused', () => {
    expect(() => parityNetwork(1, { form })).toThrow(/integer from 2 to \d+ for form .* but received 1/)
    expect(() => parityNetwork(31, { form })).toThrow(/received 31/)
  })
})

test('a tree has log2 n hidden layers and 2 units a gate; one layer has 2^(n-1) or n', () => {
  for (const bits of [2, 4, 8, 16]) {
    expect(paritySize(bits, 'tree')).toMatchObject({ hiddenUnits: 2 * (bits - 1) })
    expect(paritySize(bits, 'tree').hidden).toHaveLength(Math.log2(bits))
  }
  expect(paritySize(13, 'tree').hidden).toHaveLength(4)
  expect(paritySize(12, 'patterns')).toEqual({ hidden: [2048], hiddenUnits: 2048 })
  expect(paritySize(12, 'counting')).toEqual({ hidden: [12], hiddenUnits: 12 })
})

test('every unit of patterns answers to one row alone', async () => {
  const model = parityNetwork(4, { form: 'patterns' })
  const { data, shape } = await model.activations(datasets.parity({ bits: 4 }).x, 0)
  const [rows, units] = shape
  for (let unit = 0; unit < units; unit++) {
    const answers = Array.from({ length: rows }, (_, row) => data[row * units + unit]!)
    expect(answers.filter((value) => value > 0)).toEqual([1])
  }
})

test('beyond 16 bits drawn rows are asked, and a network that is wrong is told', async () => {
  expect(await checkParity(parityNetwork(20), 20, 3)).toEqual({ rows: 65_536, all: false, wrong: 0 })
  expect(() => parityNetwork(17, { form: 'patterns' })).toThrow(/It would have 65536 hidden units/)
  const model = parityNetwork(6)
  const [weight, ...others] = model.getWeights()
  model.setWeights([{ ...weight!, data: weight!.data.map((value, at) => (at === 0 ? 0 : value)) }, ...others])
  expect((await checkParity(model, 6, 0)).wrong).toBeGreaterThan(0)
})

test('options are checked', () => {
  expect(() => parityNetwork(4, { form: 'trees' as 'tree' })).toThrow(/Did you mean 'tree'/)
  expect(() => parityNetwork(4, { shape: 'tree' } as never)).toThrow(/only the options form/)
})
