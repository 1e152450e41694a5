/* How the last finite parameters are kept; what members are left with stands in failed-members.test.ts. */
import { expect, test } from 'vitest'
import { Dense } from '../../../../lib/index.js'
import { insideOf } from '../../../../lib/model/inside.js'
import { newArena } from '../../../../lib/model/network/network.js'
import { Population } from '../../../../lib/model/population.js'
import { Opened } from '../../../../lib/model/programs/opened.js'
import type { FitSteps } from '../../../../lib/model/programs/requests.js'
import { LastFinite } from '../../../../lib/model/training/last-finite.js'

/** The result, and how often the event loop could turn. */
function counted<Result>(steps: FitSteps<Result>): { result: Result; pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next()
    if (step.done === true) return { result: step.value, pauses }
    expect(step.value).toEqual({ pause: true })
  }
}

function keeping(inputs: number, members: number) {
  const many = new Population([new Dense(1, { bias: false })], { inputs, members, seed: 1 })
  const { network, seeds } = insideOf(many)
  const opened = new Opened()
  const parameters = newArena(network, members)
  const state = newArena(network, members)
  const finite = new LastFinite({ network, parameters, seeds }, [state], opened)
  const write = (arena: typeof state, member: number, value: number) =>
    arena.write(member, 0, 1, inputs, 1, new Float32Array(inputs).fill(value))
  const read = (arena: typeof state, member: number) => arena.read(member, 0, 1, 1, 1)[0]
  return { finite, parameters, state, write, read, opened, network }
}

test('a spoilt member gets what was kept, parameters and states; the others are left alone', () => {
  const { finite, parameters, state, write, read, opened } = keeping(40, 3)
  for (const member of [0, 1, 2]) {
    write(parameters, member, member)
    write(state, member, 10 + member)
  }
  counted(finite.keep())
  for (const member of [0, 1, 2]) write(state, member, 20)
  write(parameters, 0, 5)
  write(parameters, 1, Number.POSITIVE_INFINITY)
  expect(counted(finite.spoiltOf([0, 1, 2])).result).toEqual([1])
  expect(counted(finite.spoiltOf([0, 2])).result).toEqual([])
  finite.goBack()
  expect([0, 1, 2].map((member) => read(parameters, member))).toEqual([5, 1, 2])
  expect([0, 1, 2].map((member) => read(state, member))).toEqual([20, 11, 20])
  opened.release()
})

test('the event loop may turn while much is kept and looked at, and holds for nothing small', () => {
  const small = keeping(1000, 10)
  expect(counted(small.finite.keep()).pauses).toBe(0)
  expect(counted(small.finite.spoiltOf([0, 1])).pauses).toBe(0)
  small.opened.release()

  const members = 6
  const large = keeping(600_000, members)
  expect(large.network.length).toBeGreaterThanOrEqual(600_000)
  // Pieces of two members: of the first look, and of the copies of parameters and of one state.
  expect(counted(large.finite.keep()).pauses).toBe(3 * (members / 2))
  expect(counted(large.finite.keep()).pauses).toBe(2 * (members / 2))
  large.write(large.parameters, 4, Number.NaN)
  expect(counted(large.finite.spoiltOf([1, 3, 4, 5]))).toEqual({ result: [4], pauses: 2 })
  large.opened.release()
})
