/*
 * The dimensions lesson for the compiler: where literal types are known, a layer whose `inputs` differ from what the
 * layer before gives does not type-check, and the error says which two numbers do not fit.
 */
import type { Dense } from '../../layers/dense.js'
import type { Layer } from '../../layers/layer.js'
import type { Residual } from '../../layers/residual.js'
import type { SameShape } from '../../layers/same-shape.js'

/** The type that the compiler shows where two layers do not fit. */
export interface LayersDoNotFit<Needs extends number, Given extends number> {
  readonly 'this layer needs inputs': Needs
  readonly 'the layer before gives': Given
}

/** The tuple itself where all dimensions fit or are unknown; LayersDoNotFit in place of a layer that does not. */
export type Fitting<Layers extends readonly Layer[], Given extends number> = Layers extends readonly [
  infer First extends Layer,
  ...infer Rest extends readonly Layer[],
]
  ? [FittingLayer<First, Given>, ...Fitting<Rest, OutputsOf<First, Given>>]
  : Layers

type FittingLayer<One extends Layer, Given extends number> =
  One extends Dense<number, infer Needs>
    ? number extends Needs
      ? One
      : number extends Given
        ? One
        : Needs extends Given
          ? One
          : LayersDoNotFit<Needs, Given>
    : One

/** The number of features, where inputs are not named. */
export type NumberOf<Inputs> = Inputs extends number ? Inputs : number

/** Layers that give as many features as they get. */
type KeepsShape = SameShape | Residual

type OutputsOf<One extends Layer, Given extends number> =
  One extends Dense<infer Units, number> ? Units : One extends KeepsShape ? Given : number
