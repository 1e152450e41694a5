/*
 * Classes that are weaker than the others.
 */
import { expect, test } from 'vitest'
import { Dataset, Dense, Sequential } from '../../../../lib/index.js'
import { loss } from '../../../../lib/losses/names.js'
import { classFindings } from '../../../../lib/strategy/diagnose/segments.js'
import { Subject } from '../../../../lib/strategy/diagnose/subject.js'

/** Of 100 rows so many are of class 1, and all of these are wrong. */
function found(rare: number, hasClassWeights: boolean) {
  const y = Array.from({ length: 100 }, (_, row) => Number(row < rare))
  const data = Dataset.from({ x: y.map((one) => [one]), y })
  const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 1, seed: 1 })
  const subject = new Subject(model, loss('loss', 'binaryCrossEntropy'), data)
  return classFindings(subject, data, Float64Array.from(y), hasClassWeights)
}

test('of a rare class class weights are named, where the training had none', () => {
  const [weak] = found(20, false)
  expect(weak).toMatchObject({ kind: 'weakClass', levers: ['moreData', 'augment'] })
  expect(weak!.evidence).toMatch(/^Class 1: 20 % of rows, error 5\.0 times the mean\. Class weights/)
  expect(found(20, true)[0]!.evidence).toBe('Class 1: 20 % of rows, error 5.0 times the mean.')
  expect(found(60, false)[0]!.evidence).toBe('Class 1: 60 % of rows, error 1.7 times the mean.')
})
