import { describe, expect, test } from 'vitest'
import { type WhyDeepProgress, whyDeep } from '../../../../lib/index.js'
import { whyDeepText } from '../../../../lib/strategy/why-deep/text.js'
import { deepblas } from '../../../helpers/command-line.js'

const small = { bits: 5, trainedBits: 3, fewestBits: 2, depths: [1, 2], seeds: 4, steps: 400, seed: 1 } as const

describe('whyDeep', async () => {
  const result = await whyDeep(small)

  test('what is constructed tells all rows', () => {
    expect(result.constructed.map(({ form, bits }) => `${form} ${bits}`)).toHaveLength(12)
    expect(result.constructed.every(({ wrong, all, rows, bits }) => wrong === 0 && all && rows === 2 ** bits)).toBe(
      true,
    )
    expect(result.constructed.find(({ form, bits }) => form === 'patterns' && bits === 5)?.hiddenUnits).toBe(16)
  })

  test('every depth is trained, and counts add up', () => {
    expect(result.depths.map(({ bits, hidden }) => [bits, ...hidden])).toEqual([
      [2, 4],
      [2, 4, 4],
      [3, 6],
      [3, 6, 6],
    ])
    for (const { share, solved, seeds, rate, byRate } of result.depths) {
      expect(share).toBe(solved / seeds)
      expect(byRate.find((one) => one.rate === rate)!.solved).toBe(solved)
      expect(solved).toBe(Math.max(...byRate.map((one) => one.solved)))
    }
    expect(result.depths.some(({ solved }) => solved > 0)).toBe(true)
  })

  test('one unit is never enough: exclusive or is not separable', () => {
    const [two] = result.fewest
    expect(two!.triedUpTo).toBeGreaterThan(1)
    if (two!.units !== undefined) expect(two!.units).toBeGreaterThanOrEqual(2)
  })

  test('the same options give the same result', async () => {
    expect(await whyDeep(small)).toEqual(result)
  })

  test('the text says on which condition the lesson counts 2^(n-1)', () => {
    expect(result.text).toMatch(/one hidden layer needs 2\^\(n-1\)/)
    expect(result.text).toMatch(/Where it does not: units that add up bits/)
    expect(result.text).toMatch(/32 rows, all: right/)
    const plain = whyDeepText(result, { ascii: true })
    expect([...plain].filter((character) => character > '~')).toEqual([])
  })
})

test('an abort gives what is known so far', async () => {
  const controller = new AbortController()
  const told: WhyDeepProgress[] = []
  const onProgress = (progress: WhyDeepProgress) => {
    told.push(progress)
    if (progress.stage === 'depths') controller.abort()
  }
  const result = await whyDeep({ ...small, signal: controller.signal, onProgress })
  expect(result.stopped).toBe('aborted')
  expect(result.constructed).toHaveLength(12)
  expect([result.depths, result.fewest]).toEqual([[], []])
  expect(result.text).toContain('Stopped before the end')
  expect(told.at(-1)?.stage).toBe('depths')
})

test('options are checked before anything is computed', async () => {
  await expect(whyDeep({ bits: 31 })).rejects.toThrow(/integer from 2 to 30 for bits but received 31/)
  await expect(whyDeep({ depths: [0] })).rejects.toThrow(/positive integer for depths\[0\]/)
  await expect(whyDeep({ activation: 'softmax' })).rejects.toThrow(/activation of single units/)
  await expect(whyDeep({ trainedBits: 11 })).rejects.toThrow(/from 1 to 10 for trainedBits/)
  await expect(whyDeep({ depth: 2 } as never)).rejects.toThrow(/Did you mean 'depths'/)
})

describe('the command', () => {
  const args = ['why-deep', '--bits', '4', '--trained-bits', '2', '--fewest-bits', '1', '--depths', '1', '--seeds', '2']

  test('prints tables, or one object', async () => {
    const { code, stdout } = await deepblas([...args, '--steps', '64'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/16 rows, all: right/)
    const called = await deepblas([...args, '--steps', '64', '--json'])
    const json = JSON.parse(called.stdout)
    expect(json).toMatchObject({ stopped: 'completed', seeds: 2, steps: 64, fewest: [], report: null })
    expect(json.constructed).toHaveLength(9)
    expect(json).not.toHaveProperty('text')
  })

  test('wrong use is told by the flag', async () => {
    for (const [wrong, named] of [
      [['--bits', '31'], /for --bits/],
      [['--trained-bits', '12'], /for --trained-bits/],
      [['--activation', 'rellu'], /for --activation.*Did you mean 'relu'/],
      [['--depths', '0'], /--depths takes positive whole numbers/],
      [['--report', '/nowhere/page.html'], /the folder \/nowhere does not exist/],
    ] as const) {
      const { code, stderr } = await deepblas(['why-deep', ...wrong])
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(named) })
    }
  })

  test('Ctrl+C ends with what is known', async () => {
    const controller = new AbortController()
    controller.abort(new Error('Ctrl+C'))
    const { code, stdout } = await deepblas([...args, '--json'], controller.signal)
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ stopped: 'aborted', constructed: [] })
  })
})
