/*
 * Activations and gradients by layer: dead units, gradients that vanish or explode on their way back.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { LayerRecord, TracedMatrix } from '../../model/inspection/trace.js'
import { RunningMoments } from '../../statistics.js'
import type { Finding, LayerFigure } from './result.js'
import type { Subject } from './subject.js'
import { hiddenDense } from './variations.js'

/** Rows that a layer is looked at with. */
const MOST_ROWS = 1000
/** Share of a layer's units that are dead before it is told: some always are, behind a relu. */
const MANY_DEAD = 0.5
/** How many times smaller or larger the gradient at the first layer is than at the last one before it is told. */
const FAR_APART = 1000

/** Figures of every layer for the training rows, or the first thousand of them. */
export async function layerFigures({ model, loss }: Subject, train: Dataset): Promise<readonly LayerFigure[]> {
  const { layers } = await model.trace(train.rows > MOST_ROWS ? train.take(MOST_ROWS) : train, { loss })
  return layers.map((record) => figureOf(record))
}

function figureOf({ name, A, dZ }: LayerRecord): LayerFigure {
  const activations = new RunningMoments()
  for (const value of A.data) activations.add(value)
  return {
    name,
    dead: dZ && deadShare(dZ),
    gradient: dZ && Math.sqrt(dZ.data.reduce((sum, value) => sum + value * value, 0) / dZ.data.length) * dZ.shape[0],
    meanActivation: activations.mean,
    deviation: activations.deviation,
  }
}

/** Share of the columns that are 0 in every row. */
function deadShare({ data, shape: [rows, columns] }: TracedMatrix): number {
  let dead = 0
  for (let column = 0; column < columns; column++) {
    let alive = false
    for (let row = 0; row < rows && !alive; row++) alive = data[row * columns + column] !== 0
    if (!alive) dead++
  }
  return dead / columns
}

export function layerFindings({ model }: Subject, figures: readonly LayerFigure[]): readonly Finding[] {
  const hidden = model.layers.flatMap((layer, at) =>
    (hiddenDense(model.layers) as readonly unknown[]).includes(layer) ? [figures[at]!] : [],
  )
  const found: Finding[] = []
  // A layer whose outgoing gradient is 0 throughout has all its units dead, and so have those before it.
  const dead = [...hidden].reverse().find((layer) => (layer.dead ?? 0) >= MANY_DEAD)
  if (dead !== undefined) {
    found.push({
      kind: 'deadUnits',
      severity: dead.dead!,
      evidence: `${percent(dead.dead!)} of the units of ${dead.name} pass on no gradient for any training row looked at.`,
      levers: ['activation', 'learningRate'],
    })
  }
  const [first, last] = [hidden[0]?.gradient, figures.at(-1)?.gradient]
  if (first === undefined || last === undefined || !(first > 0 && last > 0)) return found
  const ratio = first / last
  if (ratio < 1 / FAR_APART || ratio > FAR_APART) {
    const vanishing = ratio < 1
    found.push({
      kind: vanishing ? 'vanishingGradients' : 'explodingGradients',
      severity: Math.min(1, Math.abs(Math.log10(ratio)) / 6),
      evidence:
        `The gradient at ${hidden[0]!.name} is ${(vanishing ? 1 / ratio : ratio).toExponential(0)} times ` +
        `${vanishing ? 'smaller' : 'larger'} than at the last layer.`,
      levers: vanishing ? ['activation', 'smaller'] : ['learningRate', 'activation'],
    })
  }
  return found
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`
}
