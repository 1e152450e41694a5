/** A row of CSV (RFC 4180), quoted where it must be. */
export function csvLine(fields: readonly string[], delimiter: string): string {
  return `${fields.map((text) => field(text, delimiter)).join(delimiter)}\n`
}

function field(text: string, delimiter: string): string {
  const quoted = /["\r\n]/.test(text) || text.includes(delimiter) || text !== text.trim()
  return quoted ? `"${text.replaceAll('"', '""')}"` : text
}

/** The name, or the first of "name 2", "name 3" that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let own = name
  for (let i = 2; taken.has(own); i++) own = `${name} ${i}`
  return own
}
