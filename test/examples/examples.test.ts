import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const digits = join(root, '../shared/data/mnist')
const cats = join(root, '../shared/data/catvnoncat')

async function run(example: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'examples', example), ...args])
  return stdout
}

/** The number behind the last mention of `label`. */
function numberAfter(label: string, output: string): number {
  return Number(output.slice(output.lastIndexOf(label) + label.length).match(/-?[\d.]+(e-?\d+)?/)?.[0])
}

test('logistic regression', async () => {
  const output = await run('lessons/logistic-regression.mjs')
  expect(numberAfter('J after step 1000:', output)).toBeLessThan(0.35)
  expect(numberAfter('test accuracy', output)).toBeGreaterThan(80)
})

test('flower: one hidden layer beats logistic regression', async () => {
  const output = await run('lessons/flower.mjs')
  expect(numberAfter('logistic regression', output)).toBeLessThan(65)
  expect(numberAfter('one hidden layer,  4 units', output)).toBeGreaterThan(85)
})

test('deep network trace', async () => {
  const output = await run('lessons/deep-network-trace.mjs')
  expect(output).toContain('dW5 = dZ5ᵀ · A4')
  // Seven samples, a number that no layer has: no shape can be mistaken for another.
  expect(output).toContain('A0 (7, 2), W1 (3, 2)')
  expect(output).toMatch(/W2 \(5, 3\)/)
  expect(numberAfter('J =', output)).toBeGreaterThan(0)
})

test('linear activations: three layers are one', async () => {
  const output = await run('lessons/linear-activations.mjs')
  expect(numberAfter('largest difference', output)).toBeLessThan(1e-5)
  expect(numberAfter('linear  three layers, 193 parameters: accuracy', output)).toBeLessThan(92)
  expect(numberAfter('relu    three layers, 193 parameters: accuracy', output)).toBeGreaterThan(97)
})

test('weights that start equal stay equal', async () => {
  const output = await run('lessons/random-weights.mjs')
  expect(numberAfter('zeros    different hidden units', output)).toBe(1)
  expect(numberAfter('all 0.5  different hidden units', output)).toBe(1)
  expect(numberAfter('random   different hidden units', output)).toBe(8)
  expect(numberAfter('accuracy', output)).toBeGreaterThan(95)
})

test('hyperparameters are chosen, parameters are found', async () => {
  const output = await run('lessons/hyperparameters.mjs')
  expect(output).toContain('layers.0.weight (16, 2), layers.0.bias (16)')
  const accuracy = (rate: string, size: string) =>
    Number(output.match(new RegExp(`rate ${rate} +batch size +${size} +test accuracy ([\\d.]+)`))![1])
  expect(accuracy('1', '8')).toBeGreaterThan(accuracy('0.001', '64') + 3)
})

test('vectorized: the same numbers, faster', async () => {
  const output = await run('lessons/vectorized.mjs')
  expect(numberAfter('largest difference', output)).toBeLessThan(1e-5)
  expect(output).toContain('ratio')
})

test("an activation of one's own: checked, trained, and no worse than relu", async () => {
  const output = await run('own/activation.mjs')
  expect(numberAfter('differences of its output:', output)).toBeLessThan(1e-4)
  expect(output).toMatch(/derivative of activation 'wrong' at [\d.]+ to be/)
  expect(numberAfter('squaredRelu  accuracy', output)).toBeGreaterThan(85)
})

test("a loss of one's own: bounds with the share of rows between them that was asked for", async () => {
  const output = await run('own/loss.mjs')
  const [gradient, difference] = [numberAfter('last bias', output), numberAfter('by differences', output)]
  expect(Math.abs(gradient - difference)).toBeLessThan(0.005)
  expect(Math.abs(numberAfter('between both bounds', output) - 80)).toBeLessThan(6)
})

test("metrics of one's own, of rows and of all scores", async () => {
  const output = await run('own/metric.mjs')
  expect(numberAfter('confidence', output)).toBeGreaterThan(0.6)
  expect(numberAfter('best lift', output)).toBeGreaterThan(1.5)
})

test("a layer of one's own: checked, trained, saved and loaded", async () => {
  const output = await run('own/layer.mjs')
  expect(numberAfter('largest relative error of the gradient:', output)).toBeLessThan(1e-3)
  expect(numberAfter('accuracy', output)).toBeGreaterThan(95)
  expect(output).toContain('loaded: the same prediction')
})

test("an optimizer of one's own beside Adam", async () => {
  const output = await run('own/optimizer.mjs')
  expect(numberAfter('Yogi  test loss', output)).toBeLessThan(0.2)
  expect(numberAfter('accuracy', output)).toBeGreaterThan(90)
})

