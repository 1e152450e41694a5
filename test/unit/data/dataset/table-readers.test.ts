// A data set by itself, as a part of the library that nobody has put together loads it.
import { expect, test } from 'vitest'
import { Dataset } from '../../../../lib/data/dataset/dataset.js'

test('a data set that was given nothing to read tables by says so', async () => {
  for (const read of [
    () => Dataset.fromCSV('a.csv'),
    () => Dataset.fromParquet('a.parquet'),
    () => Dataset.fromArrow('a.arrow'),
    () => Dataset.fromRows([{ a: 1 }]),
  ]) {
    await expect(read()).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_INTERNAL',
      message: expect.stringContaining('what reads tables for data sets'),
    })
  }
})
