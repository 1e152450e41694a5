// Networks without convolution for pictures of 28 x 28, each with its way of training.
import {
  Activation,
  Adam,
  AdamW,
  BatchNorm,
  cosine,
  crossEntropy,
  Dense,
  Dropout,
  flip,
  maxNorm,
  RMSProp,
  shift,
} from 'deepblas'

const falling = (learningRate, epochs) => cosine({ learningRate, steps: epochs, unit: 'epoch' })
const output = () => new Dense(10, { activation: 'softmax' })

export const recipes = {
  keras: {
    what: '512-512 relu, dropout 0.2, RMSProp (the example mnist_mlp of Keras: 98.40 %)',
    epochs: 20,
    batchSize: 128,
    layers: () => [
      new Dense(512, { activation: 'relu' }),
      new Dropout(0.2),
      new Dense(512, { activation: 'relu' }),
      new Dropout(0.2),
      output(),
    ],
    loss: 'crossEntropy',
    optimizer: () => new RMSProp({ learningRate: 0.001 }),
    augmentations: [],
  },
  srivastava: {
    what: '1024-1024-1024 relu, dropout and max-norm (Srivastava et al. 2014: 98.94 %), Adam, cosine',
    epochs: 40,
    batchSize: 128,
    layers: () => [
      new Dropout(0.2),
      ...[1, 2, 3].flatMap(() => [new Dense(1024, { activation: 'relu', constraint: maxNorm(2) }), new Dropout(0.5)]),
      output(),
    ],
    loss: 'crossEntropy',
    optimizer: (epochs) => new Adam({ learningRate: falling(0.001, epochs) }),
    augmentations: [],
  },
  fashion: {
    what: '1024-1024-512 with BatchNorm and dropout; shifted and flipped pictures, AdamW, cosine, label smoothing',
    epochs: 40,
    batchSize: 128,
    layers: () => [
      ...[1024, 1024, 512].flatMap((units) => [
        // BatchNorm has a bias of its own.
        new Dense(units, { bias: false }),
        new BatchNorm(),
        new Activation('relu'),
        new Dropout(0.3),
      ]),
      output(),
    ],
    loss: crossEntropy({ labelSmoothing: 0.1 }),
    optimizer: (epochs) => new AdamW({ learningRate: falling(0.002, epochs), weightDecay: 0.01 }),
    augmentations: [shift({ pixels: 1 }), flip()],
  },
}
