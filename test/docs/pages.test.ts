// What the pages speak of is there: files, headings, kernels, error codes.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const docs = join(root, 'docs')
const names = (await readdir(docs, { recursive: true })).filter((name) => name.endsWith('.md')).sort()
const pages = new Map(await Promise.all(names.map(async (name) => [name, await read(join(docs, name))] as const)))

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8')
}

/** The anchors of a page's headings, as its readers make them: a name that comes again gets a number. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>()
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '')
  const anchors = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const plain = heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const before = seen.get(plain) ?? 0
    seen.set(plain, before + 1)
    return before === 0 ? plain : `${plain}-${before}`
  })
  return new Set(anchors)
}

describe.each(names)('%s', (name) => {
  const text = pages.get(name)!

  test('links lead somewhere', async () => {
    const broken: string[] = []
    for (const [, link] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(link!)) continue
      const [path = '', anchor] = link!.split('#')
      const file = path === '' ? join(docs, name) : join(docs, dirname(name), path)
      const found = existsSync(file) && (anchor === undefined || anchorsOf(await read(file)).has(anchor))
      if (!found) broken.push(link!)
    }
    expect(broken).toEqual([])
  })

  test('files that it names are there', () => {
    const named = [...text.matchAll(/`((?:native|lib|test|scripts|examples)\/[\w./-]+\.\w+)`/g)].map(
      ([, path]) => path!,
    )
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

test('the index leads to every page', () => {
  const missing = names.filter((name) => name !== 'README.md' && !name.startsWith('reference/'))
  expect(missing.filter((name) => !pages.get('README.md')!.includes(`(${name})`))).toEqual([])
})

test('every kernel has a page of mathematics', async () => {
  const { kernels } = JSON.parse(await read(join(root, 'native/boundary/kernels.json'))) as {
    kernels: { name: string }[]
  }
  const mathematics = names.filter((name) => name.startsWith('math/')).map((name) => pages.get(name)!)
  // The page on dense layers speaks of the products by their formulas.
  const others = kernels.filter(({ name }) => !/^(dense|transposeWeight)/.test(name))
  const missing = others.filter(({ name }) => !mathematics.some((text) => text.includes(`\`${name}\``)))
  expect(others.length).toBeGreaterThan(0)
  expect(missing).toEqual([])
})

test('every error code is explained', async () => {
  const codes = (await read(join(root, 'lib/errors.ts'))).match(/ERR_DEEPBLAS_[A-Z_]+/g)!
  expect(codes.filter((code) => !pages.get('guide/errors.md')!.includes(`| \`${code}\` |`))).toEqual([])
})
