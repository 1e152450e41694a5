import { wrapped } from '../report/terminal/text.js'
import { type Html, html } from './html.js'
import type { Section } from './page.js'

/** About as long as the tables of texts are. */
const LONGEST_LINE = 84

/** How the result was made: its command, where it is known, and all of it as text behind a line that opens it. */
export function againSection(text: string, command: string | undefined): Section {
  return {
    heading: 'How it was made',
    content: html`${
      command === undefined
        ? undefined
        : html`<p>The exact command:</p>
<pre class="command" id="command">${command}</pre>`
    }
<details><summary>All of it as text</summary>${preformatted(text)}</details>`,
  }
}

/** Tables keep their columns; sentences are broken, so that nobody has to scroll for them. */
function preformatted(text: string): Html {
  const lines = text.split('\n').flatMap((line) => (line.length > LONGEST_LINE ? wrapped(line, LONGEST_LINE) : [line]))
  return html`<pre>${lines.join('\n')}</pre>`
}
