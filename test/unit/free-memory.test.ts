// What memory there is, by files as Linux, Docker and systemd lay them out.
import { expect, test } from 'vitest'
import { memoryNow, requireMemory } from '../../lib/memory.js'

const GB = 1e9
const meminfo = (available: number, swap = 0) =>
  `MemTotal: 99 kB\nMemFree: 1 kB\nMemAvailable:    ${available / 1024} kB\nSwapFree:        ${swap / 1024} kB\n`
const now = (files: Record<string, string>, machine = 16 * GB, limit = 0) =>
  memoryNow((path) => files[path], machine, limit)

test('without files it is all that the machine has, or the limit that Node knows', () => {
  expect(now({})).toEqual({ free: 16 * GB, inAll: 16 * GB })
  expect(now({}, 16 * GB, 2 ** 64)).toEqual({ free: 16 * GB, inAll: 16 * GB })
  expect(now({}, 16 * GB, 3 * GB)).toEqual({ free: 3 * GB, inAll: 3 * GB })
})

test('what is free is what can be had, with swap', () => {
  const files = { '/proc/meminfo': meminfo(1024 * 4e6, 1024 * 1e6) }
  expect(now(files)).toEqual({ free: 1024 * 5e6, inAll: 16 * GB })
})

test.each([
  ['of version 2', '0::/', '/sys/fs/cgroup', 'memory.max', 'memory.current', ''],
  [
    'of version 1',
    '4:cpu,memory:/',
    '/sys/fs/cgroup/memory',
    'memory.limit_in_bytes',
    'memory.usage_in_bytes',
    'total_',
  ],
])('a control group %s: its limit, less what is used and does not give way', (_, line, folder, limit, usage, total) => {
  const files = {
    '/proc/meminfo': meminfo(1024 * 9e6),
    '/proc/self/cgroup': `2:devices:/elsewhere\n${line}\n`,
    [`${folder}/${limit}`]: `${2 * GB}\n`,
    [`${folder}/${usage}`]: `${1.5 * GB}\n`,
    [`${folder}/memory.stat`]: `anon 7\n${total}inactive_file ${0.3 * GB}\n${total}active_file ${0.2 * GB}\n`,
  }
  expect(now(files)).toEqual({ free: 1 * GB, inAll: 2 * GB })
  for (const unlimited of ['max\n', '9223372036854771712\n']) {
    expect(now({ ...files, [`${folder}/${limit}`]: unlimited })).toEqual({ free: 1024 * 9e6, inAll: 16 * GB })
  }
})

test('of groups within groups the tightest one counts; a path of the host means the group at the mount', () => {
  const group = (folder: string, most: number, used: number) => ({
    [`/sys/fs/cgroup${folder}/memory.max`]: `${most}\n`,
    [`/sys/fs/cgroup${folder}/memory.current`]: `${used}\n`,
  })
  const self = { '/proc/self/cgroup': '0::/user.slice/job/part\n' }
  expect(
    now({ ...self, ...group('/user.slice', 4 * GB, 3.5 * GB), ...group('/user.slice/job', 2 * GB, 1 * GB) }),
  ).toEqual({
    free: 0.5 * GB,
    inAll: 2 * GB,
  })
  expect(now({ ...self, ...group('', 3 * GB, 1 * GB) })).toEqual({ free: 2 * GB, inAll: 3 * GB })
})

test('the error tells what is needed, what is free, and what there is', () => {
  const ask = () => requireMemory('a network', 1e18)
  expect(ask).toThrow(/1\.00 EB are needed for a network, and there are [\d.]+ [MG]B free of [\d.]+ [GT]B in all\./)
  expect(() => requireMemory('a small network', 1e6)).not.toThrow()
})
