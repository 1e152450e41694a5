import { expectTypeOf, test } from 'vitest'
import {
  Activation,
  BatchNorm,
  Concatenate,
  categorical,
  Dense,
  Dropout,
  Embedding,
  Residual,
  Sequential,
} from '../../lib/index.js'

// Checked by the compiler (npm run check): a line under @ts-expect-error that compiles is an error.
test('layers that do not fit do not compile', () => {
  const build = () => {
    new Sequential([new Dense(4, { activation: 'relu' }), new Dense(3, { inputs: 4 }), new Dense(1)], { inputs: 2 })
    new Sequential([new Dense(4, { inputs: 2 }), new Dense(1, { inputs: 4 })])
    new Sequential([new Dense(4), new Activation('relu'), new Dense(1, { inputs: 4 })], { inputs: 2 })
    new Sequential(
      [2, 3].map((units) => new Dense(units)),
      { inputs: 2 },
    )
    // @ts-expect-error the second layer needs 5 inputs, the first gives 4
    new Sequential([new Dense(4, { activation: 'relu' }), new Dense(3, { inputs: 5 })], { inputs: 2 })
    // @ts-expect-error an activation gives as many as it gets
    new Sequential([new Dense(4), new Activation('relu'), new Dense(3, { inputs: 5 })], { inputs: 2 })
    // @ts-expect-error the first layer needs 3 inputs, the model gives 2
    new Sequential([new Dense(4, { inputs: 3 })], { inputs: 2 })
    // Layers that keep the number of features pass it on, and those that do not are not guessed.
    new Sequential([new Dense(4), new Dropout(0.1), new Residual(new Dense(4)), new Dense(3, { inputs: 4 })], {
      inputs: 2,
    })
    const named = { numeric: 2, city: categorical(5) }
    new Sequential([new Concatenate({ city: new Embedding(3) }), new Dense(1, { inputs: 5 })], { inputs: named })
    // @ts-expect-error the last layer needs 5 inputs, the dense one gives 4 through the dropout
    new Sequential([new Dense(4), new BatchNorm(), new Dropout(0.1), new Dense(3, { inputs: 5 })], { inputs: 2 })
  }
  expectTypeOf(build).returns.toBeVoid()
})

test('a model of known layers is a model', () => {
  expectTypeOf<Sequential<readonly [Dense<4>], 2>>().toExtend<Sequential>()
})
