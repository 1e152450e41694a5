/*
 * A column of dates is read as it was for the encoder: 03/04/2024 stays the day that it was in the training data.
 */
import type { TableEncoder } from './table-encoder.js'

/**
 * The formats of an encoder's dates for a reader, and those that the caller asks for in their place.
 *
 * @param types of the columns as they will be read; a column that is read as something else needs no format
 */
export function dateFormatsAsRead(
  { dateFormats }: TableEncoder<unknown>,
  types: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const own = Object.entries(dateFormats).filter(([name]) => types[name] === 'date')
  return { ...Object.fromEntries(own), ...asked }
}
