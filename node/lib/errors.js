'use strict'

// What goes wrong that is not the file's fault.

const { constants } = require('node:os')
const { getSystemErrorName } = require('node:util')

/** A call that has no result. `code` says why and never changes its meaning. */
class ScanError extends Error {
  constructor(code, message, { cause, report = null, name = 'ScanError', ...rest } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true })
    this.code = code
    this.report = report
    Object.assign(this, rest)
  }
}

/** An option has a value that it cannot have. */
function invalidOption(message, cause) {
  return new ScanError('WEIGHBRIDGE_INVALID_OPTION', message, { cause })
}

/** Something is given that cannot be scanned. */
function invalidArgument(message, cause) {
  return new ScanError('WEIGHBRIDGE_INVALID_ARGUMENT', message, { cause })
}

/** Somebody does not want it any more. */
function aborted(signal, report) {
  let cause
  try {
    cause = signal?.reason
  } catch {
    // It is not one of Node's; then there is no reason.
  }
  return new ScanError('ABORT_ERR', 'the call was aborted', { cause, report, name: 'AbortError' })
}

/** The time is up. */
function timedOut(milliseconds, report) {
  const message = `the call did not end within ${milliseconds} ms`
  return new ScanError('WEIGHBRIDGE_TIMEOUT', message, { report, name: 'TimeoutError' })
}

/** More is given, or would be made, than can be held. */
function tooLong(message) {
  return new ScanError('WEIGHBRIDGE_TOO_LONG', message)
}

/** A fault of Weighbridge or of the system. */
function internal(message, cause) {
  return new ScanError('WEIGHBRIDGE_INTERNAL', message, { cause })
}

/** A file cannot be opened: the code is the system's, as in errors of `node:fs`. */
function notOpened({ code, errno, words }, path) {
  const name = errno === undefined ? (code ?? 'EIO') : getSystemErrorName(-errno)
  const details = { errno: -(errno ?? constants.errno[name]), syscall: 'open', path }
  return new ScanError(name, `${name}: ${words}, open ${show(path)}`, details)
}

/** What the native module gave: the text, or an error. */
function textOf(outcome, { path, timeoutMs, signal }) {
  const report = () => (outcome.text === undefined ? null : JSON.parse(outcome.text))
  switch (outcome.kind) {
    case 'done':
      return outcome.text
    case 'open':
      throw notOpened(outcome, path)
    case 'cancelled':
      throw aborted(signal, report())
    case 'timeout':
      throw timedOut(timeoutMs, report())
    case 'header':
      throw new ScanError('WEIGHBRIDGE_INVALID_HEADER', outcome.words)
    case 'long':
      throw tooLong('the text would be longer than 256 MiB; the command line writes it piece by piece')
    default:
      throw internal(outcome.words)
  }
}

/** A value in a message: never what an object says of itself. */
function show(value) {
  switch (typeof value) {
    case 'string':
      return value.length > 200 ? `${JSON.stringify(value.slice(0, 200))}…` : JSON.stringify(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : 'an object'
    default:
      return `a ${typeof value}`
  }
}

module.exports = {
  ScanError,
  aborted,
  internal,
  invalidArgument,
  invalidOption,
  show,
  textOf,
  timedOut,
  tooLong,
}
