import type { InputPart } from '../../inputs.js'
import { renderTable } from '../../report/terminal/table.js'
import { wrapped } from '../../report/terminal/text.js'
import { boolean, knownOptions, positiveInteger } from '../../validate.js'
import { type Network, trainableCount } from './network.js'

export interface SummaryOptions {
  /** Columns of the terminal; longer texts go on in lines below. Default: the terminal's; no end where there is none. */
  readonly width?: number
  /** No characters beyond ASCII. Default false. */
  readonly ascii?: boolean
}

/** Layer, output shape, weight and bias shapes, parameters: the dimensions lesson as a table. */
export function summary(network: Network, options?: SummaryOptions): string {
  const given = knownOptions<SummaryOptions>('summary', options, ['width', 'ascii'])
  const width = given.width === undefined ? (process.stdout.columns ?? Infinity) : positiveInteger('width', given.width)
  const ascii = boolean('ascii', given.ascii ?? false)
  const rows = network.layers.map((layer, index) => [
    `${index + 1}`,
    layer.describe(),
    layer.activationName,
    `(batch, ${layer.outputs})`,
    layer.parameters.map(({ role, shape }) => `${role} (${shape.join(', ')})`).join(', '),
    layer.parameterCount.toLocaleString('en-US'),
  ])
  const total = trainableCount(network)
  const fixed = network.parameters.reduce((sum, { size }) => sum + size, 0) - total
  const table = renderTable(
    ['', 'layer', 'activation', 'output', 'parameters', { heading: 'count', wrap: false }],
    rows,
    { width, ascii },
  )
  const names = network.layout === undefined ? '' : `: ${network.layout.parts.map(inputText).join(', ')}`
  const statistics = fixed === 0 ? '' : ` and ${fixed.toLocaleString('en-US')} statistics`
  const text = `${total.toLocaleString('en-US')} parameters${statistics}, input (batch, ${network.inputs})${names}`
  return [table, ...wrapped(text, width)].join('\n')
}

function inputText({ name, columns, levels }: InputPart): string {
  return levels === undefined ? `${name} ${columns}` : `${name} one of ${levels}`
}
