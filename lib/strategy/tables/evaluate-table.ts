/*
 * How good a model is on a table that has the target: what `deepblas evaluate` does.
 */

import type { EncoderCheck } from '../../data/encoding/check-rows.js'
import { dateFormatsAsRead } from '../../data/encoding/dates-as-read.js'
import { csvOptionNames } from '../../data/readers/csv/options.js'
import { requireColumns } from '../../data/table/unknown-column.js'
import { DeepblasError } from '../../errors.js'
import { Sequential } from '../../model/sequential.js'
import { inTurns } from '../../turns.js'
import { invalid, knownOptions } from '../../validate.js'
import { rowsWithTarget } from './held-out.js'
import { checkedListener, checkedSignal, type ReaderOptions, withoutNames } from './options.js'
import type { TableProgress } from './progress.js'
import { readAll } from './read-tables.js'
import { scoresOn } from './score-model.js'
import { encodedRows, type TableScores } from './scores.js'
import { TableModel } from './table-model.js'
import { type TableInput, tableSource } from './table-source.js'
import { typesFor } from './types-for.js'

/** Options of `evaluateTable`. */
export interface EvaluateTableOptions extends ReaderOptions {
  /** Ends the reading: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal
  /** Called with the rows and bytes read so far. Default none. */
  readonly onProgress?: (progress: TableProgress) => void
}

/** The result of `evaluateTable`. */
export interface TableEvaluation extends TableScores {
  /** Unknown texts and values outside the training range, by column. */
  readonly unlike: EncoderCheck
}

/**
 * Computes the metrics of a model, made by `trainTable` or `deepblas train`, on other rows that have the target. Each
 * column is read as it was for the training; rows without a target are left out. Errors of values are in the target's
 * units.
 *
 * @param source as `trainTable` takes it
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a model without an encoder that has a target, or a wrong option;
 *   ERR_DEEPBLAS_DATA for a column that is not there, or a label that the training had not
 * @example
 * const { metrics, unlike } = await evaluateTable(model, 'later.csv')
 */
export async function evaluateTable(
  model: Sequential | TableModel,
  source: TableInput,
  options?: EvaluateTableOptions,
): Promise<TableEvaluation> {
  if (!(model instanceof Sequential) && !(model instanceof TableModel)) {
    throw invalid('model', 'Sequential or TableModel', model)
  }
  const names = [...csvOptionNames, 'signal'] as const
  const given = knownOptions<EvaluateTableOptions>('evaluateTable', options, names)
  const { encoder } = model
  const target = encoder?.target
  if (encoder === undefined || target === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      'Expected a model that was trained on a table for model but received one that does not know which columns its ' +
        'inputs and its target are. Train one with trainTable, or measure with model.evaluate.',
    )
  }
  const signal = checkedSignal(given.signal)
  const onProgress = checkedListener(given.onProgress)
  const reader = withoutNames(given, ['signal', 'onProgress'])
  signal?.throwIfAborted()
  const from = await tableSource('source', source, signal)
  const there = await from.names(reader)
  if (there !== undefined) requireColumns([target], there)
  const known = Object.entries(typesFor(encoder, target)).filter(([name]) => there?.includes(name) ?? true)
  const types = { ...Object.fromEntries(known), ...reader.types }
  const asRead = {
    ...reader,
    types,
    dateFormats: dateFormatsAsRead(encoder, types, reader.dateFormats),
    readings: { ...encoder.readings, ...reader.readings },
  }
  const read = await readAll(from, from.kind === 'columns' ? reader : asRead, 'source', { target, signal, onProgress })
  const table = await inTurns(rowsWithTarget(read, target, from.name))
  const data = await encodedRows(encoder, table, from.name)
  const unlike = await encoder.checkAsync(table)
  const scores = await scoresOn(model, encoder, data)
  signal?.throwIfAborted()
  return { ...scores, unlike }
}
