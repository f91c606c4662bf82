'use strict'

// Scanning many files, and giving the reports in the order of the paths.

const native = require('./native')
const { begin, watch } = require('./calls')
const { aborted } = require('./errors')
const { pathOf } = require('./input')

/** How many files each thread is ahead of whoever takes the reports. */
const AHEAD = 2

/** The reports on the files of these paths. */
async function* scanMany(scanner, paths, { signal, progress, timeoutMs, concurrency }) {
  const ahead = concurrency ?? native.threads() * AHEAD
  const ending = new AbortController()
  const forget = watch({ signal }, ({ cause }) => ending.abort(cause))
  if (signal?.aborted) {
    ending.abort(aborted(signal).cause)
  }
  const scan = async (step) => {
    if (step.done) {
      return null
    }
    const path = pathOf(step.value)
    const call = { signal: ending.signal, timeoutMs, path }
    return JSON.parse(await begin(scanner, native.Content.path(path), 'survey', call))
  }
  // Paths are drawn one after the other; what is drawn is scanned meanwhile.
  let drawn = Promise.resolve({ done: false })
  let isAtEnd = false
  const draw = async (before) => {
    if ((await before).done) {
      return { done: true }
    }
    try {
      const step = await paths.next()
      isAtEnd ||= Boolean(step.done)
      return step
    } catch (error) {
      isAtEnd = true
      throw error
    }
  }
  const reports = []
  let given = 0
  try {
    for (;;) {
      while (reports.length < ahead && !isAtEnd) {
        drawn = draw(drawn)
        const report = drawn.then(scan)
        // Whoever takes it is told what is wrong with it.
        report.catch(() => {})
        reports.push(report)
      }
      const report = reports.length > 0 ? await reports.shift() : null
      if (report === null) {
        return
      }
      given += 1
      progress?.(given)
      yield report
    }
  } finally {
    forget()
    ending.abort()
    if (!isAtEnd) {
      await paths.return?.()
    }
  }
}

module.exports = { scanMany }
