/*
 * The frame of every page: one file that needs nothing else. It loads nothing, and what it runs is named in its own
 * security policy by a checksum: a name from a data file that got in as HTML would still run nothing.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeepblasError } from '../errors.js'
import { atomicWrite } from '../files/atomic-write.js'
import { filePath } from '../files/file-path.js'
import { packageRoot, packageVersion } from '../package-root.js'
import { string } from '../validate.js'
import type { Figure } from './figure.js'
import { type Content, Html, html, jsonElement } from './html.js'
import { style } from './style.js'

export interface PageParts {
  /** The heading, and the name of the window. */
  readonly title: string
  /** What stands below the heading. */
  readonly lead?: Content
  readonly sections: readonly Section[]
  /** Hosts that the script may fetch from: none, or the page's own. Default none. */
  readonly connects?: 'self'
}

export interface Section {
  readonly heading: string
  readonly content: Content
  /** Charts that the content shows. */
  readonly figures?: readonly Figure[]
}

/** The page as a text. */
export function page({ title, lead, sections, connects }: PageParts): string {
  const script = pageScript()
  const charts = sections.flatMap(({ figures = [] }) => figures.map(({ id, chart }) => ({ id, chart })))
  const policy =
    `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${checksum(script)}'; ` +
    `base-uri 'none'; form-action 'none'${connects === undefined ? '' : `; connect-src '${connects}'`}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lead}
<noscript><p>The charts are drawn by a script, which is not run here. Their figures stand in the tables below them.</p></noscript>
</header>
<main>
${sections.map(sectionHtml)}
</main>
<footer>Made by deepblas ${packageVersion()}.</footer>
${jsonElement('charts', charts)}
${scriptElement(script)}
</body>
</html>
`.text
}

// Not in a template of `html`: bundlers keep such an end tag out of tagged templates, by a helper that is not there.
function scriptElement(script: string): Html {
  return new Html(`<script>${script}</script>`)
}

function sectionHtml({ heading, content }: Section, at: number): Html {
  const id = `section-${at + 1}`
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${content}
</section>
`
}

/**
 * Writes a page to a file, whole or not at all.
 *
 * @param path of the file; its folder must exist
 * @param page what a function such as `improvePage` gives
 * @throws DeepblasError ERR_DEEPBLAS_FILE where it cannot be written
 */
export async function writePage(path: string, page: string): Promise<void> {
  filePath('path', path)
  string('page', page)
  await atomicWrite(path, [Buffer.from(page)])
}

let loaded: string | undefined

/** The script of lib/pages/browser with the plotting library, as the build has made it: read when a page is made. */
function pageScript(): string {
  if (loaded !== undefined) return loaded
  const file = join(packageRoot(), 'dist', 'pages', 'page.js')
  try {
    // The text stands in an element of the page, and must not end it.
    loaded = readFileSync(file, 'utf8').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  } catch (cause) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_FILE',
      `Expected the script of pages in ${file} but could not read it. Install deepblas anew; in a checkout, run npm run build:ts.`,
      { cause },
    )
  }
  return loaded
}

function checksum(script: string): string {
  return createHash('sha256').update(script).digest('base64')
}
