/*
 * The page of diagnose as a reader sees it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diagnosePage, writePage } from '../../lib/index.js'
import { looks, noBrowser, open, overflow, startBrowser } from '../helpers/browser.js'
import { diagnosis } from '../helpers/diagnosis.js'

describe.skipIf(noBrowser !== undefined)(
  `the page of diagnose in Chromium${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let browser: Browser
    let folder: string
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
        const path = join(folder, 'diagnosis.html')
        await writePage(path, diagnosePage(diagnosis(), { command: 'deepblas diagnose a.csv --target y' }))
        const { page, told, asked } = await open(browser, pathToFileURL(path).href, look)
        await page.locator('#classes svg').waitFor()
        expect(await page.locator('#parts svg .bar line').count()).toBe(3)
        expect(await page.locator('#diagnosis-rows svg .line path').count()).toBe(2)
        expect(await page.locator('#diagnosis-rows svg .level line').count()).toBe(1)
        // Bias and variance.
        expect(await page.locator('#diagnosis-rows svg .span path').count()).toBe(2)
        expect(await page.locator('#diagnosis-rows').textContent()).toContain('variance')
        expect(await page.locator('#diagnosis-epochs svg .line path').count()).toBe(1)
        expect(await page.locator('#probes svg .estimate circle').count()).toBe(3)
        expect(await page.locator('#segments svg .bar line').count()).toBe(2)
        expect(await page.locator('#classes svg .bar line').count()).toBe(3)
        expect(await overflow(page)).toBe(0)
        expect(told).toEqual([])
        expect(asked).toEqual([])
        await page.context().close()
      },
    )
  },
)
