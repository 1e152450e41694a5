import type { InputPart } from '../layers/inputs.js'
import { renderTable } from '../report/terminal/table.js'
import { type Network, trainableCount } from './network.js'

/** Layer, output shape, weight and bias shapes, parameters: the dimensions lesson as a table. */
export function summary(network: Network): string {
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
  const table = renderTable(['', 'layer', 'activation', 'output', 'parameters', 'count'], rows)
  const names = network.layout === undefined ? '' : `: ${network.layout.parts.map(inputText).join(', ')}`
  const statistics = fixed === 0 ? '' : ` and ${fixed.toLocaleString('en-US')} statistics`
  return `${table}\n${total.toLocaleString('en-US')} parameters${statistics}, input (batch, ${network.inputs})${names}`
}

function inputText({ name, columns, levels }: InputPart): string {
  return levels === undefined ? `${name} ${columns}` : `${name} one of ${levels}`
}
