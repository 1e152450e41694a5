import { renderTable } from '../report/terminal/table.js'
import type { Network } from './network.js'

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
  const total = network.layers.reduce((sum, layer) => sum + layer.parameterCount, 0)
  const table = renderTable(['', 'layer', 'activation', 'output', 'parameters', 'count'], rows)
  return `${table}\n${total.toLocaleString('en-US')} parameters, input (batch, ${network.inputs})`
}
