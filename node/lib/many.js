'use strict'

// Scanning many files, and giving the reports in the order of the paths.

const native = require('./native')
const { begin, isAborted, tellerOf, watch } = require('./calls')
const { fileOf } = require('./content')
const { aborted } = require('./errors')
const { Interruptible } = require('./interruptible')

/** How many files each thread is ahead of whoever takes the reports. */
const AHEAD = 2

const OVER = Object.freeze({ done: true, value: undefined })

/** The reports on the files of these paths: an iterator that ends its work at once where nobody wants more. */
class Reports {
  #scanner
  #paths
  #ahead
  #timeoutMs
  #tell
  #ending = new AbortController()
  #signal
  #forget
  #reports = []
  /** Paths are drawn one after the other; what is drawn is scanned meanwhile. */
  #drawn = Promise.resolve()
  #isDrawing = false
  #areAllDrawn = false
  #isOver = false
  #why
  #given = 0
  #waiting = new Interruptible()
  /** Takings happen one after the other, too. */
  #taken = Promise.resolve()

  constructor(scanner, paths, { signal, progress, timeoutMs, concurrency }) {
    this.#scanner = scanner
    this.#paths = paths
    this.#ahead = concurrency ?? native.threads() * AHEAD
    this.#timeoutMs = timeoutMs
    this.#signal = signal
    this.#tell = tellerOf(progress, ({ error }) => this.#endQuietly(error))
  }

  next() {
    const taken = this.#taken.then(() => this.#take())
    this.#taken = taken.catch(() => {})
    return taken
  }

  /** Ends the scans that are under way: whoever waits for a report learns that there is none. */
  async return(value) {
    await this.#end()
    return { done: true, value }
  }

  async throw(error) {
    await this.#end()
    throw error
  }

  [Symbol.asyncIterator]() {
    return this
  }

  async #take() {
    if (!this.#isOver && this.#forget === undefined) {
      this.#begin()
    }
    if (this.#isOver) {
      return this.#last()
    }
    try {
      this.#fill()
      const report = await this.#waiting.wait(this.#reports.shift() ?? null)
      if (report === null) {
        await this.#end()
        return OVER
      }
      this.#given += 1
      this.#tell?.(this.#given)
      if (this.#isOver) {
        return this.#last()
      }
      return { done: false, value: report }
    } catch (error) {
      if (this.#isOver) {
        return this.#last()
      }
      this.#endQuietly(undefined)
      throw error
    }
  }

  /** Listens to the signal, once somebody wants reports. */
  #begin() {
    const end = () => this.#endQuietly(aborted(this.#signal, null))
    this.#forget = watch({ signal: this.#signal }, end)
    if (isAborted(this.#signal)) {
      end()
    }
  }

  /** What is told of the end: why, once. */
  #last() {
    const why = this.#why
    this.#why = undefined
    if (why !== undefined) {
      throw why.error
    }
    return OVER
  }

  /** Has as many paths drawn as may be ahead. */
  #fill() {
    while (this.#reports.length < this.#ahead && !this.#areAllDrawn) {
      const step = this.#drawn.then(() => this.#draw())
      this.#drawn = step.catch(() => {})
      const report = step.then((step) => this.#scan(step))
      // Whoever takes it is told what is wrong with it.
      report.catch(() => {})
      this.#reports.push(report)
    }
  }

  async #draw() {
    if (this.#areAllDrawn) {
      return OVER
    }
    this.#isDrawing = true
    try {
      const step = await this.#paths.next()
      this.#areAllDrawn ||= Boolean(step.done)
      return step
    } catch (error) {
      this.#areAllDrawn = true
      throw error
    } finally {
      this.#isDrawing = false
    }
  }

  async #scan(step) {
    if (step.done) {
      return null
    }
    const call = { signal: this.#ending.signal, timeoutMs: this.#timeoutMs }
    const content = fileOf(step.value, call)
    return JSON.parse(await begin(this.#scanner, content, 'survey', call))
  }

  /** Ends everything because of an error, which is thrown to whoever takes the next report. */
  #endQuietly(error) {
    this.#why ??= error === undefined || this.#isOver ? undefined : { error }
    this.#end().catch(() => {})
  }

  /** Ends everything. */
  async #end() {
    if (this.#isOver) {
      return
    }
    this.#isOver = true
    this.#forget?.()
    this.#ending.abort()
    this.#reports.length = 0
    this.#waiting.interrupt()
    const isOpen = !this.#areAllDrawn
    this.#areAllDrawn = true
    if (!isOpen) {
      return
    }
    const ended = this.#paths.return?.()
    if (this.#isDrawing) {
      // Who is asked for a path may never give it.
      Promise.resolve(ended).catch(() => {})
    } else {
      await ended
    }
  }
}

if (Symbol.asyncDispose) {
  const value = async function dispose() {
    await this.return()
  }
  Object.defineProperty(Reports.prototype, Symbol.asyncDispose, { value, configurable: true, writable: true })
}

const scanMany = (scanner, paths, call) => new Reports(scanner, paths, call)

module.exports = { scanMany }
