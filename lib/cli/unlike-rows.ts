/*
 * What a model has not seen, as `predict` and `evaluate` tell it: its answers for such rows are guesses.
 */
import type { EncoderCheck } from '../data/encoding/check-rows.js'
import type { Json } from '../files/strict-json.js'
import { formatNumber } from '../report/terminal/text.js'
import { counted } from './terminal.js'

export function checkText({ unknown, outside }: EncoderCheck): string {
  const texts = unknown.map(
    ({ column, rows, examples }) =>
      `unknown to the model: ${column} has a text in ${counted(rows, 'row')} that the training had not, or too rarely, ` +
      `such as ${examples.map((one) => `'${one}'`).join(', ')}`,
  )
  const numbers = outside.map(
    ({ column, rows, example, min, max }) =>
      `far outside the training: ${column} in ${counted(rows, 'row')}, such as ${valueText(example)} (training: ` +
      `${valueText(min)} to ${valueText(max)})`,
  )
  return [...texts, ...numbers].map((line) => `${line}\n`).join('')
}

function valueText(value: number | Date): string {
  return typeof value === 'number' ? formatNumber(value) : value.toISOString().replace('T00:00:00.000Z', '')
}

/** The same for programs. */
export function checkJson({ unknown, outside }: EncoderCheck): { [name: string]: Json } {
  const plain = (value: number | Date): Json => (typeof value === 'number' ? value : value.toISOString())
  return {
    unknown: unknown.map(({ column, rows, examples }) => ({ column, rows, examples: [...examples] })),
    outside: outside.map(({ column, rows, example, min, max }) => ({
      column,
      rows,
      example: plain(example),
      min: plain(min),
      max: plain(max),
    })),
  }
}
