/*
 * How the ten digits are written: a few ways for each, each a list of strokes in a box from (0, 0) in the upper left
 * to (1, 1) in the lower right.
 */

/** A stroke as x, y, x, y, … of the points that straight pieces join. */
export type Polyline = readonly number[]

/** One way to write a digit. */
export type Glyph = readonly Polyline[]

type Point = readonly [x: number, y: number]

const PIECES_PER_SPAN = 5
const PIECES_PER_TURN = 26

/** Straight from point to point. */
function straight(...points: Point[]): Polyline {
  return points.flat()
}

/** Smoothly through all points (Catmull and Rom's spline; the end points stand for their missing neighbors). */
function smooth(...points: Point[]): Polyline {
  const line: number[] = []
  for (let i = 0; i + 1 < points.length; i++) {
    const from = points[i] as Point
    const to = points[i + 1] as Point
    const before = points[i - 1] ?? from
    const after = points[i + 2] ?? to
    for (let piece = 0; piece < PIECES_PER_SPAN; piece++) {
      const t = piece / PIECES_PER_SPAN
      for (const axis of [0, 1] as const) {
        const [p0, p1, p2, p3] = [before[axis], from[axis], to[axis], after[axis]]
        const quadratic = 2 * p0 - 5 * p1 + 4 * p2 - p3
        const cubic = 3 * p1 - p0 - 3 * p2 + p3
        line.push(0.5 * (2 * p1 + t * (p2 - p0 + t * (quadratic + t * cubic))))
      }
    }
  }
  return [...line, ...(points.at(-1) ?? [])]
}

/** Part of an ellipse; angles in turns, 0 to the right, 0.25 down. */
function arc(center: Point, radiusX: number, radiusY: number, from: number, to: number): Polyline {
  const pieces = Math.ceil(Math.abs(to - from) * PIECES_PER_TURN)
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / pieces)
    return [center[0] + radiusX * Math.cos(angle), center[1] + radiusY * Math.sin(angle)]
  }).flat()
}

