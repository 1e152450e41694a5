import { expectTypeOf, test } from 'vitest'
import { Activation, Dense, Sequential } from '../../lib/index.js'

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
  }
  expectTypeOf(build).returns.toBeVoid()
})

test('a model of known layers is a model', () => {
  expectTypeOf<Sequential<readonly [Dense<4>], 2>>().toExtend<Sequential>()
})
