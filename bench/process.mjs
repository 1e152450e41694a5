// A child process that is asked line by line, with a limit on the time of each answer.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export class TooSlow extends Error {}

export class Worker {
  #child
  #lines
  #errors = ''
  #ended

  /** @param {string} [prefix] of lines that are answers; '> ' of the workers, '' of a program that prints nothing else */
  constructor(program, args, { env = {}, prefix = '> ' } = {}) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    this.#child.stderr.on('data', (data) => {
      this.#errors = (this.#errors + data).slice(-4000)
    })
    this.#child.stdin.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message))
      this.#child.on('close', (code, signal) => resolve(`ended with ${signal ?? code}`))
    })
    this.#lines = answers(createInterface({ input: this.#child.stdout }), prefix)
  }

  /** The answer to a request; `seconds` is how long it may take. */
  async ask(request, seconds = 600) {
    if (request !== undefined) {
      this.#child.stdin.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
    }
    let timer
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, seconds * 1000, 'late')
    })
    const next = await Promise.race([this.#lines.next(), this.#ended, limit])
    clearTimeout(timer)
    if (next === 'late') {
      this.close()
      throw new TooSlow(`no answer within ${seconds} s`)
    }
    if (typeof next === 'string' || next.done) {
      const how = typeof next === 'string' ? next : await this.#ended
      throw new Error(`${how}: ${lastLine(this.#errors)}`)
    }
    const answer = JSON.parse(next.value)
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer.result === undefined ? answer : answer.result
  }

  get pid() {
    return this.#child.pid
  }

  close() {
    this.#child.kill('SIGKILL')
  }
}

async function* answers(lines, prefix) {
  for await (const line of lines) if (line.startsWith(prefix)) yield line.slice(prefix.length)
}

const lastLine = (text) => text.trim().split('\n').at(-1)
