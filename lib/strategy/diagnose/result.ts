/*
 * What a diagnosis says.
 */

/** What keeps a model from being better, in one word. */
export type Dominant = 'bias' | 'variance' | 'mismatch' | 'labelNoise' | 'inputs' | 'optimization' | 'none'

/**
 * What was found: one of the words of `dominant`, or a finer one. 'tooSmall', 'weakSegment' and 'weakClass' belong to bias;
 * 'tooLittleData' and 'overfitting' to variance; 'unscaledInputs', 'constantInput' and 'leak' to inputs; the others to
 * optimization.
 */
export type FindingKind =
  | Exclude<Dominant, 'none'>
  | 'tooSmall'
  | 'tooLittleData'
  | 'overfitting'
  | 'unscaledInputs'
  | 'constantInput'
  | 'leak'
  | 'learningRateTooLow'
  | 'learningRateTooHigh'
  | 'tooFewEpochs'
  | 'deadUnits'
  | 'vanishingGradients'
  | 'explodingGradients'
  | 'notFinite'
  | 'weakClass'
  | 'weakSegment'

/** The levers of the lesson, in the words of `improve`. */
export type Lever =
  | 'moreData'
  | 'augment'
  | 'longer'
  | 'optimizer'
  | 'learningRate'
  | 'scale'
  | 'bigger'
  | 'smaller'
  | 'deeper'
  | 'dropout'
  | 'l2'
  | 'activation'
  | 'hiddenUnits'

export interface Finding {
  readonly kind: FindingKind
  /**
   * From 0 to 1. Of what costs error (bias, variance, mismatch, label noise and what causes them): its share of the error on
   * the dev rows. Of segments and classes: the share of the dev error that is theirs beyond their share of the rows. Of
   * inputs and units: the share that is affected; of a leak 1.
   */
  readonly severity: number
  /** The figures that it rests on, in a sentence. */
  readonly evidence: string
  /** What addresses it, the first first; none where only a look at the data does. */
  readonly levers: readonly Lever[]
}

/**
 * A mean error, and how far off it may be for the rows that it was measured on. NaN, both, where a diagnosis was stopped
 * before its model was trained.
 */
export interface ErrorFigure {
  /**
   * Of classes the share of rows (of several yes-or-no outputs, of outputs) that are wrong: 1 - accuracy. Of values the mean
   * squared error divided by the variance of the rows' targets: 1 - R² (of fewer than 30 rows by that of the training rows).
   */
  readonly value: number
  /** Standard error over the rows. */
  readonly error: number
  readonly rows: number
}

/** A difference of two errors, or an error that was inferred. */
export interface Estimate {
  readonly value: number
  readonly error: number
  /** Whether the value lies above 0 by more than two and a half standard errors. */
  readonly certain: boolean
}

/** A training that differs from the given one in one thing. */
export interface ProbeFigure {
  /** What differs, such as 'learning rate x 10'. */
  readonly change: string
  readonly lever: Lever
  /** Mean error over the seeds, on the rows it trained on and on those held out. */
  readonly train: number
  readonly heldOut: number
  /** How much less error there is on the rows held out than with the training as given, same seeds and rows. */
  readonly gain: Estimate
  /** Seeds of which the loss was not finite. */
  readonly failed: number
}

export interface LayerFigure {
  /** 'layers.0 Dense 16 relu' */
  readonly name: string
  /** Share of the units whose derivative is 0 for every row; undefined for a layer without an activation. */
  readonly dead: number | undefined
  /** Root of the mean square of the derivatives of the cost to Z, times the rows; undefined likewise. */
  readonly gradient: number | undefined
  readonly meanActivation: number
  readonly deviation: number
}

export interface SegmentFigure {
  /** 'age < 25 and city unknown' */
  readonly description: string
  /** Share of the dev rows. */
  readonly share: number
  readonly error: number
  /** Times the mean error. */
  readonly times: number
  readonly rows: number
}

export interface CurvePoint {
  readonly rows: number
  readonly train: number
  readonly heldOut: number
  /** Standard error of `heldOut` over seeds and rows. */
  readonly error: number
}

