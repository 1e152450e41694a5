import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as deepblas from '../../../lib/index.js'

/*
 * What users of Keras, PyTorch, scikit-learn, tfjs and brain.js write, and what the message must hold. Everything is
 * called as JavaScript does, without types. The first text of each is also its name in docs/guide/errors.md.
 */

// biome-ignore lint/suspicious/noExplicitAny: mistakes that the compiler would find
const untyped = deepblas as any
const { Adam, Concatenate, Dataset, Dense, Dropout, EarlyStopping, Embedding, Encoder, Sequential, SGD, Table, l2 } =
  untyped

const x = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
]
const y = [0, 1, 1, 0]
const data = Dataset.from({ x, y })
const model = () =>
  new Sequential([new Dense(4, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
const softmax = (outputs: number) => new Sequential([new Dense(outputs, { activation: 'softmax' })], { inputs: 2 })
const train = (options: object) => model().fit(data, { loss: 'binaryCrossEntropy', epochs: 1, ...options })

class Tensor {
  readonly shape = [4, 2]
  dataSync() {
    return new Float32Array(8)
  }
}
class DataFrame {
  readonly values = x
}
const later = <Value>(value: Value) => Promise.resolve(value)

let folder = ''
const file = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  const files: readonly (readonly [string, string])[] = [
    ['model.h5', '\x89HDF\r\n\x1a\n\0\0\0\0'],
    ['model.pt', 'PK\x03\x04archive/data.pkl'],
    ['model.pkl', '\x80\x04\x95\x10\0\0\0\0\0\0\0'],
    ['model.json', '{"format":"layers-model"}'],
    ['model.onnx', '\x08\x07\x12\x04test\0\0\0\0'],
    ['pretty.json', '{\n  "sizes": [2, 3, 1]\n}'],
  ]
  await Promise.all(files.map(([name, text]) => writeFile(file(name), Buffer.from(text, 'latin1'))))
  await writeFile(file('flats.csv'), 'rooms,price\n1,10\n2,20\n3,30\n')
  await writeFile(file('iris.csv'), '5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.0,virginica\n')
  await writeFile(file('numbers.csv'), '5,3\n4,3\n6,2\n')
})
afterAll(() => rm(folder, { recursive: true }))

type Mistake = readonly [write: string, call: () => unknown, message: RegExp]

const models: readonly Mistake[] = [
  ['model.compile({ optimizer, loss })', () => model().compile({}), /options of fit: model\.fit\(data, \{ loss/],
  ['model.add(layer)', () => model().add(new Dense(1)), /new Sequential\(\[new Dense\(16\), new Dense\(1\)\]/],
  ['model.train()', () => model().train(), /model\.fit\(data/],
  ['model.eval()', () => model().eval(), /Leave it out/],
  ['model.forward(x)', () => model().forward(x), /model\.predict\(rows\)/],
  ['model.predict_proba(x)', () => model().predict_proba(x), /model\.predict\(rows\)/],
  ['model.score(x, y)', () => model().score(x, y), /model\.evaluate\(data\)/],
  ['model.load(path)', () => model().load('m'), /Sequential\.load\(path\)/],
  ['JSON.stringify(model)', () => JSON.stringify(model()), /model\.save\(path\)/],
  [
    'new Sequential(new Dense(1))',
    () => new Sequential(new Dense(1), { inputs: 2 }),
    /Give a list: new Sequential\(\[/,
  ],
  ['new Sequential({ layers })', () => new Sequential({ layers: [] }), /Give a list/],
  ['new Sequential([Dense])', () => new Sequential([Dense], { inputs: 2 }), /It is a class: write new Dense\(…\)/],
  ['new Sequential([8])', () => new Sequential([8], { inputs: 2 }), /Write new Dense\(8\)/],
  ['new Sequential([block])', () => new Sequential([[new Dense(1)]], { inputs: 2 }), /Spread the inner list/],
  ['new Sequential([base, …])', () => new Sequential([model(), new Dense(1)], { inputs: 2 }), /Spread its layers/],
  ['inputs: [2]', () => new Sequential([new Dense(1)], { inputs: [2] }), /write inputs: 2\./],
  ['inputs: [28, 28]', () => new Sequential([new Dense(1)], { inputs: [28, 28] }), /write inputs: 784\./],
  ["inputs: '2'", () => new Sequential([new Dense(1)], { inputs: '2' }), /Write 2 without quotes/],
  ['no inputs', () => new Sequential([new Dense(1)]), /\{ inputs: 784 \}/],
  ['inputShape: [2] of a model', () => new Sequential([new Dense(1)], { inputShape: [2] }), /Did you mean 'inputs'\?/],
  ['seed: Math.random()', () => new Sequential([new Dense(1)], { inputs: 2, seed: 0.3 }), /whole number such as 42/],
]

const layers: readonly Mistake[] = [
  ['new Dense({ units: 8 })', () => new Dense({ units: 8 }), /write 8 in place of \{ units: 8 \}/],
  ["new Dense('8')", () => new Dense('8'), /Write 8 without quotes/],
  ["new Dense(8, 'relu')", () => new Dense(8, 'relu'), /\{ activation: … \}; there are activation, inputs/],
  ['new Dense(8, { units: 8 })', () => new Dense(8, { units: 8 }), /The number of units comes first/],
  ['inputShape: [2]', () => new Dense(8, { inputShape: [2] }), /Did you mean 'inputs'\? It is the number of features/],
  ['inputDim: 2', () => new Dense(8, { inputDim: 2 }), /Did you mean 'inputs'\?/],
  ['in_features', () => new Dense(8, { in_features: 2 }), /Did you mean 'inputs'\?/],
  ['useBias: false', () => new Dense(8, { useBias: false }), /Did you mean 'bias'\?/],
  ['kernelInitializer', () => new Dense(8, { kernelInitializer: 'zeros' }), /Did you mean 'initializer'\?/],
  ['kernel_regularizer', () => new Dense(8, { kernel_regularizer: 1 }), /Did you mean 'regularizer'\?/],
  ["name: 'hidden'", () => new Dense(8, { name: 'hidden' }), /have no names/],
  ["activation: 'Relu'", () => new Dense(8, { activation: 'Relu' }), /Did you mean 'relu'\?/],
  ["activation: 'swish'", () => new Dense(8, { activation: 'swish' }), /Did you mean 'silu'\?/],
  ['activation: Math.tanh', () => new Dense(8, { activation: Math.tanh }), /defineActivation/],
  ["initializer: 'xavier'", () => new Dense(8, { initializer: 'xavier' }), /Did you mean 'glorotUniform'\?/],
  ["initializer: 'kaiming_normal'", () => new Dense(8, { initializer: 'kaiming_normal' }), /'heNormal'\?/],
  ['regularizer: 0.01', () => new Dense(8, { regularizer: 0.01 }), /Write l2\(0\.01\)/],
  ["regularizer: 'l2'", () => new Dense(8, { regularizer: 'l2' }), /write l2\(1e-4\)/],
  ['l2({ l2: 0.01 })', () => l2({ l2: 0.01 }), /write 0\.01 in place of/],
  ['new Dropout(50)', () => new Dropout(50), /Write 0\.5 for 50 %/],
  ['new Dropout({ rate: 0.5 })', () => new Dropout({ rate: 0.5 }), /write 0\.5 in place of \{ rate: 0\.5 \}/],
  ['new Dropout(-0.1)', () => new Dropout(-0.1), /at least 0 and less than 1/],
  ['new Embedding(1000, 16)', () => new Embedding(1000, 16), /\{ levels: … \}/],
  ['new Concatenate([a, b])', () => new Concatenate([new Dense(1)]), /\{ city: new Embedding\(8\) \}/],
]

const training: readonly Mistake[] = [
  ['fit(x, y)', () => model().fit(x, y), /model\.fit\(Dataset\.from\(\{ x, y \}\), \{ loss, epochs \}\)/],
  ['fit(x, y, { epochs })', () => model().fit(x, y, { epochs: 1 }), /model\.fit\(Dataset\.from\(\{ x, y \}\)/],
  ['fitSync(x, y)', () => model().fitSync(x, Float32Array.from(y)), /model\.fit\(Dataset\.from\(\{ x, y \}\)/],
  ['fit({ x, y })', () => model().fit({ x, y }, {}), /Make one with Dataset\.from\(\{ x, y \}\)/],
  ['fit(train, validation)', () => model().fit(data, data), /fit\(train, \{ loss, validation \}\)/],
  ['partialFit(x, y)', () => model().partialFit(x, y), /model\.partialFit\(Dataset\.from\(\{ x, y \}\)/],
  ['fit(data) without a loss', () => model().fit(data), /suggests loss: 'binaryCrossEntropy'/],
  ['lr: 0.1', () => new Adam({ lr: 0.1 }), /Did you mean 'learningRate'\?/],
  ['learning_rate: 0.1', () => new SGD({ learning_rate: 0.1 }), /Did you mean 'learningRate'\?/],
  ['new Adam(0.1)', () => new Adam(0.1), /\{ learningRate: … \}; there are learningRate, weightDecay/],
  ['new Adam(model.parameters())', () => new Adam([], { learningRate: 1 }), /\{ learningRate: … \}/],
  ['betas: [0.9, 0.99]', () => new Adam({ betas: [0.9, 0.99] }), /There are beta1 and beta2/],
  ['eps: 1e-8', () => new Adam({ eps: 1e-8 }), /Did you mean 'epsilon'\?/],
  ["learningRate: '0.1'", () => new Adam({ learningRate: '0.1' }), /Write 0\.1 without quotes/],
  ['fit({ learningRate })', () => train({ learningRate: 0.1 }), /optimizer: new Adam\(\{ learningRate: 0\.001 \}\)/],
  ["optimizer: 'adma'", () => train({ optimizer: 'adma' }), /Did you mean 'adam'\?/],
  ['optimizer: Adam', () => train({ optimizer: Adam }), /It is a class: write new Adam\(…\)/],
  [
    'optimizer: { learningRate }',
    () => train({ optimizer: { learningRate: 0.1 } }),
    /new Adam\(\{ learningRate: 0\.001 \}\)/,
  ],
  ["epochs: '10'", () => train({ epochs: '10' }), /Write 10 without quotes/],
  ['iterations: 10', () => train({ iterations: 10 }), /Did you mean 'epochs'\?/],
  ['batch_size: 32', () => train({ batch_size: 32 }), /Did you mean 'batchSize'\?/],
  [
    'validationSplit: 0.2',
    () => train({ validationSplit: 0.2 }),
    /Did you mean 'validation'\? It is a share such as 0\.2/,
  ],
  ['validation_data: [x, y]', () => train({ validation_data: [x, y] }), /Did you mean 'validation'\? .* or a Dataset/],
  ['validation: [x, y]', () => train({ validation: [x, y] }), /Dataset\.from\(\{ x, y \}\)/],
  ['validation: { x, y }', () => train({ validation: { x, y } }), /Dataset\.from\(\{ x, y \}\)/],
  ['validation: 20', () => train({ validation: 20 }), /Write 0\.2 for 20 %/],
  ['validation: true', () => train({ validation: true }), /share of the rows such as 0\.2/],
  ['class_weight', () => train({ class_weight: 'balanced' }), /Did you mean 'classWeights'\?/],
  ['sample_weight', () => train({ sample_weight: [1] }), /Dataset\.from\(\{ x, y, sampleWeights \}\)/],
  ['verbose: 1', () => train({ verbose: 1 }), /Did you mean 'progress'\?/],
  ['criterion', () => train({ criterion: 'mse' }), /Did you mean 'loss'\?/],
  ["metrics: 'accuracy'", () => train({ metrics: 'accuracy' }), /\['accuracy'\]/],
  ['callbacks: new EarlyStopping()', () => train({ callbacks: new EarlyStopping() }), /Write it as a list/],
  ['callbacks: [EarlyStopping]', () => train({ callbacks: [EarlyStopping] }), /write new EarlyStopping\(…\)/],
  [
    'EarlyStopping without validation',
    () => train({ callbacks: [new EarlyStopping()] }),
    /Give validation: 0\.1, .*new EarlyStopping\(\{ monitor: 'loss' \}\)/,
  ],
  ['new EarlyStopping(5)', () => new EarlyStopping(5), /there are monitor, patience/],
  ['min_delta', () => new EarlyStopping({ min_delta: 0.1 }), /'minimumDelta'/],
  ['restore_best_weights', () => new EarlyStopping({ restore_best_weights: true }), /'restoreBest'/],
  ['split(0.2, { random_state })', () => data.split(0.2, { random_state: 1 }), /Did you mean 'seed'\?/],
  ['split(0.2, { stratify: y })', () => data.split(0.2, { stratify: y }), /Did you mean 'stratified'\?/],
]

const losses: readonly Mistake[] = [
  [
    'softmax of one output',
    () => softmax(1).fit(data, { loss: 'meanSquaredError' }),
    /always be the same.*activation: 'sigmoid'/,
  ],
  ['softmax of one output, crossEntropy', () => softmax(1).fit(data, { loss: 'crossEntropy' }), /'sigmoid'/],
  ['sigmoid with crossEntropy', () => train({ loss: 'crossEntropy' }), /softmax/],
  ['softmax with binaryCrossEntropy', () => softmax(2).fit(data, { loss: 'binaryCrossEntropy' }), /'sigmoid'/],
  [
    'classes from 1',
    () => softmax(3).fit(Dataset.from({ x, y: [1, 2, 3, 1] }), { loss: 'crossEntropy' }),
    /number classes from 0/,
  ],
]

const shapes: readonly Mistake[] = [
  ['Dataset.from(x, y)', () => Dataset.from(x, y), /Dataset\.from\(\{ x, y \}\)/],
  ['new Dataset({ x, y })', () => new Dataset({ x, y }), /Dataset\.from\(\{ x, y \}\)/],
  ['Dataset.from({ xs, ys })', () => Dataset.from({ xs: x, ys: y }), /Did you mean 'x'\?/],
  ['Dataset.from({ X, y })', () => Dataset.from({ X: x, y }), /Did you mean 'x'\?/],
  ['Dataset.from({ data, target })', () => Dataset.from({ data: x, target: y }), /Did you mean 'x'\?/],
  ['Dataset.from([{ input, output }])', () => Dataset.from([{ input: [1], output: [1] }]), /Dataset\.fromRows/],
  ["Dataset.from('train.csv')", () => Dataset.from('train.csv'), /await Dataset\.fromCSV\(path, \{ target \}\)/],
  ['x: tf.tensor(…)', () => Dataset.from({ x: new Tensor(), y }), /\{ data: await tensor\.data\(\), shape/],
  ['predict(tf.tensor(…))', () => model().predict(new Tensor()), /\{ data: await tensor\.data\(\), shape/],
  ['x: new DataFrame(…)', () => Dataset.from({ x: new DataFrame(), y }), /frame\.values/],
  ['x: [1, 2, 3]', () => Dataset.from({ x: [1, 2, 3], y: [1, 2, 3] }), /x\.map\(\(value\) => \[value\]\)/],
  [
    'x: Float32Array',
    () => Dataset.from({ x: Float32Array.of(1, 2), y: [1, 2] }),
    /\{ data: x, shape: \[rows, columns\] \}/,
  ],
  ['x: [[[…]]]', () => Dataset.from({ x: [[[1], [2]]], y: [1] }), /row\.flat\(Infinity\).*featureShape: \[28, 28\]/],
  ['x: rows of different length', () => Dataset.from({ x: [[1, 2], [1]], y: [0, 1] }), /x\[1\].*same number of values/],
  ['x: NaN', () => Dataset.from({ x: [[1, Number.NaN]], y: [0] }), /row 0, column 1.*missing values/],
  ['x: null', () => Dataset.from({ x: [[1, null]], y: [0] }), /Fill or remove missing values/],
  ['x: objects', () => Dataset.from({ x: [{ a: 1 }], y: [0] }), /Dataset\.fromRows\(objects/],
  ['predict([1, 2])', () => model().predict([1, 2]), /\[\[1, 2\]\] for one row/],
  ["predict('rows.csv')", () => model().predict('rows.csv'), /Dataset\.fromCSV/],
  ['evaluate(x, y)', () => model().evaluate(x, y), /Dataset\.from\(\{ x, y \}\)/],
  ['evaluate(data, y)', () => model().evaluate(data, y), /model\.evaluate\(Dataset\.from\(\{ x, y \}\)\)/],
  ['Encoder.fit(objects)', () => Encoder.fit([{ a: 1 }]), /Table\.fromRows\(objects\)/],
  ['new Table(objects)', () => new Table([{ a: 1 }]), /Table\.fromRows\(objects\)/],
]

const awaits: readonly Mistake[] = [
  ['fit(promise)', () => model().fit(later(data), {}), /a Promise\. Is an 'await' missing/],
  ['evaluate(promise)', () => model().evaluate(later(data)), /a Promise\. Is an 'await' missing/],
  ['predict(promise)', () => model().predict(later(x)), /a Promise\. Is an 'await' missing/],
  ['partialFit(promise)', () => model().partialFit(later(data)), /a Promise\. Is an 'await' missing/],
  ['validation: promise', () => train({ validation: later(data) }), /validation .*a Promise\. Is an 'await'/],
  ['Dataset.from(promise)', () => Dataset.from(later({ x, y })), /a Promise\. Is an 'await' missing/],
  ['Dataset.from({ x: promise })', () => Dataset.from({ x: later(x), y }), /for x .*a Promise\. Is an 'await'/],
  ['Dataset.from({ y: promise })', () => Dataset.from({ x, y: later(y) }), /for y .*a Promise\. Is an 'await'/],
  ['Encoder.fit(promise)', () => Encoder.fit(later({})), /a Promise\. Is an 'await' missing/],
  [
    'encoder: promise',
    () => Dataset.fromCSV(file('flats.csv'), { encoder: later({}) }),
    /for encoder .*a Promise\. Is an 'await'/,
  ],
  ['new Sequential([promise])', () => new Sequential([later(new Dense(1))], { inputs: 2 }), /Is an 'await' missing/],
]

const files: readonly Mistake[] = [
  ["load('model.h5')", () => Sequential.load(file('model.h5')), /HDF5 .*Sequential\.fromSafetensors\(path, layers\)/],
  ["load('model.pt')", () => Sequential.load(file('model.pt')), /ZIP .*PyTorch's \.pt.*fromSafetensors/],
  ["load('model.pkl')", () => Sequential.load(file('model.pkl')), /pickle.*fromSafetensors/],
  ["load('model.json')", () => Sequential.load(file('model.json')), /JSON text, such as TensorFlow\.js/],
  ['load of JSON over several lines', () => Sequential.load(file('pretty.json')), /JSON text/],
  ["load('model.onnx')", () => Sequential.load(file('model.onnx')), /ONNX/],
  ["load('file://…')", () => Sequential.load(`file://${file('m')}`), /fileURLToPath\(url\)/],
  ['load(url)', () => Sequential.load(new URL('file:///m')), /fileURLToPath\(url\)/],
  ["load('https://…')", () => Sequential.load('https://example.com/model.json'), /download it first/],
  ['load of a file that is not there', () => Sequential.load('none.safetensors'), /no such file\. .*relative to/],
  ["save('localstorage://…')", () => model().save('localstorage://m'), /path of the file/],
  ['save into a folder that is not there', () => model().save(file('none/m')), /its folder does not exist/],
  ['save onto a folder', () => model().save(folder), /not a regular file/],
  [
    'several columns that are not there',
    () => Dataset.fromCSV(file('flats.csv'), { target: 'price', ignore: ['id', 'zip'] }),
    /the columns 'id', 'zip' .*there are 'rooms', 'price'/,
  ],
  [
    'a file without a header',
    () => Dataset.fromCSV(file('iris.csv'), { target: 'species' }),
    /'species'.*Does the file have no header\?.*header: \['a', 'b', …\]/,
  ],
  [
    'a file of numbers without a header',
    () => Dataset.fromCSV(file('numbers.csv'), { target: 'y', header: true }),
    /Does the file have no header\?/,
  ],
  [
    'a misspelt option of a reader',
    () => Dataset.fromCSV(file('flats.csv'), { targt: 'price' }),
    /Dataset\.fromCSV .*Did you mean 'target'\?/,
  ],
  ["sep: ';'", () => Dataset.fromCSV(file('flats.csv'), { sep: ';' }), /Did you mean 'delimiter'\?/],
]

const groups = { models, layers, training, losses, shapes, awaits, files }

describe.each(Object.entries(groups))('%s', (_, mistakes) => {
  test.each(mistakes)('%s', async (_write, call, message) => {
    const error = await (async () => call())().then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; message: string },
    )
    expect(error?.message).toMatch(message)
    expect(error?.code).toMatch(/^ERR_DEEPBLAS_(ARGUMENT|DATA|SHAPE|FILE)$/)
  })
})

test('every mistake that the guide lists is one of these', () => {
  const guide = readFileSync(fileURLToPath(new URL('../../../docs/guide/errors.md', import.meta.url)), 'utf8')
  const section = guide.slice(guide.indexOf('## Mistakes from other libraries'))
  const listed = [...section.matchAll(/^\| `(.+?)` \|/gm)].map(([, written]) => written)
  const known = Object.values(groups).flatMap((mistakes) => mistakes.map(([written]) => written))
  expect(listed.length).toBeGreaterThan(30)
  expect(listed.filter((written) => !known.includes(written!))).toEqual([])
})

describe('what other libraries allow and is clear is taken', () => {
  test.each(['adam', 'Adam', 'ADAM', 'sgd', 'rmsprop', 'RMSProp', 'adamW', 'nadam', 'radam', 'adagrad', 'lion'])(
    'optimizer: %o is one with default options',
    async (optimizer) => {
      const Class = Object.entries(untyped).find(
        ([name]) => name.toLowerCase() === optimizer.toLowerCase() && /^[A-Z]/.test(name),
      )![1] as new () => object
      const [named, made] = [model(), model()]
      await named.fit(data, { loss: 'binaryCrossEntropy', epochs: 3, optimizer })
      await made.fit(data, { loss: 'binaryCrossEntropy', epochs: 3, optimizer: new Class() })
      expect(named.getWeights()).toEqual(made.getWeights())
    },
  )

  test('names of all optimizers make them', () => {
    for (const optimizer of untyped.optimizerNames) {
      const { epochs } = model().fitSync(data, { loss: 'binaryCrossEntropy', optimizer, epochs: 1 })
      expect(epochs, optimizer).toHaveLength(1)
    }
  })

  test('a function that opens a stream may be asynchronous', async () => {
    const options = { loss: 'binaryCrossEntropy', epochs: 3 }
    const [later_, now] = [model(), model()]
    await later_.fit(async () => [data], options)
    await now.fit(() => [data], options)
    expect(later_.getWeights()).toEqual(now.getWeights())
  })

  test('targets of one column, one-hot or not, strings', async () => {
    const columns = [[0], [1], [1], [0]]
    const [flat, column] = [model(), model()]
    await flat.fit(data, { loss: 'binaryCrossEntropy' })
    await column.fit(Dataset.from({ x, y: columns }), { loss: 'binaryCrossEntropy' })
    expect(column.getWeights()).toEqual(flat.getWeights())
  })
})
