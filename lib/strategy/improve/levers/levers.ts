/*
 * The levers by name. `moreData` and `longer` are told by curves (curve-levers.ts), `learningRate` by the baseline's own
 * rates.
 */
import type { LeverName } from '../result.js'
import { activation } from './activation.js'
import { augment } from './augment.js'
import { deeper } from './deeper.js'
import { dropout } from './dropout.js'
import { hiddenUnits } from './hidden-units.js'
import { l2 } from './l2.js'
import type { Lever } from './lever.js'
import { optimizer } from './optimizer.js'
import { scale } from './scale.js'
import { bigger, smaller } from './size.js'

const all: readonly Lever[] = [augment, scale, bigger, smaller, deeper, hiddenUnits, dropout, l2, activation, optimizer]

export const levers: ReadonlyMap<LeverName, Lever> = new Map(all.map((lever) => [lever.name, lever]))
