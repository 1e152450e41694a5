/*
 * One of each kind, added as CONTRIBUTING.md says: new files, and lines in files that are there. A program shows that it
 * works.
 */

/** A new file's text; or places, each there once, with the lines that stand there afterwards. */
type Change = string | readonly (readonly [place: string, lines: string])[]

export interface Addition {
  readonly kind: string
  readonly files: Readonly<Record<string, Change>>
  /** Prints nothing where all is well. */
  readonly program: string
}

/** Lines before or behind a place: a line of code, since comments are reworded. */
const before = (place: string, lines: string) => [place, `${lines}${place}`] as const
const after = (place: string, lines: string) => [place, `${place}${lines}`] as const

const data = `
const x = [[0, 1], [1, 0], [1, 1], [0, 0]]
const y = [1, 2, 3, 0.5]
const train = Dataset.from({ x, y })
`

export const additions: readonly Addition[] = [
  {
    kind: 'layer',
    files: {
      'lib/layers/halve.ts': `
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import type { Backward, Cache, Forward } from './layer.js'
import { SameShape } from './same-shape.js'

/** Half of every feature. */
export class Halve extends SameShape {
  readonly type = 'Halve'

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor): Forward {
    return { output: halved(record, x), cache: {} }
  }

  backward(record: Recorder, _cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    return { inputGradient: wantInputGradient ? halved(record, outputGradient) : undefined }
  }

  options() {
    return {}
  }

  protected copy(): Halve {
    return new Halve()
  }
}

function halved(record: Recorder, x: Tensor): Tensor {
  const output = record.empty(x.columns)
  record.map({ inputs: { x }, outputs: { output } }, (given) => ({ output: given.x.times(0.5) }))
  return output
}
`,
      'lib/layers/registry.ts': [
        before("import { Normalize } from './normalize.js'", "import { Halve } from './halve.js'\n"),
        before('  LayerNorm: {', '  Halve: { Class: Halve, make: () => new Halve() },\n'),
      ],
      'lib/index.ts': [before('export { Normalize,', "export { Halve } from './layers/halve.js'\n")],
    },
    program: `
import { Halve, registerLayer, Sequential } from './dist/index.mjs'
const model = new Sequential([new Halve()], { inputs: 2 })
assert.deepEqual([...model.predictSync([[4, 6]]).data], [2, 3])
await model.save('halve.safetensors')
const loaded = await Sequential.load('halve.safetensors')
assert.ok(loaded.layers[0] instanceof Halve)
assert.throws(() => registerLayer('Halve', () => new Halve()), /none of deepblas's layers/)
`,
  },
  {
    kind: 'activation',
    files: {
      'lib/activations/rules.ts': [
        before(
          'export const softplus: ActivationRule = {',
          `export const squaredRelu: ActivationRule = {
  name: 'squaredRelu',
  suggestedInitializer: 'heNormal',
  forward: (x) => x.atLeast(0).squared(),
  derivative: (x) => x.atLeast(0).times(2),
}

`,
        ),
      ],
      'lib/activations/names.ts': [
        before("import { Softmax } from './softmax.js'", "import { squaredRelu } from './rules.js'\n"),
        before("  'softplus',", "  'squaredRelu',\n"),
        before('  softplus: new', '  squaredRelu: new ElementWise(squaredRelu),\n'),
      ],
    },
    program: `
import { activationNames, checkActivation, Dense, Sequential } from './dist/index.mjs'
assert.ok(activationNames.includes('squaredRelu'))
assert.equal(new Dense(2, { activation: 'squaredRelu' }).initializer.name, 'heNormal')
checkActivation('squaredRelu', { points: [-2, -1, 0.5, 2] })
const model = new Sequential([new Dense(2, { activation: 'squaredRelu' })], { inputs: 2 })
await model.save('squared.safetensors')
assert.deepEqual((await Sequential.load('squared.safetensors')).layers[0].options().activation, 'squaredRelu')
`,
  },
  {
    kind: 'activation with options',
    files: {
      'lib/activations/configured.ts': [
        before(
          'export interface GeluOptions {',
          `export interface ClippedReluOptions {
  /** Default 6. */
  readonly limit?: number
}

/** x from 0 up to \`limit\`. */
export function clippedRelu(options?: ClippedReluOptions): ActivationFunction {
  const given = knownOptions<ClippedReluOptions>('clippedRelu', options, ['limit'])
  const limit = finiteNumber('limit', given.limit ?? 6, { exclusiveMin: 0 })
  const rule: ActivationRule = {
    name: 'clippedRelu',
    forward: (x) => x.atLeast(0).atMost(limit),
    derivative: (_, output) => output.moreThan(0).times(output.lessThan(limit)),
  }
  return new ElementWise(rule, () => ({ name: 'clippedRelu', limit }))
}

`,
        ),
        before(
          "import { KernelActivation } from './kernel-activation.js'",
          "import type { ActivationRule } from './element-wise.js'\n",
        ),
      ],
      'lib/activations/names.ts': [
        before(
          "import { KernelActivation } from './kernel-activation.js'",
          "import { clippedRelu } from './configured.js'\n",
        ),
        before("  'gelu',", "  'clippedRelu',\n"),
        before('  gelu: gelu(),', '  clippedRelu: clippedRelu(),\n'),
        ['export const configurableActivations = {', 'export const configurableActivations = { clippedRelu,'],
      ],
      'lib/index.ts': [
        before(
          'export type { ActivationRule } from',
          "export { clippedRelu, type ClippedReluOptions } from './activations/configured.js'\n",
        ),
      ],
    },
    program: `
import { activationNames, clippedRelu, Dense, Sequential } from './dist/index.mjs'
assert.ok(activationNames.includes('clippedRelu'))
const model = new Sequential([new Dense(2, { activation: clippedRelu({ limit: 2 }) })], { inputs: 2 })
await model.save('clipped.safetensors')
const { activation } = (await Sequential.load('clipped.safetensors')).layers[0].options()
assert.deepEqual(activation, { name: 'clippedRelu', limit: 2 })
`,
  },
  {
    kind: 'loss',
    files: {
      'lib/losses/log-cosh.ts': `
import { knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, type NoOptions } from './loss.js'

/** \`log cosh(prediction - target)\`, mean over rows and outputs. */
export const logCosh: ConfigurableLoss<NoOptions> = configurableLoss((options) => {
  knownOptions('logCosh', options, [])
  return {
    name: 'logCosh',
    targetKind: 'values',
    takesLogits: () => false,
    record: (record, recording) =>
      recordElementRule(record, recording, ({ prediction, target }) => {
        const difference = prediction.minus(target)
        const value = difference.plus(difference.times(-2).softplus()).minus(Math.LN2)
        return { value, derivative: difference.tanh() }
      }),
  }
})
`,
      'lib/losses/names.ts': [
        before("import { huber } from './huber.js'", "import { logCosh } from './log-cosh.js'\n"),
        before("  'hinge',", "  'logCosh',\n"),
        before('  hinge,\n', '  logCosh,\n'),
      ],
      'lib/index.ts': [
        before("export { hinge } from './losses/hinge.js'", "export { logCosh } from './losses/log-cosh.js'\n"),
      ],
    },
    program: `
import { Dataset, Dense, logCosh, lossNames, Sequential } from './dist/index.mjs'
${data}
assert.ok(lossNames.includes('logCosh'))
const model = new Sequential([new Dense(1)], { inputs: 2 })
const { epochs } = await model.fit(train, { loss: 'logCosh', epochs: 60, optimizer: 'sgd', batchSize: 'full' })
assert.ok(epochs.at(-1).loss < epochs[0].loss)
assert.ok(Math.abs((await model.evaluate(train, { loss: logCosh })).loss - epochs.at(-1).loss) < 0.1)
await model.save('cosh.safetensors')
assert.equal(typeof (await (await Sequential.load('cosh.safetensors')).evaluate(train)).loss, 'number')
`,
  },
  {
    kind: 'metric',
    files: {
      'lib/metrics/largest-error.ts': `
import { largestOf } from '../extremes.js'
import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption } from './metric.js'

/** The largest \`|prediction - target|\`. */
export const largestError: ConfigurableMetric<NamedMetric> = configurableMetric('largestError', (options) => ({
  options: nameOption('largestError', options),
  needs: ['numbers'],
  higherIsBetter: false,
  fromScores: ({ scores, targets }) => largestOf(scores.map((score, i) => Math.abs(score - targets[i]!))),
}))
`,
      'lib/metrics/names.ts': [
        before("import { logLoss } from './log-loss.js'", "import { largestError } from './largest-error.js'\n"),
        before("  'r2',", "  'largestError',\n"),
        before('  r2,\n}', '  largestError,\n'),
      ],
      'lib/index.ts': [
        before('export { logLoss } from', "export { largestError } from './metrics/largest-error.js'\n"),
      ],
    },
    program: `
import { Dataset, Dense, EarlyStopping, largestError, metricNames, Sequential } from './dist/index.mjs'
${data}
assert.ok(metricNames.includes('largestError'))
const model = new Sequential([new Dense(1, { initializer: 'zeros' })], { inputs: 2 })
const metrics = ['largestError', largestError({ name: 'again' })]
const scores = await model.evaluate(train, { loss: 'meanSquaredError', metrics })
assert.equal(scores.largestError, 3)
assert.equal(scores.again, 3)
const stopping = new EarlyStopping({ monitor: 'validation.largestError', patience: 1000 })
const options = { loss: 'meanSquaredError', metrics, epochs: 30, validation: train, callbacks: [stopping] }
const { best, epochs } = await model.fit(train, options)
assert.equal(best.value, Math.min(...epochs.map(({ validation }) => validation.largestError)))
`,
  },
  {
    kind: 'optimizer',
    files: {
      'lib/optimizers/sign-descent.ts': `
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

/** Steps of one size, by the sign of the gradient. */
export class SignDescent extends Optimizer<never, 'learningRate'> {
  readonly name = 'SignDescent'

  constructor(options?: OptimizerOptions) {
    super(options, { learningRate: 0.01 }, [])
  }

  get ruleStates() {
    return [] as const
  }

  numbers(_step: number, learningRate: number) {
    return { learningRate }
  }

  protected rule({ parameter, gradient, learningRate }: RuleValues<never, 'learningRate'>): RuleResult<never> {
    return { parameter: parameter.minus(learningRate.times(gradient.sign())) }
  }
}

recordedByFields(SignDescent)
`,
      'lib/optimizers/names.ts': [
        before("import { SGD } from './sgd.js'", "import { SignDescent } from './sign-descent.js'\n"),
        before("  'sgd',", "  'signDescent',\n"),
        before('  sgd: { SGD },', '  signDescent: { SignDescent },\n'),
      ],
      'lib/index.ts': [before('export { SGD,', "export { SignDescent } from './optimizers/sign-descent.js'\n")],
    },
    program: `
import { Dataset, Dense, optimizerNames, Sequential, SignDescent } from './dist/index.mjs'
${data}
assert.ok(optimizerNames.includes('signDescent'))
assert.ok(Symbol.for('deepblas.copy') in SignDescent.prototype)
for (const optimizer of ['signDescent', new SignDescent({ learningRate: 0.1 })]) {
  const model = new Sequential([new Dense(1)], { inputs: 2 })
  const { epochs } = await model.fit(train, { loss: 'meanSquaredError', epochs: 50, optimizer })
  assert.ok(epochs.at(-1).loss < epochs[0].loss)
}
`,
  },
  {
    kind: 'callback',
    files: {
      'lib/callbacks/epoch-counter.ts': `
import type { Callback } from './callback.js'

/** Counts epochs. */
export class EpochCounter implements Callback {
  count = 0

  onEpochEnd(): void {
    this.count++
  }
}
`,
      'lib/public-classes.ts': [
        before('import { ProgressBar }', "import { EpochCounter } from './callbacks/epoch-counter.js'\n"),
        before('  ProgressBar,\n', '  EpochCounter,\n'),
      ],
      'lib/index.ts': [
        before('export { ProgressBar,', "export { EpochCounter } from './callbacks/epoch-counter.js'\n"),
      ],
    },
    program: `
import { Dataset, Dense, EpochCounter, Sequential } from './dist/index.mjs'
${data}
const counter = new EpochCounter()
const model = new Sequential([new Dense(1)], { inputs: 2 })
await model.fit(train, { loss: 'meanSquaredError', epochs: 3, callbacks: [counter] })
assert.equal(counter.count, 3)
assert.ok(Symbol.for('deepblas.copy') in EpochCounter.prototype)
`,
  },
  {
    kind: 'callback hook',
    files: {
      'lib/callbacks/callback.ts': [
        after(
          '  onProgress?(progress: Progress): void\n',
          '  /** Before the first step, once what a resume restores is there. */\n  onReady?(training: TrainingHandle): void | Promise<void>\n',
        ),
        before("  'onProgress',", "  'onReady',\n"),
      ],
      'lib/model/training/callback-list.ts': [
        before(
          '  progress(progress: Progress): void {',
          `  *ready(): FitSteps<void> {
    for (const { callback, handle } of this.all) yield* this.#told(() => callback.onReady?.(handle))
  }

`,
        ),
      ],
      'lib/model/training/loop.ts': [before('    stepper.begin(callbacks)\n', '    yield* callbacks.ready()\n')],
    },
    program: `
import { Dataset, Dense, LBFGS, Sequential } from './dist/index.mjs'
${data}
const stream = async function* () { yield { x, y } }
for (const [source, optimizer] of [[train, 'adam'], [stream, 'adam'], [train, new LBFGS()]]) {
  const told = []
  const watching = { onReady: async () => void told.push('ready'), onFitStart: () => void told.push('start') }
  const model = new Sequential([new Dense(1)], { inputs: 2 })
  await model.fit(source, { loss: 'meanSquaredError', epochs: 1, optimizer, callbacks: [watching] })
  assert.deepEqual(told, ['start', 'ready'])
}
`,
  },
  {
    kind: 'reader',
    files: {
      'lib/data/readers/json-lines.ts': `
import { readFile } from 'node:fs/promises'
import { Table } from '../table/table.js'

/** A table of a file that has an object of JSON a line. */
export async function readJsonLines(path: string): Promise<Table> {
  const lines = (await readFile(path, 'utf8')).split('\\n').filter((line) => line !== '')
  return Table.fromRows(lines.map((line) => JSON.parse(line)))
}
`,
      'lib/index.ts': [before('export { readIdx,', "export { readJsonLines } from './data/readers/json-lines.js'\n")],
    },
    program: `
import { writeFileSync } from 'node:fs'
import { Encoder, readJsonLines } from './dist/index.mjs'
writeFileSync('rows.jsonl', '{"rooms":2,"price":3}\\n{"rooms":3,"price":5}\\n')
const table = await readJsonLines('rows.jsonl')
assert.equal(table.rows, 2)
assert.equal(Encoder.fitSync(table, { target: 'price' }).encode(table).rows, 2)
`,
  },
  {
    kind: 'command',
    files: {
      'lib/cli/layers.ts': `
import { Sequential } from '../model/sequential.js'
import type { Command } from './command.js'
import { say } from './terminal.js'

export const layers: Command = {
  name: 'layers',
  summary: 'Says how many layers a model has.',
  arguments: [{ name: 'model.safetensors', help: 'a model' }],
  options: {},
  notes: '--json: { layers }',
  async run(given, terminal) {
    const model = await Sequential.load(given.arguments[0]!)
    say(given, terminal, String(model.layers.length))
    return { layers: model.layers.length }
  },
}
`,
      'lib/cli/commands.ts': [
        before("import { predict } from './predict.js'", "import { layers } from './layers.js'\n"),
        ['export const commands: readonly Command[] = [', 'export const commands: readonly Command[] = [layers, '],
      ],
    },
    program: `
import { execFileSync } from 'node:child_process'
import { Dense, Sequential } from './dist/index.mjs'
await new Sequential([new Dense(2), new Dense(1)], { inputs: 2 }).save('two.safetensors')
const command = (...args) => execFileSync(process.execPath, ['dist/cli/main.js', ...args], { encoding: 'utf8' })
assert.deepEqual(JSON.parse(command('layers', 'two.safetensors', '--json')), { layers: 2 })
assert.match(command('--help'), /Says how many layers/)
`,
  },
  {
    kind: 'kernel',
    files: {
      'native/boundary/kernels.json': [
        [
          // At the end: the numbers of the others stay, and with them the addon that is there.
          '\n    }\n  ]\n}',
          `
    },
    {
      "name": "reverseColumns",
      "about": "output[r][c] = x[r][columns - 1 - c]",
      "cut": "rows",
      "arguments": [
        { "name": "output", "kind": "tensor", "access": "write", "shape": ["batch", "columns"] },
        { "name": "x", "kind": "tensor", "access": "read", "shape": ["batch", "columns"] }
      ]
    }
  ]
}`,
        ],
      ],
      'native/kernels/vector/columns.cpp': [
        before(
          'void copyColumns(const Call& call, const Tile& tile) {',
          `void reverseColumns(const Call& call, const Tile& tile) {
  namespace arg = at::reverseColumns;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r)
    for (int64_t c = 0; c < x.columns; ++c) rowOf(output, r)[c] = rowOf(x, r)[x.columns - 1 - c];
}

`,
        ),
        before(
          '  set[KernelId::CopyColumns] = {',
          `  set[KernelId::ReverseColumns] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::reverseColumns::output]->columns); }, reverseColumns,
      [](const Call& call) { return call.rows * (3.0 + 1.0 * call.views[at::reverseColumns::x]->columns); }};
`,
        ),
      ],
      'native/test/reverse_columns_test.cpp': `
#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

using reference::Matrix;

TEST("reverseColumns writes the columns from the last to the first") {
  namespace arg = at::reverseColumns;
  for (const KernelSet* set : testedSets()) {
    const Matrix x = randomMatrix(7, 5, 82);
    const Operand output = Operand::matrix(Matrix(7, 5, 9));
    KernelRun run(KernelId::ReverseColumns, 7);
    run.tensor(arg::output, output);
    run.tensor(arg::x, Operand::matrix(x));
    run.execute(*set);
    for (int64_t r = 0; r < 7; ++r)
      for (int64_t c = 0; c < 5; ++c) CHECK_EQUAL(output.read().at(r, c), x.at(r, 4 - c));
  }
}

}  // namespace test
}  // namespace deepblas
`,
    },
    program: `
import { Layer, Sequential } from './dist/index.mjs'
class Reverse extends Layer {
  type = 'Reverse'
  constructor(inputs) { super(); this.inputs = inputs; this.outputs = inputs }
  bind(inputs) { return new Reverse(inputs) }
  #reversed(record, x) { const output = record.empty(x.columns); record.reverseColumns({ output, x }); return output }
  forward(record, x) { return { output: this.#reversed(record, x), cache: {} } }
  backward(record, _cache, outputGradient) { return { inputGradient: this.#reversed(record, outputGradient) } }
  options() { return {} }
}
const model = new Sequential([new Reverse()], { inputs: 3 })
assert.deepEqual([...model.predictSync([[1, 2, 3], [4, 5, 6]]).data], [3, 2, 1, 6, 5, 4])
`,
  },
]
