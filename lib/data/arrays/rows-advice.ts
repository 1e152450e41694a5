/*
 * What people pass where rows of numbers are wanted, and what to write in its place.
 */

/** A sentence for a value that is neither rows nor { data, shape }; undefined where nothing is known. */
export function adviceOnRows(argument: string, value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) {
    return `Say how many rows it has: { data: ${argument}, shape: [rows, columns] }.`
  }
  if (typeof value === 'string') return 'For a file call Dataset.fromCSV(path, { target }).'
  if (typeof value === 'number') return 'One row of one number is [[value]].'
  if (typeof value !== 'object' || value === null) return undefined
  if ('hasTargets' in value) return 'It is a data set already: pass it as it is, or its part by split, slice or subset.'
  if ('dataSync' in value || 'arraySync' in value) {
    return 'It looks like a tensor: write { data: await tensor.data(), shape: tensor.shape }.'
  }
  if ('values' in value && Array.isArray(value.values)) {
    return 'It looks like a data frame: write its rows, frame.values.'
  }
  for (const method of ['toArray', 'to2DArray', 'objects', 'toRecords', 'toDicts', 'toJSON']) {
    if (method in value) return `It has a method ${method}: write what that gives, an array of rows.`
  }
  return undefined
}

/** The same for the first row. */
export function adviceOnRow(argument: string, first: unknown): string {
  const list = `${argument} is an array of rows`
  if (typeof first === 'number' || typeof first === 'boolean' || typeof first === 'bigint') {
    return `${list}: write [[1, 2]] for one row, or ${argument}.map((value) => [value]) for rows of one number.`
  }
  if (typeof first === 'object' && first !== null && !Array.isArray(first)) {
    return `${list} of numbers: for objects call await Dataset.fromRows(objects, { target }).`
  }
  return `${list}.`
}

/** The same for one value of a row. */
export function adviceOnElement(argument: string, value: unknown): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `Flatten each row: ${argument}.map((row) => row.flat(Infinity)), and say featureShape: [28, 28] for pictures.`
  }
  if (value === null || value === undefined) return 'Fill or remove missing values first.'
  if (typeof value === 'boolean' || typeof value === 'bigint') return 'Write Number(value).'
  return 'Turn text into numbers first.'
}
