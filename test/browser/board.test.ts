/*
 * The live board as someone sees it who waits for a run.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BoardRun, boardRun } from '../helpers/board-run.js'
import { looks, noBrowser, open, overflow, startBrowser } from '../helpers/browser.js'

describe.skipIf(noBrowser !== undefined)(
  `the board in Chromium${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let browser: Browser
    let run: BoardRun
    beforeAll(async () => {
      browser = await startBrowser()
    })
    afterAll(() => browser.close())
    beforeEach(async () => {
      run = await boardRun()
    })
    afterEach(() => run.board.close())

    /** As soon as it shows the trainings. */
    const showsRun = (page: Page) => page.locator('#curves-plot svg .line path').first().waitFor()

    test.each(looks)('$name: shows the run, and tells nothing in the console', async (look) => {
      run.end(8)
      const { page, told, asked } = await open(browser, run.board.url, look)
      await showsRun(page)
      expect(await page.locator('#tried').textContent()).toBe('8 of 40')
      expect(await page.locator('#best').textContent()).toBe('84.7 %')
      // 12 began, 8 have ended.
      expect(await page.locator('#members tr').count()).toBe(4)
      expect(await page.locator('#members progress').first().getAttribute('value')).toBe('0.75')
      expect(await page.locator('#results tr').count()).toBe(8)
      expect(await page.locator('#results .bad').textContent()).toBe('Its loss was not finite in epoch 3.')
      expect(await page.locator('#curves-plot svg .line path').count()).toBe(6)
      expect(await page.locator('#progress-plot svg .line path').count()).toBe(1)
      expect(await overflow(page)).toBe(0)
      expect(told).toEqual([])
      expect(asked).toEqual([])
      await page.context().close()
    })

    test('shows what is new, and survives a reload', async () => {
      const { page, told } = await open(browser, run.board.url, looks[0])
      await page.locator('#members tr').nth(11).waitFor()
      run.end(3)
      await expect.poll(() => page.locator('#tried').textContent()).toBe('3 of 40')
      await page.reload()
      await showsRun(page)
      expect(await page.locator('#tried').textContent()).toBe('3 of 40')
      expect(told).toEqual([])
      await page.context().close()
    })

    test('the stop button stops the run, also after a reload', async () => {
      run.end(2)
      const { page, told } = await open(browser, run.board.url, looks[2])
      await showsRun(page)
      await page.getByRole('button', { name: 'Stop the run' }).click()
      await expect.poll(() => page.locator('#stage').textContent()).toContain('is being stopped')
      expect(run.stops()).toBe(1)
      await page.reload()
      await expect.poll(() => page.locator('#stage').textContent()).toContain('is being stopped')
      expect(await page.locator('#stop').isDisabled()).toBe(true)
      run.record.end()
      await run.board.close()
      await expect.poll(() => page.locator('#stage').textContent()).toContain('The run has ended')
      // The last figures stay, and nobody calls a server that is gone.
      expect(await page.locator('#tried').textContent()).toBe('2 of 40')
      expect(told).toEqual([])
      await page.context().close()
    })

    test('a page of elsewhere can neither read nor stop', async () => {
      const { page } = await open(browser, run.board.url, looks[0])
      const elsewhere = await page.context().newPage()
      await elsewhere.goto('data:text/html,<p>elsewhere</p>')
      const read = await elsewhere.evaluate(
        (url) =>
          fetch(url).then(
            () => 'read',
            () => 'refused',
          ),
        run.board.url,
      )
      const post = await elsewhere.evaluate(
        (url) =>
          fetch(url, { method: 'POST', mode: 'no-cors' }).then(
            () => 'sent',
            () => 'refused',
          ),
        `${run.board.url}stop`,
      )
      expect(read).toBe('refused')
      expect(['sent', 'refused']).toContain(post)
      expect(run.stops()).toBe(0)
      await page.context().close()
    })

    test('names of the user are shown as they are', async () => {
      const hostile = '<img src=x onerror=alert(1)>"\'&'.repeat(8)
      const other = await boardRun(hostile, hostile)
      other.end(3)
      const { page, told } = await open(browser, other.board.url, looks[2])
      await showsRun(page)
      expect(await page.locator('h1').textContent()).toBe(hostile)
      expect(await page.locator('#results th').first().textContent()).toBe(`${hostile} rate=3 seed=2`)
      expect(await page.locator('img').count()).toBe(0)
      expect(await overflow(page)).toBe(0)
      expect(told).toEqual([])
      await page.context().close()
      await other.board.close()
    })
  },
)
