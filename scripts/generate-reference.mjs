// Makes docs/reference from the declarations that the TypeScript compiler wrote into dist/: everything lib/index.ts
// exports, the types those declarations speak of, and their docstrings. One page per room of lib/.
//
//   node scripts/generate-reference.mjs           writes the pages
//   node scripts/generate-reference.mjs --check   writes nothing; exits with 1 if a page is stale (a test runs it)
//
// The declarations are read as text: a compiler writes them in one regular form, every statement with its docstring
// before it.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const target = join(root, 'docs', 'reference')

/** The order of the pages, what each is about, and where to read more. A room that is not named here comes last. */
const rooms = {
  model: [
    'Stacks of layers: training, prediction, files, and looking inside.',
    [
      '../guide/getting-started.md',
      '../guide/training.md',
      '../guide/looking-inside.md',
      '../guide/saving.md',
      '../math/metrics.md',
    ],
  ],
  layers: [
    'What a model is made of.',
    [
      '../guide/layers.md',
      '../math/dense.md',
      '../math/dropout.md',
      '../math/normalization.md',
      '../math/embedding.md',
    ],
  ],
  activations: ['What a layer does to its sums, by name.', ['../guide/choosing.md', '../math/activations.md']],
  initializers: ['How weights start.', ['../guide/choosing.md', '../math/random.md']],
  regularizers: ['Penalties and bounds on weights.', ['../guide/choosing.md', '../math/regularizers.md']],
  losses: [
    'What training makes small, by name or configured.',
    ['../guide/losses.md', '../math/losses.md', '../math/quantiles.md'],
  ],
  metrics: ['What is counted beside the loss, by name or configured.', ['../guide/losses.md', '../math/metrics.md']],
  outputs: ['What the outputs of a network mean to losses and metrics.', ['../guide/losses.md', '../math/metrics.md']],
  optimizers: ['How a step changes the parameters.', ['../guide/optimizers.md', '../math/optimizers.md']],
  schedules: ['Learning rates that change.', ['../guide/optimizers.md', '../math/schedules.md']],
  strategy: [
    'Tables to models in one call, and what to know of a table, a rate or a model before and after a training.',
    [
      '../guide/train-table.md',
      '../guide/diagnose.md',
      '../guide/search.md',
      '../guide/cross-validation.md',
      '../guide/intervals.md',
      '../guide/why-deep.md',
    ],
  ],
  data: ['Rows of numbers: from arrays, files and formulas.', ['../guide/data.md', '../math/gather.md']],
  callbacks: ['Watching and steering a training.', ['../guide/callbacks.md']],
  files: ['The safetensors format.', ['../guide/saving.md']],
  report: ['Tables, curves and matrices as text.', ['../guide/looking-inside.md']],
  recording: [
    'What layers, losses and optimizers of your own record with.',
    ['../guide/layers.md', '../math/map.md', '../math/columns.md', '../math/random.md'],
  ],
  errors: ['What is thrown.', ['../guide/errors.md']],
  system: ['Threads and versions.', ['../guide/training.md']],
}

/** Not for users: a page names these types but does not describe them. */
const inner =
  /^(native\/(?!generated)|recording\/(generated|recording-key)|model\/network\/(dimension-types|network)|files\/strict-json)/

/**
 * Classes in two halves. The lower one, generic in what it makes, is what the rooms between them know; pages show the class
 * whole, by the name that users import.
 */
const lowerHalves = { Encoder: 'TableEncoder' }

const note = '<!-- Made by scripts/generate-reference.mjs from the declarations: change those, not this page. -->'
/** The order of names within a page. */
const kinds = ['class', 'function', 'const', 'interface', 'type']
/** Columns of a signature. */
const widest = 100
const files = new Map()
/** Of each declaration: readers number the second heading of a name on a page. */
const anchors = new Map()

const check = process.argv.includes('--check')
if (!existsSync(join(dist, 'index.d.ts'))) {
  console.error('dist/ is not built: run npm run build:ts first.')
  process.exit(1)
}

const pages = makePages()
const present = existsSync(target) ? readdirSync(target).filter((name) => name.endsWith('.md')) : []
const stale = [
  ...[...pages].filter(([name, text]) => !present.includes(name) || read(join(target, name)) !== text),
  ...present.filter((name) => !pages.has(name)).map((name) => [name]),
].map(([name]) => `docs/reference/${name}`)

