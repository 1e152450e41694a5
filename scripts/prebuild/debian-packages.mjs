// Debian packages for the prebuilt addons and the arm64 tests, fetched through private lists in a folder of their own: the system's package
// sources and what it has installed stay as they are. Needs no root.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes lists in `folder` and brings them up to date.
 *
 * @param {string} folder
 * @param {{ type: 'deb' | 'deb-src', suite?: string, architecture?: string }} which suite: a Debian release by name.
 *   architecture: Debian's name of the processor. Defaults: the system's.
 * @returns {string[]} the arguments that make apt-get use them
 */
export function privateLists(folder, { type, suite, architecture }) {
  const sources = join(folder, 'sources')
  const lists = join(folder, 'lists')
  const installed = join(folder, 'installed')
  mkdirSync(sources, { recursive: true })
  mkdirSync(join(lists, 'partial'), { recursive: true })
  writeFileSync(installed, '')
  for (const [name, text] of systemSources(type, suite)) writeFileSync(join(sources, name), text)
  const settings = {
    'Dir::Etc::SourceList': '/dev/null',
    'Dir::Etc::SourceParts': sources,
    'Dir::State::Lists': lists,
    'Dir::State::status': installed,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': '',
    // An archived release is no longer signed anew.
    'Acquire::Check-Valid-Until': 'false',
    ...(architecture ? { 'APT::Architecture': architecture, 'APT::Architectures': architecture } : {}),
  }
  const options = ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
  // One source that cannot be reached makes this fail, though the one that is wanted was read: what is fetched next tells.
  spawnSync('apt-get', [...options, 'update'], { stdio: 'ignore' })
  return options
}

// The system's sources with another type and suite, [file name, text] for each file that has any. Only Debian's own:
// those that name the system's release.
function systemSources(type, suite) {
  const release = readFileSync('/etc/os-release', 'utf8').match(/^VERSION_CODENAME=(.*)$/m)?.[1] ?? 'unknown'
  const folder = '/etc/apt/sources.list.d'
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  return ['/etc/apt/sources.list', ...files].filter(existsSync).flatMap((file) => {
    const name = file.split('/').at(-1)
    const text = readFileSync(file, 'utf8')
    const entries = name.endsWith('.sources')
      ? stanzas(text, type, release, suite)
      : name.endsWith('.list')
        ? lines(text, type, release, suite)
        : []
    return entries.length > 0 ? [[name, `${entries.join('\n\n')}\n`]] : []
  })
}

function stanzas(text, type, release, suite = release) {
  return text
    .split(/\n\s*\n/)
    .filter((stanza) => suites(stanza.match(/^Suites:(.*)$/m)?.[1]).includes(release))
    .map((stanza) => stanza.replace(/^Types:.*$/m, `Types: ${type}`).replace(/^Suites:.*$/m, `Suites: ${suite}`))
}

function lines(text, type, release, suite = release) {
  const parts = /^deb(?:-src)?\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/
  return text
    .split('\n')
    .map((line) => line.match(parts))
    .filter((match) => match?.[3] === release)
    .map(([, options = '', address, , components]) => `${type} ${options}${address} ${suite} ${components}`)
}

function suites(value = '') {
  return value.trim().split(/\s+/)
}
