import { describe, expect, test } from 'vitest'
import { diagnosePage, improvePage } from '../../../lib/index.js'
import { nothingKnown } from '../../../lib/strategy/diagnose/stopped.js'
import { diagnosis } from '../../helpers/diagnosis.js'
import { improveResult } from '../../helpers/improve-result.js'

/** The page without its script, which is the plotting library's: a page that differs is to be read. */
function shown(page: string): string {
  return page.replace(/<script>[\s\S]*?<\/script>/, '<script></script>')
}

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

describe('the page of diagnose', () => {
  const page = shown(diagnosePage(diagnosis(), { command: 'deepblas diagnose a.csv --target y' }))

  test('says what dominates, the figures, the findings with their levers, and the command', () => {
    expect(page).toContain('Variance dominates')
    expect(page).toMatch(/<dt>Variance<\/dt><dd>12\.0 %<small>± 4\.0 %, certain/)
    expect(page).toMatch(/<dt>Avoidable bias<\/dt><dd>1\.0 %<small>± 2\.5 %, not certain/)
    expect(page).not.toContain('Mismatch</dt>')
    expect(page).toContain('Levers: more data, dropout, L2. Severity 75.0 %.')
    expect(page).toContain('Look at the data. Severity 43.0 %.')
    expect(page).toContain('deepblas diagnose a.csv --target y')
  })

  test('has the weak segments as a sentence, and the rows to look at', () => {
    expect(page).toContain('<bdi>age &lt; 25 and city unknown</bdi></th><td class="number">31.0 %</td>')
    expect(page).toContain('2.4 × the mean')
    expect(page).toContain('by number from 0: 3, 511.')
    expect(page).toContain('have not seen it, by number from 0:\n17.</p>')
    const noise = { kind: 'labelNoise' as const, severity: 0.2, evidence: 'Some are wrong.', levers: [] }
    const noisy = shown(diagnosePage({ ...diagnosis(), findings: [noise] }))
    expect(noisy).toContain('17. Estimated share of wrong labels: 2.0 %.</p>')
  })

  test('names of columns cannot get in as HTML', () => {
    const made = shown(diagnosePage(diagnosis(hostile), { title: hostile }))
    expect(made).not.toContain('<script>alert')
    expect(made).not.toContain('<img')
  })

  test('of values and of a model that nothing is wrong with', () => {
    const { figures, ...rest } = diagnosis()
    const { classes: _, ...others } = figures
    const learningCurve = { rows: [], epochs: [] }
    const few = { ...others, classes: undefined, probes: [], segments: [], worstRows: [], layers: [], learningCurve }
    const found = { ...rest, dominant: 'none' as const, findings: [], figures: { ...few, labelNoise: undefined } }
    const made = shown(diagnosePage(found))
    expect(made).toContain('Nothing dominates')
    expect(made).toContain('Nothing was found.')
    expect(made).toMatch(/<dt>Error, dev rows<\/dt><dd>0\.16</)
  })

  test('without a known attainable error it says so, and what was left out', () => {
    const { figures, ...rest } = diagnosis()
    const { attainable: _, bias: __, ...known } = figures
    const leftOut = ['usual networks for comparison']
    const unknown = { ...known, attainable: undefined, bias: undefined, leftOut }
    const made = shown(diagnosePage({ ...rest, dominant: 'none', findings: [], figures: unknown }))
    expect(made).toContain('What dominates is not known')
    expect(made).toContain('<dt>Attainable</dt><dd>not known</dd>')
    expect(made).toContain('<p>Left out, for want of budget: usual networks for comparison.</p>')
    expect(made).not.toContain('"label":"attainable"')
  })

  test('one that was stopped says so, and of nothing measured it shows nothing', () => {
    const { figures, ...rest } = diagnosis()
    const stopped = { ...rest, stopped: 'aborted' as const, figures: { ...figures, leftOut: ['600 rows'] } }
    const made = shown(diagnosePage(stopped))
    expect(made).toContain(
      '<p>It was stopped before its end: this is what was known by then.</p>\n<p>Not made: 600 rows.</p>',
    )
    const nothing = nothingKnown({ train: 80, trainDev: undefined, dev: 20 })
    for (const result of [nothing, JSON.parse(JSON.stringify(nothing))]) {
      const empty = shown(diagnosePage(result, { command: 'deepblas diagnose a.csv --target y' }))
      expect(empty).toContain(`<p class="lead">${nothing.text}</p>`)
      expect(empty).toContain('id="command"')
      expect(empty).not.toMatch(/NaN|null|Nothing dominates|Findings|class="plot"/)
    }
  })

  test('a curve of one point is not drawn', () => {
    const { figures, ...rest } = diagnosis()
    const learningCurve = { rows: figures.learningCurve.rows.slice(0, 1), epochs: [0.5] }
    const made = shown(diagnosePage({ ...rest, figures: { ...figures, learningCurve } }))
    expect(made).not.toContain('Learning curves')
  })

  test('what --json gave of the result makes the same page', () => {
    const plain = JSON.parse(JSON.stringify(diagnosis()))
    expect(shown(diagnosePage(plain, { command: 'deepblas diagnose a.csv --target y' }))).toBe(page)
  })

  test('an option that is unknown is told', () => {
    expect(() => diagnosePage(diagnosis(), { comand: 'x' } as never)).toThrow("Did you mean 'command'?")
    expect(() => diagnosePage(3 as never)).toThrow('result')
  })
})

test('the page of improve shows curve and segments of a diagnosis', () => {
  const page = shown(improvePage(improveResult(), { diagnosis: diagnosis() }))
  expect(page).toContain('id="diagnosis-rows"')
  expect(page).toContain('age &lt; 25 and city unknown')
})
