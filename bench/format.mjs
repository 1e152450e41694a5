/** 1.23 us, 45.6 ms */
export function time(seconds) {
  const [scale, unit] = seconds < 1e-3 ? [1e6, 'us'] : seconds < 1 ? [1e3, 'ms'] : [1, 's']
  return `${factor(seconds * scale)} ${unit}`
}

/** Three digits: 1.23, 45.6, 789 */
export const factor = (value) =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value))