if (check) {
  for (const name of stale)
    console.error(`${name} is stale: run npm run build:ts && node scripts/generate-reference.mjs`)
  process.exit(stale.length > 0 ? 1 : 0)
}
mkdirSync(target, { recursive: true })
for (const name of present) if (!pages.has(name)) rmSync(join(target, name))
for (const [name, text] of pages) writeFileSync(join(target, name), text)
console.log(`${pages.size} pages, ${stale.length} changed`)

function read(path) {
  return readFileSync(path, 'utf8')
}

// ---- reading declarations -----------------------------------------------------------------------------------------

/** The statements of a text, each with the docstring before it; comments and strings are stepped over. */
function statements(text) {
  const found = []
  let documentation = ''
  let start = -1
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at, at + 2)
    if (rest === '/*' || rest === '//') {
      const end = rest === '/*' ? text.indexOf('*/', at) + 2 : endOfLine(text, at)
      if (start < 0 && text.startsWith('/**', at)) documentation = text.slice(at, end)
      at = end - 1
      continue
    }
    const character = text[at]
    if (/\s/.test(character)) continue
    if (start < 0) start = at
    if (/['"`]/.test(character)) {
      at = text.indexOf(character, at + 1)
      continue
    }
    if (/[({[]/.test(character)) depth++
    if (/[)}\]]/.test(character)) depth--
    const ends =
      depth === 0 && (character === ';' || (character === '}' && hasBody(text.slice(start, text.indexOf('{', start)))))
    if (!ends) continue
    found.push({ documentation, text: text.slice(start, at + 1).replace(/;$/, '') })
    documentation = ''
    start = -1
  }
  return found
}

function endOfLine(text, at) {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function hasBody(head) {
  return /^(export )?(declare )?(abstract )?(interface|class)\b/.test(head)
}

/** What one declaration file declares, imports and hands on: name -> declaration, name -> [file, name there]. */
function fileOf(path) {
  if (files.has(path)) return files.get(path)
  const file = { path, declarations: new Map(), links: new Map() }
  files.set(path, file)
  for (const { documentation, text } of statements(byWholeNames(read(join(dist, `${path}.d.ts`))))) {
    const from = /from '(\.[^']*)\.js'$/.exec(text)
    if (from !== null) {
      const source = posix.join(posix.dirname(path), from[1])
      for (const item of (/\{([^}]*)\}/.exec(text)?.[1] ?? '').split(',')) {
        const [name, as] = item
          .trim()
          .replace(/^type /, '')
          .split(' as ')
        if (name !== '') file.links.set(as ?? name, { source, name, handedOn: text.startsWith('export') })
      }
      continue
    }
    const declared =
      /^(?:export )?(?:declare )?(abstract )?(interface|class|type|const|function) ([\w$]+)([\s\S]*)$/.exec(text)
    if (declared === null) continue
    const [, abstract = '', kind, name, body] = declared
    const known = file.declarations.get(name)
    if (kind === 'function' && known !== undefined) known.overloads.push(body)
    else file.declarations.set(name, { path, name, kind, abstract, documentation, body, overloads: [] })
  }
  for (const declaration of file.declarations.values()) joinHalves(file, declaration)
  return file
}

/** Where a type is the lower half of a class, the class: `TableEncoder<Dataset>` is Encoder. */
function byWholeNames(text) {
  return Object.entries(lowerHalves).reduce(
    (named, [whole, lower]) => named.replaceAll(new RegExp(`(?<!(?:class|extends) )\\b${lower}<\\w+>`, 'g'), whole),
    text,
  )
}

/** Gives a class the members of its lower half, and its file the names that they speak of. */
function joinHalves({ path, links }, declaration) {
  const half = declaration.kind === 'class' ? lowerHalves[declaration.name] : undefined
  if (half === undefined) return
  const lower = resolve(path, half)
  const [, parameter] = /^<(\w+)>/.exec(lower.body)
  const [, made] = /^ extends \w+<(\w+)>/.exec(declaration.body)
  const own = declaration.body.slice(openingBrace(declaration.body), declaration.body.lastIndexOf('}'))
  const inherited = lower.body.slice(openingBrace(lower.body) + 1)
  declaration.body = ` ${own}${inherited.replaceAll(new RegExp(`\\b${parameter}\\b`, 'g'), made)}`
  for (const [name, link] of fileOf(lower.path).links) if (!links.has(name)) links.set(name, link)
}

/** The declaration that a name means in a file; undefined for globals, type parameters and what is not for users. */
function resolve(path, name) {
  const file = fileOf(path)
  const own = file.declarations.get(name)
  if (own !== undefined) return inner.test(path) ? undefined : own
  const link = file.links.get(name)
  return link === undefined ? undefined : resolve(link.source, link.name)
}

