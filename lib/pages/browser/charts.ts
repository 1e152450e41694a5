/*
 * Draws every chart of a page into its place, and again when the place gets another width.
 */
import type { Chart, PlacedChart } from '../chart.js'
import { draw, legendOf } from './draw.js'

/** Draws the charts that the page carries as JSON. */
export function drawCharts(): void {
  const element = document.getElementById('charts')
  if (element === null) return
  const charts = JSON.parse(element.textContent ?? '[]') as readonly PlacedChart[]
  for (const { id, chart } of charts) {
    const place = document.getElementById(id)
    if (place !== null) new ChartView(place).show(chart)
  }
}

/** The place of one chart. */
export class ChartView {
  readonly #place: HTMLElement
  #chart: Chart | undefined
  #width = 0

  constructor(place: HTMLElement) {
    this.#place = place
    new ResizeObserver(() => {
      if (place.clientWidth !== this.#width) this.#draw()
    }).observe(place)
  }

  show(chart: Chart): void {
    this.#chart = chart
    this.#draw()
  }

  #draw(): void {
    this.#width = this.#place.clientWidth
    if (this.#chart === undefined || this.#width === 0) return
    this.#place.replaceChildren(...legend(this.#chart), draw(this.#chart, this.#width))
  }
}

function legend(chart: Chart): Element[] {
  const entries = legendOf(chart)
  if (entries.length === 0) return []
  const list = document.createElement('ul')
  list.className = 'legend'
  for (const { name, color, forecast } of entries) {
    const entry = document.createElement('li')
    const swatch = document.createElement('span')
    swatch.className = forecast ? 'swatch forecast' : 'swatch'
    swatch.style.color = color
    entry.append(swatch, name)
    list.append(entry)
  }
  return [list]
}
