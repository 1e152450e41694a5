import { readModelFile } from '../../files/model-file.js'
import { type Population, populationFrom } from '../../model/population.js'
import { type Sequential, sequentialFrom } from '../../model/sequential.js'
import { type TableModel, tableModelFrom } from './table-model.js'

/**
 * Reads a model from a file, whatever it holds: one network (`Sequential`), a `Population`, or the networks of a table
 * (`TableModel`). `instanceof` tells which it is.
 *
 * @throws DeepblasError ERR_DEEPBLAS_FILE that says what is wrong with the file
 * @example
 * const model = await loadModel('customers.safetensors')
 * if (model instanceof Population) throw new Error('no model of a table')
 * await model.predictClasses([{ plan: 'basic', months: 3 }])
 */
export async function loadModel(path: string): Promise<Sequential | Population | TableModel> {
  const description = await readModelFile(path)
  if (description.table !== undefined) return await tableModelFrom(path, description)
  const { members } = description.architecture
  return await (members === undefined ? sequentialFrom(path, description) : populationFrom(path, description))
}
