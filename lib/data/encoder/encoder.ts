import { DeepblasError } from '../../errors.js'
import { isIterable, itemsOf } from '../../iteration.js'
import { refuseStructuredClone, showWhenInspected } from '../../own-methods.js'
import { atOnce, inTurns, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'
import { DataForRuns } from '../contents/for-runs.js'
import { asDataset, type Dataset } from '../dataset/dataset.js'
import { type EncoderDescription, encoderFromJson } from '../encoding/encoder-json.js'
import { EncoderFit } from '../encoding/fit/encoder-fit.js'
import type { EncoderOptions } from '../encoding/fit/options.js'
import { TableEncoder } from '../encoding/table-encoder.js'
import { Table } from '../table/table.js'

/** In JavaScript nothing keeps anybody from calling a private constructor: this class alone has the key. */
const OWN = Symbol('Encoder')

/** Why an encoder is not cloned by structuredClone or postMessage, and what to do. */
const encoderCloning = 'An encoder: post encoder.toJSON(), and make it there with Encoder.fromJSON(json);'

/**
 * Turns the columns of a table into the features of a network: it scales numbers, turns a category into one column per
 * level or into codes for an Embedding, turns a date into several numbers, and fills and marks missing values. Its
 * means, levels and labels are fitted once, on the training rows. A model that is trained on encoded data keeps the
 * encoder, also in its file: it then takes rows as objects and answers with labels or in the target's units.
 * docs/guide/encoder.md describes each kind of column.
 *
 * @example
 * const [train, test] = table.split(0.2, { seed: 1, stratify: 'churn' })
 * const encoder = await Encoder.fit(train, { target: 'churn' })
 * await model.fit(encoder.encode(train), { loss: 'binaryCrossEntropy' })
 * await model.evaluate(encoder.encode(test))
 */
export class Encoder extends TableEncoder<Dataset> {
  static {
    showWhenInspected(Encoder.prototype, 'Encoder', ({ target, task, labels, columns, features, dropped }) => ({
      ...(target !== undefined && { target, task }),
      ...(labels && { labels }),
      columns: columns.map(({ name }) => name),
      dropped: dropped.map(({ name }) => name),
      features,
    }))
  }

  private constructor(description: EncoderDescription, key?: typeof OWN) {
    if (key !== OWN) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected no new Encoder(…). Make one with await Encoder.fit(table, { target }), or of JSON: Encoder.fromJSON(json).',
      )
    }
    super(description, (parts) => asDataset(new DataForRuns(parts)))
    refuseStructuredClone(this, encoderCloning)
  }

  /**
   * Fits an encoder on the training rows: a table, or a stream of tables such as `csvChunks` gives. It reads a stream
   * once, and keeps levels and sums but no rows. A stream gives the same encoder as one table of its rows.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a wrong option; ERR_DEEPBLAS_DATA for no rows, a column that is not
   *   there, numbers too large to be scaled, a target with missing values or of one value, or where no column is left
   */
  static async fit(tables: Table | AsyncIterable<Table>, options?: EncoderOptions): Promise<Encoder> {
    if (tables instanceof Table) return new Encoder(await inTurns(fitSteps(tables, options)), OWN)
    if (!isIterable(tables) || !(Symbol.asyncIterator in tables)) {
      throw invalid(
        'tables',
        'Table or AsyncIterable of tables',
        tables,
        'Make one with Table.fromRows(objects) or await readCsv(path).',
      )
    }
    const fit = new EncoderFit(options)
    for await (const table of itemsOf('tables', tables)) await inTurns(fit.add(table))
    return new Encoder(await inTurns(fit.finish()), OWN)
  }

  /** Does the same as `fit` with one table, on this thread: the event loop waits. */
  static fitSync(table: Table, options?: EncoderOptions): Encoder {
    if (!(table instanceof Table)) throw invalid('table', 'Table', table, 'Make one with Table.fromRows or readCsv.')
    return new Encoder(atOnce(fitSteps(table, options)), OWN)
  }

  /**
   * Makes an encoder from what `toJSON` gave.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the part that is wrong
   */
  static fromJSON(value: unknown): Encoder {
    return new Encoder(encoderFromJson(value), OWN)
  }
}

function* fitSteps(table: Table, options: EncoderOptions | undefined): Steps<EncoderDescription> {
  const fit = new EncoderFit(options)
  yield* fit.add(table)
  return yield* fit.finish()
}
