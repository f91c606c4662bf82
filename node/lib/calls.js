'use strict'

// Calls that are under way: how they begin, and how they end.

const native = require('./native')
const { aborted, internal, invalidOption, textOf, timedOut } = require('./errors')

/** The longest time that a timer takes; it takes a longer one for none. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Tells when a call is to end early. `stop` is called at most once, with the error. */
function watch({ signal, timeoutMs, remainingMs = timeoutMs }, stop) {
  const abort = () => stop(aborted(signal, null))
  try {
    signal?.addEventListener('abort', abort, { once: true })
  } catch (error) {
    throw invalidOption('signal: nobody can listen to it', error)
  }
  const expire = () => stop(timedOut(timeoutMs, null))
  const timer = remainingMs <= LONGEST_TIMER ? setTimeout(expire, remainingMs) : undefined
  return () => {
    clearTimeout(timer)
    try {
      signal?.removeEventListener('abort', abort)
    } catch {
      // It is not one of Node's; its listener does no harm.
    }
  }
}

/** Begins a call on another thread. Gives the promise of its text. */
function begin(scanner, content, what, call) {
  const { name, timeoutMs, remainingMs = timeoutMs } = call
  return run(call, (task, tell) => scanner.start(task, content, { what, name, timeout: remainingMs }, tell))
}

/** Has something done on another thread, which `start` begins. Gives the promise of its text. */
async function run(call, start) {
  const { signal, progress } = call
  if (signal?.aborted) {
    throw aborted(signal, null)
  }
  const task = new native.Task()
  let raised
  let isOver = false
  const tell = (reached, total) => {
    if (isOver || raised) {
      return
    }
    try {
      progress(reached, total)
    } catch (error) {
      raised = { error }
      task.cancel()
    }
  }
  const forget = watch(call, ({ code }) => (code === 'ABORT_ERR' ? task.cancel() : task.expire()))
  let outcome
  try {
    outcome = await start(task, progress && tell)
  } catch (error) {
    throw error.code === 'InvalidArg' ? invalidOption(error.message) : internal(error.message, error)
  } finally {
    isOver = true
    forget()
  }
  if (raised) {
    throw raised.error
  }
  return textOf(outcome, call)
}

module.exports = { begin, run, watch }