test('learning rate: the suggested one beats those far from it', async () => {
  const output = await run('training/learning-rate.mjs')
  const accuracy = (name: string) =>
    Number(output.match(new RegExp(`${name} +[\\d.e+-]+: test accuracy ([\\d.]+)`))![1])
  expect(accuracy('suggested')).toBeGreaterThan(90)
  expect(accuracy('suggested')).toBeGreaterThan(accuracy('hundredth') + 10)
  expect(accuracy('suggested')).toBeGreaterThan(accuracy('hundredfold') + 10)
})

test('a stream from a cursor: the loss falls', async () => {
  const output = await run('training/stream.mjs', '20000')
  expect(output).toContain('60000 rows read')
  expect(numberAfter('epoch 3: loss', output)).toBeLessThan(0.5 * numberAfter('epoch 1: loss', output))
  expect(numberAfter('epoch 3: loss', output)).toBeLessThan(0.02)
})

test('one model per customer: the same bits as a loop, and better than one model for all', async () => {
  const output = await run('training/one-model-per-customer.mjs', '40')
  expect(output).toContain('the weights of both are the same, to the last bit')
  const [own, all] = [numberAfter('own models', output), numberAfter('one model for all', output)]
  expect(own).toBeGreaterThan(all + 10)
  await expect(run('training/one-model-per-customer.mjs', 'none')).rejects.toMatchObject({ code: 2 })
})

test('resume: another process goes on to the same bits', async () => {
  const output = await run('training/resume.mjs')
  expect(output).toContain('the first process ends with exit code 1')
  expect(output).toContain('the same, to the last bit')
})

test('fine-tuning beats random weights where there are few rows', async () => {
  const output = await run('training/fine-tune.mjs')
  const [fresh, tuned] = [numberAfter('from random weights:', output), numberAfter('small steps:', output)]
  expect(tuned).toBeGreaterThan(fresh + 3)
})

test.skipIf(!existsSync(cats))('cat classifier (skipped without ../shared/data/catvnoncat)', async () => {
  const output = await run('lessons/cat.mjs', cats, '300')
  expect(output).toContain('12288-20-7-5-1')
  expect(numberAfter('cost after iteration  300:', output)).toBeLessThan(0.6)
})

test('a table in one call: what is left out, metrics, rows unlike the training, the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const out = join(folder, 'customers.safetensors')
    const output = await run('training/table.mjs', '--out', out)
    expect(numberAfter('held out: accuracy', output)).toBeGreaterThan(0.9)
    expect(numberAfter('later: accuracy', output)).toBeGreaterThan(0.9)
    expect(output).toContain('left out: customer has another text in every row')
    expect(output).toContain('unknown to the model: plan in 1 row, gold')
    expect(output).toContain(`saved ${out}`)
    expect(existsSync(out)).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('bank marketing: embeddings and class weights on rows that a formula made', async () => {
  const output = await run('bank-marketing/main.mjs', '--seeds', '1', '--epochs', '5')
  expect(numberAfter('seed 0: ROC AUC', output)).toBeGreaterThan(0.75)
})

test('the main job prints what a reader looks for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const out = join(folder, 'digits.safetensors')
    const output = await run('digits/main.mjs', '--samples', '4000', '--epochs', '4', '--out', out)
    expect(numberAfter('test accuracy', output)).toBeGreaterThan(93)
    expect(output).toContain(`saved ${out}`)
    expect(existsSync(out)).toBe(true)
    expect(await run('digits/main.mjs', '--help')).toContain('--hidden')
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('recipes without convolution', () => {
  const small = ['--seeds', '2', '--epochs', '1']
  // Chance is 10 %.
  test.each(['keras', 'srivastava', 'fashion'])('%s learns generated digits', async (recipe) => {
    const output = await run('mnist/main.mjs', '--recipe', recipe, '--samples', '2000', ...small)
    expect(output).toMatch(/seed 1: test accuracy [\d.]+ %.*\nseed 2: test accuracy/)
    expect(numberAfter('mean of 2:', output)).toBeGreaterThan(25)
  })

  test.skipIf(!existsSync(digits))('learns MNIST (skipped without ../shared/data/mnist)', async () => {
    const output = await run('mnist/main.mjs', digits, '--samples', '6000', ...small)
    expect(numberAfter('mean of 2:', output)).toBeGreaterThan(85)
  })

  test('wrong use is told', async () => {
    for (const [wrong, named] of [
      [['--recipe', 'best'], 'keras, srivastava, fashion'],
      [['--epochs', '0'], '--epochs'],
      [['a', 'b'], 'one folder'],
    ] as const) {
      await expect(run('mnist/main.mjs', ...wrong)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining(named),
      })
    }
    await expect(run('mnist/main.mjs', '/nowhere')).rejects.toMatchObject({ code: 1 })
  })
})
