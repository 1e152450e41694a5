import { openOn } from './tfjs.mjs'

export const open = (workload) => openOn('wasm', workload)
