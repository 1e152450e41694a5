/*
 * What a search draws, by its seed: each from random numbers of its own, so that no draw depends on how many came before.
 */
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'

const FIRST_TREE = 2 ** 31
const ORDER_OF_GRID = 2 ** 32 - 1

/** For configuration `at`, counted from 0. */
export function drawsOfConfiguration(seed: number, at: number): RandomStream {
  return new RandomStream(seed, streams.search, 0, at)
}

/** For the order in which a grid is tried. */
export function drawsOfOrder(seed: number): RandomStream {
  return new RandomStream(seed, streams.search, 0, ORDER_OF_GRID)
}

/** For regression tree `at`, counted from 0. */
export function drawsOfTree(seed: number, at: number): RandomStream {
  return new RandomStream(seed, streams.search, 0, FIRST_TREE + at)
}