/** The ways to write each digit, by digit: drawn at the call, which is rarer than a program that loads this file. */
export function glyphs(): readonly (readonly Glyph[])[] {
  return [
    // 0: an oval, a narrow one, one whose ends cross at the top
    [
      [arc([0.5, 0.5], 0.34, 0.48, 0, 1)],
      [arc([0.5, 0.5], 0.25, 0.48, 0, 1)],
      [
        smooth(
          [0.62, 0.03],
          [0.36, 0.06],
          [0.17, 0.4],
          [0.25, 0.82],
          [0.5, 0.97],
          [0.77, 0.75],
          [0.8, 0.35],
          [0.6, 0.08],
          [0.4, 0.1],
        ),
      ],
    ],
    // 1: a stroke, with a flag, with flag and foot
    [
      [straight([0.5, 0.02], [0.5, 0.98])],
      [straight([0.32, 0.22], [0.54, 0.02], [0.54, 0.98])],
      [straight([0.3, 0.2], [0.52, 0.02], [0.52, 0.98]), straight([0.28, 0.98], [0.76, 0.98])],
    ],
    // 2: a swan's neck and a straight foot, one with a loop, one with a round foot
    [
      [
        smooth([0.18, 0.26], [0.3, 0.07], [0.55, 0.02], [0.78, 0.16], [0.76, 0.4], [0.52, 0.66], [0.16, 0.97]),
        straight([0.16, 0.97], [0.85, 0.97]),
      ],
      [
        smooth(
          [0.2, 0.2],
          [0.42, 0.03],
          [0.72, 0.12],
          [0.75, 0.38],
          [0.52, 0.72],
          [0.26, 0.95],
          [0.14, 0.84],
          [0.3, 0.74],
          [0.55, 0.9],
          [0.88, 0.9],
        ),
      ],
      [smooth([0.2, 0.16], [0.5, 0.03], [0.75, 0.2], [0.62, 0.5], [0.3, 0.78], [0.2, 0.93], [0.5, 0.93], [0.86, 0.97])],
    ],
    // 3: two bows, two bows with a loop between, a flat top
    [
      [
        smooth([0.2, 0.13], [0.46, 0.02], [0.74, 0.14], [0.7, 0.38], [0.42, 0.47]),
        smooth([0.42, 0.47], [0.74, 0.56], [0.8, 0.78], [0.55, 0.97], [0.17, 0.87]),
      ],
      [
        smooth(
          [0.22, 0.1],
          [0.52, 0.03],
          [0.74, 0.2],
          [0.6, 0.4],
          [0.4, 0.48],
          [0.46, 0.44],
          [0.7, 0.52],
          [0.8, 0.74],
          [0.58, 0.95],
          [0.2, 0.92],
        ),
      ],
      [
        straight([0.2, 0.04], [0.76, 0.04], [0.44, 0.4]),
        smooth([0.44, 0.4], [0.72, 0.48], [0.82, 0.72], [0.6, 0.95], [0.18, 0.9]),
      ],
    ],
    // 4: open, closed, with a short stem
    [
      [straight([0.32, 0.04], [0.18, 0.58], [0.84, 0.58]), straight([0.68, 0.2], [0.66, 0.98])],
      [straight([0.66, 0.98], [0.66, 0.03], [0.12, 0.66], [0.9, 0.66])],
      [smooth([0.24, 0.05], [0.2, 0.36], [0.32, 0.52], [0.74, 0.48]), straight([0.78, 0.03], [0.68, 0.98])],
    ],
    // 5: angular, in one sweep, with a separate roof
    [
      [
        straight([0.8, 0.03], [0.28, 0.03], [0.24, 0.45]),
        smooth([0.24, 0.45], [0.5, 0.36], [0.78, 0.5], [0.78, 0.78], [0.52, 0.97], [0.18, 0.9]),
      ],
      [
        smooth(
          [0.8, 0.06],
          [0.42, 0.06],
          [0.28, 0.24],
          [0.34, 0.42],
          [0.64, 0.52],
          [0.76, 0.72],
          [0.56, 0.95],
          [0.2, 0.92],
        ),
      ],
      [
        straight([0.36, 0.1], [0.3, 0.46]),
        smooth([0.3, 0.46], [0.6, 0.46], [0.74, 0.66], [0.6, 0.92], [0.2, 0.95]),
        straight([0.34, 0.09], [0.86, 0.05]),
      ],
    ],
    // 6: a bowed back, a straight back, a large belly
    [
      [
        smooth(
          [0.72, 0.05],
          [0.4, 0.2],
          [0.22, 0.55],
          [0.28, 0.88],
          [0.55, 0.97],
          [0.77, 0.77],
          [0.62, 0.55],
          [0.38, 0.6],
          [0.24, 0.78],
        ),
      ],
      [straight([0.58, 0.02], [0.26, 0.6]), arc([0.5, 0.73], 0.26, 0.24, 0.6, 1.6)],
      [
        smooth(
          [0.46, 0.03],
          [0.27, 0.3],
          [0.2, 0.66],
          [0.4, 0.95],
          [0.72, 0.88],
          [0.78, 0.6],
          [0.52, 0.46],
          [0.22, 0.62],
        ),
      ],
    ],
    // 7: plain, with a bar, with a bowed stem
    [
      [straight([0.16, 0.05], [0.84, 0.05], [0.42, 0.98])],
      [straight([0.16, 0.06], [0.82, 0.06], [0.4, 0.98]), straight([0.32, 0.5], [0.78, 0.5])],
      [straight([0.18, 0.16], [0.2, 0.06], [0.82, 0.06]), smooth([0.82, 0.06], [0.6, 0.42], [0.5, 0.7], [0.48, 0.98])],
    ],
    // 8: two rings, one line that crosses itself, a small head
    [
      [arc([0.5, 0.26], 0.25, 0.23, 0, 1), arc([0.5, 0.73], 0.3, 0.25, 0, 1)],
      [
        smooth(
          [0.76, 0.14],
          [0.48, 0.02],
          [0.24, 0.2],
          [0.42, 0.42],
          [0.68, 0.6],
          [0.76, 0.82],
          [0.5, 0.98],
          [0.24, 0.84],
          [0.34, 0.6],
          [0.62, 0.4],
          [0.76, 0.14],
        ),
      ],
      [arc([0.53, 0.2], 0.19, 0.18, 0, 1), arc([0.48, 0.68], 0.27, 0.3, 0, 1)],
    ],
    // 9: a straight stem, a bowed tail, a slim one
    [
      [arc([0.48, 0.28], 0.27, 0.25, 0, 1), straight([0.75, 0.2], [0.7, 0.98])],
      [
        smooth(
          [0.74, 0.24],
          [0.52, 0.03],
          [0.25, 0.2],
          [0.32, 0.46],
          [0.6, 0.48],
          [0.76, 0.22],
          [0.74, 0.6],
          [0.58, 0.92],
          [0.26, 0.94],
        ),
      ],
      [
        smooth(
          [0.72, 0.12],
          [0.44, 0.04],
          [0.26, 0.24],
          [0.4, 0.44],
          [0.7, 0.3],
          [0.72, 0.12],
          [0.66, 0.5],
          [0.56, 0.98],
        ),
      ],
    ],
  ]
}
