/*
 * HTML as values: what stands between the tags of a template is escaped, always. Names of columns and classes come from
 * files of others.
 */

/** A piece of HTML that needs no escaping any more. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: texts and numbers are escaped, lists are joined, undefined is nothing. */
export type Content = Html | string | number | undefined | readonly Content[]

/**
 * A template of HTML.
 *
 * @example
 * html`<td title="${name}">${name}</td>`
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.map((part, at) => (at === 0 ? part : `${textOf(contents[at - 1])}${part}`)).join(''))
}

function textOf(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Html) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return escaped(String(content))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as it may stand between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign]!)
}

/** A value as JSON in an element that is no script to run: its text cannot end the element. */
export function jsonElement(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c')
  return new Html(`<script type="application/json" id="${escaped(id)}">${json}</script>`)
}
