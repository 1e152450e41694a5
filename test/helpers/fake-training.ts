import type { Snapshot, TrainingHandle } from '../../lib/index.js'

/** A training that does nothing but remember what a callback did to it. */
export class FakeTraining implements TrainingHandle {
  learningRateFactor = 1
  readonly model: unknown
  stopped: string | undefined
  readonly saved: string[] = []

  constructor(model: unknown = {}) {
    this.model = model
  }

  stop(reason = ''): void {
    this.stopped = reason
  }

  snapshot(): Snapshot {
    return {}
  }

  restore(): void {}

  saveCheckpoint(path: string): void {
    this.saved.push(path)
  }
}
