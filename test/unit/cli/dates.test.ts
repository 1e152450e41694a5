import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Sequential } from '../../../lib/index.js'
import { deepblas, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Rows whose class is the month's half; `days` bounds the days of the month. */
function sales(days: number) {
  return Array.from({ length: 60 }, (_, i) => {
    const [day, month] = [(i % days) + 1, (i % 12) + 1]
    return { when: `${day}/${month}/${2020 + (i % 4)} 14:05`, x: (i * 7) % 11, y: month > 6 ? 'late' : 'early' }
  })
}

const train = (file: string, ...args: string[]) =>
  deepblas(['train', '--preset', 'fast', file, '--target', 'y', '--out', at('m.safetensors'), '--epochs', '1', ...args])

describe('dates on the command line', () => {
  test('the profile tells the format, and the model keeps it for files that do not tell', async () => {
    const trained = await train(await writeCsv(at('sales.csv'), sales(28)))
    expect(trained.stderr).toContain('read: when: dates as dd/MM/yyyy')
    const model = await Sequential.load(at('m.safetensors'))
    expect(model.encoder!.dateFormats).toEqual({ when: 'dd/MM/yyyy' })

    const rows = [{ when: '03/04/2023', x: 1 }]
    const file = await writeCsv(at('new.csv'), rows)
    const predicted = await deepblas(['predict', at('m.safetensors'), file])
    const asked = await model.predict([{ when: new Date('2023-04-03'), x: 1 }])
    expect(await model.predict(rows)).toEqual(asked)
    expect(predicted.stdout).toBe(`when,x,prediction\n03/04/2023,1,${model.encoder!.decode(asked)[0]}\n`)
    const evaluated = await deepblas(['evaluate', at('m.safetensors'), await writeCsv(at('test.csv'), sales(12))])
    expect(evaluated.code).toBe(0)
    const bad = await deepblas([
      'predict',
      at('m.safetensors'),
      await writeCsv(at('bad.csv'), [{ when: '31/02/2023', x: 1 }]),
    ])
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("dates as dd/MM/yyyy but here '31/02/2023'")])
  })

  test('a question names the options that answer it', async () => {
    const file = await writeCsv(at('open.csv'), sales(12))
    const asked = await train(file)
    expect(asked.code).toBe(1)
    for (const answer of ['--date-format when=dd/MM/yyyy', '--date-format when=MM/dd/yyyy', '--dates dayFirst']) {
      expect(asked.stderr).toContain(answer)
      const [option, value] = answer.split(' ') as [string, string]
      expect((await train(file, option, value)).code).toBe(0)
    }
  })

  test('wrong use', async () => {
    const file = await writeCsv(at('open.csv'), sales(12))
    const told = async (...args: string[]) => {
      const { code, stderr } = await train(file, ...args)
      expect(code).toBe(2)
      return stderr
    }
    expect(await told('--date-format', 'when')).toContain("takes column=format, such as when=dd.MM.yyyy, but 'when'")
    expect(await told('--date-format', 'when=%d/%m/%Y')).toContain("Write 'dd/MM/yyyy'")
    expect(await told('--date-format', 'wen=dd/MM/yyyy')).toContain("Did you mean 'when'?")
    expect(await told('--dates', 'dayfirst')).toContain("Did you mean 'dayFirst'?")
  })

  test('spellings are told, and united by --ignore-case', async () => {
    const rows = sales(28).map((row, i) => ({ ...row, y: i % 3 === 0 ? row.y.toUpperCase() : row.y }))
    const file = await writeCsv(at('spelled.csv'), rows)
    const apart = await train(file)
    expect(apart.stderr).toMatch(/read: y: has .*'late'.*'LATE'.*give --ignore-case/)
    const united = await train(file, '--ignore-case')
    expect(united.stderr).not.toContain('--ignore-case')
    expect((await Sequential.load(at('m.safetensors'))).encoder!.labels).toEqual(['early', 'late'])
    expect((await deepblas(['evaluate', at('m.safetensors'), file])).code).toBe(0)
  })
})
