import type { InputPart } from '../../inputs.js'
import { renderTable } from '../../report/terminal/table.js'
import { wrapped } from '../../report/terminal/text.js'
import { boolean, knownOptions, positiveInteger } from '../../validate.js'
import { type Network, trainableCount } from './network.js'

export interface SummaryOptions {
  /**
   * Width in columns; longer texts continue on the lines below. Default the terminal's width; unlimited where there is
   * no terminal.
   */
  readonly width?: number
  /** Whether to use ASCII characters only. Default false. */
  readonly ascii?: boolean
}

/**
 * A table of the layers with their output shapes, parameter shapes and numbers of parameters, as in the course's lesson
 * on dimensions.
 */
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
