/*
 * --report and --board of the commands that have them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customers, deepblas, writeCsv } from '../../helpers/command-line.js'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-report-'))
  await writeCsv(at('customers.csv'), customers(200))
})
afterAll(() => rm(folder, { recursive: true }))

const commands = [
  { name: 'improve', marks: ['id="ranking"', 'id="loss"'] },
  { name: 'search', marks: ['id="trials"'] },
] as const

describe.each(commands)('$name', ({ name, marks }) => {
  const line = () => [name, at('customers.csv'), '--target', 'left', '--epochs', '3', '--tries', '40']

  test('--report writes the page with the command as it was typed', async () => {
    const report = at(`${name}.html`)
    const { code, stdout, stderr } = await deepblas([...line(), '--report', report, '--json'])
    expect(stderr).toContain(`saved ${report}\n`)
    expect(code).toBe(0)
    expect(JSON.parse(stdout).report).toBe(report)
    const page = await readFile(report, 'utf8')
    const command = ['deepblas', ...line(), '--report', report, '--json'].join(' ')
    for (const part of [`${command}</pre>`, ...marks]) expect(page.includes(part), part).toBe(true)
  })

  test('--report refuses what is read', async () => {
    const { code, stderr } = await deepblas([...line(), '--report', at('customers.csv')])
    expect(stderr).toContain('would overwrite the data')
    expect(code).toBe(2)
  })

  test.each([
    { when: 'once a training has ended, with what is known by then', trainings: 1 },
    { when: 'at once', trainings: 0 },
  ])('the stop button of --board ends the run: $when', async ({ trainings }) => {
    let pressed: Promise<void> | undefined
    const write = (text: string) => {
      const [, url] = /^board: (http:\S+)$/m.exec(text) ?? []
      if (url !== undefined) pressed = whenTried(url, trainings).then(() => press(url))
    }
    // Half a minute of trainings at least, of which the button leaves the first few.
    const long = [name, at('customers.csv'), '--target', 'left', '--epochs', '20000', '--budget', '10m', '--board']
    const { code, stdout } = await deepblas([...long, '--json'], undefined, { stderr: { write } })
    expect(pressed).toBeDefined()
    await pressed
    expect(code).toBe(130)
    if (trainings > 0) expect(JSON.parse(stdout)).toMatchObject({ stopped: 'aborted' })
  })
})

/** Waits until so many trainings have ended, as a page of the board would hear it. */
function whenTried(url: string, trainings: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = request(`${url}events`, (response) => {
      let heard = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        heard += part
        const [, tried] = heard.match(/.*"tried":(\d+)/s) ?? []
        if (tried === undefined || Number(tried) < trainings) return
        listening.destroy()
        resolve()
      })
    })
    listening.on('error', reject).end()
  })
}

function press(url: string): Promise<void> {
  const headers = { origin: new URL(url).origin }
  return new Promise((resolve, reject) => {
    const pressing = request(`${url}stop`, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().on('end', resolve)
    })
    pressing.on('error', reject).end()
  })
}
