/*
 * Pictures of units for a page: images in the page itself, as bitmaps.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { PictureStudy } from '../../strategy/why-deep/picture-study.js'
import type { UnitPicture } from '../../strategy/why-deep/unit-pictures.js'
import { type Html, html } from '../html.js'
import type { Section } from '../page.js'

/** What the units of a network respond to, for a page. */
export interface StudiedPictures {
  /** What the pictures are. */
  readonly name: string
  readonly study: PictureStudy
  /** The pictures that the study was made of. */
  readonly data: Dataset
}

/** More units of a layer, or rows of a unit, say little more. */
const MOST_UNITS = 24
const MOST_ROWS = 5

/** Of every unit its weights, what gradient ascent finds, and the pictures that excite it most. */
export function picturesSection({ name, study, data }: StudiedPictures): Section {
  const layers = study.layers.map(({ layer, units, featureShape }) => {
    const shown = units.filter(({ constant }) => !constant).slice(0, MOST_UNITS)
    const figures = shown.map((unit) => figureOf(unit, featureShape, data))
    const content =
      figures.length === 0 ? html`<p>Every unit is always the same.</p>` : html`<div class="pictures">${figures}</div>`
    return html`<h3>Layer ${layer + 1}</h3>
${content}`
  })
  return {
    heading: `What units respond to: ${name}`,
    content: html`${study.text.split('\n\n').map(blockHtml)}
<p>Of every unit: its weights in the first layer (red above 0, blue below), the picture that gradient ascent finds, then the
pictures that excite it most. Units that are always the same are left out.</p>
${layers}`,
  }
}

/** A sentence, or a table of the text, which keeps its columns. */
function blockHtml(block: string): Html {
  return block.includes('\n') ? html`<pre>${block}</pre>` : html`<p>${block}</p>`
}

function figureOf({ unit, weights, ideal, rows }: UnitPicture, shape: readonly number[], data: Dataset): Html {
  const image = (source: string, what: string) => html`<img src="${source}" alt="${what} of unit ${unit}">`
  const images = [
    ...(weights === undefined ? [] : [image(signedBitmap(weights, shape), 'weights')]),
    ...(ideal === undefined ? [] : [image(bitmap(ideal, shape), 'ideal picture')]),
    ...rows.slice(0, MOST_ROWS).map((row) => image(bitmap(data.row(row), shape), `picture ${row}, exciting`)),
  ]
  return html`<figure>${images}<figcaption>unit ${unit}</figcaption></figure>`
}

/** Gray or color, from the least value to the greatest. */
function bitmap(values: ArrayLike<number>, [height = 1, width = 1, colors = 1]: readonly number[]): string {
  const [low, high] = rangeOf(values)
  const shade = (value: number) => Math.round((255 * (value - low)) / (high - low || 1))
  return bmp(height, width, (pixel, color) => shade(values[pixel * colors + (colors >= 3 ? color : 0)]!))
}

/** Red above 0, blue below, white at 0; the sum over colors. */
function signedBitmap(values: readonly number[], [height = 1, width = 1, colors = 1]: readonly number[]): string {
  const sums = Array.from({ length: height * width }, (_, pixel) => {
    let sum = 0
    for (let color = 0; color < colors; color++) sum += values[pixel * colors + color]!
    return sum
  })
  const [low, high] = rangeOf(sums)
  const most = Math.max(-low, high) || 1
  return bmp(height, width, (pixel, color) => {
    const value = sums[pixel]! / most
    const faded = Math.round(255 * (1 - Math.abs(value)))
    const own = value > 0 ? 0 : 2
    return color === own ? 255 : faded
  })
}

function rangeOf(values: ArrayLike<number>): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!)
    high = Math.max(high, values[i]!)
  }
  return [low, high]
}

const HEADER_BYTES = 54

/**
 * A Windows bitmap of 24 bits a pixel as a data URI: it needs no compression, and every browser shows it.
 *
 * @param shadeOf red (0), green (1) or blue (2) of a pixel, 0 to 255; pixels count row by row from the upper left
 */
function bmp(height: number, width: number, shadeOf: (pixel: number, color: number) => number): string {
  const rowBytes = 4 * Math.ceil((3 * width) / 4)
  const bytes = Buffer.alloc(HEADER_BYTES + rowBytes * height)
  bytes.write('BM')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(HEADER_BYTES, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  // A negative height: rows from the top down.
  bytes.writeInt32LE(-height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let color = 0; color < 3; color++) {
        bytes[HEADER_BYTES + y * rowBytes + 3 * x + 2 - color] = shadeOf(y * width + x, color)
      }
    }
  }
  return `data:image/bmp;base64,${bytes.toString('base64')}`
}
