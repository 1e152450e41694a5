/*
 * The page of whyDeep as a reader sees it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dataset, datasets, pictureStudy, whyDeepPage, writePage } from '../../lib/index.js'
import { looks, noBrowser, open, overflow, startBrowser } from '../helpers/browser.js'
import { whyDeepResult } from '../helpers/why-deep-result.js'

describe.skipIf(noBrowser !== undefined)(
  `the page of whyDeep in Chromium${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let browser: Browser
    let folder: string
    let url: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'deepblas-page-'))
      browser = await startBrowser()
      const data = Dataset.from(datasets.digits({ samples: 120, seed: 1 }))
      const study = await pictureStudy({ train: data, test: undefined }, { hidden: [6], epochs: 2 })
      const path = join(folder, 'why-deep.html')
      const options = { command: 'deepblas why-deep', pictures: { name: 'digits', study, data } }
      await writePage(path, whyDeepPage(whyDeepResult(), options))
      url = pathToFileURL(path).href
    })
    afterAll(async () => {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    })

    test.each(looks)(
      '$name: charts and pictures are shown, nothing is told or asked, nothing is wider than the window',
      async (look) => {
        const { page, told, asked } = await open(browser, url, look)
        await page.locator('#depths svg').waitFor()
        // Patterns, tree, counting; of the fewest found there is one point.
        expect(await page.locator('#units svg .line path').count()).toBeGreaterThanOrEqual(3)
        expect(await page.locator('#units .legend li').count()).toBe(4)
        expect(await page.locator('#depths svg .line path').count()).toBe(2)
        const broken = await page.evaluate(
          '[...document.images].filter((image) => !image.complete || image.naturalWidth !== 28).length',
        )
        expect(broken).toBe(0)
        expect(await page.locator('.pictures img').count()).toBeGreaterThan(20)
        expect(await overflow(page)).toBe(0)
        expect(told).toEqual([])
        expect(asked).toEqual([])
        await page.context().close()
      },
    )
  },
)
