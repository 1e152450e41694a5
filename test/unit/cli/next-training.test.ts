import { expect, test } from 'vitest'
import { readCommandLine } from '../../../lib/cli/command.js'
import { improve } from '../../../lib/cli/improve.js'
import { nextTraining } from '../../../lib/cli/next-training.js'
import { train } from '../../../lib/cli/train.js'
import type { LeverName } from '../../../lib/index.js'
import { improveResult } from '../../helpers/improve-result.js'

const chosen = { setting: 'as given', rateFactor: 1, units: [64, 32] }

/** The next command where a lever helps, and nothing else does. */
function next(name: LeverName, own: Partial<typeof chosen>, more: readonly string[] = []): string | undefined {
  const result = improveResult()
  const levers = result.levers.map((lever) => ({
    ...lever,
    verdict: lever.name === name ? ('helps' as const) : ('tie' as const),
    chosen: { ...chosen, ...own },
  }))
  const given = readCommandLine(improve, ['a.csv', '--target', 'y', '--budget', '2m', ...more])
  return nextTraining({ levers, ranking: result.ranking }, given, train.options)?.join(' ')
}

test('is the training with what helps, where train has an option for it', () => {
  expect(next('dropout', { setting: 'dropout 0.4' })).toBe('train a.csv --preset fast --target y --dropout 0.4')
  expect(next('l2', { setting: 'l2 0.0001', rateFactor: 3 }, ['--dropout', '0.1'])).toBe(
    'train a.csv --preset fast --target y --dropout 0.1 --l2 0.0001 --learning-rate 0.009',
  )
  expect(next('bigger', { units: [128, 64] }, ['--hidden', '64,32'])).toBe(
    'train a.csv --preset fast --target y --hidden 128,64',
  )
  expect(next('learningRate', { rateFactor: 1 / 3 }, ['--learning-rate', '0.3', '--ignore', 'b'])).toBe(
    'train a.csv --preset fast --target y --ignore b --learning-rate 0.1',
  )
  for (const lever of ['activation', 'optimizer', 'scale'] as const) expect(next(lever, {})).toBeUndefined()
})
