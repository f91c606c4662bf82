'use strict'

// Calls that are under way: how they begin, and how they end.

const native = require('./native')
const { aborted, internal, invalidOption, textOf, timedOut } = require('./errors')

/** The longest time that a timer takes; it takes a longer one for none. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Who is to be told when a signal is aborted. One listener serves them all: Node warns of more than ten. */
const listeners = new WeakMap()

/** Has `stop` called when a signal is aborted. Gives what takes that back. */
function listen(signal, stop) {
  let all = listeners.get(signal)
  if (all === undefined) {
    const stops = new Set([stop])
    const abort = () => {
      listeners.delete(signal)
      const told = [...stops]
      stops.clear()
      for (const stop of told) {
        stop()
      }
    }
    all = { stops, abort }
    listeners.set(signal, all)
    try {
      signal.addEventListener('abort', abort, { once: true })
    } catch (error) {
      listeners.delete(signal)
      throw invalidOption('signal: nobody can listen to it', error)
    }
  } else {
    all.stops.add(stop)
  }
  return () => {
    all.stops.delete(stop)
    if (all.stops.size > 0 || listeners.get(signal) !== all) {
      return
    }
    listeners.delete(signal)
    try {
      signal.removeEventListener('abort', all.abort)
    } catch {
      // It is not one of Node's; its listener does no harm.
    }
  }
}

/** Whether a signal was aborted. */
function isAborted(signal) {
  try {
    return Boolean(signal?.aborted)
  } catch (error) {
    throw invalidOption('signal: it does not say whether it was aborted', error)
  }
}

/** Tells when a call is to end early. `stop` is called with the error. */
function watch(call, stop) {
  const { signal, timeoutMs, remainingMs = timeoutMs } = call
  const forget = signal === undefined ? undefined : listen(signal, () => stop(aborted(signal, null, call)))
  const expire = () => stop(timedOut(timeoutMs, null, call))
  const timer = remainingMs <= LONGEST_TIMER ? setTimeout(expire, remainingMs) : undefined
  return () => {
    clearTimeout(timer)
    forget?.()
  }
}

/** Tells `progress`, until it throws, or rejects what it promised: that is passed to `raise`, once. */
function tellerOf(progress, raise) {
  if (progress === undefined) {
    return undefined
  }
  let isOver = false
  const fail = (error) => {
    if (!isOver) {
      isOver = true
      raise({ error })
    }
  }
  return (...told) => {
    if (isOver) {
      return
    }
    try {
      const promised = progress(...told)
      if (typeof promised?.then === 'function') {
        promised.then(undefined, fail)
      }
    } catch (error) {
      fail(error)
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
  if (isAborted(signal)) {
    throw aborted(signal, null, call)
  }
  const task = new native.Task()
  let raised
  let isOver = false
  const teller = tellerOf(progress, (error) => {
    raised = error
    task.cancel()
  })
  const tell = teller && ((reached, total) => {
    if (!isOver) {
      teller(reached, total)
    }
  })
  const forget = watch(call, ({ code }) => (code === 'ABORT_ERR' ? task.cancel() : task.expire()))
  let outcome
  try {
    outcome = await start(task, tell)
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

module.exports = { begin, isAborted, run, tellerOf, watch }
