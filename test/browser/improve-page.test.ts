/*
 * The page of improve as a reader sees it: in a browser, at the widths and in the colors of `looks`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { improvePage, writePage } from '../../lib/index.js'
import { looks, noBrowser, open, overflow, startBrowser } from '../helpers/browser.js'
import { improveResult } from '../helpers/improve-result.js'

const hostile = '<img src=x onerror=alert(1)> "a\' & ‮b'.repeat(20)

describe.skipIf(noBrowser !== undefined)(
  `the page of improve in Chromium${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let browser: Browser
    let folder: string
    const write = async (name: string, page: string) => {
      const path = join(folder, name)
      await writePage(path, page)
      return pathToFileURL(path).href
    }
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'deepblas-page-'))
      browser = await startBrowser()
    })
    afterAll(async () => {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    })

    test.each(looks)(
      '$name: every chart is drawn, nothing is told or asked, nothing is wider than the window',
      async (look) => {
        const url = await write('improve.html', improvePage(improveResult(8), { command: 'deepblas improve a.csv' }))
        const { page, told, asked } = await open(browser, url, look)
        await page.locator('#spread svg').waitFor()
        // 12 levers were compared, with 8 seeds each.
        expect(await page.locator('#ranking svg .estimate circle').count()).toBe(12)
        expect(await page.locator('#ranking svg .interval line').count()).toBe(12)
        expect(await page.locator('#spread svg .value circle').count()).toBe(12 * 8)
        expect(await page.locator('#spread svg .mean line').count()).toBe(12)
        // Measured and continued, each with its band.
        for (const id of ['over-data', 'over-time']) {
          expect(await page.locator(`#${id} svg .line path`).count()).toBe(2)
          expect(await page.locator(`#${id} svg .band path`).count()).toBe(2)
        }
        expect(await page.locator('#loss svg .line path').count()).toBe(2)
        expect(await page.locator('#loss svg .span path').count()).toBe(2)
        const words = await page.locator('#loss').textContent()
        expect(words).toContain('bias 0.131')
        expect(words).toContain('variance 0.261')
        expect(await overflow(page)).toBe(0)
        expect(told).toEqual([])
        expect(asked).toEqual([])
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
        expect(background).toBe(look.colorScheme === 'dark' ? 'rgb(23, 24, 22)' : 'rgb(252, 252, 251)')
        await page.context().close()
      },
    )

    test('charts are drawn again for another width', async () => {
      const url = await write('improve.html', improvePage(improveResult()))
      const { page, told } = await open(browser, url, looks[0])
      const width = () => page.locator('#ranking svg').getAttribute('width')
      const before = Number(await width())
      await page.setViewportSize({ width: 390, height: 844 })
      await expect.poll(async () => Number(await width())).toBeLessThan(before / 2)
      expect(await overflow(page)).toBe(0)
      expect(told).toEqual([])
      await page.context().close()
    })

    test.each([looks[0], looks[2]])('$name: names of the user are shown as they are, and run nothing', async (look) => {
      const result = improveResult()
      const levers = result.levers.map((lever) => ({ ...lever, best: hostile, reason: hostile }))
      const options = { title: hostile, command: hostile }
      const url = await write(
        'hostile.html',
        improvePage({ ...result, levers, recommendation: hostile, metric: hostile }, options),
      )
      const { page, told, asked } = await open(browser, url, look)
      await page.locator('#ranking svg').waitFor()
      expect(await page.locator('h1').textContent()).toBe(hostile)
      expect(await page.locator('#command').textContent()).toBe(hostile)
      expect(await page.locator('img').count()).toBe(0)
      expect(await overflow(page)).toBe(0)
      expect(told).toEqual([])
      expect(asked).toEqual([])
      await page.context().close()
    })

    test('every chart has words and a table', async () => {
      const url = await write('improve.html', improvePage(improveResult()))
      const { page } = await open(browser, url, looks[0])
      const plots = page.locator('.plot')
      expect(await plots.count()).toBe(6)
      for (const plot of await plots.all()) expect((await plot.getAttribute('aria-label'))!.length).toBeGreaterThan(30)
      const tables = await page
        .locator('section:has(.plot)')
        .evaluateAll((sections) => sections.map((section) => section.querySelectorAll('table').length))
      // The ranking has the table of the levers and that of those that were not tried.
      expect(tables).toEqual([2, 3, 2])
      await page.context().close()
    })
  },
)
