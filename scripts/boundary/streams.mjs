// The header and the module of native/boundary/streams.json.
import { checkedName, pascal, requireDistinct } from './names.mjs'

/** The streams in the order of their numbers, or an error that says what is wrong with the table. */
export function readStreams({ about, streams }) {
  const where = 'streams.json'
  for (const { name, number } of streams) {
    checkedName(where, name)
    if (!Number.isInteger(number) || number < 0 || number >= 2 ** 32) {
      throw new Error(`${where}: '${name}' has no number below 2^32`)
    }
  }
  requireDistinct(
    where,
    streams.map(({ name }) => name),
  )
  requireDistinct(
    where,
    streams.map(({ number }) => number),
  )
  const { name: last, number: most } = streams.reduce((a, b) => (b.number > a.number ? b : a))
  if (last !== 'firstLayer') throw new Error(`${where}: '${last}' has ${most}, which is a layer's`)
  return { about, streams: streams.toSorted((a, b) => a.number - b.number) }
}

export function streamsHeader({ streams }) {
  const constants = streams
    .filter(({ native }) => native)
    .map(({ name, number, about }) => `constexpr uint32_t k${pascal(name)}Stream = ${number};  // ${about}`)
  return `#pragma once

#include <stdint.h>

namespace deepblas {

${constants.join('\n')}

}  // namespace deepblas
`
}

export function streamsModule({ about, streams }) {
  const numbers = streams.map(
    ({ name, number, native, about: told }) =>
      `  /** ${told}${native ? ' Drawn from by the native core.' : ''} */\n  ${name}: ${number},\n`,
  )
  return `
/*
${about
  .slice(0, -1)
  .map((paragraph) => wrapped(paragraph, ' * '))
  .join('\n *\n')}
 */
export const streams = {
${numbers.join('')}} as const
`
}

function wrapped(text, before) {
  const lines = [before]
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line.length + word.length > 120) lines.push(`${before}${word} `)
    else lines[lines.length - 1] = `${line}${word} `
  }
  return lines.map((line) => line.trimEnd()).join('\n')
}
