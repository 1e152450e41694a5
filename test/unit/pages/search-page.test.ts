import { expect, test } from 'vitest'
import { choice, Dataset, search, searchPage, uniform } from '../../../lib/index.js'

/** The page without its script, which is the plotting library's: a page that differs is to be read. */
function shown(page: string): string {
  return page.replace(/<script>[\s\S]*?<\/script>/, '<script></script>')
}

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

/** A search of nine trainings, one of which fails by its rate. */
async function found() {
  const x = Array.from({ length: 90 }, (_, row) => [Math.sin(row), Math.cos(2 * row)])
  const y = x.map(([a, b]) => (a! + b! > 0 ? 1 : 0))
  const data = Dataset.from({ x, y })
  const [dev, train] = data.split(0.3, { seed: 1 })
  const space = { dropout: uniform(0, 0.5), learningRate: choice([0.01, 1e30]) }
  return search(space, { train, dev, fit: { loss: 'binaryCrossEntropy', epochs: 3 }, tries: 9, seed: 2 })
}

test('the page of search has the best configuration, every trial, why one failed, and the command', async () => {
  const result = await found()
  const page = shown(searchPage(result, { command: `deepblas search ${hostile}`, title: hostile }))
  expect(page).toContain('deepblas search &quot;&gt;')
  expect(page).not.toContain('<img')
  expect(page).toContain(`dropout ${result.best!.configuration.dropout}`)
  const failed = result.trials.filter((trial) => trial.failed !== undefined)
  expect(failed.length).toBeGreaterThan(0)
  expect(page.match(/<span class="bad">/g)).toHaveLength(failed.length)
  const charts = JSON.parse(/id="charts">(.*?)<\/script>/.exec(page)![1]!)
  const points = charts.find(({ id }: { id: string }) => id === 'trials').chart.points
  expect(points).toHaveLength(result.trials.length - failed.length)
})

test('an option that is unknown is told', async () => {
  expect(() => searchPage(3 as never)).toThrow('result')
  expect(() => searchPage({} as never, { comand: 'x' } as never)).toThrow("Did you mean 'command'?")
})
