import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diagnosePage, improvePage, writePage } from '../../../lib/index.js'
import { html, jsonElement } from '../../../lib/pages/html.js'
import { formatted, formattedInterval, onAxis } from '../../../lib/pages/numbers.js'
import { diagnosis } from '../../helpers/diagnosis.js'
import { improveResult } from '../../helpers/improve-result.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-page-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'&amp;'

/** The page without its script, which is the plotting library's: a page that differs is to be read. */
function shown(page: string): string {
  return page.replace(/<script>[\s\S]*?<\/script>/, '<script></script>')
}

describe('the page of improve', () => {
  const command = "deepblas improve 'a b.csv' --target y --budget 2m --report improve.html"
  const whole = improvePage(improveResult(), { command })
  const page = shown(whole)

  test('asks for nothing that is not in it', () => {
    const loading = /\b(?:src|href)="(?!data:)|url\(|@import|<link(?! rel="icon")/
    expect(page).not.toMatch(loading)
    expect(page).toContain('default-src &#39;none&#39;')
  })

  test('has the recommendation, the verdicts, what was not tried and the exact command', () => {
    expect(page).toContain('Scale the inputs: accuracy rises by 3.4 points')
    expect(page).toMatch(/<th scope="row">scaled inputs<\/th><td><span class="good">helps<\/span>/)
    expect(page).toMatch(/<th scope="row">activation<\/th><td><span class="bad">hurts<\/span>/)
    expect(page).toMatch(
      /<th scope="row">more varied data<\/th><td>The rows are no pictures.<\/td><td class="number">41 s/,
    )
    expect(page).toContain(command.replaceAll("'", '&#39;'))
  })

  test('is the same for what --json gave of the result', () => {
    const plain = JSON.parse(JSON.stringify(improveResult()))
    expect(shown(improvePage(plain, { command }))).toBe(page)
  })

  test('texts of the user cannot get in as HTML', () => {
    const result = improveResult()
    const levers = result.levers.map((lever) => ({ ...lever, best: hostile, reason: hostile }))
    const texts = { metric: hostile, levers, recommendation: hostile, text: hostile }
    const made = shown(improvePage({ ...result, ...texts }, { command: hostile, title: hostile }))
    expect(made).not.toContain('<script>alert')
    expect(made).not.toContain('<img')
    expect(made.match(/<script/g)).toHaveLength(2)
  })

  test('shows where the baseline errs, as the page of diagnose does', () => {
    const { dev, segments, classes } = diagnosis().figures
    const made = shown(improvePage({ ...improveResult(), baselineErrors: { dev, segments, classes } }))
    const ofDiagnosis = shown(diagnosePage(diagnosis()))
    for (const heading of ['Weak segments', 'Errors by class']) {
      const [section] = new RegExp(`${heading}</h2>[\\s\\S]*?</section>`).exec(ofDiagnosis)!
      expect(made).toContain(section)
    }
    expect(page).not.toContain('Weak segments')
    const without = { dev, segments: [], classes: undefined }
    expect(shown(improvePage({ ...improveResult(), baselineErrors: without }))).toContain('None was found')
    expect(shown(improvePage({ ...improveResult(), baselineErrors: null }))).toContain('Not looked for')
  })

  test('where no lever helps none is put first, and what was only measured is not called levers that help', () => {
    const result = improveResult()
    const levers = result.levers.map((lever) => (lever.change === null ? lever : { ...lever, verdict: 'tie' as const }))
    const { combined: _, ...rest } = result
    const made = shown(improvePage({ ...rest, levers }))
    expect(made).toContain('<dt>First in the ranking</dt><dd>no lever helps</dd>')
    expect(made).toMatch(/<h2[^>]*>Measured once on the test rows<\/h2>/)
    expect(made).not.toContain('The levers that help, together')
    // As given, as the text has it.
    expect(made).toContain('<dt>Training as given, 86.8 %</dt><dd>+4.9 points')
    const { confirmed: __, ...without } = rest
    const notConfirmed = 'No time was left for the test rows.'
    expect(shown(improvePage({ ...without, levers, notConfirmed }))).toContain(`<p>${notConfirmed}</p>`)
  })

  test('of a run that was stopped before anything was compared', () => {
    const result = improveResult()
    const levers = result.levers.map(({ name, settings }) => ({
      ...{ name, best: null, value: null, change: null, interval: null, verdict: 'notTried', seconds: 0 },
      ...{ perMinute: null, tries: 0, seeds: 0, changes: [], settings: settings.slice(0, 0) },
    })) as typeof result.levers
    const curves = { trainLoss: [], devLoss: [], devValue: [] }
    const { combined: _, confirmed: __, ...rest } = result
    const made = improvePage({
      ...rest,
      baseline: { value: null, interval: null, values: [], curves },
      tuned: { rateFactor: 1, value: null, interval: null, values: [], settings: [] },
      levers,
      ranking: [],
      stopped: 'aborted',
    })
    expect(shown(made)).toContain('It was stopped before its end')
    expect(shown(made)).toContain('No lever was compared.')
  })

  test('is written whole', async () => {
    const path = join(folder, 'improve.html')
    await writePage(path, whole)
    expect((await readFile(path, 'utf8')) === whole).toBe(true)
    await expect(writePage(join(folder, 'none', 'a.html'), whole)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await expect(writePage('https://example.org/a.html', whole)).rejects.toThrow('path of a file for path')
  })

  test('an option that is unknown or no text is told', () => {
    expect(() => improvePage(improveResult(), { comand: 'x' } as never)).toThrow("Did you mean 'command'?")
    expect(() => improvePage(improveResult(), { command: 3 } as never)).toThrow('command')
    expect(() => improvePage(undefined as never)).toThrow('result')
  })
})

describe('HTML', () => {
  test('what stands in a template is escaped, but for HTML and lists of it', () => {
    const list = [html`<b>${'<'}</b>`, '&']
    expect(html`<i title="${'"'}">${list}${undefined}${0}</i>`.text).toBe('<i title="&quot;"><b>&lt;</b>&amp;0</i>')
  })

  test('JSON cannot end its element', () => {
    const { text } = jsonElement('data', ['</script><script>alert(1)</script>', '<!--'])
    expect(text.match(/</g)).toHaveLength(2)
    expect(JSON.parse(/>(.*)</.exec(text)![1]!)).toEqual(['</script><script>alert(1)</script>', '<!--'])
  })
})

test('numbers with their units', () => {
  expect(formatted(0.8591, 'percent')).toBe('85.9 %')
  expect(formatted(-0.0123, 'points')).toBe('−1.2 points')
  expect(formatted(0.0001, 'points')).toBe('0.0 points')
  // A tie of hardly anything is none.
  expect(formatted(2.44e-7, 'points')).toBe('0.0 points')
  expect(formatted(-1e-16, 'points')).toBe('0.0 points')
  expect(formatted(-0.0003, 'percent')).toBe('0.0 %')
  expect(formatted(-0.012, 'percent')).toBe('−1.2 %')
  expect(formatted(0.5, 'change')).toBe('+0.5')
  expect(formatted(12345, 'number')).toBe('12,345')
  expect(formatted(0.0000123, 'number')).toBe('1.23e-5')
  expect(formatted(null, 'number')).toBe('–')
  expect(formatted(Number.NaN, 'percent')).toBe('–')
  expect([0.5, 61, 3720].map((seconds) => formatted(seconds, 'seconds'))).toEqual(['0.5 s', '1 min 1 s', '1 h 2 min'])
  expect(onAxis(0.02, 'points')).toBe('+2')
  expect(formattedInterval([-0.01, 0.02], 'points')).toBe('−1.0 to +2.0 points')
  expect(formattedInterval([null, Number.POSITIVE_INFINITY], 'points')).toBe('not known')
  expect(formattedInterval([0.1, null], 'number')).toBe('0.1 to ∞')
})
