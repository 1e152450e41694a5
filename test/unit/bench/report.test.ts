// The table of README.md is that of the results that it names; what a disturbed row says; ratios of paired samples.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { root } from '../../helpers/program.js'

interface Sample {
  readonly round: number
  readonly seconds: number
  readonly foreign?: number
}

const benchFile = async (name: string) => await import(pathToFileURL(join(root, 'bench', name)).href)
const { readmeMarkers, readmeTable } = (await benchFile('report.mjs')) as {
  readmeMarkers(text: string): [begin: number, end: number]
  readmeTable(report: object): string
}
const { pairedRatios } = (await benchFile('rounds.mjs')) as {
  pairedRatios(ours: readonly Sample[], theirs: readonly Sample[]): { ratios: number[]; disturbed: boolean }
}

test('the table of README.md is made from the results that it names', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const [begin, end] = readmeMarkers(text)
  const table = text.slice(begin, end)
  const [, slug] = /\(bench\/results\/([\w-]+)\.md\)/.exec(table)!
  const report = JSON.parse(readFileSync(join(root, 'bench/results', `${slug}.json`), 'utf8')) as object
  expect(table.trim()).toBe(readmeTable(report))
})

describe('a row of the table', () => {
  const result = (median: number, more = {}) => ({ median, min: median, max: median, samples: [median], ...more })
  const report = (results: object) => ({
    machine: { slug: 'a-machine', cpu: 'A machine', cores: 2, memoryGiB: 8 },
    node: '20.0.0',
    workloads: { digits: { results, limit: { seconds: 1e-4, arithmetic: 9e-5, optimizer: 1e-5 } } },
    measures: {},
  })
  const row = (results: object) =>
    readmeTable(report(results))
      .split('\n')
      .find((line) => line.startsWith('| digits'))!
      .split(' | ')
      .slice(1)

  test('tells the share of the limit, and the fastest library with its ratio', () => {
    const results = { deepblas: result(2e-4), floor: result(1e-4), jax: result(5e-4), pytorch: result(8e-4) }
    expect(row(results).slice(0, 3)).toEqual(['200 us', '50 %', 'JAX 500 us (x 2.50)'])
  })

  test('marks what other work ran beside', () => {
    const results = { deepblas: result(2e-4), jax: result(5e-4), pytorch: result(3e-4, { disturbed: true }) }
    expect(row(results).slice(0, 4)).toEqual(['200 us', '50 %', 'PyTorch 300 us (x 1.50) *', '500 us (x 2.50)'])
    const all = row({ ...results, deepblas: result(2e-4, { disturbed: true }) })
    expect(all.filter((cell) => !cell.includes('*'))).toEqual([])
    expect(readmeTable(report(results))).toContain('other work ran on the machine')
  })

  test('says why a contender takes no part', () => {
    expect(row({ deepblas: result(2e-4), pytorch: { skipped: 'no dropout' } }).slice(-1)[0]).toContain('no dropout')
  })
})

describe('ratios of two builds', () => {
  const samples = (seconds: readonly number[], foreign: readonly number[] = []) =>
    seconds.map((one, round) => ({
      round,
      seconds: one,
      ...(foreign[round] === undefined ? {} : { foreign: foreign[round] }),
    }))

  test('are of the same round, where both have a sample', () => {
    expect(pairedRatios(samples([2, 4, 9]), samples([1, 1])).ratios).toEqual([2, 4])
  })

  test('leave out rounds beside other work, if three are left', () => {
    const theirs = samples([1, 1, 1, 1])
    const one = pairedRatios(samples([1, 2, 3, 4], [0, 0, 0.5, 0]), theirs)
    expect(one).toEqual({ ratios: [1, 2, 4], disturbed: false })
    const two = pairedRatios(samples([1, 2, 3, 4], [0, 1, 0.5, 0]), theirs)
    expect(two).toEqual({ ratios: [1, 2, 3, 4], disturbed: true })
  })
})