/** The curve over the rows, continued to twice as many. */
export interface TwiceTheRows {
  readonly rows: number
  /** The error on rows held out by the law a + b / n^c that fits the curve best. */
  readonly heldOut: number
  /** What refits on resampled seeds and with points left out give, 95 % of them. */
  readonly band: readonly [low: number, high: number]
}

/** Losses of one epoch, means over the seeds of the repeated training. */
export interface EpochPoint {
  readonly epoch: number
  /** On the training rows, during the epoch. */
  readonly train: number
  /** On the rows held out (`trainDev`, without it `dev`), after it. */
  readonly heldOut: number
}

/** Learning curves, of the training repeated with other seeds. */
export interface Curves {
  /** Error over the amount of data; trainings of as many updates each. Empty where there was no room for them. */
  readonly rows: readonly CurvePoint[]
  /** Undefined for a curve of fewer than three points. */
  readonly twice: TwiceTheRows | undefined
  /** Loss over time; empty where no seed had a finite one. */
  readonly epochs: readonly EpochPoint[]
}

export interface LabelNoiseFigure {
  /**
   * Estimated share of training labels that are wrong: of classes by confident learning (Northcutt, Jiang and Chuang,
   * 2021), of values the share whose residual out of fold is beyond 3.5 robust deviations.
   */
  readonly share: number
  /** The error out of fold among the half of the rows that the model is surest of. */
  readonly amongTheSurest: Estimate
  /** What of it would stay with any number of rows. */
  readonly staying: Estimate
  /**
   * For every row looked at, from 0 to 1: how well its label agrees with a model that has not seen it (of classes the
   * probability given to the label; of values how likely so large a residual is). Least first are the ones to check.
   */
  readonly scores: Float64Array
  /** Rows of the training data that the scores are of, in ascending order. */
  readonly rows: Int32Array
  /** The rows most likely to be wrong, at most 20. */
  readonly suspects: readonly number[]
}

export interface DiagnosisFigures {
  readonly train: ErrorFigure
  readonly trainDev: ErrorFigure | undefined
  readonly dev: ErrorFigure
  /**
   * The error that can be reached: that of `target`, or what was inferred from fits of ours and how they gain by rows.
   * Undefined where no target was given and those fits are missing: the budget had no room for them, the rows are fewer than
   * 20, or their loss was not finite.
   */
  readonly attainable: (Estimate & { readonly given: boolean }) | undefined
  /** Train error less the attainable one; undefined where that is not known. */
  readonly bias: Estimate | undefined
  /** Error on trainDev, or without it on dev, less the larger of the train error and the attainable one (where it is known). */
  readonly variance: Estimate
  /** Dev error less that on trainDev; undefined without trainDev. */
  readonly mismatch: Estimate | undefined
  readonly probes: readonly ProbeFigure[]
  readonly learningCurve: {
    /** Over the amount of data; trainings of as many updates each. */
    readonly rows: readonly CurvePoint[]
    /** Loss on the training rows after every epoch of the model's training; without a known one, of a repetition. */
    readonly epochs: readonly number[]
  }
  readonly curves: Curves
  /** Undefined for fewer than 20 rows, or where there was no room for the fits it rests on. */
  readonly labelNoise: LabelNoiseFigure | undefined
  /** By class, of classes alone: rows and error on dev. */
  readonly classes: readonly { readonly label: string; readonly rows: number; readonly error: number }[] | undefined
  readonly segments: readonly SegmentFigure[]
  /** The dev rows of the largest errors (of equal ones those the model is surest of), at most 20. */
  readonly worstRows: readonly { readonly row: number; readonly error: number }[]
  readonly layers: readonly LayerFigure[]
  /** Experiments that the budget had no room for, or that budget or signal ended, in words. */
  readonly leftOut: readonly string[]
}

export interface Diagnosis {
  readonly dominant: Dominant
  readonly figures: DiagnosisFigures
  /** The gravest first. */
  readonly findings: readonly Finding[]
  /**
   * What ended it: all experiments were made; the budget, of time or by default of work, left some out; or the signal, and
   * this is what was known by then. Stopped before the model was trained, `dominant` is 'none' and every error NaN.
   */
  readonly stopped: 'completed' | 'budget' | 'aborted'
  /** What dominates, the figures that this rests on, and which levers address it. */
  readonly text: string
}
