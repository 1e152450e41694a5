import { describe, expect, test } from 'vitest'
import { Dataset, datasets, pictureStudy, whyDeepPage } from '../../../lib/index.js'
import { whyDeepResult } from '../../helpers/why-deep-result.js'

/** The page without its script, which is the plotting library's: a page that differs is to be read. */
function shown(page: string): string {
  return page.replace(/<script>[\s\S]*?<\/script>/, '<script></script>')
}

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

describe('the page of whyDeep', () => {
  const page = shown(whyDeepPage(whyDeepResult(), { command: 'deepblas why-deep --bits 8' }))

  test('has the claim and its condition, the figures as tables, and the command', () => {
    expect(page).toContain('The lesson: a network of O(log n) layers')
    expect(page).toContain('Where it does not: units that add up bits')
    expect(page).toMatch(
      /<tr><th scope="row">8<\/th><td class="number">128<\/td><td class="number">14<\/td><td class="number">8</,
    )
    expect(page).toMatch(/<tr><th scope="row">4<\/th><td class="number">75\.0 %<\/td><td class="number">100\.0 %</)
    expect(page).toMatch(/<th scope="row">3<\/th><td class="number">none up to 5</)
    expect(page).toContain('<pre class="command" id="command">deepblas why-deep --bits 8</pre>')
    expect(page).toContain('The lesson &lt;again&gt;')
    expect(page).not.toContain('stopped before its end')
  })

  test('is the same for what --json gave of the result', () => {
    const plain = JSON.parse(JSON.stringify(whyDeepResult(), (_, one: unknown) => (one === undefined ? null : one)))
    expect(shown(whyDeepPage(plain, { command: 'deepblas why-deep --bits 8' }))).toBe(page)
  })

  test('one that was stopped before anything was built says so', () => {
    const nothing = { ...whyDeepResult(), constructed: [], depths: [], fewest: [], stopped: 'aborted' as const }
    const made = shown(whyDeepPage(nothing))
    expect(made).toContain('It was stopped before its end')
    expect(made).toContain('No network was built before the stop.')
    expect(made).toContain('Nothing was trained.')
    expect(made).not.toContain('class="plot"')
  })

  test('pictures of units, by the name that was given', async () => {
    const data = Dataset.from(datasets.digits({ samples: 120, seed: 1 }))
    const study = await pictureStudy({ train: data, test: undefined }, { hidden: [4], epochs: 2 })
    const made = shown(whyDeepPage(whyDeepResult(), { title: hostile, pictures: { name: hostile, study, data } }))
    expect(made).toContain('What units respond to: &quot;&gt;&lt;script')
    expect(made.match(/<h3>Layer \d/g)).toHaveLength(2)
    expect(made).toMatch(/<img src="data:image\/bmp;base64,[^"]+" alt="weights of unit \d">/)
    expect(made).not.toContain('<script>alert')
  })

  test('an option that is unknown or wrong is told', () => {
    const wrong = (options: object) => () => whyDeepPage(whyDeepResult(), options as never)
    expect(wrong({ comand: 'x' })).toThrow("Did you mean 'command'?")
    expect(wrong({ title: 3 })).toThrow(/for title but received 3/)
    expect(wrong({ pictures: 3 })).toThrow(/Give \{ name, study, data \}/)
    expect(wrong({ pictures: {} })).toThrow(/Expected/)
  })
})
