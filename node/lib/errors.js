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

/** A call in a message: with what it is about, where that is known. */
function callOf({ name, path = name } = {}) {
  return path === undefined ? 'the call' : `the call on ${show(path)}`
}

/** Somebody does not want it any more. */
function aborted(signal, report, call) {
  let cause
  try {
    cause = signal?.reason
  } catch {
    // It is not one of Node's; then there is no reason.
  }
  return new ScanError('ABORT_ERR', `${callOf(call)} was aborted`, { cause, report, name: 'AbortError' })
}

/** The time is up. */
function timedOut(milliseconds, report, call) {
  const message = `${callOf(call)} did not end within ${milliseconds} ms`
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

/** A file cannot be opened, read or written: the code is the system's, as in errors of `node:fs`. */
function systemError({ code, errno, words }, path, syscall) {
  const name = errno === undefined ? (code ?? 'EIO') : getSystemErrorName(-errno)
  const details = { errno: -(errno ?? constants.errno[name]), path }
  if (syscall === undefined) {
    return new ScanError(name, `${name}: ${words}`, details)
  }
  return new ScanError(name, `${name}: ${words}, ${syscall} ${show(path)}`, { ...details, syscall })
}

/** There are no tensors to be had from a file. */
function noCheckpoint(message) {
  return new ScanError('WEIGHBRIDGE_INVALID_CHECKPOINT', message)
}

/** A checkpoint is not converted; `refused` tells which tensors stand in the way. */
function notConverted(message, refused) {
  return new ScanError('WEIGHBRIDGE_CONVERT_REFUSED', message, { refused })
}

/** A tensor is not given. */
function noTensor(name, why) {
  const told = show(name)
  return why === undefined
    ? new ScanError('WEIGHBRIDGE_NO_TENSOR', `there is no tensor ${told}`)
    : new ScanError('WEIGHBRIDGE_TENSOR_REFUSED', `${told} is not given as a tensor: ${why}`)
}

/** Tensors were closed. */
function closed() {
  return new ScanError('WEIGHBRIDGE_CLOSED', 'these tensors were closed')
}

/** What the native module gave: the text, or an error. */
function textOf(outcome, call) {
  const { path, timeoutMs, signal } = call
  const report = () => (outcome.text === undefined ? null : JSON.parse(outcome.text))
  switch (outcome.kind) {
    case 'done':
      return outcome.text
    case 'open':
      throw systemError(outcome, outcome.path ?? path, 'open')
    case 'system':
      throw systemError(outcome, outcome.path ?? path)
    case 'checkpoint':
      throw noCheckpoint(outcome.words)
    case 'refused':
      throw notConverted(outcome.words, JSON.parse(outcome.text))
    case 'option':
      throw invalidOption(outcome.words)
    case 'cancelled':
      throw aborted(signal, report(), call)
    case 'timeout':
      throw timedOut(timeoutMs, report(), call)
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
  closed,
  internal,
  invalidArgument,
  invalidOption,
  noTensor,
  show,
  textOf,
  timedOut,
  tooLong,
}
