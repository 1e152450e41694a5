/*
 * From a folder of pictures to a search on them: `deepblas search folder`.
 */
import { readPictures } from '../../data/pictures/read-pictures.js'
import { knownOptions, nonNegativeInteger, string } from '../../validate.js'
import { heldOutPictures } from '../picture-training.js'
import { checkedOptions, requireOptions, type SearchOptions, searchOptionNames } from './options.js'
import type { SearchResult } from './result.js'
import { runSearch } from './search.js'
import type { SearchSpace } from './space.js'

export type SearchPicturesOptions<Space extends SearchSpace = SearchSpace> = Omit<SearchOptions<Space>, 'train' | 'dev'>

/** What trainings have in common where `fit` and the space say nothing. */
const usualFit = { epochs: 20, batchSize: 64 } as const

/**
 * Searches on pictures of classes. The folder holds the four files of MNIST's format, or train_x.npy and train_y.npy; or it is
 * the word 'digits', for drawn ones. 15 % of the training pictures are the dev rows; the test pictures are not read. Trains 20
 * epochs of 64 rows where neither `fit` nor the space says otherwise. The time of reading is part of the budget.
 *
 * @throws DeepblasError ERR_DEEPBLAS_FILE for a folder without such files; as `search`
 * @example
 * const { best, text } = await searchPictures('data/mnist', { hidden: choice([[64], [128, 64]]) }, { tries: 10 })
 */
export async function searchPictures<const Space extends SearchSpace>(
  folder: string,
  space: Space,
  options: SearchPicturesOptions<Space>,
): Promise<SearchResult<Space>> {
  const begun = performance.now()
  const names = searchOptionNames.filter((name) => name !== 'train' && name !== 'dev')
  const given = knownOptions<SearchPicturesOptions<Space>>('searchPictures', options, names)
  const searching = { ...given, fit: { ...usualFit, ...given.fit } }
  requireOptions(space, searching)
  const seed = nonNegativeInteger('seed', given.seed ?? 0)
  const pictures = await readPictures(string('folder', folder), { test: false })
  const { train, dev, loss } = heldOutPictures(pictures.train, seed)
  const found = await runSearch(
    checkedOptions(space, { ...searching, fit: { loss, ...searching.fit }, train, dev }),
    begun,
  )
  return found as unknown as SearchResult<Space>
}
