/*
 * The script of the live board: shows each state that the server sends.
 */
import type { BoardMember, BoardResult, BoardState } from '../board/state.js'
import { duration } from '../numbers.js'
import { ChartView } from './charts.js'

/** Listens to the run until it ends. */
export function startBoard(): void {
  const board = new BoardView()
  const events = new EventSource('events')
  let ended = false
  events.onmessage = ({ data }) => {
    const state = JSON.parse(String(data)) as BoardState
    board.show(state)
    if (state.state !== 'ended') return
    ended = true
    events.close()
  }
  events.onerror = () => {
    if (!ended) board.say('The run does not answer: it has ended or was killed. This is the last that was heard of it.')
  }
}

class BoardView {
  readonly #progress = new ChartView(element('progress-plot'))
  readonly #curves = new ChartView(element('curves-plot'))
  readonly #stop = element('stop') as HTMLButtonElement
  /** What is drawn, so that what stays the same is not drawn again. */
  #drawn = { progress: '', curves: '', results: '' }

  constructor() {
    this.#stop.addEventListener('click', () => void this.#askToStop())
  }

  show(state: BoardState): void {
    this.say(sentenceOf(state))
    this.#stop.disabled = state.state !== 'running'
    element('left').textContent = state.left === null ? 'not known' : duration(Math.ceil(state.left / 1000))
    element('elapsed').textContent = duration(Math.floor(state.elapsed / 1000))
    element('tried').textContent = state.planned === null ? String(state.tried) : `${state.tried} of ${state.planned}`
    element('best').textContent = state.best?.value ?? '–'
    element('best-name').textContent = state.best?.name ?? ''
    showShare(element('whole') as HTMLProgressElement, shareOf(state))
    this.#showMembers(state.members)
    if (this.#isNew('results', state.results)) element('results').replaceChildren(...state.results.map(resultRow))
    // A page that is not looked at need not be drawn.
    if (document.hidden) return
    if (this.#isNew('progress', state.progress)) this.#progress.show(state.progress)
    if (this.#isNew('curves', state.curves)) this.#curves.show(state.curves)
  }

  say(text: string): void {
    const stage = element('stage')
    // A screen reader speaks what changes.
    if (stage.textContent !== text) stage.textContent = text
  }

  async #askToStop(): Promise<void> {
    this.#stop.disabled = true
    try {
      const { ok } = await fetch('stop', { method: 'POST' })
      if (!ok) this.say('The run cannot be stopped from here.')
    } catch {
      this.say('The run does not answer.')
    }
  }

  #showMembers(members: readonly BoardMember[]): void {
    element('no-members').hidden = members.length > 0
    const body = element('members')
    while (body.childElementCount > members.length) body.lastElementChild!.remove()
    while (body.childElementCount < members.length) body.append(memberRow())
    for (const [at, { name, done }] of members.entries()) {
      const row = body.children[at]!
      const head = row.querySelector('th')!
      if (head.textContent !== name) head.textContent = name
      const bar = row.querySelector('progress')!
      bar.value = done
      bar.ariaLabel = `Share of ${name} that is done`
    }
  }

  #isNew(part: 'progress' | 'curves' | 'results', value: unknown): boolean {
    const text = JSON.stringify(value)
    if (this.#drawn[part] === text) return false
    this.#drawn[part] = text
    return true
  }
}

function sentenceOf({ state, stage }: BoardState): string {
  if (state === 'ended') return 'The run has ended. What it found was printed and written where it was started.'
  return state === 'stopping' ? 'The run is being stopped, and gives what it knows.' : stage
}

/** By time where the end is known, by trainings where their number is. */
function shareOf({ elapsed, left, tried, planned, state }: BoardState): number | undefined {
  if (state === 'ended') return 1
  if (planned !== null && planned > 0) return tried / planned
  return left === null ? undefined : elapsed / (elapsed + left)
}

function showShare(bar: HTMLProgressElement, share: number | undefined): void {
  if (share === undefined) bar.removeAttribute('value')
  else bar.value = share
}

function memberRow(): Element {
  const row = document.createElement('tr')
  const name = document.createElement('th')
  name.scope = 'row'
  const done = document.createElement('td')
  done.className = 'done'
  const bar = document.createElement('progress')
  bar.max = 1
  done.append(bar)
  row.append(name, done)
  return row
}

function resultRow({ name, value, failed, time }: BoardResult): Element {
  const row = document.createElement('tr')
  const head = document.createElement('th')
  head.scope = 'row'
  head.textContent = name
  const found = document.createElement('td')
  found.textContent = value
  if (failed) found.className = 'bad'
  const took = document.createElement('td')
  took.className = 'number'
  took.textContent = time
  row.append(head, found, took)
  return row
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no element '${id}'.`)
  return found
}
