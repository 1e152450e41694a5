/*
 * How much of a picture of weights is an edge: a figure, so that nobody has to trust their eyes.
 */

/** A patch of an edge or bar: waves of one direction under a Gaussian, even and odd about its center. */
interface Patch {
  readonly places: Int32Array
  readonly even: Float64Array
  readonly odd: Float64Array
}

const DIRECTIONS = 8
/** Standard deviations of the Gaussian, as shares of the shorter side. */
const SIZES = [1 / 14, 1 / 9, 1 / 6, 1 / 4]
/** A wave is so many standard deviations long: about two stripes are seen under the Gaussian. */
const WAVELENGTH = 4
/** Beyond so many standard deviations the Gaussian is left out. */
const REACH = 2.5

/** Patches of all directions, sizes and places for pictures of one size. */
export function edgePatches(height: number, width: number): Patch[] {
  const shorter = Math.min(height, width)
  return SIZES.flatMap((share) => {
    const deviation = Math.max(0.8, share * shorter)
    const patches: Patch[] = []
    for (let y = deviation; y < height; y += deviation) {
      for (let x = deviation; x < width; x += deviation) {
        for (let direction = 0; direction < DIRECTIONS; direction++) {
          patches.push(patchAt(height, width, { x, y, deviation, angle: (Math.PI * direction) / DIRECTIONS }))
        }
      }
    }
    return patches
  })
}

interface Wave {
  readonly x: number
  readonly y: number
  readonly deviation: number
  readonly angle: number
}

/** Gabor, "Theory of communication", 1946; of two dimensions Daugman, 1985: the receptive fields of simple cells. */
function patchAt(height: number, width: number, { x, y, deviation, angle }: Wave): Patch {
  const places: number[] = []
  const even: number[] = []
  const odd: number[] = []
  const reach = REACH * deviation
  for (let row = Math.max(0, Math.ceil(y - reach)); row <= Math.min(height - 1, y + reach); row++) {
    for (let column = Math.max(0, Math.ceil(x - reach)); column <= Math.min(width - 1, x + reach); column++) {
      const [dx, dy] = [column - x, row - y]
      const envelope = Math.exp(-(dx * dx + dy * dy) / (2 * deviation * deviation))
      const phase = (2 * Math.PI * (dx * Math.cos(angle) + dy * Math.sin(angle))) / (WAVELENGTH * deviation)
      places.push(row * width + column)
      even.push(envelope * Math.cos(phase))
      odd.push(envelope * Math.sin(phase))
    }
  }
  const first = ofLengthOne(withoutMean(Float64Array.from(even)))
  const other = withoutMean(Float64Array.from(odd))
  // At the rim of the picture the two are not orthogonal by themselves.
  const common = product(first, other)
  return {
    places: Int32Array.from(places),
    even: first,
    odd: ofLengthOne(other.map((value, i) => value - common * first[i]!)),
  }
}

/** The largest share of a picture's energy (about its mean) that one patch explains, from 0 to 1; 0 of a flat picture. */
export function edgeShare(picture: ArrayLike<number>, patches: readonly Patch[]): number {
  const values = withoutMean(Float64Array.from(picture))
  const energy = product(values, values)
  if (energy === 0) return 0
  let most = 0
  for (const { places, even, odd } of patches) {
    let [ofEven, ofOdd] = [0, 0]
    for (let i = 0; i < places.length; i++) {
      const value = values[places[i]!]!
      ofEven += value * even[i]!
      ofOdd += value * odd[i]!
    }
    most = Math.max(most, ofEven * ofEven + ofOdd * ofOdd)
  }
  return Math.min(1, most / energy)
}

function withoutMean(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

function ofLengthOne(values: Float64Array): Float64Array {
  const length = Math.sqrt(product(values, values))
  return length < 1e-9 ? values.fill(0) : values.map((value) => value / length)
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
