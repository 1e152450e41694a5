import { expect, test } from 'vitest'
import { diagnosePage, improvePage, openRunBoard, searchPage, whyDeepPage } from '../../../lib/index.js'

test.each([
  ['improve', improvePage],
  ['diagnose', diagnosePage],
  ['search', searchPage],
  ['whyDeep', whyDeepPage],
] as const)('what is no whole result of %s is told with where one comes from', (from, page) => {
  for (const wrong of [undefined, 'improve.html', [], {}, { metric: 'accuracy', levers: [{}], figures: {} }]) {
    const error = expect.objectContaining({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining(`what ${from}() resolves to`),
    })
    expect(() => page(wrong as never)).toThrow(error)
  }
})

test('the options of a board are checked before it opens', async () => {
  const options = { title: 'Cats', metric: 'accuracy', format: 'percent', onStop: () => {} } as const
  for (const [name, value] of Object.entries({
    title: 5,
    metric: undefined,
    format: 'parts',
    onStop: 'stop',
    planned: -1,
    budget: Number.NaN,
  })) {
    await expect(openRunBoard({ ...options, [name]: value } as never)).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining(`for ${name}`),
    })
  }
})
