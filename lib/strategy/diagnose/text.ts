/*
 * A diagnosis in words.
 */
import { told } from './decide.js'
import type { Diagnosis, DiagnosisFigures, Dominant, ErrorFigure, Estimate } from './result.js'
import { CERTAINTY } from './trainings.js'

const says: Readonly<Record<Dominant, string>> = {
  bias: 'Bias dominates: the model does not fit the rows that it was trained on as well as can be.',
  variance: 'Variance dominates: the model fits the rows that it was trained on much better than others.',
  mismatch: 'Data mismatch dominates: the dev rows are of another kind than those that it was trained on.',
  labelNoise: 'Wrong labels dominate: no lever takes them away; look at the rows that are most likely to be wrong.',
  inputs: 'The inputs dominate: the network cannot use them as they are.',
  optimization: 'The optimization dominates: the network could fit the rows, and the training does not get there.',
  none: 'Nothing dominates: no difference is larger than chance explains.',
}

const MOST_SHOWN = 8

export function diagnosisText({ dominant, figures, findings, stopped }: Omit<Diagnosis, 'text'>): Diagnosis['text'] {
  const { train, trainDev, dev, attainable, bias, variance, mismatch, curves, leftOut } = figures
  const lines = [
    `error      train ${figure(train)}${trainDev === undefined ? '' : `, train-dev ${figure(trainDev)}`}, dev ${figure(dev)}`,
    `attainable ${attainable === undefined ? unknown(leftOut, stopped) : `${told(attainable.value)} ${attainable.given ? '(the target)' : '(inferred)'}`}`,
    `parts      bias ${bias === undefined ? 'not known' : difference(bias)}, variance ${difference(variance)}${mismatch === undefined ? '' : `, mismatch ${difference(mismatch)}`}`,
    `           ± are ${CERTAINTY} standard errors`,
  ]
  if (curves.twice !== undefined) {
    const { rows, heldOut, band } = curves.twice
    const error = `error ${told(heldOut)}, from ${told(band[0])} to ${told(band[1])}`
    lines.push(`more rows  with ${rows}, twice those of the repeated trainings: ${error}`)
  }
  const shown = findings.slice(0, MOST_SHOWN).map(({ kind, evidence, levers }) => {
    const address = levers.length === 0 ? '' : ` Levers: ${levers.join(', ')}.`
    return `- ${kind}: ${evidence}${address}`
  })
  const more = findings.length > MOST_SHOWN ? [`- and ${findings.length - MOST_SHOWN} more`] : []
  const why = stopped === 'aborted' ? 'Not made, since it was stopped' : 'Left out, for want of budget'
  const untried = leftOut.length === 0 ? [] : ['', `${why}: ${leftOut.join('; ')}.`]
  return [
    headline(dominant, figures),
    ...(stopped === 'aborted' ? ['It was stopped before its end: this is what was known by then.'] : []),
    '',
    ...lines,
    ...(shown.length === 0 ? [] : ['', ...shown, ...more]),
    ...untried,
  ].join('\n')
}

/** What dominates, and whether bias could be told at all. */
function headline(dominant: Dominant, { attainable }: DiagnosisFigures): string {
  if (attainable !== undefined || !['none', 'variance', 'mismatch'].includes(dominant)) return says[dominant]
  if (dominant === 'none')
    return 'What dominates is not known: what error can be reached could not be told, and so not the bias.'
  return `${says[dominant]} There may be bias too: what error can be reached could not be told.`
}

function unknown(leftOut: readonly string[], stopped: Diagnosis['stopped']): string {
  const missing = 'not known: the usual networks for comparison are missing, and no target was given'
  if (leftOut.length === 0) return missing
  return `${missing}; ${stopped === 'aborted' ? 'a diagnosis to its end' : 'more time (budget)'} or a target tells it`
}

function figure({ value, error, rows }: ErrorFigure): string {
  return `${told(value)} ± ${told(CERTAINTY * error)} (${rows} rows)`
}

function difference({ value, error, certain }: Estimate): string {
  return `${told(value)} ± ${told(CERTAINTY * error)}${certain ? '' : ' (may be chance)'}`
}