/** The exports of the package and, transitively, every type that they speak of. */
function described() {
  const exported = [...fileOf('index').links].map(([name, { source, name: there }]) => {
    const declaration = resolve(source, there)
    if (declaration === undefined) throw new Error(`lib/index.ts exports ${name}, which ${source} does not declare`)
    return declaration
  })
  const all = new Set(exported)
  for (const declaration of all) {
    for (const [, typeOf, name] of publicText(declaration).matchAll(/(typeof )?\b([A-Za-z_$][\w$]*)/g)) {
      const other = resolve(declaration.path, name)
      if (other === undefined) continue
      // A parameter may be called as a function of the file is; only types, and what `typeof` names, are meant.
      if (typeOf !== undefined || /^(interface|class|type)$/.test(other.kind)) all.add(other)
    }
  }
  return { exported: new Set(exported), all: [...all] }
}

function publicText(declaration) {
  const { kind, body } = declaration
  if (kind !== 'class' && kind !== 'interface') return body
  const { head, members } = parts(declaration)
  return [head, ...members.map(({ text }) => text)].join('\n')
}

/** Head and public members of a class or interface. */
function parts({ body }) {
  const open = openingBrace(body)
  const members = statements(body.slice(open + 1, body.lastIndexOf('}'))).filter(
    // A property that can be set is described by what it gets.
    ({ text }) => !/^((static )?set|#private|private|protected)\b/.test(text),
  )
  return { head: body.slice(0, open).trim(), members }
}

/** The brace of the body, past any in the type parameters. */
function openingBrace(body) {
  let angles = 0
  for (let at = 0; at < body.length; at++) {
    if (body[at] === '<') angles++
    if (body[at] === '>' && body[at - 1] !== '=') angles--
    if (body[at] === '{' && angles === 0) return at
  }
  throw new Error('a class or interface without a body')
}

// ---- writing pages ------------------------------------------------------------------------------------------------

/** What a recording is made of by name stands on its page, wherever the names are agreed on. */
function roomOf({ path }) {
  return path.startsWith('native/generated/') ? 'recording' : path.split('/')[0]
}

function makePages() {
  const { exported, all } = described()
  const byRoom = group(all, roomOf)
  const known = Object.keys(rooms)
  const order = [...known.filter((room) => byRoom.has(room)), ...[...byRoom.keys()].filter((r) => !known.includes(r))]
  const texts = new Map()
  for (const room of order) texts.set(`${room}.md`, page(room, byRoom.get(room), exported))
  texts.set('README.md', index(order, byRoom, exported))
  return texts
}

// Node 20 has no Map.groupBy.
function group(items, keyOf) {
  const groups = new Map()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

function title(room) {
  return room[0].toUpperCase() + room.slice(1)
}

function index(order, byRoom, exported) {
  const lines = order.map((room) => {
    const names = byRoom.get(room).filter((one) => exported.has(one))
    const links = names.map((one) => `[\`${one.name}\`](${room}.md#${anchors.get(one)})`)
    return `| [${title(room)}](${room}.md) | ${rooms[room]?.[0] ?? ''} | ${links.join(' ')} |`
  })
  return `${[
    note,
    '',
    '# Reference',
    '',
    "Everything that `import { … } from 'deepblas'` gives, by room of [lib](../../lib/index.ts).",
    '',
    '| room | | names |',
    '|---|---|---|',
    ...lines,
  ].join('\n')}\n`
}

function page(room, declarations, exported) {
  const [about, links = []] = rooms[room] ?? ['']
  const see = links.map((link) => `[${link.replace('../', '').replace('.md', '')}](${link})`)
  const members = new Set(declarations.flatMap((one) => (one.kind === 'const' ? functionsIn(one) : [])))
  const named = declarations.filter((one) => exported.has(one)).sort(byKind)
  const others = declarations.filter((one) => !exported.has(one) && !members.has(one)).sort(byKind)
  const blocks = [note, `# ${title(room)}`, about, see.length === 0 ? '' : `Read more: ${see.join(', ')}.`]
  const taken = new Map()
  for (const declaration of named) {
    const plain = declaration.name.toLowerCase()
    const before = taken.get(plain) ?? 0
    taken.set(plain, before + 1)
    anchors.set(declaration, before === 0 ? plain : `${plain}-${before}`)
    blocks.push(...describe(declaration, '##'))
  }
  if (others.length > 0) {
    const why = 'Types that the declarations above speak of. They are not exported: there is nothing to import.'
    blocks.push('## Not exported', why)
    for (const declaration of others) blocks.push(...describe(declaration, '###'))
  }
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** What a constant object is made of: `{ digits: typeof digits }`. */
function functionsIn({ path, body }) {
  return [...body.matchAll(/typeof ([\w$]+)/g)].flatMap(([, name]) => {
    const meant = resolve(path, name)
    return meant?.kind === 'function' ? [meant] : []
  })
}

function byKind(a, b) {
  const difference = kinds.indexOf(a.kind) - kinds.indexOf(b.kind)
  if (difference !== 0) return difference
  return a.name < b.name ? -1 : 1
}

function describe(declaration, level) {
  const { path, name, kind, abstract, documentation, body } = declaration
  const about = documented(documentation)
  const source = `Source: [lib/${path}.ts](../../lib/${path}.ts)`
  const blocks = [`${level} ${name}`]
  if (kind === 'function') return [...blocks, ...describeFunction(declaration, name), source]
  if (kind === 'type' || kind === 'const') {
    const definition = dedent(withoutComments(`${kind} ${name}${body}`)).replace(/= \n *\|? ?/, '=\n  | ')
    const meanings = kind === 'type' ? choices(body) : names(declaration)
    blocks.push(code(definition.replaceAll('\n| ', '\n  | ')), ...about.text, ...meanings, ...about.details)
    for (const one of kind === 'const' ? functionsIn(declaration) : []) {
      blocks.push(`${level}# ${name}.${one.name}`, ...describeFunction(one, one.name))
    }
    return [...blocks, source]
  }
  const { head, members } = parts(declaration)
  const space = head.startsWith('<') ? '' : ' '
  blocks.push(code(`${abstract}${kind} ${name}${space}${head}`.trim()), ...about.text, ...about.details)
  if (kind === 'interface') return [...blocks, list(members), source]
  const base = inherited(declaration, head)
  const own = members.filter((member) => member.documentation !== '' || !base.members.has(nameOf(member)))
  if (base.text !== '') blocks.push(base.text)
  const isMaker = ({ text }) => text.startsWith('constructor(')
  const isField = ({ text }) =>
    !isMaker({ text }) && (/^((static|abstract|readonly) )*get /.test(text) || !callable(text))
  for (const member of own.filter(isMaker)) blocks.push(...describeMember(name, member, level))
  const fields = own.filter((member) => isField(member))
  if (fields.length > 0) blocks.push('Properties:', list(fields))
  for (const member of own.filter((one) => !isMaker(one) && !isField(one))) {
    blocks.push(...describeMember(name, member, level))
  }
  return [...blocks, source]
}

function describeFunction({ body, documentation, overloads }, name) {
  const about = documented(documentation)
  const signatures = [body, ...overloads].map((one) => laidOut(`function ${name}${one.trimEnd()}`))
  return [code(signatures.join('\n')), ...about.text, ...about.details]
}

function callable(text) {
  return /^((static|abstract) )*[\w$]+\??(<[^(]*>)?\(/.test(text)
}

function nameOf({ text }) {
  return /^(?:(?:static|abstract|readonly|get|set) )*([\w$]+|\[[^\]]+\])/.exec(text)[1]
}

/** The documented members of what a class extends and implements, and a sentence that points there. */
function inherited({ path }, head) {
  const members = new Set()
  const links = []
  for (const [, list] of head.matchAll(/\b(?:extends|implements) ((?:[\w$]+(?:, )?)+)(?=$| implements| \{|<)/g)) {
    for (const name of list.split(', ')) {
      const base = resolve(path, name)
      if (base === undefined || base.path === path + name) continue
      for (const member of parts(base).members) if (member.documentation !== '') members.add(nameOf(member))
      const up = parts(base)
      for (const member of inherited(base, up.head).members) members.add(member)
      links.push(`[${name}](${roomOf(base)}.md#${name.toLowerCase()})`)
    }
  }
  return { members, text: links.length === 0 ? '' : `What is not described here is in ${links.join(', ')}.` }
}

/** What each choice of a union means, where the declaration says so. */
function choices(body) {
  const rows = [...body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*\|? ?('\w+')/g)].map(
    ([, comment, choice]) => `- \`${choice}\`: ${documented(`/**${comment}*/`).text.join(' ')}`,
  )
  return rows.length === 0 ? [] : [rows.join('\n')]
}

/** What each of a list of names means, where the file has a constant of that name with a docstring. */
function names({ path, body }) {
  const rows = [...body.matchAll(/'(\w+)'/g)].flatMap(([, name]) => {
    const meant = fileOf(path).declarations.get(name)
    if (meant === undefined || meant.documentation === '') return []
    return [`- \`'${name}'\`: ${documented(meant.documentation).text.join(' ').replaceAll('\n', ' ')}`]
  })
  return rows.length === 0 ? [] : [rows.join('\n')]
}

/** Fields of an interface as a list; a method has its docstring below. */
function list(members) {
  return members
    .map(({ text, documentation }) => {
      const { text: about, details } = documented(documentation)
      const signature = dedent(withoutComments(text))
        .replace(/^((static|abstract|readonly) )+/, '')
        .replace(/^get ([\w$]+)\(\)/, '$1')
        .replaceAll(/\s*\n\s*/g, ' ')
      const remarks = [...about, ...details].join('\n\n').replaceAll('\n', ' ').replaceAll(/ +/g, ' ')
      return `- \`${signature}\`${remarks === '' ? '' : `: ${remarks}`}`
    })
    .join('\n')
}

function describeMember(owner, member, level) {
  const { text, documentation } = member
  const name = nameOf(member)
  const { text: about, details } = documented(documentation)
  const heading = name === 'constructor' ? `new ${owner}` : `${owner}.${name}`
  const signature = withoutComments(text).replace(/^constructor/, `new ${owner}`)
  return [`${level}# ${heading}`, code(laidOut(signature)), ...about, ...details]
}

/** A docstring as Markdown: what it says, and its tags. */
function documented(comment) {
  const lines = comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
  const [head, ...tags] = lines.join('\n').split(/^ ?@(?=\w)/m)
  const text = head.trim() === '' ? [] : [head.trim()]
  const details = []
  const parameters = []
  for (const tag of tags) {
    const [, kind, rest] = /^(\w+)\s*([\s\S]*)$/.exec(tag)
    const said = rest.trim()
    const flat = said.replaceAll(/\n\s*/g, '\n')
    if (kind === 'example') details.push(code(said))
    else if (kind === 'param') parameters.push(`- ${flat.replace(/^([\w$.]+)/, '`$1`:')}`)
    else if (kind === 'returns') details.push(`Returns: ${flat}`)
    else if (kind === 'throws') details.push(`Errors: ${coded(flat.replace(/^DeepblasError\s*/, ''))}`)
    else details.push(`${kind}: ${flat}`)
  }
  return { text, details: parameters.length === 0 ? details : [parameters.join('\n'), ...details] }
}

/** Error codes as code, unless they are already. */
function coded(text) {
  return text.replaceAll(/(?<![`\w])(ERR_DEEPBLAS_[A-Z_]+|_[A-Z]+)\b(?!`)/g, '`$1`')
}

function code(text) {
  return `\`\`\`ts\n${text}\n\`\`\``
}

function withoutComments(text) {
  return text.replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '').replaceAll(/\/\*\*[\s\S]*?\*\/\s*/g, '')
}

/** Takes away the indentation that all lines but the first share, and leaves two columns a level. */
function dedent(text) {
  const lines = text.split('\n')
  const depths = lines.slice(1).flatMap((line) => (line.trim() === '' ? [] : [line.search(/\S/)]))
  const shared = Math.min(...depths, Number.POSITIVE_INFINITY)
  const shift = Number.isFinite(shared) && /^\s*[}\])]/.test(lines.at(-1)) ? shared : 0
  return lines
    .map((line, at) => {
      if (at === 0) return line
      const own = line.search(/\S/)
      return ' '.repeat(Math.max(0, own - shift) / 2) + line.trim()
    })
    .join('\n')
}

/** A signature, with one parameter a line where it would be too wide. */
function laidOut(signature) {
  const flat = dedent(signature).replaceAll(/\s*\n\s*/g, ' ')
  if (flat.length <= widest) return flat
  const open = flat.indexOf('(')
  let depth = 0
  let start = open + 1
  const parameters = []
  for (let at = open; at < flat.length; at++) {
    const character = flat[at]
    if (/[({[<]/.test(character)) depth++
    if (/[)}\]]/.test(character) || (character === '>' && flat[at - 1] !== '=')) depth--
    if ((character === ',' && depth === 1) || depth === 0) {
      parameters.push(flat.slice(start, at).trim())
      start = at + 1
    }
    if (depth === 0) break
  }
  const lines = parameters.filter((parameter) => parameter !== '').map((parameter) => `  ${parameter},`)
  if (lines.length === 0) return flat
  return `${flat.slice(0, open + 1)}\n${lines.join('\n')}\n)${flat.slice(start)}`
}
