import { expect, test } from 'vitest'
import { hyperbandBrackets } from '../../../../lib/strategy/search/brackets.js'

const pairs = (epochs: number, factor: number) =>
  hyperbandBrackets(epochs, factor).map((rungs) => rungs.map((rung) => [rung.configurations, rung.epochs]))

test('the brackets of 81 epochs by threes are those of algorithm 1 of the paper', () => {
  expect(pairs(81, 3)).toEqual([
    [
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ],
    [
      [34, 3],
      [11, 9],
      [3, 27],
      [1, 81],
    ],
    [
      [15, 9],
      [5, 27],
      [1, 81],
    ],
    [
      [8, 27],
      [2, 81],
    ],
    [[5, 81]],
  ])
})

test('epochs that are no power are rounded, and the last rung always has all of them', () => {
  expect(pairs(20, 3)).toEqual([
    [
      [9, 2],
      [3, 7],
      [1, 20],
    ],
    [
      [5, 7],
      [1, 20],
    ],
    [[3, 20]],
  ])
  for (const epochs of [1, 2, 10, 243, 1000]) {
    for (const rungs of hyperbandBrackets(epochs, 4)) expect(rungs.at(-1)!.epochs).toBe(epochs)
  }
})

test('one epoch is one bracket of full trainings', () => {
  expect(pairs(1, 3)).toEqual([[[1, 1]]])
  expect(pairs(243, 3)).toHaveLength(6)
})
