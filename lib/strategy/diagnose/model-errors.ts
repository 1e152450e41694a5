/*
 * Where a trained model errs, without any other training.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Loss } from '../../losses/loss.js'
import type { Sequential } from '../../model/sequential.js'
import type { RandomStream } from '../../random/stream.js'
import type { DiagnosisFigures, ErrorFigure, SegmentFigure } from './result.js'
import { classFigures, weakSegments } from './segments.js'
import { Subject } from './subject.js'

/** Errors of a model on its dev rows, as `diagnose` tells them. */
export interface ModelErrors {
  readonly dev: ErrorFigure
  /** Segments of which the error is above that of the other rows, for certain; the worst first. */
  readonly segments: readonly SegmentFigure[]
  /** By class, of classes alone: rows and error. */
  readonly classes: DiagnosisFigures['classes']
}

export interface MeasuredRows {
  readonly scores: Float64Array
  /** Of every row. */
  readonly errors: Float64Array
  readonly figure: ErrorFigure
}

/** @param data numbered as the model's outputs are */
export async function measuredRows(subject: Subject, data: Dataset): Promise<MeasuredRows> {
  const scores = await subject.scores(data)
  const errors = subject.errors(scores, data)
  return { scores, errors, figure: subject.figure(errors, data) }
}

/** @param random draws the half of the dev rows on which segments are looked for */
export async function modelErrors(
  model: Sequential,
  loss: Loss,
  { train, dev }: { readonly train: Dataset; readonly dev: Dataset },
  random: RandomStream,
): Promise<ModelErrors> {
  const subject = new Subject(model, loss, train)
  const rows = subject.numbered(dev)
  const { errors, figure } = await measuredRows(subject, rows)
  const segments = await weakSegments(subject, rows, errors, random)
  return { dev: figure, segments, classes: classFigures(subject, rows, errors) }
}
