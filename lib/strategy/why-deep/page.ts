/*
 * The result of `whyDeep` as one page that needs nothing else: no script, no file beside it.
 */
import { wrapped } from '../../report/terminal/text.js'
import type { WhyDeep } from './result.js'
import { lessonClaim } from './text.js'

interface Line {
  readonly name: string
  readonly points: readonly (readonly [bits: number, units: number])[]
}

/** As long as the tables are, nearly. */
const LONGEST_LINE = 84
const WIDTH = 640
const HEIGHT = 360
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 16, 40]
/** Blue, orange, green and purple that also people with color blindness tell apart (Okabe and Ito). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7']
const DASHES = ['', '8 4', '2 4', '10 4 2 4']

/**
 * One self-contained page: the plot of hidden units against n as SVG, the tables, and the text of the terminal.
 *
 * @param more further sections as HTML, such as pictures of units
 */
export function whyDeepPage(result: WhyDeep, more: readonly string[] = []): string {
  const [claim, holds, not] = lessonClaim
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Why deep</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
svg { width: 100%; height: auto }
svg text { font-size: 12px; fill: currentColor }
pre { overflow-x: auto; font-size: .8rem }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #8885 }
.units { display: flex; flex-wrap: wrap; gap: .4rem }
.units img { width: 64px; image-rendering: pixelated; display: block }
.units figure { margin: 0; font-size: .7rem }
</style>
</head>
<body>
<h1>Why deep</h1>
<p>${escaped(claim)}</p>
<p>${escaped(holds)}</p>
<p>${escaped(not)}</p>
<h2>Hidden units against n</h2>
${plot(linesOf(result))}
<h2>What training finds</h2>
${depthsTable(result)}
${more.join('\n')}
<h2>All figures</h2>
<details><summary>All of it as text</summary>
${preformatted(result.text)}
</details>
</body>
</html>
`
}

/** Tables keep their columns; sentences are broken, so that nobody has to scroll for them. */
export function preformatted(text: string): string {
  const lines = text.split('\n').flatMap((line) => (line.length > LONGEST_LINE ? wrapped(line, LONGEST_LINE) : [line]))
  return `<pre>${escaped(lines.join('\n'))}</pre>`
}

/** A text as it may stand between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function linesOf({ constructed, fewest }: WhyDeep): Line[] {
  const of = (form: string, name: string): Line => ({
    name,
    points: constructed.filter((one) => one.form === form).map((one) => [one.bits, one.hiddenUnits]),
  })
  const found = fewest.flatMap(({ bits, units }) => (units === undefined ? [] : [[bits, units] as const]))
  return [
    of('patterns', 'one layer, a unit a pattern'),
    of('tree', 'tree of exclusive ors'),
    of('counting', 'one layer that counts'),
    { name: 'fewest found by training, one layer', points: found },
  ].filter(({ points }) => points.length > 0)
}

/** Lines over n with a logarithmic vertical axis. */
function plot(lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points)
  if (points.length === 0) return '<p>No network was built before the stop.</p>'
  const mostBits = Math.max(3, ...points.map(([bits]) => bits))
  const mostPower = Math.max(1, Math.ceil(Math.log2(Math.max(...points.map(([, units]) => units)))))
  const x = (bits: number) => LEFT + ((bits - 2) / (mostBits - 2)) * (WIDTH - LEFT - RIGHT)
  const y = (units: number) => HEIGHT - BOTTOM - (Math.log2(units) / mostPower) * (HEIGHT - TOP - BOTTOM)
  const step = Math.ceil(mostPower / 8)
  const powers = Array.from({ length: Math.floor(mostPower / step) + 1 }, (_, i) => i * step)
  const ticks = powers.map(
    (power) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(2 ** power)}" y2="${y(2 ** power)}" stroke="currentColor" opacity=".15"/>` +
      `<text x="${LEFT - 8}" y="${y(2 ** power) + 4}" text-anchor="end">${2 ** power}</text>`,
  )
  const bits = Array.from({ length: mostBits - 1 }, (_, i) => i + 2)
  const below = bits.map((one) => `<text x="${x(one)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${one}</text>`)
  const drawn = lines.map(({ name, points: own }, i) => {
    const color = COLORS[i % COLORS.length]!
    const path = own.map(([at, units]) => `${x(at).toFixed(1)},${y(units).toFixed(1)}`).join(' ')
    const legend = TOP + 12 + 18 * i
    return (
      `<polyline class="mark" points="${path}" fill="none" stroke="${color}" stroke-width="2.5" stroke-dasharray="${DASHES[i % DASHES.length]}"/>` +
      `<line x1="${LEFT + 12}" x2="${LEFT + 44}" y1="${legend}" y2="${legend}" stroke="${color}" stroke-width="2.5" stroke-dasharray="${DASHES[i % DASHES.length]}"/>` +
      `<text x="${LEFT + 52}" y="${legend + 4}">${escaped(name)}</text>`
    )
  })
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Hidden units against n, logarithmic">` +
    `${ticks.join('')}${below.join('')}<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">n, bits</text>` +
    `${drawn.join('')}</svg>`
  )
}

function depthsTable({ depths }: WhyDeep): string {
  if (depths.length === 0) return '<p>Nothing was trained.</p>'
  const layers = [...new Set(depths.map(({ hidden }) => hidden.length))]
  const bits = [...new Set(depths.map((one) => one.bits))]
  const cell = (n: number, depth: number) => {
    const found = depths.find((one) => one.bits === n && one.hidden.length === depth)
    return `<td>${found === undefined ? '' : `${Math.round(100 * found.share)} %`}</td>`
  }
  const head = ['n', ...layers.map((depth) => `${depth} hidden`)].map((text) => `<th>${text}</th>`).join('')
  const rows = bits.map((n) => `<tr><th>${n}</th>${layers.map((depth) => cell(n, depth)).join('')}</tr>`)
  return `<p>Share of the seeds that tell all 2^n rows right, at the best of three learning rates.</p>\n<table><tr>${head}</tr>${rows.join('')}</table>`
}
