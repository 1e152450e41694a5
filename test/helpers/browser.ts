/*
 * Headless Chromium for tests of pages. Debian's, or the one that DEEPBLAS_CHROMIUM names; where there is none, those tests
 * are skipped and say so.
 */
import { accessSync, constants } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const program = process.env.DEEPBLAS_CHROMIUM || '/usr/bin/chromium'

/** Why tests in a browser cannot run here; undefined where they can. */
export const noBrowser = missing()

function missing(): string | undefined {
  try {
    accessSync(program, constants.X_OK)
    return undefined
  } catch {
    return `there is no ${program}: install Debian's package chromium, or name a Chromium in DEEPBLAS_CHROMIUM`
  }
}

export function startBrowser(): Promise<Browser> {
  const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-dev-shm-usage']
  return chromium.launch({ executablePath: program, args: ['--no-sandbox', ...args] })
}

/** The widths and colors that every page is looked at in. */
export const looks = [
  { name: 'desktop, light', width: 1280, height: 900, colorScheme: 'light' },
  { name: 'desktop, dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone, light', width: 390, height: 844, colorScheme: 'light' },
  { name: 'phone, dark', width: 390, height: 844, colorScheme: 'dark' },
] as const

export interface Opened {
  readonly page: Page
  /** What the page wrote to its console and what it threw, since it was opened. */
  readonly told: string[]
  /** What it asked of anyone but its own address. */
  readonly asked: string[]
}

/** Opens an address in a window of its own. */
export async function open(
  browser: Browser,
  url: string,
  { width, height, colorScheme }: { width: number; height: number; colorScheme: 'light' | 'dark' },
): Promise<Opened> {
  const options: BrowserContextOptions = { viewport: { width, height }, colorScheme }
  const page = await (await browser.newContext(options)).newPage()
  // A busy machine is slow: what never comes is ended by the test's own timeout.
  page.setDefaultTimeout(0)
  const told: string[] = []
  const asked: string[] = []
  page.on('console', (message) => told.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => told.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) asked.push(request.url())
  })
  await page.goto(url)
  return { page, told, asked }
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
