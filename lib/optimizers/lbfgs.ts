import { finiteNumber, invalid, knownOptions, positiveInteger } from '../validate.js'
import { TrainingMethod } from './training-method.js'

export interface LBFGSOptions {
  /** The first step length that a line search tries. Default 1, the length of Newton's method. */
  readonly learningRate?: number
  /** Number of past steps, with their changes of the gradient, that approximate the curvature. Default 10. */
  readonly memory?: number
  /** Evaluations of loss and gradient that one line search may take. Default 25. */
  readonly lineSearchEvaluations?: number
  /** The fit ends when no element of the gradient is larger than this. Default 1e-7. */
  readonly gradientTolerance?: number
}

const names = ['learningRate', 'memory', 'lineSearchEvaluations', 'gradientTolerance'] as const

/**
 * L-BFGS with a line search by the strong Wolfe conditions (Nocedal and Wright, "Numerical optimization", 2006,
 * algorithms 7.4, 3.5 and 3.6): for small problems, since every step reads all rows several times. One epoch of `fit`
 * is one iteration, and `loss` in its history is that of the parameters after the iteration. When the gradient or the
 * progress is as small as single precision can tell, the fit ends with `history.stopped` 'early'.
 *
 * It trains one network (not a Population) on full batches, which are the default of `fit` here. It refuses layers that
 * draw random numbers or keep running statistics, and constraints; penalties are fine.
 *
 * @example
 * await model.fit(data, { loss: 'meanSquaredError', optimizer: new LBFGS(), epochs: 50 })
 */
export class LBFGS extends TrainingMethod {
  readonly name = 'LBFGS'
  readonly memory: number
  readonly lineSearchEvaluations: number
  readonly gradientTolerance: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: LBFGSOptions) {
    const given = knownOptions<LBFGSOptions>('LBFGS', options, names)
    const learningRate = finiteNumber('learningRate', given.learningRate ?? 1, { exclusiveMin: 0 })
    super(learningRate)
    this.memory = positiveInteger('memory', given.memory ?? 10)
    this.lineSearchEvaluations = positiveInteger('lineSearchEvaluations', given.lineSearchEvaluations ?? 25)
    this.gradientTolerance = finiteNumber('gradientTolerance', given.gradientTolerance ?? 1e-7, { min: 0 })
  }

  get stepsOver(): 'allRows' {
    return 'allRows'
  }

  override requireMembers(members: number): void {
    if (members > 1) throw invalid('optimizer', 'optimizer of a population', this, 'LBFGS trains one network alone.')
  }
}
