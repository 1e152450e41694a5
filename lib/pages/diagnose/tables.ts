import type { Diagnosis, DiagnosisFigures } from '../../strategy/diagnose/result.js'
import { table } from '../figure.js'
import { html } from '../html.js'
import { formatted } from '../numbers.js'
import type { Section } from '../page.js'

/** Gradients and activations by layer. */
export function layersSection({ layers }: DiagnosisFigures): Section[] {
  if (layers.length === 0) return []
  const rows = layers.map(({ name, dead, gradient, meanActivation, deviation }) => [
    name,
    { number: formatted(dead, 'percent') },
    { number: formatted(gradient, 'number') },
    { number: formatted(meanActivation, 'number') },
    { number: formatted(deviation, 'number') },
  ])
  return [
    {
      heading: 'Layers',
      content: table(['layer', 'dead units', 'gradient', 'mean activation', 'deviation'], rows),
    },
  ]
}

/** Dev rows of the largest errors, and training rows whose label is doubted; how many are wrong, where that is a finding. */
export function rowsSection({ figures: { worstRows, labelNoise }, findings }: Diagnosis): Section[] {
  const worst =
    worstRows.length > 0 &&
    html`<p>Dev rows of the largest errors, by number from 0: ${worstRows.map(({ row }) => row).join(', ')}.</p>`
  const noisy = findings.some(({ kind }) => kind === 'labelNoise')
  const suspects =
    labelNoise &&
    labelNoise.suspects.length > 0 &&
    html`<p>Training rows whose target agrees least with networks that have not seen it, by number from 0:
${labelNoise.suspects.join(', ')}.${noisy ? ` Estimated share of wrong labels: ${formatted(labelNoise.share, 'percent')}.` : ''}</p>`
  if (!worst && !suspects) return []
  return [{ heading: 'Rows to look at', content: [worst || undefined, suspects || undefined] }]
}
