/*
 * Settings, rates and figures as words.
 */
import { type Entry, rateOf } from './selection.js'

/** 'dropout 0.2, learning rate 0.003'. */
export function entryWords(entry: Entry): string {
  const { name } = entry.candidate
  return name === 'baseline' ? rateWords(entry) : `${name}, ${rateWords(entry)}`
}

/** The rate itself where it is constant; of a schedule, by what it is multiplied. */
export function rateWords(entry: Entry): string {
  const { learningRate } = entry.candidate.recipe.optimizer
  const factor = rateOf(entry)
  if (typeof learningRate === 'number') return `learning rate ${short(learningRate * factor)}`
  return factor === 1 ? 'the learning rate as given' : `learning rate x ${short(factor)}`
}

/** The rate that was given. */
export function asGivenWords(entry: Entry): string {
  const words = rateWords(entry)
  return words.endsWith('as given') ? words : `${words}, as given`
}

/** '1 seed', '2 seeds'. */
export function counted(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`
}

/** Three digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A figure with as many decimals as a change in it needs. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '-'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Math.abs(value) >= 100) return String(Number(value.toPrecision(6)))
  const text = value.toFixed(4)
  return Number(text) === 0 ? '0.0000' : text
}

/** A change, always with its sign. */
export function signed(value: number | null | undefined): string {
  const text = figure(value)
  return text === '-' || text.startsWith('-') || text === 'inf' ? text : `+${text}`
}

/** An interval; '-' where there is none, as of one seed. */
export function interval(bounds: readonly [number, number] | null): string {
  return bounds === null || !bounds.some(Number.isFinite) ? '-' : `[${signed(bounds[0])}, ${signed(bounds[1])}]`
}
