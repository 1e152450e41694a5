import { expect, test } from 'vitest'
import { progressLine } from '../../../lib/cli/progress-line.js'

/** What is written when a line is told of every tenth of a second, for so many seconds. */
function written(isTTY: boolean, seconds: number): string[] {
  const told: string[] = []
  let time = 0
  const stderr = { isTTY, write: (text: string) => told.push(text) > 0 }
  const show = progressLine({ stderr: stderr as never }, () => time)
  for (; time <= seconds * 1000; time += 100) show(() => `at ${time / 1000} s`)
  return told
}

test('on a terminal one line is drawn over, some times a second', () => {
  const told = written(true, 2)
  expect(told).toHaveLength(10)
  expect(told.every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true)
})

test('elsewhere lines are told now and then, ever more seldom', () => {
  expect(written(false, 9)).toEqual([])
  expect(written(false, 35)).toEqual(['at 10 s\n', 'at 20 s\n', 'at 30 s\n'])
  const hours = written(false, 36_000)
  expect(hours.length).toBeGreaterThan(20)
  expect(hours.length).toBeLessThan(100)
})
