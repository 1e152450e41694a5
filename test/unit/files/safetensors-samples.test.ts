/*
 * What must load and what must be refused. The first half is the byte strings of the reference implementation's own
 * tests (safetensors/src/tensor.rs, bindings/python/tests/test_simple.py), built here; the second half reads the same
 * ones from a folder beside the repository where it is there, with the results that the reference gives.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseSafetensors, readSafetensors, readSafetensorsSync } from '../../../lib/files/safetensors.js'
import { failure, rawFile } from './support.js'

const one = (shape: string, offsets: string, dtype = 'I32') =>
  `{"test":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}}`

const VALID: [string, Uint8Array, unknown][] = [
  [
    'valid_i32_2x2',
    rawFile(one('[2,2]', '[0,16]'), 16),
    { tensors: [{ name: 'test', dtype: 'I32', shape: [2, 2], data: new Int32Array(4) }], metadata: {} },
  ],
  [
    'valid_scalar_shape',
    rawFile(one('[]', '[0,4]'), 4),
    { tensors: [{ name: 'test', dtype: 'I32', shape: [], data: new Int32Array(1) }], metadata: {} },
  ],
  [
    'valid_zero_sized',
    rawFile(one('[2,0]', '[0, 0]')),
    { tensors: [{ name: 'test', dtype: 'I32', shape: [2, 0], data: new Int32Array(0) }], metadata: {} },
  ],
  ['valid_trailing_ws_header', rawFile('{}\r \t\n'), { tensors: [], metadata: {} }],
  ['valid_leading_ws_header', rawFile('\t\n{}\r '), { tensors: [], metadata: {} }],
  [
    'valid_metadata_pt',
    rawFile(
      '{"__metadata__":{"framework":"pt"},"test1":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}       ',
      16,
    ),
    {
      tensors: [{ name: 'test1', dtype: 'I32', shape: [2, 2], data: new Int32Array(4) }],
      metadata: { framework: 'pt' },
    },
  ],
  [
    'valid_two_tensors_f16',
    rawFile(
      '{"test1":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},"test2":{"dtype":"F16","shape":[2,2],"data_offsets":[16,24]}}      ',
      24,
    ),
    {
      tensors: [
        { name: 'test1', dtype: 'I32', shape: [2, 2], data: new Int32Array(4) },
        { name: 'test2', dtype: 'F16', shape: [2, 2], data: new Uint16Array(4) },
      ],
      metadata: {},
    },
  ],
]

const BAD: [string, Uint8Array, string][] = [
  ['bad_empty_file', new Uint8Array(0), 'only 0 bytes'],
  ['bad_header_not_json', rawFile('{'), 'not valid JSON'],
  ['bad_header_too_large', rawFile(one('[2,2]', '[0,16]'), 16, 18446742974197923900n), "over the format's limit"],
  ['bad_shape_vs_offsets', rawFile(one('[2,2]', '[0, 4]')), 'needs 16 bytes but has 4'],
  [
    'bad_trailing_extra_bytes',
    Buffer.concat([rawFile(one('[2,2]', '[0,16]'), 16), Buffer.from('extra_bogus_data_for_polyglot_file')]),
    '34 bytes follow after the last tensor',
  ],
  [
    'bad_overlapping_offsets_json_attack',
    rawFile(
      `{${Array.from({ length: 10 }, (_, i) => `"weight_${i}":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}`)}}`,
      16,
    ),
    'overlaps',
  ],
]

describe('the reference implementation’s cases, built here', () => {
  test.each(VALID)('%s loads', (_, bytes, content) => {
    expect(parseSafetensors(bytes)).toEqual(content)
  })

  test.each(BAD)('%s is refused', (_, bytes, reason) => {
    expect(() => parseSafetensors(bytes, 'sample')).toThrow(
      expect.objectContaining({ code: 'ERR_DEEPBLAS_FILE', message: expect.stringContaining(reason) }),
    )
  })
})

describe('the reference implementation’s cases, read from files', () => {
  const folder = fileURLToPath(new URL('../../../../shared/data/safetensors', import.meta.url))
  const table = join(folder, 'EXPECTED.tsv')
  if (!existsSync(table)) {
    test('every sample', ({ skip }) => skip('the folder with the samples is not beside the repository'))
    return
  }

  const rows = readFileSync(table, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string, string, string])

  test('there are some of both kinds', () => {
    expect(rows.filter(([, , , result]) => result.startsWith('ok')).length).toBeGreaterThan(0)
    expect(rows.filter(([, , , result]) => !result.startsWith('ok')).length).toBeGreaterThan(0)
  })

  test.each(rows)('%s (%s, %s): %s', async (file, _size, _header, result) => {
    const path = join(folder, file)
    const bytes = readFileSync(path)
    if (result.startsWith('ok')) {
      const content = await readSafetensors(path)
      expect(readSafetensorsSync(path)).toEqual(content)
      expect(parseSafetensors(bytes)).toEqual(content)
      const built = VALID.find(([name]) => file === `${name}.safetensors`)
      expect(content).toEqual(built?.[2])
      expect(bytes.equals(built?.[1] ?? new Uint8Array())).toBe(true)
      return
    }
    const attempts = [() => readSafetensors(path), () => readSafetensorsSync(path), () => parseSafetensors(bytes, path)]
    for (const attempt of attempts) {
      const error = await failure(attempt)
      expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
      expect((error as Error).message).toContain(`Cannot read the file '${path}'`)
    }
    const built = BAD.find(([name]) => file === `${name}.safetensors`)
    expect(bytes.equals(built?.[1] ?? new Uint8Array())).toBe(true)
  })
})
