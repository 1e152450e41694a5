/** Whole numbers from 0 to n - 1, the same ones for the same seed. */
export function random(seed: number): (n: number) => number
